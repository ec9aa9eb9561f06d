/**
 * How often observations are wrong, estimated from the document: what its best explanation leaves
 * contradicted, compared with what it leaves consistent. A prior of some hundred observations keeps
 * small documents near the usual rates.
 */
import type { Graph } from "../graph/graph.ts"
import type { Rates } from "../model.ts"
import { readPort, UNREPORTED, UP, type Visibility } from "../visibility/visibility.ts"
import { createLeafLikelihoods, customerFails } from "./customers.ts"
import type { Facts } from "./facts.ts"
import type { ObservationCounts } from "./observation-counts.ts"

/** Expected shares, each with the number of observations that this prior counts as. */
const FALSE = { share: 0.005, sampleSize: 120 }
const LOST = { share: 0.025, sampleSize: 60 }
const MISSING = { share: 0.03, sampleSize: 40 }
const MUTE = { share: 0.001, sampleSize: 20 }
/** What all signals show together is the prior of each, and counts as this many observations. */
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

type Prior = { readonly share: number; readonly sampleSize: number }
type Tally = { of: number; errors: number }
const newTally = (): Tally => ({ of: 0, errors: 0 })
const shareOf = (prior: Prior, { of, errors }: Tally): number =>
  (prior.share * prior.sampleSize + errors) / (prior.sampleSize + of)
const bounded = (share: number): number => Math.min(MAX_RATE, Math.max(MIN_RATE, share))

/** Missing ports of nodes that report some, and nodes that report none. */
type Gaps = { readonly ports: Tally; readonly nodes: Tally }
const gapRates = ({ ports, nodes }: Gaps): Pick<Rates, "missing" | "mute"> => ({
  missing: Math.min(MAX_GAP_RATE, shareOf(MISSING, ports)),
  mute: Math.min(MAX_GAP_RATE, shareOf(MUTE, nodes)),
})
const addPorts = (ports: Tally, due: number, reported: number): void => {
  if (reported === 0) return
  ports.of += due
  ports.errors += due - reported
}
const addNode = (nodes: Tally, reported: number): void => {
  nodes.of += 1
  if (reported === 0) nodes.errors += 1
}

/** Whether most observations of a node's reachability read down. */
const readsDown = (graph: Graph, { reach }: ObservationCounts, node: number): boolean => {
  let [up, down] = [0, 0]
  for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
    up += reach.up[vantage * graph.nodes + node] ?? 0
    down += reach.down[vantage * graph.nodes + node] ?? 0
  }
  return down > up
}

/**
 * Rates before anything is explained. If a document lists few observations, most gaps have no
 * reason in the network. Nodes that read down are expected to report nothing.
 */
export const firstRates = (graph: Graph, counts: ObservationCounts, facts: Facts): Rates => {
  const gaps: Gaps = { ports: newTally(), nodes: newTally() }
  for (let node = 0; node < graph.nodes; node += 1) {
    const [due, reported] = [facts.due[node] ?? 0, facts.reported[node] ?? 0]
    if (graph.monitored[node] !== 1 || due === 0) continue
    addPorts(gaps.ports, due, reported)
    if (!readsDown(graph, counts, node)) addNode(gaps.nodes, reported)
  }
  return { ...FIRST_RATES, ...gapRates(gaps) }
}

const gapsOf = (graph: Graph, facts: Facts, { visible }: Visibility): Gaps => {
  const gaps: Gaps = { ports: newTally(), nodes: newTally() }
  for (let node = 0; node < graph.nodes; node += 1) {
    const [due, reported] = [facts.due[node] ?? 0, facts.reported[node] ?? 0]
    if (graph.monitored[node] !== 1 || visible[node] !== 1 || due === 0) continue
    addPorts(gaps.ports, due, reported)
    addNode(gaps.nodes, reported)
  }
  return gaps
}

/** Observations of what is up and what is down, and how many of them read otherwise. */
type Errors = { readonly up: Tally; readonly down: Tally }
const addReadings = (errors: Errors, isUp: boolean, up: number, down: number): void => {
  const side = isUp ? errors.up : errors.down
  side.of += up + down
  side.errors += isUp ? down : up
}

/** What the estimate is made from. `visibility` describes the best explanation. */
export type RatesInput = {
  readonly graph: Graph
  readonly counts: ObservationCounts
  readonly facts: Facts
  readonly visibility: Visibility
  readonly rates: Rates
}

const reachErrors = ({ graph, counts, visibility, rates }: RatesInput): Errors => {
  const errors: Errors = { up: newTally(), down: newTally() }
  const likelihoods = createLeafLikelihoods(graph, counts, rates)
  const leaves = graph.leaves.length
  const hasFailed = (leaf: number, vantage: number): boolean =>
    customerFails(graph, [likelihoods.fromVantage(leaf, vantage), likelihoods.fromReports(leaf)]) >
    0.5
  for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
    const row = vantage * graph.nodes
    for (let at = row; at < row + graph.nodes; at += 1) {
      const isUp = visibility.reached[at] === 1
      addReadings(errors, isUp, counts.reach.up[at] ?? 0, counts.reach.down[at] ?? 0)
    }
    for (let leaf = 0; leaf < leaves; leaf += 1) {
      const up = counts.leaf.up[vantage * leaves + leaf] ?? 0
      const down = counts.leaf.down[vantage * leaves + leaf] ?? 0
      if (up + down === 0) continue
      const isReachable = visibility.reached[row + (graph.leafNode[leaf] ?? 0)] === 1
      const isUp = isReachable && !(down > 0 && hasFailed(leaf, vantage))
      addReadings(errors, isUp, up, down)
    }
  }
  return errors
}

const portErrors = ({ graph, counts, visibility }: RatesInput): Errors => {
  const errors: Errors = { up: newTally(), down: newTally() }
  for (let at = 0; at < 4 * graph.links; at += 1) {
    const [up, down] = [counts.port.up[at] ?? 0, counts.port.down[at] ?? 0]
    if (up + down === 0) continue
    const expected = readPort(graph, visibility, at % (2 * graph.links))
    if (expected !== UNREPORTED) addReadings(errors, expected === UP, up, down)
  }
  return errors
}

/** The rates under which the best explanation is most likely. */
export const estimateRates = (input: RatesInput): Rates => {
  const reach = reachErrors(input)
  const port = portErrors(input)
  const both = (side: "up" | "down"): Tally => ({
    of: reach[side].of + port[side].of,
    errors: reach[side].errors + port[side].errors,
  })
  const falsePrior = { share: shareOf(FALSE, both("up")), sampleSize: SHARED }
  const lostPrior = { share: shareOf(LOST, both("down")), sampleSize: SHARED / 2 }
  return {
    reachFalse: bounded(shareOf(falsePrior, reach.up)),
    portFalse: bounded(shareOf(falsePrior, port.up)),
    reachLost: bounded(shareOf(lostPrior, reach.down)),
    portLost: bounded(shareOf(lostPrior, port.down)),
    ...gapRates(gapsOf(input.graph, input.facts, input.visibility)),
  }
}

/** Whether rates differ enough to search again. */
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
