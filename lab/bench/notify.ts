/**
 * What notifications cost: a burst to a webhook and a Telegram chat on loopback (time to the last
 * delivery, dispatch, CPU of the process), planning with as many open incidents, and whether the
 * limits of the providers were kept. With the real store, on a database of its own.
 *   npm run bench -- notify [--incidents 500]
 * A webhook takes 50 at once and 20 a second, a chat one message in 3 s, so that a burst becomes
 * digests there: the time to the last delivery is theirs, not the machine's.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { z } from "zod"
import { environment } from "../config.ts"
import { ms, table } from "./figures.ts"

const Cost = z.object({ wallMs: z.number(), cpuMs: z.number() })
const Figures = z.object({
  ...{ count: z.int(), burst: Cost, change: Cost, all: Cost, idle: Cost, ends: Cost },
  ...{ dispatched: z.int(), p50Ms: z.number(), p95Ms: z.number(), faults: z.int() },
  savedMs: z.number(),
  lastMs: z.object({ webhook: z.number(), telegram: z.number() }),
  limits: z.object({ webhook: z.number(), telegram: z.number() }),
  messages: z.object({ webhook: z.int(), telegram: z.int() }),
})
const PROGRAM = join(import.meta.dirname, "../../appliance/test/notify-measure.ts")
/** A request that was under way when another began. */
const ALLOWANCE = 1

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: { incidents: { type: "string", default: "500" } },
  })
  const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, values.incidents], {
    encoding: "utf8",
    env: environment(),
  })
  if (status !== 0) {
    console.error(stderr)
    return false
  }
  const figures = Figures.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""))
  const { count, burst, change, all, idle, ends, messages, limits } = figures
  const row = (name: string, { wallMs, cpuMs }: z.infer<typeof Cost>) => [
    name,
    ms(wallMs),
    ms(cpuMs),
  ]
  console.log(
    table([
      ["", "time", "CPU"],
      row(`${count} incidents open: until the last delivery`, burst),
      row(`${count} incidents end: until the last delivery`, ends),
      row(`one of ${count} open incidents changes`, change),
      row(`all ${count} planned again (start, edit of a policy)`, all),
      row("half a minute in which nothing changed", idle),
    ]),
  )
  const { savedMs, lastMs } = figures
  console.log(
    `of the burst: all stored after ${ms(savedMs)}, last message at the webhook after ` +
      `${ms(lastMs.webhook)}, in the chat after ${ms(lastMs.telegram)}`,
  )
  const isKept = limits.webhook <= ALLOWANCE && limits.telegram <= ALLOWANCE
  console.log(
    `from due until received, ${figures.dispatched} first attempts: p50 ${ms(figures.p50Ms)}, ` +
      `p95 ${ms(figures.p95Ms)}; messages: webhook ${messages.webhook}, chat ${messages.telegram}; ` +
      `limits of the providers ${isKept ? "kept" : "EXCEEDED"}; faults ${figures.faults}`,
  )
  return isKept && figures.faults === 0
}
