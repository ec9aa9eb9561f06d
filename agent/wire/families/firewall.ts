/** Chosen firewall and NAT rules, by their comment. */
import { defineFamily } from "./family.ts"
import { rate } from "./field.ts"

export const firewall = defineFamily({
  name: "firewall",
  title: "Firewall rules",
  description: "Traffic of the chosen firewall and NAT rules",
  key: { by: "name", field: "rule", maxNames: { agent: 200, router: 16 } },
  fields: {
    bps: rate("firewall.bps", "bit/s", "traffic that matched", { type: "bigint", perCount: 8 }),
    pps: rate("firewall.pps", "packet/s", "packets that matched", { perCount: 1 }),
  },
  charts: [{ title: "Firewall rules", metrics: ["firewall.pps"], top: 8 }],
  polledBy: { "routeros-api": 0 },
})
