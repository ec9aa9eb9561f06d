/**
 * `npm run chaos [-- NAME …]`: kills and stalls real processes and sets their clocks, prints one
 * line per check, exits 1 on any violation.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { reportFailure, UserError } from "../../simulator/user-error.ts"
import { closeAll as closeRigs } from "./rig.ts"
import type { Scenario } from "./scenario.ts"
import { closeAll as closeTestbeds } from "./testbed.ts"

/** Files that are not scenarios. */
const PARTS: readonly string[] = ["main", "scenario", "testbed", "rig", "scripted-agent"]
/** Stops what an interrupted scenario has left running. */
const closeAll = async (): Promise<void> => {
  await Promise.all([closeRigs(), closeTestbeds()])
}
/** A longer scenario hangs. */
const MAX_MS = 15 * 60_000

const scenarios = async (): Promise<readonly Scenario[]> => {
  const files = readdirSync(import.meta.dirname).filter(
    (file) =>
      file.endsWith(".ts") && !file.endsWith(".test.ts") && !PARTS.includes(file.slice(0, -3)),
  )
  const modules: { scenario: Scenario }[] = await Promise.all(
    files.sort().map((file) => import(join(import.meta.dirname, file))),
  )
  return modules.map(({ scenario }) => scenario)
}

const runOne = async (scenario: Scenario): Promise<number> => {
  console.log(`\n${scenario.name}: ${scenario.about}`)
  const startedMs = performance.now()
  let violations = 0
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`still running after ${MAX_MS} ms`)), MAX_MS)
  const report: Parameters<Scenario["run"]>[0] = ({ what, holds, observed }) => {
    if (!holds) violations += 1
    console.log(`  ${holds ? "ok       " : "VIOLATION"} ${what}: ${observed}`)
  }
  try {
    await Promise.race([scenario.run(report), late.promise])
  } catch (error) {
    report({
      what: "the scenario runs to its end",
      holds: false,
      observed: error instanceof Error ? (error.stack ?? "") : String(error),
    })
    await closeAll()
  } finally {
    clearTimeout(timer)
  }
  console.log(`  took ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`)
  return violations
}

const main = async (): Promise<void> => {
  const all = await scenarios()
  const help = `usage: npm run chaos [-- NAME ...]\n\nRuns all scenarios, or those named. Exits 1 on a violation.\n\n${all.map(({ name, about }) => `  ${name.padEnd(20)} ${about}`).join("\n")}`
  const names = process.argv.slice(2)
  if (names.includes("--help") || names.includes("-h")) return console.log(help)
  const unknown = names.filter((name) => !all.some((one) => one.name === name))
  if (unknown.length > 0)
    throw new UserError(`no scenario is called ${unknown.join(", ")}\n\n${help}`)
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void closeAll().then(() => process.exit(130)))
  let violations = 0
  for (const one of all)
    if (names.length === 0 || names.includes(one.name)) violations += await runOne(one)
  console.log(`\n${violations} violations`)
  process.exitCode = violations === 0 ? 0 : 1
}

main().then(() => process.exit(), reportFailure)
