/**
 * Which paths packets take while routing has not noticed a failure: trees from the vantages. Costs of
 * links and the choice among equal paths are not known, so several networks of costs are drawn, half
 * of them with equal costs. Pseudorandom: answers are reproducible.
 */
import type { Graph } from "../graph/graph.ts"
import { seeded } from "../random.ts"

/** From one vantage. Nodes without a path have no parent and are not in `order`. */
export type RoutingTree = {
  /** Nodes, nearest first. */
  readonly order: Int32Array
  /** By node: the next node towards the vantage, and the link to it; -1: none. */
  readonly parent: Int32Array
  readonly parentLink: Int32Array
}
/** One draw of costs: a tree for each vantage. */
export type Routing = readonly RoutingTree[]

const MAX_DRAWS = 16
/** Steps for all draws together. */
const WORK = 200_000
/** Costs of links; equal ones in every other draw. */
const COSTS = { least: 2, most: 5 }

/** Nodes that wait, by distance, modulo the number of buckets (Dial's algorithm). */
const createBuckets = () => {
  const buckets: number[][] = Array.from({ length: COSTS.most + 1 }, () => [])
  let waiting = 0
  return {
    isEmpty: () => waiting === 0,
    put: (node: number, distance: number): void => {
      buckets[distance % buckets.length]?.push(node)
      waiting += 1
    },
    takeAt: (distance: number): readonly number[] => {
      const taken = buckets[distance % buckets.length]?.splice(0) ?? []
      waiting -= taken.length
      return taken
    },
  }
}

const treeFrom = (
  { nodes, hopsFrom, hopNode, hopLink }: Graph,
  start: number,
  cost: Uint8Array,
  random: () => number,
): RoutingTree => {
  const distance = new Int32Array(nodes).fill(-1)
  const parent = new Int32Array(nodes).fill(-1)
  const parentLink = new Int32Array(nodes).fill(-1)
  const ties = new Int32Array(nodes)
  const isDone = new Uint8Array(nodes)
  const order: number[] = []
  const buckets = createBuckets()
  /** Of equal paths, each is as likely as the others. */
  const isTaken = (next: number, far: number): boolean => {
    const known = distance[next] ?? -1
    if (known === far) {
      ties[next] = (ties[next] ?? 0) + 1
      return random() * ((ties[next] ?? 0) + 1) < 1
    }
    if (known !== -1 && known < far) return false
    distance[next] = far
    ties[next] = 0
    buckets.put(next, far)
    return true
  }
  distance[start] = 0
  buckets.put(start, 0)
  for (let at = 0; !buckets.isEmpty(); at += 1)
    for (const node of buckets.takeAt(at)) {
      if (isDone[node] === 1 || distance[node] !== at) continue
      isDone[node] = 1
      order.push(node)
      for (let hop = hopsFrom[node] ?? 0; hop < (hopsFrom[node + 1] ?? 0); hop += 1) {
        const [next, link] = [hopNode[hop] ?? 0, hopLink[hop] ?? 0]
        if (!isTaken(next, at + (cost[link] ?? 1))) continue
        parent[next] = node
        parentLink[next] = link
      }
    }
  return { order: Int32Array.from(order), parent, parentLink }
}

export const drawRoutings = (graph: Graph): readonly Routing[] => {
  const steps = Math.max(1, graph.nodes + 2 * graph.links) * Math.max(1, graph.vantages)
  const draws = Math.max(1, Math.min(MAX_DRAWS, Math.floor(WORK / steps)))
  return Array.from({ length: draws }, (_, draw): Routing => {
    const random = seeded(draw + 1)
    const { least, most } = COSTS
    const cost = Uint8Array.from({ length: graph.links }, () =>
      draw % 2 === 0 ? least : least + Math.floor(random() * (most - least + 1)),
    )
    return Array.from(graph.vantageNode, (start) => treeFrom(graph, start, cost, random))
  })
}
