/** Runs statements one after another: blocks, calls, commands. */
import type { Call, Command, Statement } from "@ispvm/routeros-scripts/check/syntax"
import { commandOf } from "./commands.ts"
import { withLocation } from "./error-location.ts"
import { argument, call, evaluate } from "./evaluate.ts"
import { type Frame, type Outcome, runBlock, step, withDepth } from "./frame.ts"
import { invoke } from "./invoke.ts"
import { NIL, NOTHING, str } from "./literal.ts"
import { ScriptError, type Value } from "./value.ts"

const NEXT: Outcome = { flow: "next", value: NIL }

/** Returns how they ended, and the value of the last statement. */
export const runStatements = async (
  frame: Frame,
  statements: readonly Statement[],
): Promise<Outcome> => {
  let last = NEXT
  for (const statement of statements) {
    const others = step(frame.run)
    if (others !== undefined) await others
    last = await runStatement(frame, statement)
    if (last.flow !== "next") return last
  }
  return last
}

const runStatement = (frame: Frame, statement: Statement): Promise<Outcome> | Outcome => {
  switch (statement.kind) {
    case "menu":
      return NEXT
    case "block":
      return runBlock(frame, statement.statements)
    case "call":
      return runCall(frame, statement)
    case "command":
      return runCommand(frame, statement)
  }
}

const runCommand = async (frame: Frame, command: Command): Promise<Outcome> => {
  try {
    if (!command.isKnown)
      throw new ScriptError(
        `bad command name ${command.path.slice(command.path.lastIndexOf("/") + 1)}`,
      )
    const builtin = commandOf(command.path)
    if (builtin !== undefined) return await builtin(frame, command)
    return { flow: "next", value: await invoke(frame, command) }
  } catch (error) {
    throw withLocation(error, frame.bytes, command)
  }
}

const isCalled = (value: Value): boolean => value.type === "code"

const runCall = async (frame: Frame, { callee, args }: Call): Promise<Outcome> => {
  const code = await evaluate(frame, callee)
  if (!isCalled(code)) return { flow: "next", value: code }
  const callArguments = new Map<string, Value>()
  // A function called by its name has the name in $0; called by an expression, its first argument.
  if (callee.kind === "variable") callArguments.set("0", str(`$${callee.name}`))
  let place = callee.kind === "variable" ? 1 : 0
  for (const each of args) {
    if (each.kind === "flag") continue
    const value = each.value.kind === "nothing" ? NOTHING : await argument(frame, each.value)
    callArguments.set(each.name ?? String(place++), value)
  }
  return { flow: "next", value: await withDepth(frame.run, () => call(frame, code, callArguments)) }
}
