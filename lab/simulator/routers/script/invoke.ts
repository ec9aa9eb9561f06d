/** Commands of menus: evaluates arguments, and turns conditions into functions on rows. */
import type { Command, Value as Node } from "@ispvm/routeros-scripts/check/syntax"
import { evaluate, isTruthy, sourceOf } from "./evaluate.ts"
import type { Frame } from "./frame.ts"
import { str } from "./literal.ts"
import type { Row, Value } from "./value.ts"

/**
 * A bare word is passed to the menu unchanged: the property decides its type. Braces are script
 * text.
 */
const valueFor = (frame: Frame, node: Node): Promise<Value> | Value => {
  if (node.kind === "word") return str(node.text)
  if (node.kind === "nothing") return str("")
  return node.kind === "code" ? str(sourceOf(frame, node)) : evaluate(frame, node)
}

const whereOf = (
  frame: Frame,
  path: string,
  node: Node,
): ((row: Row) => Promise<boolean>) | null => {
  if (node.kind === "nothing") return null
  const names = frame.run.engine.propertiesOf(path.slice(0, path.lastIndexOf("/")))
  return async (values) => isTruthy(await evaluate({ ...frame, row: { values, names } }, node))
}

export const invoke = async (frame: Frame, command: Command): Promise<Value> => {
  const { run } = frame
  const args = new Map<string, Value>()
  const flags = new Set<string>()
  let where: ((row: Row) => Promise<boolean>) | null = null
  for (const [index, each] of command.args.entries()) {
    if (each.kind === "flag") flags.add(each.isNegated ? `!${each.name}` : each.name)
    else if (each.name === "where") where = whereOf(frame, command.path, each.value)
    else args.set(each.name ?? String(index), await valueFor(frame, each.value))
  }
  return run.engine.menus.invoke({
    path: command.path,
    args,
    flags,
    where,
    runner: run.runner,
    signal: run.signal,
  })
}
