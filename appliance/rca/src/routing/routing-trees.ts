/**
 * Which paths packets take while routing has not noticed a failure: trees from the vantages. The choice
 * among equal paths is not known, nor are costs of links that no router has reported, so several
 * networks of costs are drawn. Without any cost, half of them have equal ones. With some, half of them
 * are of packets there, the others of their answers. Pseudorandom: answers are reproducible.
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

/** Reported costs are scaled down to this: 1 and 65535 keep their order, 300 and 301 need not. */
const MAX_COST = 255

/** By port: what it costs to send there. */
type Costs = { readonly ofPort: Int32Array; readonly most: number }

/** Nodes that wait, by distance, modulo the number of buckets (Dial's algorithm). */
const createBuckets = (most: number) => {
  const buckets: number[][] = Array.from({ length: most + 1 }, () => [])
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
  { nodes, hopsFrom, hopNode, hopLink, hopPort }: Graph,
  start: number,
  { ofPort, most }: Costs,
  random: () => number,
): RoutingTree => {
  const distance = new Int32Array(nodes).fill(-1)
  const parent = new Int32Array(nodes).fill(-1)
  const parentLink = new Int32Array(nodes).fill(-1)
  const ties = new Int32Array(nodes)
  const isDone = new Uint8Array(nodes)
  const order: number[] = []
  const buckets = createBuckets(most)
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
        if (!isTaken(next, at + (ofPort[hopPort[hop] ?? 0] ?? 1))) continue
        parent[next] = node
        parentLink[next] = link
      }
    }
  return { order: Int32Array.from(order), parent, parentLink }
}

/** Reported costs as small numbers, and what is usual among them; null: no cost is known. */
const knownCosts = ({ portCost }: Graph): { ofPort: Int32Array; usual: number } | null => {
  const known = portCost.filter((cost) => cost > 0).toSorted()
  const most = known.at(-1) ?? 0
  if (most === 0) return null
  const scale = Math.min(1, MAX_COST / most)
  const scaled = (cost: number): number => Math.max(1, Math.round(cost * scale))
  return {
    ofPort: portCost.map((cost) => (cost > 0 ? scaled(cost) : 0)),
    usual: scaled(known[known.length >> 1] ?? 1),
  }
}

const drawCosts = (
  { links }: Graph,
  known: ReturnType<typeof knownCosts>,
  draw: number,
  random: () => number,
): Costs => {
  const { least, most } = COSTS
  const ofLink = Array.from({ length: links }, () =>
    draw % 2 === 0 ? least : least + Math.floor(random() * (most - least + 1)),
  )
  const ports = { length: 2 * links }
  if (known === null)
    return { ofPort: Int32Array.from(ports, (_, port) => ofLink[port >> 1] ?? 1), most }
  const isAnswer = draw % 4 >= 2
  const unknown = (port: number): number =>
    Math.max(
      1,
      Math.min(MAX_COST, Math.round(((ofLink[port >> 1] ?? least) / least) * known.usual)),
    )
  const ofPort = Int32Array.from(
    ports,
    (_, port) => known.ofPort[isAnswer ? port ^ 1 : port] || unknown(port),
  )
  return { ofPort, most: MAX_COST }
}

export const drawRoutings = (graph: Graph): readonly Routing[] => {
  const steps = Math.max(1, graph.nodes + 2 * graph.links) * Math.max(1, graph.vantages)
  const draws = Math.max(1, Math.min(MAX_DRAWS, Math.floor(WORK / steps)))
  const known = knownCosts(graph)
  return Array.from({ length: draws }, (_, draw): Routing => {
    const random = seeded(draw + 1)
    const cost = drawCosts(graph, known, draw, random)
    return Array.from(graph.vantageNode, (start) => treeFrom(graph, start, cost, random))
  })
}
