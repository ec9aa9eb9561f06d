/** OSPF neighbours (v2 and v3), by router id and interface or address. */
import { defineFamily } from "./family.ts"
import { counter, state } from "./field.ts"

/** States of RFC 2328, 10.1. Two-way is normal between routers that are not designated. */
export const OSPF_STATES = {
  full: 0,
  "two-way": 1,
  loading: 2,
  exchange: 3,
  "exchange-start": 4,
  init: 5,
  attempt: 6,
  down: 7,
} as const

export const ospf = defineFamily({
  name: "ospf",
  title: "OSPF neighbours",
  description: "State of each OSPF neighbour",
  key: { by: "name", field: "neighbour", maxNames: { agent: 2_000, router: 64 } },
  fields: {
    state: state("ospf.state", OSPF_STATES, "state of the adjacency"),
    stateChanges: counter("ospf.state_changes", "count", "state changes since the start", {
      isWhole: true,
      combine: "max",
    }),
    adjacencyS: counter("ospf.adjacency_s", "s", "time since the adjacency became full", {
      combine: "max",
    }),
  },
  charts: [],
  polledBy: { "routeros-api": 30_000, snmp: 30_000 },
})
