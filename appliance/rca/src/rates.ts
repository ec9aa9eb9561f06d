/**
 * How often looks lie, read off the document itself: what its best explanation leaves contradicted, held against what it leaves at
 * peace, with a weak belief from before (a look in two hundred lies) that a few hundred looks outweigh.
 */
import type { Graph } from "./graph.ts"
import type { Rates } from "./model.ts"
import type { ObservationCounts } from "./observation-counts.ts"
import { readPort, UNREPORTED, UP, type Visibility } from "./visibility.ts"
import { createLeafLikelihoods, customerFails, type Facts } from "./weights.ts"

/** Believed beforehand, and as after how many looks of one's own. */
const FALSE = { share: 0.005, sampleSize: 120 }
const LOST = { share: 0.025, sampleSize: 60 }
const MISSING = { share: 0.03, sampleSize: 40 }
const MUTE = { share: 0.001, sampleSize: 20 }
/** How much of what all signals show together is believed of each by itself. */
const SHARED = 80
const [MIN_RATE, MAX_RATE] = [1e-4, 0.3]
const MAX_GAP_RATE = 0.9

export const FIRST_RATES: Rates = {
  reachFalse: FALSE.share,
  reachLost: LOST.share,
  portFalse: FALSE.share,
  portLost: LOST.share,
  missing: MISSING.share,
  mute: MUTE.share,
}

/**
 * What is believed of gaps before anything is explained: of a document that lists a few looks only, most are missing for no reason in
 * the network. Routers that read down are left aside.
 */
export const firstRates = (graph: Graph, counts: ObservationCounts, facts: Facts): Rates => {
  const [gaps, mutes] = [
    { of: 0, errors: 0 },
    { of: 0, errors: 0 },
  ]
  for (let node = 0; node < graph.nodes; node += 1) {
    const [due, reported] = [facts.due[node] ?? 0, facts.reported[node] ?? 0]
    if (graph.monitored[node] !== 1 || due === 0) continue
    if (reported > 0) {
      gaps.of += due
      gaps.errors += due - reported
    }
    let [up, down] = [0, 0]
    for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
      up += counts.reach.up[vantage * graph.nodes + node] ?? 0
      down += counts.reach.down[vantage * graph.nodes + node] ?? 0
    }
    if (down > up) continue
    mutes.of += 1
    if (reported === 0) mutes.errors += 1
  }
  return { ...FIRST_RATES, ...gapRates(gaps, mutes) }
}

type Tally = { of: number; errors: number }
const shareOf = (prior: { share: number; sampleSize: number }, { of, errors }: Tally): number =>
  (prior.share * prior.sampleSize + errors) / (prior.sampleSize + of)
const gapRates = (gaps: Tally, mutes: Tally): Pick<Rates, "missing" | "mute"> => ({
  missing: Math.min(MAX_GAP_RATE, shareOf(MISSING, gaps)),
  mute: Math.min(MAX_GAP_RATE, shareOf(MUTE, mutes)),
})
const within = (share: number): number => Math.min(MAX_RATE, Math.max(MIN_RATE, share))

/** The rates that these faults (taken by `sight` already) leave likeliest. */
export const readRates = (
  graph: Graph,
  counts: ObservationCounts,
  facts: Facts,
  visibility: Visibility,
  rates: Rates,
): Rates => {
  const reach = { up: { of: 0, errors: 0 }, down: { of: 0, errors: 0 } }
  const port = { up: { of: 0, errors: 0 }, down: { of: 0, errors: 0 } }
  const add = (tally: typeof reach, isUp: boolean, up: number, down: number): void => {
    const side = isUp ? tally.up : tally.down
    side.of += up + down
    side.errors += isUp ? down : up
  }
  const leafLikelihoods = createLeafLikelihoods(graph, counts, rates)
  for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
    for (let node = 0; node < graph.nodes; node += 1) {
      const at = vantage * graph.nodes + node
      add(reach, visibility.reached[at] === 1, counts.reach.up[at] ?? 0, counts.reach.down[at] ?? 0)
    }
    const size = graph.leaves.length
    for (let leaf = 0; leaf < size; leaf += 1) {
      const [up, down] = [
        counts.leaf.up[vantage * size + leaf] ?? 0,
        counts.leaf.down[vantage * size + leaf] ?? 0,
      ]
      if (up + down === 0) continue
      const isReachable =
        visibility.reached[vantage * graph.nodes + (graph.leafNode[leaf] ?? 0)] === 1
      const hasFailed =
        isReachable &&
        down > 0 &&
        customerFails(graph, [
          leafLikelihoods.fromVantage(leaf, vantage),
          leafLikelihoods.fromReports(leaf),
        ]) > 0.5
      add(reach, isReachable && !hasFailed, up, down)
    }
  }
  for (let at = 0; at < 4 * graph.links; at += 1) {
    const [up, down] = [counts.port.up[at] ?? 0, counts.port.down[at] ?? 0]
    if (up + down === 0) continue
    const read = readPort(graph, visibility, at % (2 * graph.links))
    if (read !== UNREPORTED) add(port, read === UP, up, down)
  }
  const { due, reported } = facts
  const [gaps, mutes] = [
    { of: 0, errors: 0 },
    { of: 0, errors: 0 },
  ]
  for (let node = 0; node < graph.nodes; node += 1) {
    if (graph.monitored[node] !== 1 || visibility.visible[node] !== 1 || (due[node] ?? 0) === 0)
      continue
    mutes.of += 1
    if ((reported[node] ?? 0) === 0) mutes.errors += 1
    if ((reported[node] ?? 0) === 0) continue
    gaps.of += due[node] ?? 0
    gaps.errors += (due[node] ?? 0) - (reported[node] ?? 0)
  }
  const both = (side: "up" | "down"): Tally => ({
    of: reach[side].of + port[side].of,
    errors: reach[side].errors + port[side].errors,
  })
  const isFalse = { share: shareOf(FALSE, both("up")), sampleSize: SHARED }
  const isLost = { share: shareOf(LOST, both("down")), sampleSize: SHARED / 2 }
  return {
    reachFalse: within(shareOf(isFalse, reach.up)),
    portFalse: within(shareOf(isFalse, port.up)),
    reachLost: within(shareOf(isLost, reach.down)),
    portLost: within(shareOf(isLost, port.down)),
    ...gapRates(gaps, mutes),
  }
}

/** Whether rates differ enough for the search to be made again with them. */
export const differ = (one: Rates, other: Rates): boolean => {
  const isFar = (a: number, b: number): boolean => Math.abs(Math.log(a / b)) > 0.2
  return (
    isFar(one.reachFalse, other.reachFalse) ||
    isFar(one.reachLost, other.reachLost) ||
    isFar(one.portFalse, other.portFalse) ||
    isFar(one.portLost, other.portLost) ||
    isFar(one.missing, other.missing) ||
    isFar(one.mute, other.mute)
  )
}
