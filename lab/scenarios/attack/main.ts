/**
 * `npm run attack [-- NAME …]`: attacks a running appliance and agent, prints the findings, and
 * exits 1 on any hole.
 */
import { parseArgs } from "node:util"
import { reportFailure, UserError } from "../../simulator/user-error.ts"
import type { Attack, Finding } from "./attack.ts"
import { ATTACKS } from "./attacks.ts"
import { checkClients, monitorClients } from "./legitimate-clients.ts"
import { type AgentIdentity, openTestbed, type Testbed } from "./testbed.ts"

const HELP = `usage: npm run attack [-- NAME ...]

Runs all attacks, or those named, against an appliance and an agent on loopback. Exits 1 on a hole.

${ATTACKS.map(({ name, about }) => `  ${name.padEnd(24)} ${about}`).join("\n")}
`
/** A longer attack hangs, or has been made to hang. */
const MAX_ATTACK_MS = 120_000

const chosen = (names: readonly string[]): readonly Attack[] => {
  const unknown = names.filter((name) => !ATTACKS.some((attack) => attack.name === name))
  if (unknown.length > 0)
    throw new UserError(`no attack is called ${unknown.join(", ")}\n\n${HELP}`)
  return names.length === 0 ? ATTACKS : ATTACKS.filter(({ name }) => names.includes(name))
}

const runBounded = async (attack: Attack, testbed: Testbed): Promise<readonly Finding[]> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`still running after ${MAX_ATTACK_MS} ms`)),
    MAX_ATTACK_MS,
  )
  try {
    return await Promise.race([attack.run(testbed), late.promise])
  } catch (error) {
    const observed = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return [{ what: "the attack runs to its end", holds: false, observed }]
  } finally {
    clearTimeout(timer)
  }
}

const runOne = async (
  attack: Attack,
  testbed: Testbed,
  legitimate: AgentIdentity,
): Promise<number> => {
  console.log(`\n${attack.name}: ${attack.about}`)
  const startedMs = performance.now()
  const monitor = monitorClients(testbed, legitimate)
  const findings = [...(await runBounded(attack, testbed)), ...checkClients(await monitor.stop())]
  for (const child of [testbed.appliance, testbed.agent]) {
    const how = child.isRunning ? "running" : `ended:\n${child.lastLines(5).join("\n")}`
    findings.push({
      what: `the ${child.plan.name} process still runs`,
      holds: child.isRunning,
      observed: how,
    })
  }
  for (const { what, holds, observed } of findings)
    console.log(`  ${holds ? "ok  " : "HOLE"} ${what}: ${observed}`)
  console.log(`  took ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`)
  return findings.filter(({ holds }) => !holds).length
}

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" } },
  })
  if (values.help === true) return console.log(HELP)
  const attacks = chosen(positionals)
  console.log("starting an appliance and an agent on loopback …")
  const testbed = await openTestbed()
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void testbed.stop().then(() => process.exit(130)))
  let holes = 0
  try {
    const legitimate = await testbed.enrol("legitimate")
    for (const attack of attacks) holes += await runOne(attack, testbed, legitimate)
  } finally {
    await testbed.stop()
  }
  console.log(`\n${attacks.length} attacks, ${holes} ${holes === 1 ? "hole" : "holes"}`)
  if (holes > 0) process.exitCode = 1
}

main().catch(reportFailure)
