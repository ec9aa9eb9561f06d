/** How a device is read: the appliance itself states it, from what it accepts. */
import { defineFamily } from "./family.ts"
import { bool, state } from "./field.ts"

/** `fallback`: by the second method. `ping-only`: by none, and only ping is answered. */
export const READING_STATES = { preferred: 0, fallback: 1, "ping-only": 2 } as const

export const reading = defineFamily({
  name: "reading",
  title: "Reading",
  description: "Whether a device is read by its preferred method and agent, or by a fallback",
  key: { by: "device" },
  fields: {
    method: state("reading.method", READING_STATES, "method that reads the device", {
      isRequired: true,
    }),
    isOtherAgent: bool("reading.other_agent", "read by another than its preferred agent", {
      isRequired: true,
    }),
  },
  charts: [],
})
