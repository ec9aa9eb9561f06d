/** What is down only because of a cause: hidden by it, and hardly possibly failed as well. */
import type { Class } from "./classes.ts"
import { countPrior, type Graph } from "./graph.ts"
import type { Looks } from "./looks.ts"
import type { Sight } from "./sight.ts"

export type Suppressed = { readonly entity: string; readonly because: string }

/** Who may have failed as well, behind what hides it, is not said to be well behind it: one in so many at most is. */
const SUPPRESSED_WRONGLY = 1e-4

/** How likely each node has failed itself: the share of everything that was found in which it has. */
const failChances = (graph: Graph, classes: readonly Class[]): Float64Array => {
  const chances = new Float64Array(graph.nodes)
  for (const { sets, first, probability } of classes) {
    if (probability < 1e-9) continue
    const all = sets.reduce((sum, one) => sum + Math.exp(one.score - first.score), 0)
    for (const one of sets) {
      const share = (probability * Math.exp(one.score - first.score)) / all
      const add = (node: number): void => {
        if (node < graph.nodes) chances[node] = (chances[node] ?? 0) + share
      }
      for (const fault of one.faults) {
        if (fault >= graph.groupsFrom && fault < graph.uplinksFrom) graph.members[fault - graph.groupsFrom]?.forEach(add)
        else add(fault)
      }
    }
  }
  return chances
}

/** Sets without one of the faults that are tried, to find which of several together hides something. */
const MOST_TOGETHER = 12

export const suppressedBy = (
  graph: Graph,
  looks: Looks,
  sight: Sight,
  faults: readonly number[],
  classes: readonly Class[],
): Suppressed[] => {
  if (faults.length === 0) return []
  const unreached = (): Uint8Array => {
    const dark = new Uint8Array(graph.nodes).fill(1)
    sight.reached.forEach((value, at) => {
      if (value === 1) dark[at % graph.nodes] = 0
    })
    return dark
  }
  const hider = sight.hiders(faults)
  const before = unreached()
  sight.take(faults)
  const dark = unreached()
  const failed = sight.failed.slice()
  const isHidden = (node: number): boolean => dark[node] === 1 && before[node] !== 1 && failed[node] !== 1
  // Hidden by several together: each without which it would be seen is a reason, and the first of them is named.
  for (const fault of faults.slice(0, MOST_TOGETHER)) {
    if (!hider.some((one, node) => one === -1 && isHidden(node))) break
    sight.take(faults.filter((other) => other !== fault))
    const without = unreached()
    for (let node = 0; node < graph.nodes; node += 1)
      if (hider[node] === -1 && isHidden(node) && without[node] === 0) hider[node] = fault
  }
  const chances = failChances(graph, classes)
  const isSeenDown = (row: Int32Array, size: number, at: number): boolean => {
    for (let vantage = 0; vantage < graph.vantages; vantage += 1) if ((row[vantage * size + at] ?? 0) > 0) return true
    return false
  }
  const told: Suppressed[] = []
  const tell = (entity: string, node: number): void => {
    const because = graph.ids[hider[node] ?? -1]
    if (because !== undefined) told.push({ entity, because })
  }
  for (let node = 0; node < graph.nodes; node += 1) {
    if (!isHidden(node) || !isSeenDown(looks.reach.down, graph.nodes, node)) continue
    const unseen = Math.exp((graph.prior[node] ?? 0) + countPrior(faults.length + 1) - countPrior(faults.length))
    if (Math.max(chances[node] ?? 0, unseen) <= SUPPRESSED_WRONGLY) tell(graph.ids[node] ?? "", node)
  }
  // A customer fails so rarely by itself that it never has to be doubted.
  graph.leaves.forEach(({ id, node }, leaf) => {
    const isBehind = dark[node] === 1 && before[node] !== 1
    if (!isBehind || !isSeenDown(looks.leaf.down, graph.leaves.length, leaf)) return
    const because = failed[node] === 1 ? faultOf(graph, faults, node) : hider[node]
    if (because !== undefined && because !== -1) told.push({ entity: id, because: graph.ids[because] ?? "" })
  })
  return told
}
/** The fault by which a node has failed: itself, or a group it is in. */
const faultOf = (graph: Graph, faults: readonly number[], node: number): number | undefined =>
  faults.find((fault) => fault === node || (graph.members[fault - graph.groupsFrom]?.includes(node) ?? false))
