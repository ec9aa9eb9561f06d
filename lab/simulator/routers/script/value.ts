/** Values of RouterOS's scripting language, and how a script reaches the router it runs on. */
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
/** Keyed items are kept in the order of their keys, after those without. */
export type ArrayItem = { readonly key: string | null; readonly value: Value }

/** A row of a menu: properties by name. */
export type Row = ReadonlyMap<string, Value>

/** On whose behalf a script runs. Globals belong to `owner`; a command outside `policies` fails as it does on the router. */
export type Runner = { readonly owner: string; readonly policies: ReadonlySet<string> }

/**
 * One command with its arguments evaluated. `path` in full: `/ip/service/set`. A bare word comes as text, as it stands (`yes`, `5`, `1d`,
 * `*1A`, `a,b`): what it means is the property's business. Braces come as the text between them.
 */
export type Invocation = {
  readonly path: string
  readonly args: ReadonlyMap<string, Value>
  /** Words without a value (`as-value`, `detail`), and negated ones with their `!`. */
  readonly flags: ReadonlySet<string>
  /** Of `find`, `print`, `remove [find …]`: null where nothing was asked for. */
  readonly where: ((row: Row) => Promise<boolean>) | null
  readonly runner: Runner
  readonly signal: AbortSignal
}

/** The router, seen from a script: everything but the language itself. Refusals are thrown as `ScriptError`, in the router's words. */
export type Menus = {
  readonly release: Release
  readonly invoke: (call: Invocation) => Promise<Value>
}

export class ScriptError extends Error {}
