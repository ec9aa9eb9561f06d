/** IS-IS neighbours, by system id and interface. */
import { defineFamily } from "./family.ts"
import { state } from "./field.ts"

export const isis = defineFamily({
  name: "isis",
  title: "IS-IS neighbours",
  description: "State of each IS-IS adjacency",
  key: { by: "name", field: "neighbour", maxNames: { agent: 2_000, router: 64 } },
  fields: {
    state: state(
      "isis.state",
      { up: 0, initializing: 1, failed: 2, down: 3 },
      "state of the adjacency",
    ),
  },
  charts: [],
  polledBy: { "routeros-api": 30_000, snmp: 30_000 },
})
