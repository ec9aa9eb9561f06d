/** Values of RouterOS's scripting language, and the interface of a script to its router. */
import type { Release } from "@ispvm/routeros-scripts/check"

export type Value =
  | { readonly type: "nothing" }
  | { readonly type: "nil" }
  | { readonly type: "bool"; readonly is: boolean }
  | { readonly type: "num"; readonly is: bigint }
  | { readonly type: "str"; readonly is: string }
  /** In ns, as the router counts. */
  | { readonly type: "time"; readonly ns: bigint }
  | { readonly type: "ip" | "ip6" | "ip-prefix" | "ip6-prefix"; readonly is: string }
  /** `*1A`. */
  | { readonly type: "id"; readonly is: string }
  | { readonly type: "array"; readonly items: readonly ArrayItem[] }
  | { readonly type: "code"; readonly source: string }
/** Keyed items are sorted by key, after those without. */
export type ArrayItem = { readonly key: string | null; readonly value: Value }

/** A row of a menu: properties by name. */
export type Row = ReadonlyMap<string, Value>

/**
 * The user of a script. Globals belong to `owner`; a command outside `policies` fails as on the
 * router.
 */
export type Runner = { readonly owner: string; readonly policies: ReadonlySet<string> }

/**
 * One command with its arguments evaluated. `path` in full: `/ip/service/set`. A bare word is
 * passed as text (`yes`, `5`, `1d`, `*1A`, `a,b`), because the property decides its meaning. Braces
 * are passed as the text between them.
 */
export type Invocation = {
  readonly path: string
  readonly args: ReadonlyMap<string, Value>
  /** Words without a value (`as-value`, `detail`), and negated ones with their `!`. */
  readonly flags: ReadonlySet<string>
  /** The condition of `find`, `print`, `remove [find …]`: null where there is none. */
  readonly where: ((row: Row) => Promise<boolean>) | null
  readonly runner: Runner
  readonly signal: AbortSignal
}

/**
 * The router as a script sees it: everything but the language itself. Rejections are thrown as
 * `ScriptError`, with the router's text.
 */
export type Menus = {
  readonly release: Release
  readonly invoke: (call: Invocation) => Promise<Value>
}

export class ScriptError extends Error {}
