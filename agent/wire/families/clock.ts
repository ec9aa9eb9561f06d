/** The clock of a device. */
import { defineFamily } from "./family.ts"
import { bool, gauge } from "./field.ts"

export const clock = defineFamily({
  name: "clock",
  title: "Clock",
  description: "Difference of the device's clock from the agent's, and its synchronisation",
  key: { by: "device" },
  fields: {
    offsetMs: gauge("clock.offset_ms", "ms", "ahead of the agent's clock", { isSigned: true }),
    isSynchronized: bool("clock.synchronized", "synchronised by NTP"),
  },
  charts: [{ title: "Clock", metrics: ["clock.offset_ms"] }],
  polledBy: { "routeros-api": 300_000 },
})
