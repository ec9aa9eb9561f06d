/**
 * A generated part: its commands, its removal, the policies it needs, and the rows expected
 * afterwards.
 */
import type { Remark } from "./desired-config.ts"

/**
 * RouterOS's names of policies: held by the account that imports the script, or given to a stored
 * script.
 */
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
 * A row that must exist: found in `menu` by `by` (all values equal), with the values of `want`, as
 * the API prints them.
 */
export type ExpectedRow = {
  readonly menu: string
  readonly by: Readonly<Record<string, string>>
  readonly want: Readonly<Record<string, string>>
  /** Properties of `want` whose values are never shown. */
  readonly secret: readonly string[]
}

export type PartSpec = {
  readonly id: string
  readonly title: string
  /** Title of the removal, where `title` depends on the configuration. */
  readonly removeTitle?: string
  readonly why: string
  /**
   * Complete commands from the root menu, each idempotent; ends with a line end. May use the
   * globals of the script's preamble.
   */
  readonly text: string
  /**
   * Commands that remove the part, as complete and idempotent; run in reverse order of the parts.
   */
  readonly remove: string
  /** Policies of the account that imports the script. */
  readonly needs: readonly Policy[]
  readonly expects: readonly ExpectedRow[]
  readonly remarks: readonly Remark[]
}

/**
 * Prefix of all our comments, and of names where a menu has no comments. Just `ispvm` where only
 * letters and digits are allowed.
 */
export const TAG = "ispvm"
