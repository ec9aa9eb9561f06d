/** Sizes of what a router keeps, as one count each. */
import { defineFamily } from "./family.ts"
import { gauge } from "./field.ts"

export const deviceCounts = defineFamily({
  name: "device-counts",
  title: "Counts",
  description: "Routes, tracked connections, users logged in and other counts of a device",
  key: { by: "name", field: "count", maxNames: { agent: 64, router: 16 } },
  fields: {
    value: gauge("device.count", "count", "how many there are", {
      isWhole: true,
      hasExtremes: true,
    }),
  },
  charts: [{ title: "Counts", metrics: ["device.count"], top: 8 }],
  polledBy: { "routeros-api": 60_000, snmp: 60_000 },
})
