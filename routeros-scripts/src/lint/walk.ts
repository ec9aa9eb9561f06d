/** Takes a script apart into the sites that lint checks, each with its context. */
import type { Argument, Command, Script, Statement, Value } from "../check/syntax.ts"

/**
 * How the text runs: typed or imported, stored by a script or scheduler, stored by netwatch, or
 * detached by `:execute`.
 */
export type Runs = "at once" | "stored" | "netwatch" | "detached"

export type Context = {
  readonly runs: Runs
  /** Run by netwatch, or detached by a script of netwatch: with its policies. */
  readonly isNetwatch: boolean
  /** Something around it continues after an error. */
  readonly isCaught: boolean
  /** The text of an error is lost: `:do { … } on-error={ … }`. */
  readonly isSwallowed: boolean
  /** The nearest command whose brackets or braces contain it. */
  readonly enclosing: Command | null
}

/** Script text inside a script. */
export type Nested = {
  /** The command and the argument that contain it. */
  readonly command: Command
  readonly argument: string
  readonly value: Value
  readonly runs: Runs
  readonly isNetwatch: boolean
}

export type Site =
  | { readonly kind: "command"; readonly command: Command; readonly context: Context }
  | { readonly kind: "value"; readonly value: Value; readonly context: Context }
  /** Compared after `where`, in rows of the menu. */
  | {
      readonly kind: "condition"
      readonly menu: string
      readonly value: Value
      readonly context: Context
    }
  | { readonly kind: "nested"; readonly nested: Nested; readonly context: Context }

export const argumentValue = (command: Command, name: string): Value | undefined => {
  const found = command.args.find((arg) => arg.kind === "given" && arg.name === name)
  return found?.kind === "given" ? found.value : undefined
}

/** The text of a value without variables. */
export const literalText = (value: Value | undefined): string | undefined => {
  if (value?.kind === "word") return value.text
  if (value?.kind !== "string") return undefined
  const texts = value.parts.map((part) => (part.kind === "text" ? part.text : undefined))
  return texts.includes(undefined) ? undefined : texts.join("")
}

export const menuOf = (path: string): string => path.slice(0, path.lastIndexOf("/"))

/** How the value of an argument runs later, if it is script text. */
const runsLater = ({ path }: Command, name: string | null): Runs | undefined => {
  if (path === "/execute" && name === "script") return "detached"
  if (path.startsWith("/tool/netwatch/") && /^(up|down|test)-script$/.test(name ?? ""))
    return "netwatch"
  if (name === "source" || name === "on-event" || /-script$/.test(name ?? "")) return "stored"
  return undefined
}

const guarded = (command: Command, name: string | null, context: Context): Context => {
  const isBody = name === "do" || name === "command" || name === "in"
  const losesText = command.path === "/do" && argumentValue(command, "on-error") !== undefined
  const keepsText =
    (command.path === "/onerror" && name === "in") ||
    (command.path === "/retry" && name === "command")
  if (!isBody || !(losesText || keepsText)) return { ...context, enclosing: command }
  return { ...context, enclosing: command, isCaught: true, isSwallowed: losesText }
}

/**
 * A value and the values it begins with: a chain of operators is left-associative and may be as
 * long as the text, so this does not recurse.
 */
export const leftmost = (value: Value): readonly Value[] => {
  const spine: Value[] = [value]
  for (let at = value; ; spine.push(at)) {
    if (at.kind === "binary") at = at.left
    else if (at.kind === "group") at = at.value
    else if (at.kind === "unary") at = at.operand
    else return spine
  }
}

const inValue = (value: Value, context: Context, sites: Site[]): void => {
  const spine = leftmost(value)
  for (const each of spine) sites.push({ kind: "value", value: each, context })
  for (const each of spine.toReversed()) {
    if (each.kind === "binary") inValue(each.right, context, sites)
    if (each.kind === "string")
      for (const part of each.parts) if (part.kind === "value") inValue(part.value, context, sites)
    if (each.kind === "run" || each.kind === "code") inStatements(each.statements, context, sites)
    if (each.kind === "array")
      for (const { key, value: item } of each.items) {
        if (key !== null) inValue(key, context, sites)
        inValue(item, context, sites)
      }
  }
}

const inArgument = (
  command: Command,
  argument: Argument,
  context: Context,
  sites: Site[],
): void => {
  if (argument.kind !== "given") return
  const { name, value } = argument
  const runs = runsLater(command, name)
  if (runs !== undefined) {
    const isNetwatch = runs === "netwatch" || (runs === "detached" && context.isNetwatch)
    sites.push({
      kind: "nested",
      nested: { command, argument: name ?? "", value, runs, isNetwatch },
      context,
    })
    // Commands in braces are read with the rest; for code that runs later, nothing around it
    // catches an error.
    const later: Context = {
      runs,
      isNetwatch,
      isCaught: false,
      isSwallowed: false,
      enclosing: command,
    }
    inValue(value, value.kind === "code" ? later : context, sites)
    return
  }
  if (name === "where")
    sites.push({ kind: "condition", menu: menuOf(command.path), value, context })
  inValue(value, guarded(command, name, context), sites)
}

const inStatements = (statements: readonly Statement[], context: Context, sites: Site[]): void => {
  for (const statement of statements) {
    if (statement.kind === "block") inStatements(statement.statements, context, sites)
    if (statement.kind === "call") {
      inValue(statement.callee, context, sites)
      for (const arg of statement.args) if (arg.kind === "given") inValue(arg.value, context, sites)
    }
    if (statement.kind !== "command") continue
    sites.push({ kind: "command", command: statement, context })
    for (const arg of statement.args) inArgument(statement, arg, context, sites)
  }
}

/** In the order of the text. */
export const sitesIn = (script: Script, runs: Runs, isNetwatch: boolean): readonly Site[] => {
  const sites: Site[] = []
  inStatements(
    script.statements,
    { runs, isNetwatch, isCaught: false, isSwallowed: false, enclosing: null },
    sites,
  )
  return sites
}

/** Every value below a value, and itself, except the commands in brackets. */
export const valuesIn = (value: Value): readonly Value[] => {
  const values: Value[] = []
  const visit = (from: Value): void => {
    const spine = leftmost(from)
    for (const each of spine) values.push(each)
    for (const each of spine) {
      if (each.kind === "binary") visit(each.right)
      if (each.kind === "string")
        for (const part of each.parts) if (part.kind === "value") visit(part.value)
    }
  }
  visit(value)
  return values
}

/** Names that are declared anywhere in the text. */
export const namesIn = (sites: readonly Site[]): ReadonlySet<string> =>
  new Set(
    sites.flatMap((site) => {
      if (
        site.kind !== "command" ||
        !/^\/(local|global|for|foreach|onerror)$/.test(site.command.path)
      )
        return []
      return ["name", "counter", "error"].flatMap(
        (name) => literalText(argumentValue(site.command, name))?.split(",") ?? [],
      )
    }),
  )
