/** The table of `bench -- peers`, by number of faults, by kind of network, and in total. */

import {
  acceptedNamesOf,
  type Count,
  count,
  firstCorrectMs,
  NOTHING,
  plus,
} from "../eval/alerting/count.ts"
import { FORMS, type Form } from "../eval/alerting/networks.ts"
import { type Case, FAULTS } from "../eval/alerting/replay.ts"
import { DOWN } from "../eval/world.ts"
import { percentile, ratio, table } from "./figures.ts"

/** The solver alone. */
export const OURS = "our solver"
/** Alerts, incidents and notifications. */
export const OUR_PRODUCT = "our appliance"
type Tally = {
  readonly system: string
  readonly form: Form
  readonly faults: number
  readonly downCount: number
  readonly count: Count
  readonly firstMs: readonly number[]
}

const ruleOf = (system: string) => (system === OURS || system === OUR_PRODUCT ? "class" : "ends")
const tallies = (cases: readonly Case[], systems: readonly string[]): Tally[] =>
  cases.flatMap(({ network, faults, timeline, pagesBySystem }) => {
    const accepted = acceptedNamesOf(network.inventory.world, timeline)
    const downCount = timeline.shown.filter((reading) => reading === DOWN).length
    return systems.map((system) => ({
      system,
      form: network.form,
      faults,
      downCount,
      count: count(accepted, pagesBySystem.get(system) ?? [], ruleOf(system)),
      firstMs: firstCorrectMs(accepted, pagesBySystem.get(system) ?? [], ruleOf(system)),
    }))
  })

const share = (part: number, whole: number): string =>
  whole === 0 ? "–" : (part / whole).toFixed(2)
/** p50 and p95, in probe rounds of a second. */
const firstText = (firstMs: readonly number[]): string =>
  [50, 95].map((share) => (percentile(firstMs, share) / 1_000).toFixed(1)).join(" / ")
const rowsOf = (label: string, mine: readonly Tally[], systems: readonly string[]): string[][] => {
  if (mine.length === 0) return []
  const sums = systems.map((system) =>
    mine
      .filter((tally) => tally.system === system)
      .reduce((sum, tally) => plus(sum, tally.count), NOTHING),
  )
  const [ours = NOTHING] = sums
  const downCount = mine
    .filter(({ system }) => system === OURS)
    .reduce((sum, tally) => sum + tally.downCount, 0)
  return sums.map((sum, i) => [
    i === 0 ? label : "",
    systems[i] ?? "",
    i === 0 ? `${sum.faults}` : "",
    i === 0 ? `${downCount}` : "",
    `${sum.pages}`,
    share(sum.pages, sum.faults),
    i === 0 ? "" : ratio(sum.pages, ours.pages),
    `${sum.missed}`,
    `${sum.falseAlarms}`,
    `${sum.recoveriesLost}`,
    firstText(mine.filter(({ system }) => system === systems[i]).flatMap(({ firstMs }) => firstMs)),
  ])
}

const FOOTNOTES = `"down": what reads down while all faults are active; it would page without any
knowledge of the graph. A fault is missed if no page names it. Our pages must name it or something
indistinguishable from it, as they were sent: a cause that was corrected later does not count;
those of the others also count if they name an unreachable end of a failed link, or a port at a
failed router. A false alarm names nothing that has failed. A recovery is lost if it is never sent.
Faults that others hide completely are not counted. The first correct page is counted from the
first fault of its case; a hold-down of the same length is in all. The others run in real time: a
few pages differ from run to run.
By design, neither of the others has links as hosts. Here both get the reported ports, grouped by
link, and suppressed while the remote host of a port is down. Nagios takes the next hops of shortest
paths as parents and does not know longer paths. Inhibition has no "and", so a host behind two
routers is inhibited by neither. A fault that no reporting router shows is visible to nobody. One of
our pages names one cause and what is indistinguishable from it.`

export const alertingTable = (cases: readonly Case[]): string => {
  const systems = [
    OURS,
    ...new Set(
      cases.flatMap(({ pagesBySystem }) =>
        [...pagesBySystem.keys()].filter((name) => name !== OURS),
      ),
    ),
  ]
  const all = tallies(cases, systems)
  const head = [
    "",
    "",
    "faults",
    "down",
    "pages",
    "per fault",
    "× our solver",
    "missed",
    "false alarms",
    "recoveries lost",
    "first correct page, p50 / p95 s",
  ]
  const rows = [
    ...FAULTS.flatMap((faults) =>
      rowsOf(
        `${faults} at once`,
        all.filter((tally) => tally.faults === faults),
        systems,
      ),
    ),
    ...FORMS.flatMap(({ name }) =>
      rowsOf(
        name,
        all.filter(({ form }) => form === name),
        systems,
      ),
    ),
    ...rowsOf("all", all, systems),
  ]
  return `${table([head, ...rows])}\n\n${FOOTNOTES}`
}
