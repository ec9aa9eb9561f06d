/**
 * The reference of the storm: a tree of shortest paths from the vantage. What is down belongs to
 * the topmost down node above it. Nodes without observations are skipped. That favours the tree:
 * monitoring programs do not skip them.
 */
import type { Observation } from "@ispvm/rca"
import type { World } from "../eval/world.ts"

export type TreeAnswer = {
  /** The topmost down node above a down node; null of one that is not down. */
  readonly topOf: (entity: string) => string | null
  /** Pages that would be sent, and the node to which most down nodes belong. */
  readonly pages: number
  readonly named: string | null
}
export type Tree = {
  readonly observe: (observation: Observation) => void
  readonly answer: () => TreeAnswer
}

export const createTree = (world: World): Tree => {
  const [root = ""] = world.plan.vantages
  const ids = world.plan.nodes.map(({ id }) => id)
  const start = world.indexOf.get(root) ?? 0
  const parent = new Int32Array(ids.length).fill(-1)
  const order = [start]
  for (const here of order)
    for (const { node } of world.hops[here] ?? [])
      if (node !== start && parent[node] === -1) {
        parent[node] = here
        order.push(node)
      }
  const last = new Map<number, "up" | "down">()
  return {
    observe: ({ entity, signal, value }) => {
      const node = world.indexOf.get(entity)
      if (signal === "reachable" && node !== undefined) last.set(node, value)
    },
    answer: () => {
      const top = new Int32Array(ids.length).fill(-1)
      const downstreamCounts = new Map<number, number>()
      for (const node of order) {
        const above = node === start ? -1 : (top[parent[node] ?? 0] ?? -1)
        const read = last.get(node)
        if (read === "up") continue
        const mine = above !== -1 ? above : read === "down" ? node : -1
        top[node] = mine
        if (mine !== -1 && read === "down")
          downstreamCounts.set(mine, (downstreamCounts.get(mine) ?? 0) + 1)
      }
      const [largest] = [...downstreamCounts].sort((one, other) => other[1] - one[1])
      return {
        topOf: (entity) => {
          const node = world.indexOf.get(entity) ?? -1
          return last.get(node) === "down" ? (ids[top[node] ?? -1] ?? null) : null
        },
        pages: downstreamCounts.size,
        named: largest === undefined ? null : (ids[largest[0]] ?? null),
      }
    },
  }
}
