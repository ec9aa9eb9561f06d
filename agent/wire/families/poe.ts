/** Power over Ethernet that a port supplies. */
import { defineFamily } from "./family.ts"
import { gauge, state } from "./field.ts"

export const poe = defineFamily({
  name: "poe",
  title: "Power over Ethernet",
  description: "What each port supplies to the device behind it",
  key: { by: "interface" },
  fields: {
    state: state(
      "poe.state",
      { powered: 0, waiting: 1, disabled: 2, overload: 3, "short-circuit": 4, fault: 5 },
      "state of the supply",
    ),
    watts: gauge("poe.watts", "W", "power supplied"),
    volts: gauge("poe.volts", "V", "voltage supplied"),
    milliamps: gauge("poe.milliamps", "mA", "current supplied"),
  },
  charts: [{ title: "Power over Ethernet", metrics: ["poe.watts"] }],
  polledBy: { "routeros-api": 60_000, snmp: 60_000 },
})
