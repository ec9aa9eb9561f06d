/** The table of `bench -- alerting`: ours and the others, by number of faults, by kind of network, and in all. */

import { acceptedNamesOf, type Count, count, NOTHING, plus } from "../eval/alerting/count.ts"
import { FORMS, type Form } from "../eval/alerting/networks.ts"
import { type Case, FAULTS } from "../eval/alerting/replay.ts"
import { DOWN } from "../eval/world.ts"
import { ratio, table } from "./figures.ts"

export const OURS = "ours"
type Tally = {
  readonly system: string
  readonly form: Form
  readonly faults: number
  readonly downCount: number
  readonly count: Count
}

const tallies = (cases: readonly Case[], systems: readonly string[]): Tally[] =>
  cases.flatMap(({ network, faults, timeline, pagesBySystem }) => {
    const accepted = acceptedNamesOf(network.inventory.world, timeline)
    const downCount = timeline.shown.filter((reading) => reading === DOWN).length
    return systems.map((system) => ({
      system,
      form: network.form,
      faults,
      downCount,
      count: count(accepted, pagesBySystem.get(system) ?? [], system === OURS ? "class" : "ends"),
    }))
  })

const share = (part: number, whole: number): string =>
  whole === 0 ? "–" : (part / whole).toFixed(2)
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
  ])
}

const FOOTNOTES = `Red things read down while all faults stand: what would page without any knowledge of the graph. A fault is missed when no page
names it. Ours has to name it or what shows exactly the same; the others are credited as well for a dead end of a failed link and for a port
that points at a failed router. A wrong page names nothing that has failed. A recovery is lost when a page was never told to be over. Faults
that others hide from everybody are not counted. The others run in real time: a few pages differ from run to run.
What they cannot see by design: links are no hosts for either. Here both were told of ports as well, a link at a time, held back while the
host a port points at is down. Nagios takes the next hops of the shortest paths for parents and does not know of a longer way round;
inhibition has no "and", so a host behind two routers is silenced by neither. A fault that shows nothing at any router that tells is seen
by nobody. One answer of several things that look alike counts as one page of ours.`

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
    "red things",
    "pages",
    "a fault",
    "× ours",
    "missed",
    "false alarms",
    "recoveries lost",
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
