/**
 * Failures that routing has not noticed: a line is dead while its ports stay up, or a router forwards
 * nothing. Until neighbours are declared lost (40 s for OSPF without BFD), packets still take it, and
 * what they were to reach is unreachable although a path is left. One such fault at a time, weighed
 * by the same observations as all other sets.
 */
import type { Weights } from "../evidence/weights.ts"
import type { Graph } from "../graph/graph.ts"
import { countPrior } from "../graph/priors.ts"
import type { Visibility } from "../visibility/visibility.ts"
import type { Routing } from "./routing-trees.ts"

export type Unrouted = {
  /** Index of the node or link. */
  readonly fault: number
  /** What nothing distinguishes from it. */
  readonly equivalents: readonly number[]
  /** How likely it and the observations are together, of all of these; a logarithm. */
  readonly score: number
  /** By vantage × nodes + node: what packets of the likeliest paths do not reach. */
  readonly cut: readonly number[]
}

/** Of the failures of a link or node, which share routing does not notice at once. */
const UNNOTICED = Math.log(0.1)
/** A node may be reached all the same, over a path that no draw has. */
const OTHER_PATH = 0.05
/** A port of it that reads down is as likely as one that reads up. */
const PORT_DOWN = 0.5
/** What explains less than this explains nothing. */
const MIN_GAIN = 3
const MAX_FOUND = 8

const mixed = (value: number, share: number): number =>
  value > 0
    ? value + Math.log(1 - share + share * Math.exp(-value))
    : Math.log((1 - share) * Math.exp(value) + share)

/** By vantage × nodes + node: what it weighs that its packets do not arrive. */
const weighNodes = (
  { nodes, links, vantages, portLocal }: Graph,
  { reachCut, reportWeight, portUp }: Weights,
): Float64Array => {
  const silent = new Float64Array(nodes)
  // With one vantage, what is not reached does not report either.
  if (vantages === 1) {
    for (let node = 0; node < nodes; node += 1) silent[node] = -(reportWeight[node] ?? 0)
    for (let port = 0; port < 2 * links; port += 1) {
      const node = portLocal[port] ?? 0
      silent[node] = (silent[node] ?? 0) - (portUp[port] ?? 0)
    }
  }
  return reachCut.map((weight, at) => mixed(weight + (silent[at % nodes] ?? 0), OTHER_PATH))
}

/** By node and link: what its ports, or those towards it, weigh. */
const weighPorts = (graph: Graph, { portDown, portUp }: Weights): Float64Array => {
  const weight = new Float64Array(graph.nodes + graph.links)
  for (let port = 0; port < 2 * graph.links; port += 1) {
    const difference = (portDown[port] ?? 0) - (portUp[port] ?? 0)
    if (difference === 0) continue
    const value = mixed(difference, PORT_DOWN)
    for (const at of [graph.nodes + (port >> 1), graph.portRemote[port] ?? 0])
      weight[at] = (weight[at] ?? 0) + value
  }
  return weight
}

/** By node and link: the sum over what is behind it, for all vantages of one draw. */
const sumsOf = (graph: Graph, routing: Routing, weighed: Float64Array): Float64Array => {
  const { nodes, links, vantageNode } = graph
  const sums = new Float64Array(nodes + links)
  for (const [vantage, { order, parent, parentLink }] of routing.entries()) {
    const below = weighed.slice(vantage * nodes, (vantage + 1) * nodes)
    for (let at = order.length - 1; at > 0; at -= 1) {
      const node = order[at] ?? 0
      const value = below[node] ?? 0
      const [up, link] = [parent[node] ?? 0, nodes + (parentLink[node] ?? 0)]
      below[up] = (below[up] ?? 0) + value
      sums[node] = (sums[node] ?? 0) + value
      sums[link] = (sums[link] ?? 0) + value
    }
  }
  // A vantage itself is no router on the way.
  for (const node of vantageNode) sums[node] = 0
  return sums
}

/** What is behind the fault in this draw. */
const cutBy = (graph: Graph, routing: Routing, fault: number): number[] => {
  const { nodes } = graph
  return routing.flatMap(({ order, parent, parentLink }, vantage) => {
    const isCut = new Uint8Array(nodes)
    const cut: number[] = []
    for (const node of order) {
      const isFirst = node === fault || nodes + (parentLink[node] ?? -1) === fault
      if (!isFirst && isCut[parent[node] ?? -1] !== 1) continue
      isCut[node] = 1
      cut.push(vantage * nodes + node)
    }
    return cut
  })
}

/**
 * Whether a usual failure of it would leave other things down: it has other paths, or its ports,
 * which would be down, read up.
 */
const isUnlike = (
  graph: Graph,
  weights: Weights,
  ports: Float64Array,
  visibility: Visibility,
  { fault, cut }: Unrouted,
): boolean => {
  if (fault < graph.nodes && (ports[fault] ?? 0) < 0) return true
  visibility.assume([fault])
  return cut.some((at) => visibility.reached[at] === 1 && (weights.reachCut[at] ?? 0) > 0)
}

/** The likeliest first. */
export const findUnrouted = (
  graph: Graph,
  weights: Weights,
  drawn: () => readonly Routing[],
  visibility: Visibility,
): readonly Unrouted[] => {
  if (!weights.reachCut.some((weight) => weight > 0)) return []
  const routings = drawn()
  visibility.assume([])
  const nothing = visibility.score()
  const weighed = weighNodes(graph, weights)
  const ports = weighPorts(graph, weights)
  const draws = routings.map((routing) => sumsOf(graph, routing, weighed))
  const byKey = new Map<string, { readonly faults: number[]; readonly scores: number[] }>()
  for (let fault = 0; fault < graph.nodes + graph.links; fault += 1) {
    let most = Number.NEGATIVE_INFINITY
    for (const sums of draws) most = Math.max(most, sums[fault] ?? 0)
    if (most < MIN_GAIN) continue
    const sum = draws.reduce((all, sums) => all + Math.exp((sums[fault] ?? 0) - most), 0)
    const gain = most + Math.log(sum / draws.length) + (ports[fault] ?? 0)
    const prior = countPrior(1) + (graph.prior[fault] ?? 0) + UNNOTICED
    // Where all draws have the same paths, what their ports read still tells a line from a router.
    const key = [...draws.map((sums) => sums[fault] ?? 0), ports[fault] ?? 0]
      .map((one) => one.toFixed(3))
      .join(" ")
    const known = byKey.get(key) ?? { faults: [], scores: [] }
    byKey.set(key, known)
    known.faults.push(fault)
    known.scores.push(nothing + gain + prior)
  }
  return [...byKey.values()]
    .map(({ faults, scores }): Unrouted => {
      const best = Math.max(...scores)
      const first = scores.indexOf(best)
      const fault = faults[first] ?? 0
      const values = draws.map((sums) => sums[fault] ?? 0)
      const routing = routings[values.indexOf(Math.max(...values))] ?? []
      return {
        fault,
        equivalents: faults.filter((other) => other !== fault),
        score: best + Math.log(scores.reduce((sum, one) => sum + Math.exp(one - best), 0)),
        cut: cutBy(graph, routing, fault),
      }
    })
    .toSorted((one, other) => other.score - one.score || one.fault - other.fault)
    .slice(0, MAX_FOUND)
    .filter((one) => isUnlike(graph, weights, ports, visibility, one))
}
