/** What changes rarely on a port. */
import { defineFamily } from "./family.ts"
import { bool, counter, gauge } from "./field.ts"

export const port = defineFamily({
  name: "port",
  title: "Ports",
  description: "How often the link of each port went down, its negotiated speed and duplex",
  key: { by: "interface" },
  fields: {
    linkDowns: counter("port.link_downs", "count", "link losses since the start", {
      isWhole: true,
      combine: "max",
    }),
    speedBps: gauge("port.speed_bps", "bit/s", "negotiated speed", {
      type: "bigint",
      combine: "last",
    }),
    isFullDuplex: bool("port.full_duplex", "full duplex"),
  },
  charts: [],
  polledBy: { "routeros-api": 60_000, snmp: 60_000 },
})
