/** Radios: an access point or one end of a link, and its clients or the other end. */
import { defineFamily } from "./family.ts"
import { gauge } from "./field.ts"

const dbm = { isSigned: true } as const

/** One row an interface of a radio. */
export const wireless = defineFamily({
  name: "wireless",
  title: "Radios",
  description: "Clients, channel and noise of each radio interface",
  key: { by: "interface" },
  fields: {
    clients: gauge("wireless.clients", "count", "registered clients", { isWhole: true }),
    frequencyMhz: gauge("wireless.frequency_mhz", "MHz", "frequency", { combine: "last" }),
    noiseDbm: gauge("wireless.noise_dbm", "dBm", "noise floor", dbm),
    signalDbm: gauge("wireless.signal_dbm", "dBm", "signal received, of a station", dbm),
    ccqPercent: gauge("wireless.ccq_pct", "%", "quality of the connection (CCQ)", { max: 100 }),
    txRateBps: gauge("wireless.tx_rate_bps", "bit/s", "rate of the radio, sent", {
      type: "bigint",
    }),
    rxRateBps: gauge("wireless.rx_rate_bps", "bit/s", "rate of the radio, received", {
      type: "bigint",
    }),
    txPowerDbm: gauge("wireless.tx_power_dbm", "dBm", "transmit power", dbm),
    distanceM: gauge("wireless.distance_m", "m", "distance of the other end"),
  },
  charts: [
    { title: "Wireless clients", metrics: ["wireless.clients"] },
    { title: "Wireless signal", metrics: ["wireless.signal_dbm"] },
    { title: "Noise floor", metrics: ["wireless.noise_dbm"] },
  ],
  polledBy: { "routeros-api": 60_000, snmp: 60_000 },
})

/** One row a registered client or far end, by its MAC address. */
export const registration = defineFamily({
  name: "registration",
  title: "Wireless clients",
  description: "Signal and rates of each registered client or far end",
  key: { by: "name", field: "client", maxNames: { agent: 1_000, router: 32 } },
  fields: {
    signalDbm: gauge("registration.signal_dbm", "dBm", "signal received from it", {
      label: "Signal",
      ...dbm,
    }),
    farSignalDbm: gauge("registration.far_signal_dbm", "dBm", "signal that it receives", dbm),
    snrDb: gauge("registration.snr_db", "dB", "signal to noise", dbm),
    txCcqPercent: gauge("registration.tx_ccq_pct", "%", "quality (CCQ), sent", { max: 100 }),
    rxCcqPercent: gauge("registration.rx_ccq_pct", "%", "quality (CCQ), received", { max: 100 }),
    txRateBps: gauge("registration.tx_rate_bps", "bit/s", "rate of the radio, sent", {
      type: "bigint",
    }),
    rxRateBps: gauge("registration.rx_rate_bps", "bit/s", "rate of the radio, received", {
      type: "bigint",
    }),
    uptimeS: gauge("registration.uptime_s", "s", "time since it registered", { combine: "max" }),
  },
  charts: [{ title: "Signal of wireless clients", metrics: ["registration.signal_dbm"], top: 8 }],
  polledBy: { "routeros-api": 60_000, snmp: 60_000 },
})
