/** Connected parts of the network that read unreachable, without a reason in a set of faults. */
import type { FaultSet, SearchState } from "./search-state.ts"

export type UnreachablePart = {
  /** Links between the part and the rest, by fault index. */
  readonly edge: readonly number[]
  /** Nodes on both sides of the edge, and those of them inside. */
  readonly around: readonly number[]
  readonly within: readonly number[]
  /** How much more likely the observations are if the part is cut off. */
  readonly weight: number
}

/** What the observations of a node weigh for its being unreachable. */
const weightOf = ({ graph, visibility, weights }: SearchState, node: number): number => {
  let weight = 0
  for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
    const at = vantage * graph.nodes + node
    if (visibility.reached[at] === 1) weight += weights.reachCut[at] ?? 0
  }
  return weight
}
/** Below this weight a node counts as reachable. */
const MIN_WEIGHT = 1
const [REACHABLE, UNREACHABLE, VISITED] = [0, 1, 2]

/** Grows a part from its first node over unreachable neighbours. */
const growPart = (
  { graph, visibility: { failed } }: SearchState,
  first: number,
  status: Uint8Array,
  weights: Float64Array,
): UnreachablePart => {
  const inside: number[] = [first]
  const edge: number[] = []
  const around: number[] = []
  const within: number[] = []
  let weight = 0
  status[first] = VISITED
  for (const node of inside) {
    weight += weights[node] ?? 0
    const edges = edge.length
    for (let hop = graph.hopsFrom[node] ?? 0; hop < (graph.hopsFrom[node + 1] ?? 0); hop += 1) {
      const neighbour = graph.hopNode[hop] ?? 0
      const link = graph.nodes + (graph.hopLink[hop] ?? 0)
      if (failed[link] === 1 || failed[neighbour] === 1) continue
      if (status[neighbour] === REACHABLE) {
        edge.push(link)
        around.push(neighbour)
      } else if (status[neighbour] === UNREACHABLE) {
        status[neighbour] = VISITED
        inside.push(neighbour)
      }
    }
    if (edge.length > edges || node === first) {
      around.push(node)
      within.push(node)
    }
  }
  return { edge, around, within, weight }
}

/** Parts that are unreachable and that these faults do not explain, heaviest first. */
export const unreachableParts = (state: SearchState, set: FaultSet): UnreachablePart[] => {
  const { nodes } = state.graph
  state.assume(set)
  const status = new Uint8Array(nodes)
  const weights = new Float64Array(nodes)
  for (let node = 0; node < nodes; node += 1) {
    const weight = weightOf(state, node)
    weights[node] = weight
    if (weight > MIN_WEIGHT) status[node] = UNREACHABLE
  }
  const parts: UnreachablePart[] = []
  for (let first = 0; first < nodes; first += 1)
    if (status[first] === UNREACHABLE) parts.push(growPart(state, first, status, weights))
  return parts.sort((a, b) => b.weight - a.weight)
}
