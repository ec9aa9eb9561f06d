/** The appliance as a process, with its standard output and error, and its exit. */
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { bareEnvironment } from "./config.ts"

const MAIN = join(import.meta.dirname, "..", "src", "main.ts")

export type Program = {
  readonly child: ChildProcess
  /** Of the greeting; rejects with the output if the process ended first. */
  readonly url: Promise<string>
  /** Everything on standard error, and the lines for people. */
  readonly errorOutput: () => string
  readonly lines: () => string[]
  /** Its exit; child processes may still hold its standard error open. */
  readonly exited: Promise<number | null>
  /** The same, after all output was read. */
  readonly end: Promise<number | null>
}

export type Start = {
  readonly env: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  readonly main?: string
}

export const startProgram = ({
  env,
  command = [process.execPath],
  main = MAIN,
}: Start): Program => {
  const [file = process.execPath, ...args] = command
  const child = spawn(file, [...args, main], {
    env: {
      ...bareEnvironment(),
      ISPVM_HTTP_PORT: "0",
      ISPVM_AGENT_API_PORT: "0",
      ISPVM_PUSH_PORT: "0",
      ISPVM_LOCAL_AGENT: "off",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let errorOutput = ""
  let out = ""
  const url = Promise.withResolvers<string>()
  url.promise.catch(() => undefined)
  child.stderr?.on("data", (bytes) => {
    errorOutput += bytes
  })
  child.stdout?.on("data", (bytes) => {
    out += bytes
    const found = /https?:\/\/\S+/.exec(out)
    if (found && out.trimEnd().endsWith("─")) url.resolve(found[0])
  })
  const end = once(child, "close").then(([code]: (number | null)[]) => {
    url.reject(new Error(`it ended with ${code}: ${errorOutput}`))
    return code ?? null
  })
  return {
    child,
    url: url.promise,
    errorOutput: () => errorOutput,
    exited: once(child, "exit").then(([code]: (number | null)[]) => code ?? null),
    lines: () => errorOutput.split("\n").filter((line) => line !== "" && !line.startsWith("{")),
    end,
  }
}

/** Repeats a query until it has a result. */
export const until = async <T>(
  what: string,
  check: () => Promise<T | null> | T | null,
  withinMs = 30_000,
): Promise<T> => {
  for (const last = performance.now() + withinMs; performance.now() < last; await delay(50)) {
    const found = await check()
    if (found !== null) return found
  }
  return assert.fail(`${what}: not within ${withinMs} ms`)
}
