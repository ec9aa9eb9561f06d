/** Looks taken so far, counted: how often each thing read up and how often down. Their order means nothing, so none is kept. */
import type { Graph } from "./graph.ts"
import type { Observation } from "./model.ts"

/** Which row of counters a look belongs to; `null` where it names nothing that could be looked at. */
export type Slot = { readonly of: "reach" | "leaf" | "port" | "access"; readonly at: number }
type Counts = { readonly up: Int32Array; readonly down: Int32Array }
/**
 * `reach`: vantage × nodes + node. `leaf`: vantage × leaves + leaf. `port`: signal × 2 links + port (twice the link, one more at its
 * end b). `access`: signal × 2 leaves + twice the leaf, one more at the customer's end. Signal 0 is a port, 1 an adjacency.
 */
export type Looks = Readonly<Record<Slot["of"], Counts>>

const counts = (length: number): Counts => ({ up: new Int32Array(length), down: new Int32Array(length) })
export const noLooks = (graph: Graph): Looks => ({
  reach: counts(graph.vantages * graph.nodes),
  leaf: counts(graph.vantages * graph.leaves.length),
  port: counts(4 * graph.links),
  access: counts(4 * graph.leaves.length),
})

/** Finds where looks belong. A look without `from` is the first vantage's. */
export const createSlots = (graph: Graph) => {
  const vantageOf = new Map(graph.vantageIds.map((id, vantage) => [id, vantage]))
  const reach = (look: Observation): Slot | null => {
    const place = graph.places.get(look.entity)
    const vantage = look.from === undefined ? (graph.vantages > 0 ? 0 : undefined) : vantageOf.get(look.from)
    if (vantage === undefined) return null
    if (place?.of === "node") return { of: "reach", at: vantage * graph.nodes + place.node }
    return place?.of === "leaf" ? { of: "leaf", at: vantage * graph.leaves.length + place.leaf } : null
  }
  const port = (look: Observation): Slot | null => {
    const place = graph.places.get(look.entity)
    const end = look.end === undefined ? undefined : graph.places.get(look.end)
    const signal = look.signal === "adjacency" ? 1 : 0
    if (place?.of === "link" && end?.of === "node") {
      const [a, b] = [graph.endA[place.link], graph.endB[place.link]]
      if (a === b || (end.node !== a && end.node !== b)) return null
      return { of: "port", at: signal * 2 * graph.links + 2 * place.link + (end.node === a ? 0 : 1) }
    }
    if (place?.of !== "access") return null
    const isCustomer = end?.of === "leaf" && end.leaf === place.leaf
    if (!isCustomer && !(end?.of === "node" && end.node === graph.leaves[place.leaf]?.node)) return null
    return { of: "access", at: signal * 2 * graph.leaves.length + 2 * place.leaf + (isCustomer ? 1 : 0) }
  }
  return (look: Observation): Slot | null => (look.signal === "reachable" ? reach(look) : port(look))
}

/** Adds a look (`by` 1), or takes one back (`by` -1). */
export const count = (looks: Looks, { of, at }: Slot, isUp: boolean, by: 1 | -1): void => {
  const row = isUp ? looks[of].up : looks[of].down
  row[at] = (row[at] ?? 0) + by
}
