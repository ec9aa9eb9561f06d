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

/** A value and what it begins with: a chain of operators leans to the left and may be as long as the text, so it is no recursion. */
export const leftmost = (value: Value): readonly Value[] => {
  const spine: Value[] = [value]
  for (let at = value; ; spine.push(at)) {
    if (at.kind === "binary") at = at.left
    else if (at.kind === "group") at = at.value
    else if (at.kind === "unary") at = at.operand
    else return spine
  }
}

const inValue = (value: Value, scene: Scene, sites: Site[]): void => {
  const spine = leftmost(value)
  for (const each of spine) sites.push({ kind: "value", value: each, scene })
  for (const each of spine.toReversed()) {
    if (each.kind === "binary") inValue(each.right, scene, sites)
    if (each.kind === "string") for (const part of each.parts) if (part.kind === "value") inValue(part.value, scene, sites)
    if (each.kind === "run" || each.kind === "code") inStatements(each.statements, scene, sites)
    if (each.kind === "array")
      for (const { key, value: item } of each.items) {
        if (key !== null) inValue(key, scene, sites)
        inValue(item, scene, sites)
      }
  }
}

const inArgument = (command: Command, argument: Argument, scene: Scene, sites: Site[]): void => {
  if (argument.kind !== "given") return
  const { name, value } = argument
  const runs = runsLater(command, name)
  if (runs !== undefined) {
    const isNetwatch = runs === "netwatch" || (runs === "detached" && scene.isNetwatch)
    sites.push({ kind: "nested", nested: { command, argument: name ?? "", value, runs, isNetwatch }, scene })
    // Commands in braces are read with the rest; what runs later is caught by nothing around it.
    const later: Scene = { runs, isNetwatch, isCaught: false, isSwallowed: false, around: command }
    inValue(value, value.kind === "code" ? later : scene, sites)
    return
  }
  if (name === "where") sites.push({ kind: "condition", menu: menuOf(command.path), value, scene })
  inValue(value, guarded(command, name, scene), sites)
}

const inStatements = (statements: readonly Statement[], scene: Scene, sites: Site[]): void => {
  for (const statement of statements) {
    if (statement.kind === "block") inStatements(statement.statements, scene, sites)
    if (statement.kind === "call") {
      inValue(statement.callee, scene, sites)
      for (const arg of statement.args) if (arg.kind === "given") inValue(arg.value, scene, sites)
    }
    if (statement.kind !== "command") continue
    sites.push({ kind: "command", command: statement, scene })
    for (const arg of statement.args) inArgument(statement, arg, scene, sites)
  }
}

/** In the order of the text. */
export const sitesIn = (script: Script, runs: Runs, isNetwatch: boolean): readonly Site[] => {
  const sites: Site[] = []
  inStatements(script.statements, { runs, isNetwatch, isCaught: false, isSwallowed: false, around: null }, sites)
  return sites
}

/** Every value below a value, itself too; not into the commands of brackets. */
export const valuesIn = (value: Value): readonly Value[] => {
  const values: Value[] = []
  const look = (from: Value): void => {
    const spine = leftmost(from)
    for (const each of spine) values.push(each)
    for (const each of spine) {
      if (each.kind === "binary") look(each.right)
      if (each.kind === "string") for (const part of each.parts) if (part.kind === "value") look(part.value)
    }
  }
  look(value)
  return values
}

/** Names that are declared anywhere in the text. */
export const namesIn = (sites: readonly Site[]): ReadonlySet<string> =>
  new Set(
    sites.flatMap((site) => {
      if (site.kind !== "command" || !/^\/(local|global|for|foreach|onerror)$/.test(site.command.path)) return []
      return ["name", "counter", "error"].flatMap((name) => plainOf(givenIn(site.command, name))?.split(",") ?? [])
    }),
  )
