/** LTE and 5G modems. */
import { defineFamily } from "./family.ts"
import { bool, gauge } from "./field.ts"

const signed = { isSigned: true } as const

export const lte = defineFamily({
  name: "lte",
  title: "Mobile network",
  description: "Signal of each LTE or 5G interface",
  key: { by: "interface" },
  fields: {
    isRegistered: bool("lte.registered", "registered at the mobile network"),
    rssiDbm: gauge("lte.rssi_dbm", "dBm", "RSSI", signed),
    rsrpDbm: gauge("lte.rsrp_dbm", "dBm", "RSRP", signed),
    rsrqDb: gauge("lte.rsrq_db", "dB", "RSRQ", signed),
    sinrDb: gauge("lte.sinr_db", "dB", "SINR", signed),
  },
  charts: [{ title: "Mobile signal", metrics: ["lte.rsrp_dbm"] }],
  polledBy: { "routeros-api": 60_000, snmp: 60_000 },
})
