/** PPP sessions (PPPoE, L2TP …), counted by service; the sessions themselves are a table. */
import { defineFamily } from "./family.ts"
import { gauge } from "./field.ts"

export const sessions = defineFamily({
  name: "sessions",
  title: "Sessions",
  description: "Number of PPP sessions of each service: pppoe, l2tp, sstp …",
  key: { by: "name", field: "service", maxNames: { agent: 256, router: 16 } },
  fields: {
    count: gauge("pppoe.sessions", "count", "sessions", { isWhole: true, hasExtremes: true }),
  },
  charts: [{ title: "Sessions", metrics: ["pppoe.sessions"], style: "band", top: 8 }],
  polledBy: { "routeros-api": 30_000, snmp: 60_000 },
})
