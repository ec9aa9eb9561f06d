/**
 * What the looks weigh: how much more likely they are with a node out of sight than in sight, with a port dark than lit. Everything
 * is a natural logarithm. How often looks lie or are missing is not known beforehand: it is read off the document (`rates.ts`).
 */
import type { Graph } from "./graph.ts"
import type { Rates } from "./model.ts"
import type { ObservationCounts } from "./observation-counts.ts"

/** A word of a router that cannot be heard: old, or by a way that is not drawn. */
const STRAY_REPORT = Math.log(1e-4)
/** Looks of a vantage that has failed itself. */
const FAILED_VANTAGE_PROBES = -2
/** A look of a vantage that is missing though all of its looks are; and all of them together. */
const MISSING_EACH = Math.log(0.3)
const MISSING_ALL = Math.log(1e-6)

export type Weights = {
  /** Vantage × nodes + node: out of reach against in reach. */
  readonly reachCut: Float64Array
  /** By node: told against not told, its core ports left aside. */
  readonly reportWeight: Float64Array
  /** By port: dark and lit, where told. */
  readonly portDown: Float64Array
  readonly portUp: Float64Array
  /** By vantage: what its look at itself changes when only its way out has failed. */
  readonly self: Float64Array
  /** All of it with everything out of sight. */
  readonly allUnreachable: number
  /** No set of faults makes the looks more likely than this. */
  readonly best: number
}

const logSum = (a: number, b: number): number =>
  Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))

const logsOf = (isFalse: number, isLost: number) => ({
  up: { up: Math.log1p(-isFalse), down: Math.log(isFalse) },
  down: { up: Math.log(isLost), down: Math.log1p(-isLost) },
})

/** What of the looks does not hang on how often they lie. */
export type Facts = {
  /** Whether ports, and adjacencies, are told of at all, so that a missing one means something. */
  readonly signals: readonly [boolean, boolean]
  /** By node: how many ports it should tell of, and of how many it has. */
  readonly due: Int32Array
  readonly reported: Int32Array
  /** Customers of which anything reads down. */
  readonly suspects: Int32Array
}

const isAny = (
  { up, down }: { readonly up: Int32Array; readonly down: Int32Array },
  at: number,
): boolean => (up[at] ?? 0) + (down[at] ?? 0) > 0

const isUsed = (counts: ObservationCounts, signal: number): boolean =>
  [counts.port, counts.access].some((row) => {
    const half = row.up.length / 2
    for (let at = signal * half; at < (signal + 1) * half; at += 1) if (isAny(row, at)) return true
    return false
  })

export const readFacts = (graph: Graph, counts: ObservationCounts): Facts => {
  const signals: [boolean, boolean] = [isUsed(counts, 0), isUsed(counts, 1)]
  const [due, reported] = [new Int32Array(graph.nodes), new Int32Array(graph.nodes)]
  const size = graph.leaves.length
  const suspects: number[] = []
  const count = (node: number, isReported: boolean): void => {
    due[node] = (due[node] ?? 0) + 1
    if (isReported) reported[node] = (reported[node] ?? 0) + 1
  }
  for (let leaf = 0; leaf < size; leaf += 1) {
    let [isObserved, isDown] = [false, false]
    const check = (row: ObservationCounts["leaf"], at: number): void => {
      if (isAny(row, at)) isObserved = true
      if ((row.down[at] ?? 0) > 0) isDown = true
    }
    for (let vantage = 0; vantage < graph.vantages; vantage += 1)
      check(counts.leaf, vantage * size + leaf)
    for (let signal = 0; signal < 2; signal += 1)
      for (let side = 0; side < 2; side += 1)
        check(counts.access, signal * 2 * size + 2 * leaf + side)
    if (isDown) suspects.push(leaf)
    // A customer nobody looks at in any way is not missed.
    for (let signal = 0; isObserved && signal < 2; signal += 1)
      if (signals[signal] === true)
        count(graph.leafNode[leaf] ?? 0, isAny(counts.access, signal * 2 * size + 2 * leaf))
  }
  for (let node = 0; node < graph.nodes; node += 1) {
    for (let hop = graph.hopsFrom[node] ?? 0; hop < (graph.hopsFrom[node + 1] ?? 0); hop += 1)
      for (let signal = 0; signal < 2; signal += 1)
        if (signals[signal] === true)
          count(node, isAny(counts.port, signal * 2 * graph.links + (graph.hopPort[hop] ?? 0)))
  }
  return { signals, due, reported, suspects: Int32Array.from(suspects) }
}

/** How likely the looks at one customer are: itself well, and itself failed, where its router is in sight; and out of sight. */
export type LeafLikelihoods = {
  readonly healthy: number
  readonly failed: number
  readonly unreachable: number
}
export const createLeafLikelihoods = (graph: Graph, counts: ObservationCounts, rates: Rates) => {
  const reach = logsOf(rates.reachFalse, rates.reachLost)
  const port = logsOf(rates.portFalse, rates.portLost)
  const size = graph.leaves.length
  /** The looks of one vantage at a customer. */
  const fromVantage = (leaf: number, vantage: number): LeafLikelihoods => {
    const [up, down] = [
      counts.leaf.up[vantage * size + leaf] ?? 0,
      counts.leaf.down[vantage * size + leaf] ?? 0,
    ]
    const unreachable = up * reach.down.up + down * reach.down.down
    return { healthy: up * reach.up.up + down * reach.up.down, failed: unreachable, unreachable }
  }
  /** What is told of its line, by the router and by the customer. */
  const fromReports = (leaf: number): LeafLikelihoods => {
    let [healthy, failed, unreachable] = [0, 0, 0]
    for (const signal of [0, 1]) {
      for (const side of [0, 1]) {
        const at = signal * 2 * size + 2 * leaf + side
        const [up, down] = [counts.access.up[at] ?? 0, counts.access.down[at] ?? 0]
        healthy += up * port.up.up + down * port.up.down
        failed +=
          side === 0 ? up * port.down.up + down * port.down.down : (up + down) * STRAY_REPORT
        unreachable += (up + down) * STRAY_REPORT
      }
    }
    return { healthy, failed, unreachable }
  }
  return { fromVantage, fromReports }
}
const visibleLikelihood = (graph: Graph, { healthy, failed }: LeafLikelihoods): number =>
  logSum(Math.log1p(-graph.customerFails) + healthy, Math.log(graph.customerFails) + failed)

/** The chance, 0 to 1, that a customer whose router is in sight has failed by itself. */
export const customerFails = (graph: Graph, likelihoods: readonly LeafLikelihoods[]): number => {
  let odds = Math.log(graph.customerFails) - Math.log1p(-graph.customerFails)
  for (const { healthy, failed } of likelihoods) odds += failed - healthy
  return 1 / (1 + Math.exp(-odds))
}

/** How the looks at one customer are counted, as one number: most customers are looked at alike. */
const patternOf = (graph: Graph, counts: ObservationCounts, leaf: number): number => {
  const size = graph.leaves.length
  let pattern = 0
  const add = (count: number): void => {
    pattern = count > 31 || pattern < 0 ? -1 : pattern * 32 + count
  }
  add(counts.leaf.up[leaf] ?? 0)
  add(counts.leaf.down[leaf] ?? 0)
  for (let at = 2 * leaf; at < counts.access.up.length; at += 2 * size) {
    add(counts.access.up[at] ?? 0)
    add(counts.access.down[at] ?? 0)
    add(counts.access.up[at + 1] ?? 0)
    add(counts.access.down[at + 1] ?? 0)
  }
  return pattern
}

/** Nothing it looks at is listed. */
const hasNoObservations = (graph: Graph, counts: ObservationCounts, vantage: number): boolean => {
  for (let node = 0; node < graph.nodes; node += 1)
    if (isAny(counts.reach, vantage * graph.nodes + node)) return false
  for (let leaf = 0; leaf < graph.leaves.length; leaf += 1)
    if (isAny(counts.leaf, vantage * graph.leaves.length + leaf)) return false
  return true
}
/** What the silence of one vantage weighs against its being well: the more it should have seen, the more. Where nobody pings, nothing. */
const missingWeight = (graph: Graph, counts: ObservationCounts, facts: Facts): number => {
  let isPinged =
    graph.vantages > 1 &&
    [counts.reach, counts.leaf].some((row) => row.up.some((_, at) => isAny(row, at)))
  if (!isPinged && facts.signals.includes(true)) return 0
  isPinged ||= graph.nodes + graph.leaves.length > 1
  return isPinged ? Math.max(MISSING_ALL, (graph.nodes + graph.leaves.length) * MISSING_EACH) : 0
}

/** `isPartial`: a port that is not told of weighs nothing, nor does a vantage of which nothing is listed. */
export const weigh = (
  graph: Graph,
  counts: ObservationCounts,
  facts: Facts,
  rates: Rates,
  isPartial = false,
): Weights => {
  const { nodes, vantages } = graph
  const reach = logsOf(rates.reachFalse, rates.reachLost)
  const port = logsOf(rates.portFalse, rates.portLost)
  const inReach = new Float64Array(vantages * nodes)
  const outOfReach = new Float64Array(vantages * nodes)
  const [reported, unreported] = [new Float64Array(nodes), new Float64Array(nodes)]
  const [portDown, portUp] = [new Float64Array(2 * graph.links), new Float64Array(2 * graph.links)]
  const addTo = (row: Float64Array, at: number, value: number): void => {
    row[at] = (row[at] ?? 0) + value
  }
  for (let at = 0; at < vantages * nodes; at += 1) {
    const [up, down] = [counts.reach.up[at] ?? 0, counts.reach.down[at] ?? 0]
    inReach[at] = up * reach.up.up + down * reach.up.down
    outOfReach[at] = up * reach.down.up + down * reach.down.down
  }
  const self = new Float64Array(vantages)
  for (let vantage = 0; vantage < vantages; vantage += 1) {
    const at = vantage * nodes + (graph.vantageNode[vantage] ?? 0)
    if (!hasNoObservations(graph, counts, vantage)) addTo(outOfReach, at, FAILED_VANTAGE_PROBES)
    // What a vantage without a way out sees of itself, nobody knows.
    self[vantage] =
      Math.LN2 * -((counts.reach.up[at] ?? 0) + (counts.reach.down[at] ?? 0)) -
      (outOfReach[at] ?? 0)
  }
  for (let at = 0; at < 4 * graph.links; at += 1) {
    const [up, down] = [counts.port.up[at] ?? 0, counts.port.down[at] ?? 0]
    if (up + down === 0) continue
    const key = at % (2 * graph.links)
    addTo(portUp, key, up * port.up.up + down * port.up.down)
    addTo(portDown, key, up * port.down.up + down * port.down.down)
    addTo(unreported, graph.portLocal[key] ?? 0, (up + down) * STRAY_REPORT)
  }
  const leafLikelihoods = createLeafLikelihoods(graph, counts, rates)
  const alike = new Map<
    number,
    { readonly reachable: number; readonly unreachable: number; readonly unreported: number }
  >()
  for (let leaf = 0; leaf < graph.leaves.length; leaf += 1) {
    const node = graph.leafNode[leaf] ?? 0
    const pattern = vantages === 1 ? patternOf(graph, counts, leaf) : -1
    const known = alike.get(pattern)
    if (known !== undefined) {
      addTo(inReach, node, known.reachable)
      addTo(outOfReach, node, known.unreachable)
      addTo(unreported, node, known.unreported)
      continue
    }
    const line = leafLikelihoods.fromReports(leaf)
    for (let vantage = 0; vantage < vantages; vantage += 1) {
      const at = vantage * nodes + node
      const fromHere = leafLikelihoods.fromVantage(leaf, vantage)
      // One vantage tells all there is to tell, so that a failed customer is weighed by all of it at once.
      const all =
        vantages > 1
          ? fromHere
          : {
              healthy: fromHere.healthy + line.healthy,
              failed: fromHere.failed + line.failed,
              unreachable: 0,
            }
      const reachable = visibleLikelihood(graph, all)
      addTo(inReach, at, reachable)
      addTo(outOfReach, at, fromHere.unreachable)
      if (pattern >= 0)
        alike.set(pattern, {
          reachable,
          unreachable: fromHere.unreachable,
          unreported: line.unreachable,
        })
    }
    addTo(unreported, node, line.unreachable)
    if (vantages > 1) addTo(reported, node, visibleLikelihood(graph, line))
  }
  const { due, reported: ports } = facts
  for (let node = 0; node < nodes; node += 1) {
    const [all, some] = [due[node] ?? 0, ports[node] ?? 0]
    if (isPartial || graph.monitored[node] !== 1 || all === 0) continue
    const gaps = (all - some) * Math.log(rates.missing)
    addTo(
      reported,
      node,
      some === 0 ? logSum(gaps, Math.log(rates.mute)) : gaps + some * Math.log1p(-rates.missing),
    )
  }
  for (let vantage = 0; !isPartial && vantage < vantages; vantage += 1)
    if (hasNoObservations(graph, counts, vantage))
      addTo(
        inReach,
        vantage * nodes + (graph.vantageNode[vantage] ?? 0),
        missingWeight(graph, counts, facts),
      )
  let [allUnreachable, best] = [0, 0]
  const reachCut = outOfReach.map((value, at) => value - (inReach[at] ?? 0))
  for (let at = 0; at < reachCut.length; at += 1) {
    allUnreachable += outOfReach[at] ?? 0
    best += Math.max(outOfReach[at] ?? 0, inReach[at] ?? 0)
  }
  const bestPorts = new Float64Array(nodes)
  for (let key = 0; key < portDown.length; key += 1) {
    const node = graph.portLocal[key] ?? 0
    addTo(bestPorts, node, Math.max(portDown[key] ?? 0, portUp[key] ?? 0))
  }
  for (let node = 0; node < nodes; node += 1) {
    allUnreachable += unreported[node] ?? 0
    best += Math.max(unreported[node] ?? 0, (reported[node] ?? 0) + (bestPorts[node] ?? 0))
  }
  return {
    reachCut,
    reportWeight: reported.map((value, node) => value - (unreported[node] ?? 0)),
    portDown,
    portUp,
    self,
    allUnreachable,
    best,
  }
}
