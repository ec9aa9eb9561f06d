/**
 * Which looks would decide most if they were made again: each is worth what it would tell the remaining explanations apart by. They are
 * chosen one after the other, each by what it adds to those before it; what is left over goes to second looks at what decides most.
 */
import type { Class } from "./equivalence-classes.ts"
import type { Graph } from "./graph.ts"
import type { Recheck } from "./model.ts"
import type { ObservationCounts } from "./observation-counts.ts"
import { DOWN, readPort, UNREPORTED, UP, type Visibility } from "./visibility.ts"
import type { Facts } from "./weights.ts"

const MAX_RECHECKS = 8
const MIN_PROBABILITY = 1e-6
/** Things that look otherwise under a class than under the first: enough of them tell the two apart. */
const MAX_DIFFERENCES = 4_000

/** One number a thing that can be looked at: reach by vantage and node first, then ports. */
const readAll = (graph: Graph, visibility: Visibility): Uint8Array => {
  const reach = graph.vantages * graph.nodes
  const reads = new Uint8Array(reach + 2 * graph.links)
  for (let at = 0; at < reach; at += 1) reads[at] = visibility.reached[at] === 1 ? UP : DOWN
  for (let port = 0; port < 2 * graph.links; port += 1)
    reads[reach + port] = readPort(graph, visibility, port)
  return reads
}

const entropy = (probabilities: readonly number[]): number => {
  const all = probabilities.reduce((sum, one) => sum + one, 0)
  return probabilities.reduce((sum, one) => (one > 0 ? sum - one * Math.log(one / all) : sum), 0)
}

export const chooseRechecks = (
  graph: Graph,
  counts: ObservationCounts,
  facts: Facts,
  visibility: Visibility,
  classes: readonly Class[],
): Recheck[] => {
  const open = classes.filter((one) => one.probability > MIN_PROBABILITY)
  if (open.length < 2) return []
  const reach = graph.vantages * graph.nodes
  const isPinged = new Uint8Array(reach)
  let isAnyPinged = false
  for (let at = 0; at < reach; at += 1) {
    if ((counts.reach.up[at] ?? 0) + (counts.reach.down[at] ?? 0) === 0) continue
    isPinged[at] = 1
    isAnyPinged = true
  }
  const { hasLeaf } = graph
  const [hasPorts, hasAdjacencies] = facts.signals
  const signal = hasAdjacencies && !hasPorts ? "adjacency" : "port"
  const reads = open.map((one) => {
    visibility.assume(one.first.faults)
    return readAll(graph, visibility)
  })
  const first = reads[0] ?? new Uint8Array(0)
  const canObserve = (key: number): boolean => {
    if (key < reach) return isPinged[key] === 1 || hasLeaf[key % graph.nodes] === 1 || !isAnyPinged
    const port = key - reach
    const local = graph.portLocal[port] ?? 0
    return local !== graph.portRemote[port] && graph.monitored[local] === 1
  }
  /** Looks that read alike under every class decide alike: the first of them stands for all. */
  const alike = new Map<number, number[]>()
  const differs = (key: number): boolean => {
    const value = first[key]
    for (const read of reads) if (read[key] !== value) return true
    return false
  }
  const patternOf = (key: number): number => {
    let [low, high] = [0, 0]
    for (const read of reads) {
      const value = read[key] ?? 0
      low = Math.imul(low ^ (value + 1), 0x01000193)
      high = Math.imul(high ^ (value + 7), 0x5bd1e995)
    }
    return (low >>> 0) + (high >>> 12) * 2 ** 32
  }
  for (
    let key = 0, differences = 0;
    key < first.length && differences < MAX_DIFFERENCES;
    key += 1
  ) {
    if (!differs(key) || !canObserve(key)) continue
    differences += 1
    const pattern = patternOf(key)
    const keys = alike.get(pattern)
    if (keys === undefined) alike.set(pattern, [key])
    else keys.push(key)
  }
  const keys = [...alike.values()].flatMap(([key]) => key ?? [])

  /** Which of the looks chosen so far read alike: classes that none of them tells apart stand in one cell. */
  let cells: number[][] = [open.map((_, at) => at)]
  const probabilities = (cell: readonly number[]): number[] =>
    cell.map((at) => open[at]?.probability ?? 0)
  const split = (cell: readonly number[], key: number): number[][] =>
    [DOWN, UP, UNREPORTED]
      .map((value) => cell.filter((at) => reads[at]?.[key] === value))
      .filter((part) => part.length > 0)
  const worth = (key: number): number => {
    let sum = 0
    for (const cell of cells) {
      if (cell.length < 2) continue
      const parts = split(cell, key)
      if (parts.length < 2) continue
      sum +=
        entropy(probabilities(cell)) -
        parts.reduce((total, part) => total + entropy(probabilities(part)), 0)
    }
    return sum
  }
  const chosen: number[] = []
  const rest = new Set(keys)
  const choose = (key: number): void => {
    chosen.push(key)
    rest.delete(key)
  }
  while (chosen.length < MAX_RECHECKS && rest.size > 0) {
    let [bestGain, at] = [1e-7, -1]
    for (const key of rest) {
      const gain = worth(key)
      if (gain > bestGain + 1e-12) [bestGain, at] = [gain, key]
    }
    if (at === -1) break
    choose(at)
    cells = cells.flatMap((cell) => split(cell, at))
  }
  // A look may lie again: second looks at what parts the first explanation from the others.
  const against = (key: number): number =>
    open.reduce(
      (sum, one, at) => (at > 0 && reads[at]?.[key] !== first[key] ? sum + one.probability : sum),
      0,
    )
  const seconds = [...alike.values()]
    .flatMap((same) => same.slice(0, MAX_RECHECKS))
    .filter((key) => !chosen.includes(key))
    .map((key) => ({ key, parts: against(key) }))
    .sort((a, b) => b.parts - a.parts || a.key - b.key)
  for (const { key } of seconds.slice(0, MAX_RECHECKS - chosen.length)) chosen.push(key)
  return chosen.map((key): Recheck => {
    if (key < reach) {
      const [vantage, node] = [Math.floor(key / graph.nodes), key % graph.nodes]
      const isItself = isPinged[key] === 1 || !isAnyPinged || hasLeaf[node] !== 1
      const entity = isItself ? graph.ids[node] : graph.leaves[graph.leafNode.indexOf(node)]?.id
      return { entity: entity ?? "", signal: "reachable", from: graph.vantageIds[vantage] ?? "" }
    }
    const port = key - reach
    return {
      entity: graph.ids[graph.nodes + (port >> 1)] ?? "",
      signal,
      end: graph.ids[graph.portLocal[port] ?? 0] ?? "",
    }
  })
}
