/** Control flow: declarations, conditions, loops, errors. */
import type { Command, Value as Node } from "@ispvm/routeros-scripts/check/syntax"
import { itemsIn, withItem } from "./arrays.ts"
import { namesArgument, nodeOf, valueArgument } from "./command-arguments.ts"
import { isEmpty } from "./compare.ts"
import { argument, evaluate, functionOf } from "./evaluate.ts"
import { type BuiltinCommand, type Frame, type Outcome, runBlock, step } from "./frame.ts"
import { FALSE, NIL, NOTHING, num, parseLiteral, str, TRUE } from "./literal.ts"
import { assign, declareGlobal, declareLocal, scopeIn } from "./scope.ts"
import { ScriptError, type Value } from "./value.ts"
import { toText } from "./value-text.ts"

const next = (value: Value = NIL): Outcome => ({ flow: "next", value })

/** `do={…}`, `else={…}`: braces are run; any other value is the result. */
const runBranch = async (frame: Frame, command: Command, name: string): Promise<Outcome> => {
  const node = nodeOf(command, name)
  if (node === undefined) return next()
  if (node.kind === "code") return runBlock(frame, node.statements)
  return next(await argument(frame, node))
}

/** The value of a declaration; undefined where there is none. */
const declared = async (frame: Frame, command: Command): Promise<Value | undefined> => {
  const body = nodeOf(command, "do")
  if (body !== undefined)
    return body.kind === "code" ? functionOf(frame, body) : argument(frame, body)
  return valueArgument(frame, command, "value")
}

const local: BuiltinCommand = async (frame, command) => {
  const value = await declared(frame, command)
  for (const name of await namesArgument(frame, command, "name"))
    declareLocal(frame.scope, name, value ?? NOTHING)
  return next()
}

const global: BuiltinCommand = async (frame, command) => {
  const value = await declared(frame, command)
  for (const name of await namesArgument(frame, command, "name")) {
    declareGlobal(frame.scope, name, frame.run.globals)
    if (value !== undefined) assign(frame.scope, name, value)
  }
  return next()
}

const assignTo = async (frame: Frame, target: Node, value: Value): Promise<void> => {
  if (target.kind === "variable") assign(frame.scope, target.name, value)
  else if (target.kind === "group") await assignTo(frame, target.value, value)
  else if (target.kind === "binary" && target.operator === "->") {
    const [container, at] = [
      await evaluate(frame, target.left),
      await evaluate(frame, target.right),
    ]
    await assignTo(frame, target.left, withItem(container, at, value))
  } else if (target.kind === "word" || target.kind === "string")
    assign(frame.scope, toText(await argument(frame, target)), value)
  else throw new ScriptError("cannot set this value")
}

const set: BuiltinCommand = async (frame, command) => {
  const target = nodeOf(command, "name")
  const value = await declared(frame, command)
  if (target !== undefined) await assignTo(frame, target, value ?? NOTHING)
  return next()
}

const isConditionTrue = async (frame: Frame, node: Node | undefined): Promise<boolean> => {
  const value = node === undefined ? NOTHING : await argument(frame, node)
  if (value.type === "bool") return value.is
  // The result of `:find` is allowed here: a position, or nil. (That position 0 is false is
  // uncertain.)
  if (value.type === "num") return value.is !== 0n
  if (isEmpty(value)) return false
  throw new ScriptError("conditional not boolean")
}

const runIf: BuiltinCommand = async (frame, command) =>
  runBranch(
    frame,
    command,
    (await isConditionTrue(frame, nodeOf(command, "condition"))) ? "do" : "else",
  )

/** Runs a loop's body once; undefined where the loop continues. */
const runIteration = async (
  frame: Frame,
  command: Command,
  names: readonly (readonly [string, Value])[],
): Promise<Outcome | undefined> => {
  const body = nodeOf(command, "do")
  if (body?.kind !== "code") return undefined
  // Also for an empty body: an endless loop would otherwise block the process.
  await step(frame.run)
  const scope = scopeIn(frame.scope)
  for (const [name, value] of names) declareLocal(scope, name, value)
  const outcome = await frame.run.engine.runStatements({ ...frame, scope }, body.statements)
  if (outcome.flow === "return") return outcome
  return outcome.flow === "break" ? next() : undefined
}

const numberArgument = async (
  frame: Frame,
  command: Command,
  name: string,
): Promise<bigint | undefined> => {
  const value = await valueArgument(frame, command, name)
  const counted = value?.type === "str" ? parseLiteral(value.is) : value
  return counted?.type === "num" ? counted.is : undefined
}

const runFor: BuiltinCommand = async (frame, command) => {
  const [name = ""] = await namesArgument(frame, command, "counter")
  const [from, to] = [
    await numberArgument(frame, command, "from"),
    await numberArgument(frame, command, "to"),
  ]
  if (from === undefined || to === undefined) throw new ScriptError("invalid value of for loop")
  const by = (await numberArgument(frame, command, "step")) ?? (from > to ? -1n : 1n)
  if (by === 0n) throw new ScriptError("step of for loop is zero")
  for (let at = from; by > 0n ? at <= to : at >= to; at += by) {
    const end = await runIteration(frame, command, [[name, num(at)]])
    if (end !== undefined) return end
  }
  return next()
}

const runForeach: BuiltinCommand = async (frame, command) => {
  const names = await namesArgument(frame, command, "counter")
  const over = (await valueArgument(frame, command, "in")) ?? NOTHING
  if (over.type === "nothing" || over.type === "nil") return next()
  const [first = "", second] = names
  let place = 0n
  for (const { key, value } of itemsIn(over)) {
    // For a value that is not an array, the body runs once, with the value in the first name.
    const pair =
      over.type === "array" ? [key === null ? num(place++) : str(key), value] : [value, NIL]
    const [at = NIL, item = NIL] = pair
    const end = await runIteration(
      frame,
      command,
      second === undefined
        ? [[first, value]]
        : [
            [first, at],
            [second, item],
          ],
    )
    if (end !== undefined) return end
  }
  return next()
}

const runWhile: BuiltinCommand = async (frame, command) => {
  while (await isConditionTrue(frame, nodeOf(command, "condition"))) {
    const end = await runIteration(frame, command, [])
    if (end !== undefined) return end
  }
  return next()
}

/**
 * Whether `on-error` may catch it: a killed script ends, and a fault of this program is not an
 * error of the script.
 */
const isCatchable = (frame: Frame, error: unknown): error is ScriptError =>
  error instanceof ScriptError && !frame.run.signal.aborted

const runDo: BuiltinCommand = async (frame, command) => {
  const condition = nodeOf(command, "while") ?? nodeOf(command, "if")
  const repeats = nodeOf(command, "while") !== undefined
  try {
    if (!repeats)
      return condition === undefined || (await isConditionTrue(frame, condition))
        ? await runBranch(frame, command, "command")
        : next()
    do {
      await step(frame.run)
      const outcome = await runBranch(frame, command, "command")
      if (outcome.flow === "return") return outcome
      if (outcome.flow === "break") break
    } while (await isConditionTrue(frame, condition))
    return next()
  } catch (error) {
    if (nodeOf(command, "on-error") === undefined || !isCatchable(frame, error)) throw error
    return runBranch(frame, command, "on-error")
  }
}

/** Returns whether there was an error (uncertain). */
const runOnError: BuiltinCommand = async (frame, command) => {
  try {
    const outcome = await runBranch(frame, command, "in")
    return outcome.flow === "next" ? next(FALSE) : outcome
  } catch (error) {
    if (!isCatchable(frame, error)) throw error
    const scope = scopeIn(frame.scope)
    for (const name of await namesArgument(frame, command, "error"))
      declareLocal(scope, name, str(error.message))
    const outcome = await runBranch({ ...frame, scope }, command, "do")
    return outcome.flow === "next" ? next(TRUE) : outcome
  }
}

const retry: BuiltinCommand = async (frame, command) => {
  const maxTries = Number((await numberArgument(frame, command, "max")) ?? 3n)
  const wait = await valueArgument(frame, command, "delay")
  const waitMs =
    wait?.type === "time"
      ? Number(wait.ns / 1_000_000n)
      : wait?.type === "num"
        ? Number(wait.is) * 1000
        : 0
  for (let tries = 1; ; tries += 1) {
    try {
      return await runBranch(frame, command, "command")
    } catch (error) {
      if (!isCatchable(frame, error)) throw error
      if (tries >= maxTries) {
        if (nodeOf(command, "on-error") === undefined) throw error
        return runBranch(frame, command, "on-error")
      }
    }
    await frame.run.engine.sleep(waitMs, frame.run.signal)
  }
}

const raise: BuiltinCommand = async (frame, command) => {
  throw new ScriptError(toText((await valueArgument(frame, command, "message")) ?? NOTHING))
}

export const CONTROL: Readonly<Record<string, BuiltinCommand>> = {
  "/local": local,
  "/global": global,
  "/set": set,
  "/if": runIf,
  "/for": runFor,
  "/foreach": runForeach,
  "/while": runWhile,
  "/do": runDo,
  "/onerror": runOnError,
  "/retry": retry,
  "/error": raise,
  "/return": async (frame, command) => ({
    flow: "return",
    value: (await valueArgument(frame, command, "value")) ?? NIL,
  }),
  "/break": async () => ({ flow: "break", value: NIL }),
  "/continue": async () => ({ flow: "continue", value: NIL }),
  "/nothing": async () => next(),
}
