/** Commands with effects outside the script: output, the clock, random numbers, other scripts. */

import { hasArgument, nodeOf, valueArgument } from "./command-arguments.ts"
import { sourceOf } from "./evaluate.ts"
import {
  type BuiltinCommand,
  type Frame,
  type Outcome,
  runBlock,
  step,
  withDepth,
} from "./frame.ts"
import { NIL, NOTHING, num, parseLiteral, str, time } from "./literal.ts"
import { ScriptError, type Value } from "./value.ts"
import { toText } from "./value-text.ts"

const next = (value: Value = NIL): Outcome => ({ flow: "next", value })

const msOf = (value: Value): number => {
  const counted = value.type === "str" ? (parseLiteral(value.is) ?? value) : value
  if (counted.type === "time") return Number(counted.ns / 1_000_000n)
  if (counted.type === "num") return Number(counted.is) * 1000
  throw new ScriptError(`invalid time value for argument delay-time`)
}

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const randomNumber = (frame: Frame, from: bigint, to: bigint): bigint => {
  const size = to - from + 1n
  return size <= 0n ? from : from + BigInt(Math.floor(frame.run.engine.random() * Number(size)))
}

const integer = async (
  frame: Frame,
  command: Parameters<BuiltinCommand>[1],
  name: string,
): Promise<bigint | undefined> => {
  const value = await valueArgument(frame, command, name)
  return value?.type === "num" ? value.is : undefined
}

export const EFFECTS: Readonly<Record<string, BuiltinCommand>> = {
  "/put": async (frame, command) => {
    frame.run.print(toText((await valueArgument(frame, command, "message")) ?? NOTHING))
    return next()
  },
  "/delay": async (frame, command) => {
    const { run } = frame
    await run.engine.sleep(
      msOf((await valueArgument(frame, command, "delay-time")) ?? num(1)),
      run.signal,
    )
    await step(run)
    return next()
  },
  "/time": async (frame, command) => {
    const startMs = frame.run.engine.nowMs()
    const body = nodeOf(command, "command")
    if (body?.kind === "code") await runBlock(frame, body.statements)
    return next(time(BigInt(Math.round((frame.run.engine.nowMs() - startMs) * 1_000_000))))
  },
  "/parse": async (frame, command) => {
    const source = toText((await valueArgument(frame, command, "value")) ?? NOTHING)
    const { engine } = frame.run
    return next(engine.codeOf({ ...engine.read(source), scope: null }, source))
  },
  "/execute": async (frame, command) => {
    const node = nodeOf(command, "script")
    const script =
      node?.kind === "code"
        ? sourceOf(frame, node)
        : toText((await valueArgument(frame, command, "script")) ?? NOTHING)
    const { run } = frame
    return next(
      await withDepth(run, () =>
        run.engine.execute(script, run, hasArgument(command, "as-string")),
      ),
    )
  },
  "/jobname": async (frame) => next(str(frame.run.name)),
  "/environment/print": async (frame) => {
    for (const [name, value] of frame.run.globals) frame.run.print(`${name}=${toText(value)}`)
    return next()
  },
  "/timestamp": async (frame) => next(time(frame.run.engine.timestamp())),
  "/rndnum": async (frame, command) =>
    next(
      num(
        randomNumber(
          frame,
          (await integer(frame, command, "from")) ?? 0n,
          (await integer(frame, command, "to")) ?? 4_294_967_295n,
        ),
      ),
    ),
  "/rndstr": async (frame, command) => {
    const from = toText((await valueArgument(frame, command, "from")) ?? str(LETTERS))
    const length = Number((await integer(frame, command, "length")) ?? 16n)
    const pick = (): string => from[Number(randomNumber(frame, 0n, BigInt(from.length - 1)))] ?? ""
    return next(str(Array.from({ length }, pick).join("")))
  },
  "/beep": async () => next(),
  "/exit": async () => ({ flow: "return", value: NIL }),
}
