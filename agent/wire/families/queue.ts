/** Simple queues and queue trees. */
import { defineFamily } from "./family.ts"
import { gauge, rate } from "./field.ts"

/** In and out as the customer sees them are the router's business: `tx` is what the queue sends. */
export const queue = defineFamily({
  name: "queue",
  title: "Queues",
  description: "Traffic, drops and limits of each queue",
  key: { by: "name", field: "queue", maxNames: { agent: 5_000, router: 32 } },
  fields: {
    rxBps: rate("queue.upload_bps", "bit/s", "upload", { type: "bigint", perCount: 8 }),
    txBps: rate("queue.download_bps", "bit/s", "download", { type: "bigint", perCount: 8 }),
    rxLimitBps: gauge("queue.upload_limit_bps", "bit/s", "upload allowed", {
      type: "bigint",
      combine: "max",
    }),
    txLimitBps: gauge("queue.download_limit_bps", "bit/s", "download allowed", {
      type: "bigint",
      combine: "max",
    }),
    dropsPs: rate("queue.drops", "1/s", "packets dropped by the queue", {
      column: "drops",
      perCount: 1,
    }),
  },
  derived: {
    rxUsed: {
      metric: "queue.upload_pct",
      unit: "%",
      label: "Upload",
      description: "upload in use",
      of: "rxBps",
      to: "rxLimitBps",
      scale: 100,
    },
    txUsed: {
      metric: "queue.download_pct",
      unit: "%",
      label: "Download",
      description: "download in use",
      of: "txBps",
      to: "txLimitBps",
      scale: 100,
    },
  },
  charts: [
    { title: "Busiest queues, download", metrics: ["queue.download_bps"], top: 8 },
    { title: "Busiest queues, upload", metrics: ["queue.upload_bps"], top: 8 },
  ],
  polledBy: { "routeros-api": 30_000, snmp: 60_000 },
})
