/** Runs the program that fills a database and measures it, for `storage` and `queries`. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { z } from "zod"
import { environment } from "../config.ts"
import { UserError } from "../simulator/user-error.ts"

const PROGRAM = join(import.meta.dirname, "../../appliance/test/storage-measure.ts")

const Stored = z.object({
  ...{ rows: z.number(), samples: z.number() },
  ...{ rawBytes: z.number(), rollupBytes: z.number() },
})
export type Stored = z.infer<typeof Stored>
const Times = z.array(z.number())
const Measured = z.object({
  stored: z.object({ ping: Stored, interface: Stored }),
  reference: z.object({ rows: z.number(), bytes: z.number(), loadMs: z.number() }),
  queries: z.object({
    ...{ day: Times, p95: Times, last: Times },
    ...{ dayReference: Times, p95Reference: Times, lastReference: Times },
  }),
})
export type Measured = z.infer<typeof Measured>
export type Sizes = { readonly ports: number; readonly targets: number; readonly days: number }

export const sizesOf = (args: readonly string[]): Sizes & { readonly isGrowth: boolean } => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ports: { type: "string", default: "50" },
      targets: { type: "string", default: "5" },
      days: { type: "string", default: "2" },
      growth: { type: "boolean", default: false },
    },
  })
  const whole = (name: "ports" | "targets" | "days"): number => {
    const value = Number(values[name])
    if (!Number.isInteger(value) || value < 1 || value > 100_000)
      throw new UserError(`--${name} is a whole number from 1 to 100000, not "${values[name]}"`)
    return value
  }
  const sizes = { ports: whole("ports"), targets: whole("targets"), days: whole("days") }
  return { ...sizes, isGrowth: values.growth }
}

/** Latest values of as many interfaces as the goal names. */
export const LATEST = 100_000

export const measure = ({ ports, targets, days }: Sizes): Measured => {
  const args = [PROGRAM, ...[ports, targets, days, LATEST].map(String)]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: environment(),
    maxBuffer: 1e7,
  })
  if (status !== 0) throw new UserError(`the measurement failed:\n${stderr}`)
  return Measured.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""))
}
