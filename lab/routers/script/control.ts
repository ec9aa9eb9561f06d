/** What steers a script: declarations, conditions, loops, errors. */
import type { Command, Value as Node } from "@ispvm/routeros-scripts/check/syntax"
import { itemsIn, withItem } from "./arrays.ts"
import type { OwnCommand } from "./commands.ts"
import { isEmpty } from "./compare.ts"
import { argument, evaluate, functionOf } from "./evaluate.ts"
import { type Frame, type Outcome, step } from "./frame.ts"
import { namesGiven, nodeOf, valueGiven } from "./given.ts"
import { FALSE, NIL, NOTHING, num, parseLiteral, str, TRUE } from "./literal.ts"
import { assign, declareGlobal, declareLocal, scopeIn } from "./scope.ts"
import { spell } from "./spell.ts"
import { runBlock, runStatements } from "./statements.ts"
import { ScriptError, type Value } from "./value.ts"

const next = (value: Value = NIL): Outcome => ({ flow: "next", value })

/** `do={…}`, `else={…}`: braces are run; what else there is, a value, is what it gives. */
const runPart = async (frame: Frame, command: Command, name: string): Promise<Outcome> => {
  const node = nodeOf(command, name)
  if (node === undefined) return next()
  if (node.kind === "code") return runBlock(frame, node.statements)
  return next(await argument(frame, node))
}

/** The value that a declaration gives; undefined where it only declares. */
const declared = async (frame: Frame, command: Command): Promise<Value | undefined> => {
  const body = nodeOf(command, "do")
  if (body !== undefined) return body.kind === "code" ? functionOf(frame, body) : argument(frame, body)
  return valueGiven(frame, command, "value")
}

const local: OwnCommand = async (frame, command) => {
  const value = await declared(frame, command)
  for (const name of await namesGiven(frame, command, "name")) declareLocal(frame.scope, name, value ?? NOTHING)
  return next()
}

const global: OwnCommand = async (frame, command) => {
  const value = await declared(frame, command)
  for (const name of await namesGiven(frame, command, "name")) {
    declareGlobal(frame.scope, name, frame.run.globals)
    if (value !== undefined) assign(frame.scope, name, value)
  }
  return next()
}

const assignTo = async (frame: Frame, target: Node, value: Value): Promise<void> => {
  if (target.kind === "variable") assign(frame.scope, target.name, value)
  else if (target.kind === "group") await assignTo(frame, target.value, value)
  else if (target.kind === "binary" && target.operator === "->") {
    const [container, at] = [await evaluate(frame, target.left), await evaluate(frame, target.right)]
    await assignTo(frame, target.left, withItem(container, at, value))
  } else if (target.kind === "word" || target.kind === "string") assign(frame.scope, spell(await argument(frame, target)), value)
  else throw new ScriptError("cannot set this value")
}

const set: OwnCommand = async (frame, command) => {
  const target = nodeOf(command, "name")
  const value = await declared(frame, command)
  if (target !== undefined) await assignTo(frame, target, value ?? NOTHING)
  return next()
}

const holds = async (frame: Frame, node: Node | undefined): Promise<boolean> => {
  const value = node === undefined ? NOTHING : await argument(frame, node)
  if (value.type === "bool") return value.is
  // What `:find` gives may stand here: a place, or nil. (That the place 0 is a no is uncertain.)
  if (value.type === "num") return value.is !== 0n
  if (isEmpty(value)) return false
  throw new ScriptError("conditional not boolean")
}

const runIf: OwnCommand = async (frame, command) =>
  runPart(frame, command, (await holds(frame, nodeOf(command, "condition"))) ? "do" : "else")

/** Runs a loop's body once; undefined where the loop goes on. */
const turn = async (
  frame: Frame,
  command: Command,
  names: readonly (readonly [string, Value])[],
): Promise<Outcome | undefined> => {
  const body = nodeOf(command, "do")
  if (body?.kind !== "code") return undefined
  // Also of an empty body: or a loop without end would leave nobody else a turn.
  await step(frame.run)
  const scope = scopeIn(frame.scope)
  for (const [name, value] of names) declareLocal(scope, name, value)
  const outcome = await runStatements({ ...frame, scope }, body.statements)
  if (outcome.flow === "return") return outcome
  return outcome.flow === "break" ? next() : undefined
}

const numberGiven = async (frame: Frame, command: Command, name: string): Promise<bigint | undefined> => {
  const value = await valueGiven(frame, command, name)
  const counted = value?.type === "str" ? parseLiteral(value.is) : value
  return counted?.type === "num" ? counted.is : undefined
}

const runFor: OwnCommand = async (frame, command) => {
  const [name = ""] = await namesGiven(frame, command, "counter")
  const [from, to] = [await numberGiven(frame, command, "from"), await numberGiven(frame, command, "to")]
  if (from === undefined || to === undefined) throw new ScriptError("invalid value of for loop")
  const by = (await numberGiven(frame, command, "step")) ?? (from > to ? -1n : 1n)
  if (by === 0n) throw new ScriptError("step of for loop is zero")
  for (let at = from; by > 0n ? at <= to : at >= to; at += by) {
    const end = await turn(frame, command, [[name, num(at)]])
    if (end !== undefined) return end
  }
  return next()
}

const runForeach: OwnCommand = async (frame, command) => {
  const names = await namesGiven(frame, command, "counter")
  const over = (await valueGiven(frame, command, "in")) ?? NOTHING
  if (over.type === "nothing" || over.type === "nil") return next()
  const [first = "", second] = names
  let place = 0n
  for (const { key, value } of itemsIn(over)) {
    // Over what is no array there is one turn, and the first name has it.
    const pair = over.type === "array" ? [key === null ? num(place++) : str(key), value] : [value, NIL]
    const [at = NIL, item = NIL] = pair
    const end = await turn(
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

const runWhile: OwnCommand = async (frame, command) => {
  while (await holds(frame, nodeOf(command, "condition"))) {
    const end = await turn(frame, command, [])
    if (end !== undefined) return end
  }
  return next()
}

/** Whether an `on-error` may have it: a killed script ends, and a fault of this program is no script's. */
const isCatchable = (frame: Frame, error: unknown): error is ScriptError =>
  error instanceof ScriptError && !frame.run.signal.aborted

const runDo: OwnCommand = async (frame, command) => {
  const condition = nodeOf(command, "while") ?? nodeOf(command, "if")
  const repeats = nodeOf(command, "while") !== undefined
  try {
    if (!repeats)
      return condition === undefined || (await holds(frame, condition)) ? await runPart(frame, command, "command") : next()
    do {
      await step(frame.run)
      const outcome = await runPart(frame, command, "command")
      if (outcome.flow === "return") return outcome
      if (outcome.flow === "break") break
    } while (await holds(frame, condition))
    return next()
  } catch (error) {
    if (nodeOf(command, "on-error") === undefined || !isCatchable(frame, error)) throw error
    return runPart(frame, command, "on-error")
  }
}

/** Gives whether there was an error (uncertain). */
const runOnError: OwnCommand = async (frame, command) => {
  try {
    const outcome = await runPart(frame, command, "in")
    return outcome.flow === "next" ? next(FALSE) : outcome
  } catch (error) {
    if (!isCatchable(frame, error)) throw error
    const scope = scopeIn(frame.scope)
    for (const name of await namesGiven(frame, command, "error")) declareLocal(scope, name, str(error.message))
    const outcome = await runPart({ ...frame, scope }, command, "do")
    return outcome.flow === "next" ? next(TRUE) : outcome
  }
}

const retry: OwnCommand = async (frame, command) => {
  const most = Number((await numberGiven(frame, command, "max")) ?? 3n)
  const wait = await valueGiven(frame, command, "delay")
  const waitMs = wait?.type === "time" ? Number(wait.ns / 1_000_000n) : wait?.type === "num" ? Number(wait.is) * 1000 : 0
  for (let tries = 1; ; tries += 1) {
    try {
      return await runPart(frame, command, "command")
    } catch (error) {
      if (!isCatchable(frame, error)) throw error
      if (tries >= most) {
        if (nodeOf(command, "on-error") === undefined) throw error
        return runPart(frame, command, "on-error")
      }
    }
    await frame.run.engine.sleep(waitMs, frame.run.signal)
  }
}

const raise: OwnCommand = async (frame, command) => {
  throw new ScriptError(spell((await valueGiven(frame, command, "message")) ?? NOTHING))
}

export const CONTROL: Readonly<Record<string, OwnCommand>> = {
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
  "/return": async (frame, command) => ({ flow: "return", value: (await valueGiven(frame, command, "value")) ?? NIL }),
  "/break": async () => ({ flow: "break", value: NIL }),
  "/continue": async () => ({ flow: "continue", value: NIL }),
  "/nothing": async () => next(),
}
