/** DHCP servers: bound leases and the size of their pools. */
import { defineFamily } from "./family.ts"
import { gauge } from "./field.ts"

export const dhcp = defineFamily({
  name: "dhcp",
  title: "DHCP servers",
  description: "Leases of each DHCP server, and the addresses of its pool",
  key: { by: "name", field: "server", maxNames: { agent: 1_000, router: 16 } },
  fields: {
    leases: gauge("dhcp.leases", "count", "bound leases", { isWhole: true }),
    addresses: gauge("dhcp.addresses", "count", "addresses of the pool", {
      isWhole: true,
      combine: "max",
    }),
  },
  derived: {
    used: {
      metric: "dhcp.used_pct",
      unit: "%",
      label: "Used",
      description: "addresses of the pool in use",
      of: "leases",
      to: "addresses",
      scale: 100,
    },
  },
  charts: [
    { title: "DHCP leases", metrics: ["dhcp.leases"], top: 8 },
    { title: "DHCP pools in use", metrics: ["dhcp.used_pct"], top: 8, minRange: 100 },
  ],
  polledBy: { "routeros-api": 60_000 },
})
