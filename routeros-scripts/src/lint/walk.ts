/** A script taken apart into the places that lint looks at, each with what is known of where it stands. */
import type { Argument, Command, Script, Statement, Value } from "../check/syntax.ts"

/** What the text runs as: typed or imported, kept by a script or scheduler, kept by netwatch, or detached by `:execute`. */
export type Runs = "at once" | "stored" | "netwatch" | "detached"

export type Scene = {
  readonly runs: Runs
  /** Run by netwatch, or detached by what netwatch runs: with its rights. */
  readonly isNetwatch: boolean
  /** Something around it goes on after an error. */
  readonly isCaught: boolean
  /** The text of an error is lost: `:do { … } on-error={ … }`. */
  readonly isSwallowed: boolean
  /** In brackets or braces of this command; the nearest. */
  readonly around: Command | null
}

/** Script text inside a script. */
export type Nested = {
  /** The command and the argument that hold it. */
  readonly command: Command
  readonly argument: string
  readonly value: Value
  readonly runs: Runs
  readonly isNetwatch: boolean
}

export type Site =
  | { readonly kind: "command"; readonly command: Command; readonly scene: Scene }
  | { readonly kind: "value"; readonly value: Value; readonly scene: Scene }
  /** What is compared after `where`, of the menu. */
  | { readonly kind: "condition"; readonly menu: string; readonly value: Value; readonly scene: Scene }
  | { readonly kind: "nested"; readonly nested: Nested; readonly scene: Scene }

export const givenIn = (command: Command, name: string): Value | undefined => {
  const found = command.args.find((arg) => arg.kind === "given" && arg.name === name)
  return found?.kind === "given" ? found.value : undefined
}

/** The text of a value that has no variable in it. */
export const plainOf = (value: Value | undefined): string | undefined => {
  if (value?.kind === "word") return value.text
  if (value?.kind !== "string") return undefined
  const texts = value.parts.map((part) => (part.kind === "text" ? part.text : undefined))
  return texts.includes(undefined) ? undefined : texts.join("")
}

export const menuOf = (path: string): string => path.slice(0, path.lastIndexOf("/"))

/** How an argument's value runs later, if it is script text. */
const runsLater = ({ path }: Command, name: string | null): Runs | undefined => {
  if (path === "/execute" && name === "script") return "detached"
  if (path.startsWith("/tool/netwatch/") && /^(up|down|test)-script$/.test(name ?? "")) return "netwatch"
  if (name === "source" || name === "on-event" || /-script$/.test(name ?? "")) return "stored"
  return undefined
}

const guarded = (command: Command, name: string | null, scene: Scene): Scene => {
  const isBody = name === "do" || name === "command" || name === "in"
  const losesText = command.path === "/do" && givenIn(command, "on-error") !== undefined
  const keepsText = (command.path === "/onerror" && name === "in") || (command.path === "/retry" && name === "command")
  if (!isBody || !(losesText || keepsText)) return { ...scene, around: command }
  return { ...scene, around: command, isCaught: true, isSwallowed: losesText }
}

const inValue = function* (value: Value, scene: Scene): Generator<Site> {
  yield { kind: "value", value, scene }
  if (value.kind === "string") for (const part of value.parts) if (part.kind === "value") yield* inValue(part.value, scene)
  if (value.kind === "run" || value.kind === "code") yield* inStatements(value.statements, scene)
  if (value.kind === "group") yield* inValue(value.value, scene)
  if (value.kind === "array")
    for (const { key, value: item } of value.items) {
      if (key !== null) yield* inValue(key, scene)
      yield* inValue(item, scene)
    }
  if (value.kind === "unary") yield* inValue(value.operand, scene)
  if (value.kind === "binary") {
    yield* inValue(value.left, scene)
    yield* inValue(value.right, scene)
  }
}

const inArgument = function* (command: Command, argument: Argument, scene: Scene): Generator<Site> {
  if (argument.kind !== "given") return
  const { name, value } = argument
  const runs = runsLater(command, name)
  if (runs !== undefined) {
    const isNetwatch = runs === "netwatch" || (runs === "detached" && scene.isNetwatch)
    yield { kind: "nested", nested: { command, argument: name ?? "", value, runs, isNetwatch }, scene }
    // Commands in braces are read with the rest; what runs later is caught by nothing around it.
    const later: Scene = { runs, isNetwatch, isCaught: false, isSwallowed: false, around: command }
    yield* inValue(value, value.kind === "code" ? later : scene)
    return
  }
  if (name === "where") yield { kind: "condition", menu: menuOf(command.path), value, scene }
  yield* inValue(value, guarded(command, name, scene))
}

const inStatements = function* (statements: readonly Statement[], scene: Scene): Generator<Site> {
  for (const statement of statements) {
    if (statement.kind === "block") yield* inStatements(statement.statements, scene)
    if (statement.kind === "call") {
      yield* inValue(statement.callee, scene)
      for (const arg of statement.args) if (arg.kind === "given") yield* inValue(arg.value, scene)
    }
    if (statement.kind !== "command") continue
    yield { kind: "command", command: statement, scene }
    for (const arg of statement.args) yield* inArgument(statement, arg, scene)
  }
}

export const sitesIn = (script: Script, runs: Runs, isNetwatch: boolean): readonly Site[] => [
  ...inStatements(script.statements, { runs, isNetwatch, isCaught: false, isSwallowed: false, around: null }),
]

/** Every value below a value, itself too; not into the commands of brackets. */
export const valuesIn = (value: Value): readonly Value[] => {
  if (value.kind === "group") return [value, ...valuesIn(value.value)]
  if (value.kind === "unary") return [value, ...valuesIn(value.operand)]
  if (value.kind === "binary") return [value, ...valuesIn(value.left), ...valuesIn(value.right)]
  if (value.kind === "string")
    return [value, ...value.parts.flatMap((part) => (part.kind === "value" ? valuesIn(part.value) : []))]
  return [value]
}

/** Names that are declared anywhere in the text. */
export const namesIn = (sites: readonly Site[]): ReadonlySet<string> =>
  new Set(
    sites.flatMap((site) => {
      if (site.kind !== "command" || !/^\/(local|global|for|foreach|onerror)$/.test(site.command.path)) return []
      return ["name", "counter", "error"].flatMap((name) => plainOf(givenIn(site.command, name))?.split(",") ?? [])
    }),
  )
