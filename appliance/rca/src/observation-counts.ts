/** Looks taken so far, counted: how often each thing read up and how often down. Their order means nothing, so none is kept. */
import type { Graph } from "./graph.ts"
import type { Observation } from "./model.ts"

/** Which row of counters a look belongs to; `null` where it names nothing that could be looked at. */
export type Slot = { readonly of: "reach" | "leaf" | "port" | "access"; readonly at: number }
type CountPair = { readonly up: Int32Array; readonly down: Int32Array }
/**
 * `reach`: vantage × nodes + node. `leaf`: vantage × leaves + leaf. `port`: signal × 2 links + port (twice the link, one more at its
 * end b). `access`: signal × 2 leaves + twice the leaf, one more at the customer's end. Signal 0 is a port, 1 an adjacency.
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

/** Finds where looks belong. A look without `from` is the first vantage's. */
export const createSlots = (graph: Graph) => {
  const vantageOf = new Map(graph.vantageIds.map((id, vantage) => [id, vantage]))
  const reach = (observation: Observation): Slot | null => {
    const place = graph.places.get(observation.entity)
    const vantage =
      observation.from === undefined
        ? graph.vantages > 0
          ? 0
          : undefined
        : vantageOf.get(observation.from)
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
    if (place?.of === "link" && end?.of === "node") {
      const [a, b] = [graph.endA[place.link], graph.endB[place.link]]
      if (a === b || (end.node !== a && end.node !== b)) return null
      return {
        of: "port",
        at: signal * 2 * graph.links + 2 * place.link + (end.node === a ? 0 : 1),
      }
    }
    if (place?.of !== "access") return null
    const isCustomer = end?.of === "leaf" && end.leaf === place.leaf
    if (!isCustomer && !(end?.of === "node" && end.node === graph.leaves[place.leaf]?.node))
      return null
    return {
      of: "access",
      at: signal * 2 * graph.leaves.length + 2 * place.leaf + (isCustomer ? 1 : 0),
    }
  }
  return (observation: Observation): Slot | null =>
    observation.signal === "reachable" ? reach(observation) : port(observation)
}

/** Adds a look (`by` 1), or takes one back (`by` -1). */
export const addCount = (
  counts: ObservationCounts,
  { of, at }: Slot,
  isUp: boolean,
  by: 1 | -1,
): void => {
  const row = isUp ? counts[of].up : counts[of].down
  row[at] = (row[at] ?? 0) + by
}
