/**
 * The policies of RouterOS that a script needs, derived from its text by a table of menus and
 * commands and the syntax tree. Scripts that a script stores are listed separately, with the
 * policies they are given.
 */
import type { Argument, Command, Statement, Value } from "../check/syntax.ts"
import type { Policy } from "./part-spec.ts"

/** The first match decides. Every menu needs read. */
const RIGHTS: readonly (readonly [path: RegExp, needs: readonly Policy[]])[] = [
  [/^\/user(\/group)?\/(add|set|remove|enable|disable)$/, ["write", "policy"]],
  [/^\/system\/(reboot|shutdown)$/, ["reboot"]],
  [/^\/(tool\/)?(fetch|ping|traceroute|bandwidth-test)$|^\/tool\/(fetch|ping)$/, ["test"]],
  [/^\/resolve$/, ["test"]],
  [/^\/log\//, []],
  [/\/(print|get|find|export|monitor)$/, ["read"]],
  [/^\/system\/script\/run$/, ["read"]],
  [/^\/.+\/.+$/, ["write"]],
  [/^\/(import|execute)$/, ["read"]],
  [/^\/[a-z0-9-]+$/, []],
]
export const rightsOf = (path: string): readonly Policy[] =>
  RIGHTS.find(([pattern]) => pattern.test(path))?.[1] ?? []

export type StoredScript = {
  /** `/system/script ispvm-push`. */
  readonly where: string
  readonly source: string
  readonly granted: ReadonlySet<string>
}
export type Rights = {
  readonly needs: ReadonlySet<Policy>
  readonly stores: readonly StoredScript[]
  readonly runs: readonly string[]
}

/** Netwatch runs its scripts as a system user, with these policies at most. */
export const NETWATCH_POLICIES: ReadonlySet<string> = new Set(["read", "write", "test", "reboot"])

type Names = ReadonlyMap<string, string>
type Found = {
  readonly needs: Set<Policy>
  readonly stores: StoredScript[]
  readonly runs: string[]
}

const textOf = (value: Value | undefined, names: Names): string | undefined => {
  if (value === undefined) return undefined
  if (value.kind === "word") return value.text
  if (value.kind === "variable") return names.get(value.name)
  if (value.kind === "group") return textOf(value.value, names)
  if (value.kind === "binary" && value.operator === ".")
    return `${textOf(value.left, names) ?? "x"}${textOf(value.right, names) ?? "x"}`
  if (value.kind !== "string") return undefined
  return value.parts.map((part) => (part.kind === "text" ? part.text : "x")).join("")
}
const argument = (args: readonly Argument[], name: string): Value | undefined =>
  args.flatMap((each) => (each.kind === "given" && each.name === name ? [each.value] : [])).at(0)

const SCRIPTS_OF: Readonly<Record<string, readonly string[]>> = {
  "/system/script/add": ["source"],
  "/system/scheduler/add": ["on-event"],
  "/tool/netwatch/add": ["up-script", "down-script", "test-script"],
}

const stored = ({ path, args }: Command, names: Names): readonly StoredScript[] =>
  (SCRIPTS_OF[path] ?? []).flatMap((property) => {
    const source = textOf(argument(args, property), names)
    if (source === undefined) return []
    const menu = path.slice(0, -"/add".length)
    const name = textOf(argument(args, "name") ?? argument(args, "comment"), names) ?? ""
    const policy = textOf(argument(args, "policy"), names) ?? ""
    return [
      {
        where: `${menu} ${name} ${property}`,
        source,
        granted: menu === "/tool/netwatch" ? NETWATCH_POLICIES : new Set(policy.split(",")),
      },
    ]
  })

const inValue = (value: Value, names: Names, found: Found): void => {
  switch (value.kind) {
    case "string":
      for (const part of value.parts) if (part.kind === "value") inValue(part.value, names, found)
      return
    case "run":
    case "code":
      inStatements(value.statements, names, found)
      return
    case "group":
      inValue(value.value, names, found)
      return
    case "array":
      for (const item of value.items) inValue(item.value, names, found)
      return
    case "unary":
      inValue(value.operand, names, found)
      return
    case "binary":
      inValue(value.left, names, found)
      inValue(value.right, names, found)
      return
    case "word":
    case "variable":
    case "nothing":
  }
}

const inStatements = (statements: readonly Statement[], outer: Names, found: Found): void => {
  const names = new Map(outer)
  for (const statement of statements) {
    if (statement.kind === "menu") continue
    if (statement.kind === "block") {
      inStatements(statement.statements, names, found)
      continue
    }
    if (statement.kind === "call") inValue(statement.callee, names, found)
    for (const each of statement.args) if (each.kind === "given") inValue(each.value, names, found)
    if (statement.kind !== "command") continue
    for (const right of rightsOf(statement.path)) found.needs.add(right)
    found.stores.push(...stored(statement, names))
    if (statement.path === "/execute")
      found.runs.push(textOf(argument(statement.args, "script"), names) ?? "")
    if (statement.path === "/local") {
      const name = textOf(argument(statement.args, "name"), names)
      const text = textOf(argument(statement.args, "value"), names)
      if (name !== undefined && text !== undefined) names.set(name, text)
    }
  }
}

/** `runs`: texts that are executed by it, with the same policies. */
export const rightsIn = (statements: readonly Statement[]): Rights => {
  const found: Found = { needs: new Set(), stores: [], runs: [] }
  inStatements(statements, new Map(), found)
  return found
}
