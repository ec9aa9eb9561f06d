/** Hops between nodes in typed arrays, and the order of nodes in memory. */
import type { Node, Plan } from "../model.ts"

export type Adjacency = {
  /**
   * Node n has the hops from `hopsFrom[n]` up to `hopsFrom[n + 1]`. A link from a node to itself
   * is no hop.
   */
  readonly hopsFrom: Int32Array
  readonly hopNode: Int32Array
  readonly hopLink: Int32Array
  /** The local port of a hop: twice its link, plus one at end b. */
  readonly hopPort: Int32Array
}

/** Where the hops of each node begin: a running sum of degrees. */
const offsets = (nodes: number, endA: Int32Array, endB: Int32Array): Int32Array => {
  const hopsFrom = new Int32Array(nodes + 1)
  for (let link = 0; link < endA.length; link += 1) {
    const [a, b] = [endA[link] ?? 0, endB[link] ?? 0]
    if (a === b) continue
    hopsFrom[a + 1] = (hopsFrom[a + 1] ?? 0) + 1
    hopsFrom[b + 1] = (hopsFrom[b + 1] ?? 0) + 1
  }
  for (let node = 0; node < nodes; node += 1)
    hopsFrom[node + 1] = (hopsFrom[node + 1] ?? 0) + (hopsFrom[node] ?? 0)
  return hopsFrom
}

export const buildAdjacency = (nodes: number, endA: Int32Array, endB: Int32Array): Adjacency => {
  const hopsFrom = offsets(nodes, endA, endB)
  const next = hopsFrom.slice()
  const count = hopsFrom[nodes] ?? 0
  const hopNode = new Int32Array(count)
  const hopLink = new Int32Array(count)
  const hopPort = new Int32Array(count)
  const add = (from: number, to: number, link: number, port: number): void => {
    const at = next[from] ?? 0
    next[from] = at + 1
    hopNode[at] = to
    hopLink[at] = link
    hopPort[at] = port
  }
  for (let link = 0; link < endA.length; link += 1) {
    const [a, b] = [endA[link] ?? 0, endB[link] ?? 0]
    if (a === b) continue
    add(a, b, link, 2 * link)
    add(b, a, link, 2 * link + 1)
  }
  return { hopsFrom, hopNode, hopLink, hopPort }
}

/**
 * Nodes in the order in which a depth-first walk from the vantages enters them. Neighbours in the
 * network are then close in memory, where a walk spends most of its time.
 */
export const inWalkOrder = (plan: Plan): readonly Node[] => {
  const at = new Map(plan.nodes.map((node, index) => [node.id, index]))
  const ends = plan.links.map(({ a, b }): [number, number] => [at.get(a) ?? -1, at.get(b) ?? -1])
  const joined = ends.filter(([a, b]) => a !== -1 && b !== -1)
  const { hopsFrom, hopNode } = buildAdjacency(
    plan.nodes.length,
    Int32Array.from(joined, ([a]) => a),
    Int32Array.from(joined, ([, b]) => b),
  )
  const isEntered = new Uint8Array(plan.nodes.length)
  const order: Node[] = []
  const walk = (start: number): void => {
    const open = [start]
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const node = plan.nodes[index]
      if (isEntered[index] === 1 || node === undefined) continue
      isEntered[index] = 1
      order.push(node)
      // Pushed in reverse order, so that the first hop is walked first.
      for (let hop = (hopsFrom[index + 1] ?? 0) - 1; hop >= (hopsFrom[index] ?? 0); hop -= 1) {
        const neighbour = hopNode[hop] ?? 0
        if (isEntered[neighbour] === 0) open.push(neighbour)
      }
    }
  }
  for (const vantage of plan.vantages) walk(at.get(vantage) ?? -1)
  for (let node = 0; node < plan.nodes.length; node += 1) walk(node)
  return order
}
