/**
 * Which observations would decide most if they were made again: each is worth the information it
 * gives about which class is right. They are chosen one after the other, each by what it adds to
 * those before it. What is left of the limit repeats observations that decide against the first.
 */
import type { Facts } from "../evidence/facts.ts"
import { isAny, type ObservationCounts } from "../evidence/observation-counts.ts"
import type { Graph } from "../graph/graph.ts"
import type { Recheck } from "../model.ts"
import { DOWN, readPort, UNREPORTED, UP, type Visibility } from "../visibility/visibility.ts"
import type { Class } from "./equivalence-classes.ts"

const MAX_RECHECKS = 8
const MIN_PROBABILITY = 1e-6
/** Observables that differ between classes, at most: these are enough to tell the classes apart. */
const MAX_DIFFERENCES = 4_000
/** Information below this is none, in natural units; and how much more is better. */
const MIN_WORTH = 1e-7
const EPSILON = 1e-12

/** What every observable reads under each class. Keys: vantage × nodes + node, then ports. */
type Readings = {
  readonly probabilities: readonly number[]
  readonly byClass: readonly Uint8Array[]
  /** Keys from here on are ports. */
  readonly portsFrom: number
}
const readAll = (graph: Graph, visibility: Visibility): Uint8Array => {
  const reach = graph.vantages * graph.nodes
  const reads = new Uint8Array(reach + 2 * graph.links)
  for (let at = 0; at < reach; at += 1) reads[at] = visibility.reached[at] === 1 ? UP : DOWN
  for (let port = 0; port < 2 * graph.links; port += 1)
    reads[reach + port] = readPort(graph, visibility, port)
  return reads
}
const readingsOf = (graph: Graph, visibility: Visibility, classes: readonly Class[]): Readings => ({
  probabilities: classes.map(({ probability }) => probability),
  byClass: classes.map(({ first }) => {
    visibility.assume(first.faults)
    return readAll(graph, visibility)
  }),
  portsFrom: graph.vantages * graph.nodes,
})

/** Which nodes are probed, by vantage × nodes + node. */
type Probed = { readonly isProbed: Uint8Array; readonly isAnyProbed: boolean }
const findProbed = (graph: Graph, { reach }: ObservationCounts): Probed => {
  const isProbed = new Uint8Array(graph.vantages * graph.nodes)
  for (let at = 0; at < isProbed.length; at += 1) if (isAny(reach, at)) isProbed[at] = 1
  return { isProbed, isAnyProbed: isProbed.includes(1) }
}

const canObserve = (graph: Graph, { isProbed, isAnyProbed }: Probed, key: number): boolean => {
  const reach = isProbed.length
  if (key < reach)
    return isProbed[key] === 1 || graph.hasLeaf[key % graph.nodes] === 1 || !isAnyProbed
  const port = key - reach
  const local = graph.portLocal[port] ?? 0
  return local !== graph.portRemote[port] && graph.monitored[local] === 1
}

/** The readings of one observable under all classes, as one number. */
const patternOf = ({ byClass }: Readings, key: number): number => {
  let [low, high] = [0, 0]
  for (const reads of byClass) {
    const value = reads[key] ?? 0
    low = Math.imul(low ^ (value + 1), 0x01000193)
    high = Math.imul(high ^ (value + 7), 0x5bd1e995)
  }
  return (low >>> 0) + (high >>> 12) * 2 ** 32
}

/**
 * Observables that differ between the classes, in groups that read the same under each class: one
 * of a group decides as much as all of it.
 */
const alikeKeys = (graph: Graph, readings: Readings, probed: Probed): readonly number[][] => {
  const [first = new Uint8Array(0)] = readings.byClass
  const differs = (key: number): boolean => {
    const value = first[key]
    for (const reads of readings.byClass) if (reads[key] !== value) return true
    return false
  }
  const alike = new Map<number, number[]>()
  let differences = 0
  for (let key = 0; key < first.length && differences < MAX_DIFFERENCES; key += 1) {
    if (!differs(key) || !canObserve(graph, probed, key)) continue
    differences += 1
    const pattern = patternOf(readings, key)
    const keys = alike.get(pattern)
    if (keys === undefined) alike.set(pattern, [key])
    else keys.push(key)
  }
  return [...alike.values()]
}

const entropy = (probabilities: readonly number[]): number => {
  const all = probabilities.reduce((sum, one) => sum + one, 0)
  return probabilities.reduce((sum, one) => (one > 0 ? sum - one * Math.log(one / all) : sum), 0)
}

/** Chooses up to `max` keys one after the other, each by the information it adds. */
const chooseByInformation = (
  { probabilities, byClass }: Readings,
  keys: readonly number[],
  max: number,
): number[] => {
  /** Classes that none of the chosen keys separates share a cell. */
  let cells: readonly number[][] = [byClass.map((_, at) => at)]
  const split = (cell: readonly number[], key: number): number[][] =>
    [DOWN, UP, UNREPORTED]
      .map((value) => cell.filter((at) => byClass[at]?.[key] === value))
      .filter((part) => part.length > 0)
  const entropyOf = (cell: readonly number[]): number =>
    entropy(cell.map((at) => probabilities[at] ?? 0))
  const worth = (key: number): number => {
    let sum = 0
    for (const cell of cells) {
      if (cell.length < 2) continue
      const parts = split(cell, key)
      if (parts.length < 2) continue
      sum += entropyOf(cell) - parts.reduce((total, part) => total + entropyOf(part), 0)
    }
    return sum
  }
  const chosen: number[] = []
  const left = new Set(keys)
  while (chosen.length < max && left.size > 0) {
    let [best, bestWorth] = [-1, MIN_WORTH]
    for (const key of left) {
      const gained = worth(key)
      if (gained > bestWorth + EPSILON) [best, bestWorth] = [key, gained]
    }
    if (best === -1) break
    chosen.push(best)
    left.delete(best)
    cells = cells.flatMap((cell) => split(cell, best))
  }
  return chosen
}

/** Keys that tell the first class from the others, most decisive first. */
const decisiveKeys = (
  { probabilities, byClass }: Readings,
  alike: readonly (readonly number[])[],
): number[] => {
  const against = (key: number): number =>
    probabilities.reduce(
      (sum, probability, at) =>
        at > 0 && byClass[at]?.[key] !== byClass[0]?.[key] ? sum + probability : sum,
      0,
    )
  return alike
    .flatMap((keys) => keys.slice(0, MAX_RECHECKS))
    .map((key) => ({ key, weight: against(key) }))
    .sort((a, b) => b.weight - a.weight || a.key - b.key)
    .map(({ key }) => key)
}

/** Names observables as in the document. */
const createNaming = (graph: Graph, facts: Facts, { isProbed, isAnyProbed }: Probed) => {
  const [hasPorts, hasAdjacencies] = facts.signals
  const signal = hasAdjacencies && !hasPorts ? "adjacency" : "port"
  const reach = isProbed.length
  return (key: number): Recheck => {
    if (key >= reach) {
      const port = key - reach
      const entity = graph.ids[graph.nodes + (port >> 1)] ?? ""
      return { entity, signal, end: graph.ids[graph.portLocal[port] ?? 0] ?? "" }
    }
    const [vantage, node] = [Math.floor(key / graph.nodes), key % graph.nodes]
    // Of a router that is not probed itself, a customer is.
    const isItself = isProbed[key] === 1 || !isAnyProbed || graph.hasLeaf[node] !== 1
    const entity = isItself ? graph.ids[node] : graph.leaves[graph.leafNode.indexOf(node)]?.id
    return { entity: entity ?? "", signal: "reachable", from: graph.vantageIds[vantage] ?? "" }
  }
}

/** At most 8, most valuable first. */
export const chooseRechecks = (
  graph: Graph,
  counts: ObservationCounts,
  facts: Facts,
  visibility: Visibility,
  classes: readonly Class[],
): Recheck[] => {
  const open = classes.filter((one) => one.probability > MIN_PROBABILITY)
  if (open.length < 2) return []
  const readings = readingsOf(graph, visibility, open)
  const probed = findProbed(graph, counts)
  const alike = alikeKeys(graph, readings, probed)
  const keys = alike.flatMap(([key]) => key ?? [])
  const chosen = chooseByInformation(readings, keys, MAX_RECHECKS)
  // One observation may be wrong again.
  const repeated = decisiveKeys(readings, alike).filter((key) => !chosen.includes(key))
  return [...chosen, ...repeated].slice(0, MAX_RECHECKS).map(createNaming(graph, facts, probed))
}
