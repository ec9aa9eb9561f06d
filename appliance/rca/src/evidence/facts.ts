/** What the counts show whatever the error rates are. */
import type { Graph } from "../graph/graph.ts"
import { type CountPair, isAny, type ObservationCounts } from "./observation-counts.ts"

export type Facts = {
  /** Whether any port, and any adjacency, is reported: only then is a missing one evidence. */
  readonly signals: readonly [boolean, boolean]
  /** By node: how many ports it should report, and how many of these it reports. */
  readonly due: Int32Array
  readonly reported: Int32Array
  /** Folded customers with an observation that reads down. */
  readonly suspects: Int32Array
}

const isUsed = (counts: ObservationCounts, signal: number): boolean =>
  [counts.port, counts.access].some((row) => {
    const half = row.up.length / 2
    for (let at = signal * half; at < (signal + 1) * half; at += 1) if (isAny(row, at)) return true
    return false
  })

const [OBSERVED, READS_DOWN] = [1, 2]
const statusAt = (row: CountPair, at: number): number =>
  (row.down[at] ?? 0) > 0 ? OBSERVED | READS_DOWN : isAny(row, at) ? OBSERVED : 0
/** Whether a folded customer is observed at all, and reads down anywhere: two bits. */
const leafStatus = (graph: Graph, counts: ObservationCounts, leaf: number): number => {
  const size = graph.leaves.length
  let status = 0
  for (let vantage = 0; vantage < graph.vantages; vantage += 1)
    status |= statusAt(counts.leaf, vantage * size + leaf)
  for (let signal = 0; signal < 2; signal += 1)
    for (let side = 0; side < 2; side += 1)
      status |= statusAt(counts.access, signal * 2 * size + 2 * leaf + side)
  return status
}

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
    const status = leafStatus(graph, counts, leaf)
    if ((status & READS_DOWN) !== 0) suspects.push(leaf)
    // Nothing is missing of a customer that is not observed at all.
    for (let signal = 0; status !== 0 && signal < 2; signal += 1)
      if (signals[signal] === true)
        count(graph.leafNode[leaf] ?? 0, isAny(counts.access, signal * 2 * size + 2 * leaf))
  }
  for (let node = 0; node < graph.nodes; node += 1)
    for (let hop = graph.hopsFrom[node] ?? 0; hop < (graph.hopsFrom[node + 1] ?? 0); hop += 1)
      for (let signal = 0; signal < 2; signal += 1)
        if (signals[signal] === true)
          count(node, isAny(counts.port, signal * 2 * graph.links + (graph.hopPort[hop] ?? 0)))
  return { signals, due, reported, suspects: Int32Array.from(suspects) }
}
