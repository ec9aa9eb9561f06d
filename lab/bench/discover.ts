/**
 * Discovery of networks that are known: precision and recall of links, boxes that are found twice or
 * taken for another, CPU time and memory, beside joining neighbours by their names. Cells differ in
 * what devices report: `usual` has link-local addresses, management VLANs, old rows, shortened names,
 * silent boxes and forty of 300 with one name; `partly`: four in ten access routers are not
 * monitored; `harsh`: several times as much of everything.
 *   npm run bench -- discover [--devices 300,3000] [--seeds 5] [--verbose]
 */
import { parseArgs } from "node:util"
import { type DeviceInput, type Discovered, discover } from "@ispvm/discovery"
import { discoverByNames } from "../eval/discovery/by-names.ts"
import { type Habits, makeWorld, randomOf, USUAL_HABITS } from "../eval/discovery/network.ts"
import { type DiscoveryScore, scoreOf } from "../eval/discovery/score.ts"
import { type Distortions, HARSH, reportsOf, USUAL } from "../eval/discovery/tables.ts"
import { ratio, table } from "./figures.ts"

const NOW_MS = 1_800_000_000_000
type Cell = { readonly name: string; readonly habits: Habits; readonly how: Distortions }
const CELLS: readonly Cell[] = [
  { name: "usual", habits: USUAL_HABITS, how: USUAL },
  { name: "partly", habits: { ...USUAL_HABITS, monitored: 0.6 }, how: USUAL },
  { name: "harsh", habits: { silent: 0.15, monitored: 0.8, defaultNames: 0.3 }, how: HARSH },
]
/** Wanted in the first cell. */
const WANTED = { precision: 0.99, recall: 0.97 }

type Run = { readonly score: DiscoveryScore; readonly cpuMs: number; readonly heapMb: number }
const timed = (
  find: (inputs: readonly DeviceInput[]) => Discovered,
  inputs: readonly DeviceInput[],
  scored: (found: Discovered) => DiscoveryScore,
): Run => {
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed
  const before = process.cpuUsage()
  const found = find(inputs)
  const { user, system } = process.cpuUsage(before)
  const heapMb = (process.memoryUsage().heapUsed - heap) / 1e6
  return { score: scored(found), cpuMs: (user + system) / 1_000, heapMb }
}

const sum = (runs: readonly Run[], of: (score: DiscoveryScore) => number): number =>
  runs.reduce((total, { score }) => total + of(score), 0)
const rates = (runs: readonly Run[]) => ({
  precision: sum(runs, ({ right }) => right) / sum(runs, ({ found }) => found),
  recall: sum(runs, ({ recalled }) => recalled) / sum(runs, (score) => score.true),
  duplicates: sum(runs, ({ duplicates }) => duplicates),
  wrongMerges: sum(runs, ({ wrongMerges }) => wrongMerges),
  cpuMs: runs.reduce((total, { cpuMs }) => total + cpuMs, 0) / runs.length,
  heapMb: Math.max(...runs.map(({ heapMb }) => heapMb)),
})
/** Mean distance of the stated confidence from the share that is right, by tenths. */
const calibrationError = (runs: readonly Run[]): number => {
  const bins = runs.flatMap(({ score }) => score.calibration)
  const total = bins.reduce((all, { count }) => all + count, 0)
  const byTenth = Map.groupBy(bins, ({ stated }) => Math.min(9, Math.floor(stated * 10)))
  return [...byTenth.values()].reduce((error, group) => {
    const count = group.reduce((all, each) => all + each.count, 0)
    const stated = group.reduce((all, each) => all + each.stated * each.count, 0) / count
    const right = group.reduce((all, each) => all + each.right, 0) / count
    return error + (Math.abs(stated - right) * count) / total
  }, 0)
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: "string", default: "300,3000" },
      seeds: { type: "string", default: "5" },
      verbose: { type: "boolean", default: false },
    },
  })
  const rows = [
    [
      ...["devices", "cell", "precision", "by names", "recall", "by names", "twice", "by names"],
      ...["merged wrongly", "by names", "calibration error", "CPU ms", "ratio", "heap MB"],
    ],
  ]
  let isMet = true
  for (const devices of values.devices.split(",").map(Number)) {
    for (const { name, habits, how } of CELLS) {
      const ours: Run[] = []
      const theirs: Run[] = []
      for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
        const random = randomOf(seed)
        const world = makeWorld(devices, random, habits)
        const inputs = reportsOf(world, how, random)
        const scored = (found: Discovered): DiscoveryScore => scoreOf(world, found)
        const one = timed((given) => discover(given, NOW_MS), inputs, scored)
        ours.push(one)
        theirs.push(timed(discoverByNames, inputs, scored))
        if (values.verbose)
          console.error(
            `${name} ${seed}\n${one.score.wrong.join("\n")}\nmissing\n${one.score.missing.join("\n")}`,
          )
      }
      const [own, other] = [rates(ours), rates(theirs)]
      rows.push([
        ...[`${devices}`, name, own.precision.toFixed(4), other.precision.toFixed(4)],
        ...[own.recall.toFixed(4), other.recall.toFixed(4)],
        ...[`${own.duplicates}`, `${other.duplicates}`],
        ...[`${own.wrongMerges}`, `${other.wrongMerges}`, calibrationError(ours).toFixed(3)],
        ...[own.cpuMs.toFixed(0), ratio(own.cpuMs, other.cpuMs), own.heapMb.toFixed(0)],
      ])
      if (name !== "usual") continue
      isMet &&= own.precision >= WANTED.precision && own.recall >= WANTED.recall
      isMet &&= own.duplicates === 0 && own.wrongMerges === 0
    }
  }
  console.log(table(rows))
  return isMet
}
