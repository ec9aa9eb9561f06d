/** What a maker of one part gives: its commands, how it is taken out, what it needs, and what has to be found afterwards. */
import type { Remark } from "./desired-config.ts"

/** RouterOS's names. What the account that imports the script must hold, or a stored script runs with. */
export type Policy =
  | "read"
  | "write"
  | "policy"
  | "test"
  | "sensitive"
  | "reboot"
  | "ftp"
  | "password"

/**
 * A row that has to be there: found in `menu` by `by` (all of them equal), with these values. `tag` says that every row of the menu that
 * carries our tag must be expected by some part: one more is drift ("extra"). Values as the API prints them.
 */
export type ExpectedRow = {
  readonly menu: string
  readonly by: Readonly<Record<string, string>>
  readonly want: Readonly<Record<string, string>>
  /** Properties of `want` whose values are never told. */
  readonly secret: readonly string[]
}

export type PartSpec = {
  readonly id: string
  readonly title: string
  readonly why: string
  /** Complete commands from the root menu, each idempotent; ends with a line end. May use the globals of the script's preamble. */
  readonly text: string
  /** Commands that take it out again, as complete and as idempotent; run in the opposite order of the parts. */
  readonly remove: string
  /** Held by whoever imports it. */
  readonly needs: readonly Policy[]
  readonly expects: readonly ExpectedRow[]
  readonly remarks: readonly Remark[]
}

/** In front of every comment of ours, and of every name where a menu has no comments. `ispvm` alone where only letters and digits go. */
export const TAG = "ispvm"
