/** The engine that all scripts of one router share: reading, code values, clock. */
import { setTimeout as sleepMs } from "node:timers/promises"
import type { Body, Engine } from "./frame.ts"
import { createReader, propertiesIn } from "./programs.ts"
import { runStatements } from "./statements.ts"
import type { Menus, Value } from "./value.ts"

export type EngineOptions = {
  readonly menus: Menus
  readonly clock: { readonly now: () => number }
  /** Returns early, without an error, when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random?: () => number
}

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleepMs(Math.min(ms, 2 ** 31 - 1), undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** In ns since 1970; each call returns a larger number. */
const createTimestamp = (now: () => number): (() => bigint) => {
  let lastNs = 0n
  return () => {
    const ns = BigInt(Math.round(now() * 1000)) * 1000n
    lastNs = ns > lastNs ? ns : lastNs + 1n
    return lastNs
  }
}

/** `execute` starts a script of its own, as `:execute` does. */
export const createEngine = (options: EngineOptions, execute: Engine["execute"]): Engine => {
  const { menus, clock } = options
  const bodies = new WeakMap<Value, Body>()
  const read = createReader(menus.release)
  return {
    menus,
    nowMs: clock.now,
    timestamp: createTimestamp(clock.now),
    sleep: options.sleep ?? pause,
    read,
    bodyOf: (code) => {
      const known = bodies.get(code)
      if (known !== undefined || code.type !== "code") return known
      const body = { ...read(code.source), scope: null }
      bodies.set(code, body)
      return body
    },
    codeOf: (body, source) => {
      const code: Value = { type: "code", source }
      bodies.set(code, body)
      return code
    },
    execute,
    propertiesOf: propertiesIn(menus.release),
    random: options.random ?? Math.random,
    runStatements,
  }
}
