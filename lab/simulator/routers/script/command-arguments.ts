/** The arguments of a command of the language. */
import type { Command, Value as Node } from "@ispvm/routeros-scripts/check/syntax"
import { argument } from "./evaluate.ts"
import type { Frame } from "./frame.ts"
import { NOTHING } from "./literal.ts"
import type { Value } from "./value.ts"
import { toText } from "./value-text.ts"

export const nodeOf = (command: Command, name: string): Node | undefined => {
  for (const each of command.args)
    if (each.kind === "given" && each.name === name) return each.value
  return undefined
}

export const hasArgument = (command: Command, name: string): boolean =>
  command.args.some((each) => each.name === name && (each.kind === "given" || !each.isNegated))

export const valueArgument = async (
  frame: Frame,
  command: Command,
  name: string,
): Promise<Value | undefined> => {
  const node = nodeOf(command, name)
  return node === undefined ? undefined : argument(frame, node)
}

/** All of them, evaluated in order. */
export const allArguments = async (
  frame: Frame,
  command: Command,
): Promise<ReadonlyMap<string, Value>> => {
  const values = new Map<string, Value>()
  for (const each of command.args)
    if (each.kind === "given" && each.name !== null)
      values.set(each.name, await argument(frame, each.value))
    else if (each.kind === "flag" && !each.isNegated) values.set(each.name, NOTHING)
  return values
}

/** The names that `:local`, `:for` and similar commands declare. */
export const namesArgument = async (
  frame: Frame,
  command: Command,
  name: string,
): Promise<readonly string[]> => {
  const node = nodeOf(command, name)
  if (node === undefined) return []
  if (node.kind === "word") return node.text.split(",")
  if (node.kind === "variable") return [node.name]
  return [toText(await argument(frame, node))]
}
