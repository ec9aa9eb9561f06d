/** How the agent itself reads a device: what each collector costs, and what it cannot read. */
import { defineTable, flag, number, searched, text, time } from "./table.ts"

/** Measured again at each reading: sent with the next change, or when `lastMs` has moved. */
const moving = { tolerance: Number.POSITIVE_INFINITY } as const

/** Of the agent: `source` of its rows is `agent`. */
export const collection = defineTable({
  name: "collection",
  title: "Collection",
  description: "Cost and result of each collector, and menus that the device lacks or forbids",
  key: "name of the collector",
  columns: {
    collector: searched("Collector"),
    /** ok, partial, failed, waiting, standby (another source reads the same) or off. */
    state: text("State"),
    reason: text("Reason"),
    everyMs: number("Interval", { unit: "ms" }),
    /** The interval in use while the device answers slowly. */
    slowedMs: number("Slowed down to", { unit: "ms", tolerance: 1_000 }),
    lastMs: time("Last reading", { tolerance: 240_000 }),
    tookMs: number("Took", { unit: "ms", ...moving }),
    rows: number("Values", moving),
    receivedByte: number("Received", { unit: "byte", ...moving }),
    missing: searched("Missing on this release"),
    forbidden: searched("Forbidden for this account"),
    isSlowed: flag("Slowed down"),
  },
})
