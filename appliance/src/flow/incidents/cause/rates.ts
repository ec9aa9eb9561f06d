/**
 * How often looks lie, read off the document itself: what its best explanation leaves contradicted, held against what it leaves at
 * peace, with a weak belief from before (a look in two hundred lies) that a few hundred looks outweigh.
 */
import type { Graph } from "./graph.ts"
import type { Looks } from "./looks.ts"
import type { Rates } from "./model.ts"
import { readPort, type Sight, UNTOLD, UP } from "./sight.ts"
import { createLeafLooks, customerFails, type Facts } from "./weigh.ts"

/** Believed beforehand, and as after how many looks of one's own. */
const FALSE = { share: 0.005, looks: 120 }
const LOST = { share: 0.025, looks: 60 }
const MISSING = { share: 0.03, looks: 40 }
const MUTE = { share: 0.001, looks: 20 }
/** How much of what all signals show together is believed of each by itself. */
const SHARED = 80
const [LEAST, MOST] = [1e-4, 0.3]
const MOST_GAPS = 0.9

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
export const firstRates = (graph: Graph, looks: Looks, facts: Facts): Rates => {
  const [gaps, mutes] = [
    { of: 0, wrong: 0 },
    { of: 0, wrong: 0 },
  ]
  for (let node = 0; node < graph.nodes; node += 1) {
    const [due, told] = [facts.due[node] ?? 0, facts.told[node] ?? 0]
    if (graph.monitored[node] !== 1 || due === 0) continue
    if (told > 0) {
      gaps.of += due
      gaps.wrong += due - told
    }
    let [up, down] = [0, 0]
    for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
      up += looks.reach.up[vantage * graph.nodes + node] ?? 0
      down += looks.reach.down[vantage * graph.nodes + node] ?? 0
    }
    if (down > up) continue
    mutes.of += 1
    if (told === 0) mutes.wrong += 1
  }
  return { ...FIRST_RATES, ...gapRates(gaps, mutes) }
}

type Tally = { of: number; wrong: number }
const shareOf = (prior: { share: number; looks: number }, { of, wrong }: Tally): number =>
  (prior.share * prior.looks + wrong) / (prior.looks + of)
const gapRates = (gaps: Tally, mutes: Tally): Pick<Rates, "missing" | "mute"> => ({
  missing: Math.min(MOST_GAPS, shareOf(MISSING, gaps)),
  mute: Math.min(MOST_GAPS, shareOf(MUTE, mutes)),
})
const within = (share: number): number => Math.min(MOST, Math.max(LEAST, share))

/** The rates that these faults (taken by `sight` already) leave likeliest. */
export const readRates = (graph: Graph, looks: Looks, facts: Facts, sight: Sight, rates: Rates): Rates => {
  const reach = { up: { of: 0, wrong: 0 }, down: { of: 0, wrong: 0 } }
  const port = { up: { of: 0, wrong: 0 }, down: { of: 0, wrong: 0 } }
  const add = (tally: typeof reach, isUp: boolean, up: number, down: number): void => {
    const side = isUp ? tally.up : tally.down
    side.of += up + down
    side.wrong += isUp ? down : up
  }
  const leafLooks = createLeafLooks(graph, looks, rates)
  for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
    for (let node = 0; node < graph.nodes; node += 1) {
      const at = vantage * graph.nodes + node
      add(reach, sight.reached[at] === 1, looks.reach.up[at] ?? 0, looks.reach.down[at] ?? 0)
    }
    const size = graph.leaves.length
    for (let leaf = 0; leaf < size; leaf += 1) {
      const [up, down] = [looks.leaf.up[vantage * size + leaf] ?? 0, looks.leaf.down[vantage * size + leaf] ?? 0]
      if (up + down === 0) continue
      const isLit = sight.reached[vantage * graph.nodes + (graph.leafNode[leaf] ?? 0)] === 1
      const hasFailed = isLit && down > 0 && customerFails(graph, [leafLooks.seen(leaf, vantage), leafLooks.told(leaf)]) > 0.5
      add(reach, isLit && !hasFailed, up, down)
    }
  }
  for (let at = 0; at < 4 * graph.links; at += 1) {
    const [up, down] = [looks.port.up[at] ?? 0, looks.port.down[at] ?? 0]
    if (up + down === 0) continue
    const read = readPort(graph, sight, at % (2 * graph.links))
    if (read !== UNTOLD) add(port, read === UP, up, down)
  }
  const { due, told } = facts
  const [gaps, mutes] = [
    { of: 0, wrong: 0 },
    { of: 0, wrong: 0 },
  ]
  for (let node = 0; node < graph.nodes; node += 1) {
    if (graph.monitored[node] !== 1 || sight.heard[node] !== 1 || (due[node] ?? 0) === 0) continue
    mutes.of += 1
    if ((told[node] ?? 0) === 0) mutes.wrong += 1
    if ((told[node] ?? 0) === 0) continue
    gaps.of += due[node] ?? 0
    gaps.wrong += (due[node] ?? 0) - (told[node] ?? 0)
  }
  const both = (side: "up" | "down"): Tally => ({
    of: reach[side].of + port[side].of,
    wrong: reach[side].wrong + port[side].wrong,
  })
  const isFalse = { share: shareOf(FALSE, both("up")), looks: SHARED }
  const isLost = { share: shareOf(LOST, both("down")), looks: SHARED / 2 }
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
  const far = (a: number, b: number): boolean => Math.abs(Math.log(a / b)) > 0.2
  return (
    far(one.reachFalse, other.reachFalse) ||
    far(one.reachLost, other.reachLost) ||
    far(one.portFalse, other.portFalse) ||
    far(one.portLost, other.portLost) ||
    far(one.missing, other.missing) ||
    far(one.mute, other.mute)
  )
}
