/** How often each observable read up and down. The order of observations does not matter. */
import type { Graph, Place } from "../graph/graph.ts"
import type { Observation } from "../model.ts"

/** The counter that an observation belongs to. */
export type Slot = { readonly of: "reach" | "leaf" | "port" | "access"; readonly at: number }
export type CountPair = { readonly up: Int32Array; readonly down: Int32Array }
/**
 * - `reach`: by vantage × nodes + node.
 * - `leaf`: by vantage × leaves + leaf.
 * - `port`: by signal × 2 links + port (twice the link, plus one at end b).
 * - `access`: by signal × 2 leaves + twice the leaf, plus one at the customer's end.
 *
 * Signal 0 is a port, 1 an adjacency.
 */
export type ObservationCounts = Readonly<Record<Slot["of"], CountPair>>

const zeroCounts = (length: number): CountPair => ({
  up: new Int32Array(length),
  down: new Int32Array(length),
})
export const emptyCounts = (graph: Graph): ObservationCounts => ({
  reach: zeroCounts(graph.vantages * graph.nodes),
  leaf: zeroCounts(graph.vantages * graph.leaves.length),
  port: zeroCounts(4 * graph.links),
  access: zeroCounts(4 * graph.leaves.length),
})

/** Whether anything was counted here. */
export const isAny = ({ up, down }: CountPair, at: number): boolean =>
  (up[at] ?? 0) + (down[at] ?? 0) > 0

const portSlot = (graph: Graph, signal: number, link: number, end: Place | undefined) => {
  const [a, b] = [graph.endA[link], graph.endB[link]]
  if (end?.of !== "node" || a === b || (end.node !== a && end.node !== b)) return null
  const side = end.node === a ? 0 : 1
  return { of: "port", at: signal * 2 * graph.links + 2 * link + side } as const
}
const accessSlot = (graph: Graph, signal: number, leaf: number, end: Place | undefined) => {
  const isCustomer = end?.of === "leaf" && end.leaf === leaf
  const isRouter = end?.of === "node" && end.node === graph.leaves[leaf]?.node
  if (!isCustomer && !isRouter) return null
  const side = isCustomer ? 1 : 0
  return { of: "access", at: signal * 2 * graph.leaves.length + 2 * leaf + side } as const
}

/**
 * Finds the slots of observations; null for one that names nothing observable. An observation
 * without `from` is the first vantage's.
 */
export const createSlots = (graph: Graph): ((observation: Observation) => Slot | null) => {
  const vantageOf = new Map(graph.vantageIds.map((id, vantage) => [id, vantage]))
  const firstVantage = graph.vantages > 0 ? 0 : undefined
  const reach = ({ entity, from }: Observation): Slot | null => {
    const place = graph.places.get(entity)
    const vantage = from === undefined ? firstVantage : vantageOf.get(from)
    if (vantage === undefined) return null
    if (place?.of === "node") return { of: "reach", at: vantage * graph.nodes + place.node }
    return place?.of === "leaf"
      ? { of: "leaf", at: vantage * graph.leaves.length + place.leaf }
      : null
  }
  const port = (observation: Observation): Slot | null => {
    const place = graph.places.get(observation.entity)
    const end = observation.end === undefined ? undefined : graph.places.get(observation.end)
    const signal = observation.signal === "adjacency" ? 1 : 0
    if (place?.of === "link") return portSlot(graph, signal, place.link, end)
    return place?.of === "access" ? accessSlot(graph, signal, place.leaf, end) : null
  }
  return (observation) =>
    observation.signal === "reachable" ? reach(observation) : port(observation)
}

/** Adds an observation (`by` 1), or takes one back (`by` -1). */
export const addCount = (
  counts: ObservationCounts,
  { of, at }: Slot,
  isUp: boolean,
  by: 1 | -1,
): void => {
  const row = isUp ? counts[of].up : counts[of].down
  row[at] = (row[at] ?? 0) + by
}
