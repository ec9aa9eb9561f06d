/**
 * What the agent's own work costs, in parts, beside a reference in the same run.
 *   npm run bench -- agent [scheduler] [--devices 2000,10000] [--seconds 20]
 * scheduler: all collectors of a RouterOS device with their usual intervals, of devices that answer
 *   at once; beside a timer of Node (setInterval) for each poll, which knows neither limits nor
 *   failures.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { parseArgs } from "node:util"
import type { z } from "zod"
import { UserError } from "../simulator/user-error.ts"
import { SchedulerFigure } from "./agent-scheduler.ts"
import { ratio, table } from "./figures.ts"

/** Compiled by then; new devices are still polled for the first time, which is the most work. */
const WARM_MS = 10_000

/** An agent that no longer keeps up has no figure. */
const LIMIT_MS = 180_000

const inChild = async <T>(file: string, order: object, schema: z.ZodType<T>): Promise<T> => {
  const child = fork(join(import.meta.dirname, file))
  const ended = once(child, "exit")
  let figure: unknown = null
  child.on("message", (message) => {
    figure = message
  })
  child.send(order)
  const limit = setTimeout(() => child.kill(), LIMIT_MS)
  await ended
  clearTimeout(limit)
  if (figure === null) throw new UserError(`${file} did not keep up: no figure after its time`)
  return schema.parse(figure)
}

const scheduler = async (sizes: readonly number[], forMs: number): Promise<void> => {
  const rows = [["devices", "by", "polls/s", "CPU of a core", "µs a poll", "ratio", "late", "RSS"]]
  for (const devices of sizes) {
    let reference = Number.NaN
    for (const by of ["timers", "scheduler"] as const) {
      const order = { by, devices, warmMs: WARM_MS, forMs }
      const { cpuMs, tookMs, polls, lateMs, rssMb } = await inChild(
        "agent-scheduler.ts",
        order,
        SchedulerFigure,
      )
      const each = (cpuMs * 1_000) / polls
      if (by === "timers") reference = each
      rows.push([
        ...[String(devices), by, (polls / (tookMs / 1_000)).toFixed(0)],
        ...[`${((100 * cpuMs) / tookMs).toFixed(1)} %`, each.toFixed(1), ratio(each, reference)],
        ...[`${lateMs.toFixed(0)} ms`, `${rssMb.toFixed(0)} MB`],
      ])
    }
  }
  console.log(table(rows))
}

const numbers = (text: string): readonly number[] => {
  const list = text.split(",").map(Number)
  if (!list.every((each) => Number.isInteger(each) && each > 0))
    throw new UserError(`--devices ${text}: whole numbers, separated by commas`)
  return list
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      devices: { type: "string", default: "2000,10000" },
      seconds: { type: "string", default: "20" },
    },
  })
  await scheduler(numbers(values.devices), Number(values.seconds) * 1_000)
  return true
}
