/** Nodes that are down only because of a cause: cut off by it, and very unlikely to have failed. */
import type { ObservationCounts } from "../evidence/observation-counts.ts"
import type { Graph } from "../graph/graph.ts"
import { countPrior } from "../graph/priors.ts"
import type { Visibility } from "../visibility/visibility.ts"
import type { Class } from "./equivalence-classes.ts"

export type Suppressed = { readonly entity: string; readonly because: string }

/** A node that may itself have failed with more than this probability is not suppressed. */
const MAX_FALSE_SUPPRESSION = 1e-4
/** Classes less likely than this are ignored. */
const MIN_PROBABILITY = 1e-9
/** Faults that are tried without, to find which of several together cut something off. */
const MAX_TOGETHER = 12

/** By node: the probability that it has failed itself. */
const failureProbabilities = (graph: Graph, classes: readonly Class[]): Float64Array => {
  const probabilities = new Float64Array(graph.nodes)
  const add = (node: number, share: number): void => {
    if (node < graph.nodes) probabilities[node] = (probabilities[node] ?? 0) + share
  }
  for (const { sets, first, probability } of classes) {
    if (probability < MIN_PROBABILITY) continue
    const all = sets.reduce((sum, one) => sum + Math.exp(one.score - first.score), 0)
    for (const one of sets) {
      const share = (probability * Math.exp(one.score - first.score)) / all
      for (const fault of one.faults)
        if (fault < graph.groupsFrom || fault >= graph.uplinksFrom) add(fault, share)
        else for (const member of graph.members[fault - graph.groupsFrom] ?? []) add(member, share)
    }
  }
  return probabilities
}

/** By node: 1 where no vantage reaches it under the assumed faults. */
const unreachableNodes = (graph: Graph, { reached }: Visibility): Uint8Array => {
  const unreachable = new Uint8Array(graph.nodes).fill(1)
  for (let at = 0; at < reached.length; at += 1)
    if (reached[at] === 1) unreachable[at % graph.nodes] = 0
  return unreachable
}

/** What these faults cut off. */
type CutOff = {
  /** By node: 1 where it was reachable and no longer is. */
  readonly isCutOff: Uint8Array
  readonly failed: Uint8Array
  /** By node: the fault that cuts it off, -1 for none. */
  readonly suppressor: Int32Array
}

const findCutOff = (graph: Graph, visibility: Visibility, faults: readonly number[]): CutOff => {
  const suppressor = visibility.suppressors(faults)
  const before = unreachableNodes(graph, visibility)
  visibility.assume(faults)
  const isCutOff = unreachableNodes(graph, visibility)
  const failed = visibility.failed.slice()
  for (let node = 0; node < graph.nodes; node += 1) if (before[node] === 1) isCutOff[node] = 0
  const lacksReason = (node: number): boolean =>
    suppressor[node] === -1 && isCutOff[node] === 1 && failed[node] !== 1
  // Several faults together may cut a node off: the first without which it is reachable is named.
  for (const fault of faults.slice(0, MAX_TOGETHER)) {
    if (!suppressor.some((_, node) => lacksReason(node))) break
    visibility.assume(faults.filter((other) => other !== fault))
    const without = unreachableNodes(graph, visibility)
    for (let node = 0; node < graph.nodes; node += 1)
      if (lacksReason(node) && without[node] === 0) suppressor[node] = fault
  }
  return { isCutOff, failed, suppressor }
}

/** The fault by which a node has failed: itself, or a group that contains it. */
const faultOf = (graph: Graph, faults: readonly number[], node: number): number | undefined =>
  faults.find(
    (fault) => fault === node || (graph.members[fault - graph.groupsFrom]?.includes(node) ?? false),
  )

export const suppressedBy = (
  graph: Graph,
  counts: ObservationCounts,
  visibility: Visibility,
  faults: readonly number[],
  classes: readonly Class[],
): Suppressed[] => {
  if (faults.length === 0) return []
  const { isCutOff, failed, suppressor } = findCutOff(graph, visibility, faults)
  const probabilities = failureProbabilities(graph, classes)
  const readsDown = (row: Int32Array, size: number, at: number): boolean => {
    for (let vantage = 0; vantage < graph.vantages; vantage += 1)
      if ((row[vantage * size + at] ?? 0) > 0) return true
    return false
  }
  const suppressed: Suppressed[] = []
  for (let node = 0; node < graph.nodes; node += 1) {
    if (isCutOff[node] !== 1 || failed[node] === 1) continue
    if (!readsDown(counts.reach.down, graph.nodes, node)) continue
    // A failure behind the cut shows nothing: the search may not have found it.
    const unseen = Math.exp(
      (graph.prior[node] ?? 0) + countPrior(faults.length + 1) - countPrior(faults.length),
    )
    const because = graph.ids[suppressor[node] ?? -1]
    if (because === undefined) continue
    if (Math.max(probabilities[node] ?? 0, unseen) > MAX_FALSE_SUPPRESSION) continue
    suppressed.push({ entity: graph.ids[node] ?? "", because })
  }
  // Customers fail so rarely by themselves that no probability is checked.
  graph.leaves.forEach(({ id, node }, leaf) => {
    if (isCutOff[node] !== 1) return
    if (!readsDown(counts.leaf.down, graph.leaves.length, leaf)) return
    const because = failed[node] === 1 ? faultOf(graph, faults, node) : suppressor[node]
    if (because !== undefined && because !== -1)
      suppressed.push({ entity: id, because: graph.ids[because] ?? "" })
  })
  return suppressed
}
