/** What is down only because of a cause: hidden by it, and hardly possibly failed as well. */
import type { Class } from "./equivalence-classes.ts"
import { countPrior, type Graph } from "./graph.ts"
import type { ObservationCounts } from "./observation-counts.ts"
import type { Visibility } from "./visibility.ts"

export type Suppressed = { readonly entity: string; readonly because: string }

/** Who may have failed as well, behind what hides it, is not said to be well behind it: one in so many at most is. */
const MAX_FALSE_SUPPRESSION = 1e-4

/** How likely each node has failed itself: the share of everything that was found in which it has. */
const failureProbabilities = (graph: Graph, classes: readonly Class[]): Float64Array => {
  const probabilities = new Float64Array(graph.nodes)
  for (const { sets, first, probability } of classes) {
    if (probability < 1e-9) continue
    const all = sets.reduce((sum, one) => sum + Math.exp(one.score - first.score), 0)
    for (const one of sets) {
      const share = (probability * Math.exp(one.score - first.score)) / all
      const add = (node: number): void => {
        if (node < graph.nodes) probabilities[node] = (probabilities[node] ?? 0) + share
      }
      for (const fault of one.faults) {
        if (fault >= graph.groupsFrom && fault < graph.uplinksFrom)
          graph.members[fault - graph.groupsFrom]?.forEach(add)
        else add(fault)
      }
    }
  }
  return probabilities
}

/** Sets without one of the faults that are tried, to find which of several together hides something. */
const MAX_TOGETHER = 12

export const suppressedBy = (
  graph: Graph,
  counts: ObservationCounts,
  visibility: Visibility,
  faults: readonly number[],
  classes: readonly Class[],
): Suppressed[] => {
  if (faults.length === 0) return []
  const unreached = (): Uint8Array => {
    const unreachable = new Uint8Array(graph.nodes).fill(1)
    visibility.reached.forEach((value, at) => {
      if (value === 1) unreachable[at % graph.nodes] = 0
    })
    return unreachable
  }
  const suppressor = visibility.suppressors(faults)
  const before = unreached()
  visibility.assume(faults)
  const unreachable = unreached()
  const failed = visibility.failed.slice()
  const isSuppressed = (node: number): boolean =>
    unreachable[node] === 1 && before[node] !== 1 && failed[node] !== 1
  // Hidden by several together: each without which it would be seen is a reason, and the first of them is named.
  for (const fault of faults.slice(0, MAX_TOGETHER)) {
    if (!suppressor.some((one, node) => one === -1 && isSuppressed(node))) break
    visibility.assume(faults.filter((other) => other !== fault))
    const without = unreached()
    for (let node = 0; node < graph.nodes; node += 1)
      if (suppressor[node] === -1 && isSuppressed(node) && without[node] === 0)
        suppressor[node] = fault
  }
  const probabilities = failureProbabilities(graph, classes)
  const isSeenDown = (row: Int32Array, size: number, at: number): boolean => {
    for (let vantage = 0; vantage < graph.vantages; vantage += 1)
      if ((row[vantage * size + at] ?? 0) > 0) return true
    return false
  }
  const suppressed: Suppressed[] = []
  const suppress = (entity: string, node: number): void => {
    const because = graph.ids[suppressor[node] ?? -1]
    if (because !== undefined) suppressed.push({ entity, because })
  }
  for (let node = 0; node < graph.nodes; node += 1) {
    if (!isSuppressed(node) || !isSeenDown(counts.reach.down, graph.nodes, node)) continue
    const unseenProbability = Math.exp(
      (graph.prior[node] ?? 0) + countPrior(faults.length + 1) - countPrior(faults.length),
    )
    if (Math.max(probabilities[node] ?? 0, unseenProbability) <= MAX_FALSE_SUPPRESSION)
      suppress(graph.ids[node] ?? "", node)
  }
  // A customer fails so rarely by itself that it never has to be doubted.
  graph.leaves.forEach(({ id, node }, leaf) => {
    const isDownstream = unreachable[node] === 1 && before[node] !== 1
    if (!isDownstream || !isSeenDown(counts.leaf.down, graph.leaves.length, leaf)) return
    const because = failed[node] === 1 ? faultOf(graph, faults, node) : suppressor[node]
    if (because !== undefined && because !== -1)
      suppressed.push({ entity: id, because: graph.ids[because] ?? "" })
  })
  return suppressed
}
/** The fault by which a node has failed: itself, or a group it is in. */
const faultOf = (graph: Graph, faults: readonly number[], node: number): number | undefined =>
  faults.find(
    (fault) => fault === node || (graph.members[fault - graph.groupsFrom]?.includes(node) ?? false),
  )
