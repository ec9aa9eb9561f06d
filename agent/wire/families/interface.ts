/** Interfaces: state and traffic. */
import type { z } from "zod"
import { defineFamily } from "./family.ts"
import { bool, rate } from "./field.ts"

/** A rate is null until there are two readings of one count. */
export const interfaceFamily = defineFamily({
  name: "interface",
  title: "Interfaces",
  description: "State and traffic of each interface",
  key: { by: "interface" },
  fields: {
    running: bool("interface.up", "has a link (RouterOS `running`, SNMP ifOperStatus up)", {
      isRequired: true,
      rollup: { n: "n", trues: "running_n" },
    }),
    disabled: bool("interface.disabled", "switched off by an administrator", {
      isRequired: true,
      isLastOnly: true,
    }),
    rxBps: rate("interface.rx_bps", "bit/s", "received", {
      type: "bigint",
      rollup: { n: "rx_n", sum: "rx_sum", min: "rx_min", max: "rx_max" },
    }),
    txBps: rate("interface.tx_bps", "bit/s", "sent", {
      type: "bigint",
      rollup: { n: "tx_n", sum: "tx_sum", min: "tx_min", max: "tx_max" },
    }),
    rxPps: rate("interface.rx_pps", "packet/s", "packets received", {
      rollup: { n: "rx_pps_n", sum: "rx_pps_sum", max: "rx_pps_max" },
    }),
    txPps: rate("interface.tx_pps", "packet/s", "packets sent", {
      rollup: { n: "tx_pps_n", sum: "tx_pps_sum", max: "tx_pps_max" },
    }),
    errorsPs: rate("interface.errors", "1/s", "receive and transmit errors together", {
      column: "errs",
      rollup: { n: "errs_n", sum: "errs_sum", max: "errs_max" },
    }),
    dropsPs: rate("interface.drops", "1/s", "receive and transmit drops together", {
      column: "drops",
      rollup: { n: "drops_n", sum: "drops_sum", max: "drops_max" },
    }),
  },
  charts: [
    { title: "Busiest interfaces, in", metrics: ["interface.rx_bps"], minRange: 1_000 },
    { title: "Busiest interfaces, out", metrics: ["interface.tx_bps"], minRange: 1_000 },
  ],
  storage: { table: "interface_counters", last: "interface_last" },
})
export const InterfaceSample = interfaceFamily.schema
export type InterfaceSample = z.infer<typeof InterfaceSample>
