/**
 * Compares our pages with those of Nagios 4 with parents and Alertmanager with inhibition rules:
 * those of the solver alone, and the notifications of the appliance (alerts by the default rules,
 * incidents, planned notifications). All get the same faults and observations, and are configured
 * from the same graphs. Prints pages per fault, faults that no page names, false alarms, missing
 * recoveries, and how long the first correct page took.
 *   npm run bench -- peers [--networks 12] [--rounds 5] [--seed 1] [--hold-down 9] [--json FILE]
 *                             [--quick]
 * Needs nagios4-core and prometheus-alertmanager of Debian. Both run in temporary folders, on free
 * ports, and as nobody if we are root. Their configuration: lab/eval/alerting/*-config.ts.
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { recordingsFolder } from "../config.ts"
import { version } from "../eval/alerting/alerting-system.ts"
import { hostsOf, portsOf } from "../eval/alerting/inventory.ts"
import { readNetworks } from "../eval/alerting/networks.ts"
import { runOurs } from "../eval/alerting/own-solver.ts"
import { findPrograms } from "../eval/alerting/programs.ts"
import { replay } from "../eval/alerting/replay.ts"
import { HOLD_DOWN, timingFor } from "../eval/alerting/timing.ts"
import { ms, percentile } from "./figures.ts"
import { runProduct } from "./peers-product.ts"
import { alertingTable, OUR_PRODUCT, OURS } from "./peers-table.ts"

const times = (what: string, took: readonly number[]): string =>
  `${what}: ${took.length}, p50 ${ms(percentile(took, 50))}, p95 ${ms(percentile(took, 95))}`

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      networks: { type: "string" },
      rounds: { type: "string" },
      seed: { type: "string", default: "1" },
      "hold-down": { type: "string", default: `${HOLD_DOWN}` },
      json: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  })
  const programs = findPrograms()
  if ("missing" in programs) {
    console.error(`this bench compares other systems: ${programs.missing}`)
    return false
  }
  const [networkCount, rounds] = [
    Number(values.networks ?? (values.quick ? 4 : 12)),
    Number(values.rounds ?? (values.quick ? 1 : 5)),
  ]
  const [seed, timing] = [Number(values.seed), timingFor(Number(values["hold-down"]))]
  const { networks, note: source } = readNetworks(recordingsFolder(), networkCount, seed)
  const inventories = networks.map(({ inventory }) => inventory)
  const [hosts, ports] = [inventories.flatMap(hostsOf).length, inventories.flatMap(portsOf).length]
  console.log(
    `${networkCount} ${source}, ${hosts} hosts and ${ports} reported ports; ${rounds} rounds, ` +
      `seed ${seed}, hold-down ${timing.holdDown} rounds; ` +
      `Nagios ${version(programs.nagios, ["--version"])}, ` +
      `Alertmanager ${version(programs.alertmanager, ["--version"])}`,
  )
  const { cases, lateMs } = await replay(programs, networks, { rounds, seed, timing })
  const solverMs: number[] = []
  const reviewMs: number[] = []
  for (const { network, timeline, pagesBySystem } of cases) {
    const { world } = network.inventory
    const bySolver = runOurs(world, timeline, timing, (tookMs) => solverMs.push(tookMs))
    const byProduct = runProduct(world, timeline, timing, (tookMs) => reviewMs.push(tookMs))
    pagesBySystem.set(OURS, bySolver).set(OUR_PRODUCT, byProduct)
  }
  console.log(alertingTable(cases))
  const late = [...lateMs].map(([name, worst]) => `${name} ${ms(worst)}`).join(", ")
  const isLate = [...lateMs.values()].some((worst) => worst > timing.probeIntervalMs)
  const note = isLate ? "; this machine was too busy, run the bench again" : ""
  console.log(`most behind schedule: ${late}${note}`)
  console.log(times(`${OURS}, answers`, solverMs))
  console.log(times(`${OUR_PRODUCT}, reviews`, reviewMs))
  if (values.json !== undefined) {
    const lines = cases.map(({ network, faults, timeline, pagesBySystem }) => ({
      network: network.shape,
      form: network.form,
      faults,
      truth: timeline.truth,
      pagesBySystem: Object.fromEntries(pagesBySystem),
    }))
    writeFileSync(values.json, lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
  }
  return true
}
