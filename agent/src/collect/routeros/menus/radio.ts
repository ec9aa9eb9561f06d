/** Radios of all drivers: wireless, wifiwave2, wifi, CAPsMAN and 60 GHz. */
import { parseQuantity } from "../client/values.ts"
import {
  type Answers,
  bps,
  computed,
  type Field,
  integer,
  joined,
  type Menu,
  type MenuCollector,
  type Parts,
  quantity,
  seconds,
  signal,
  since,
  text,
} from "./menu.ts"

const SIGNAL = signal("signal-strength", "rx-signal", "signal")
const registrations = (path: string): Menu => ({
  path,
  families: [
    {
      family: "registration",
      name: text("mac-address"),
      values: {
        signalDbm: SIGNAL,
        farSignalDbm: signal("tx-signal-strength", "tx-signal"),
        snrDb: quantity("signal-to-noise"),
        txCcqPercent: quantity("tx-ccq"),
        rxCcqPercent: quantity("rx-ccq"),
        txRateBps: bps("tx-rate"),
        rxRateBps: bps("rx-rate"),
        uptimeS: seconds("uptime"),
      },
    },
  ],
  tables: [
    {
      table: "registrations",
      key: joined(" ", text("mac-address"), text("interface")),
      columns: {
        interface: text("interface"),
        mac: text("mac-address"),
        identity: text("radio-name"),
        address: text("last-ip"),
        ssid: text("ssid"),
        band: text("band"),
        signalDbm: SIGNAL,
        txRateBps: bps("tx-rate"),
        rxRateBps: bps("rx-rate"),
        sinceMs: since("uptime"),
        comment: text("comment"),
      },
    },
  ],
})
const REGISTRATIONS = [
  "/interface/wireless/registration-table",
  "/interface/wifi/registration-table",
  "/interface/wifiwave2/registration-table",
  "/caps-man/registration-table",
] as const

/** Of a station that is not connected, an address may remain. */
const FAR = computed(["remote-address", "connected"], (row) =>
  row.get("connected") === "false" ? null : row.get("remote-address") || null,
)
const RADIO = text("parent", "name")
const FAR_SIGNAL = signal("rssi")
const FAR_RATE = bps("tx-phy-rate", "phy-rate")
const SIXTY_GHZ = [
  ...["connected", "remote-address", "rssi", "tx-phy-rate", "phy-rate", "rx-phy-rate"],
]
/**
 * 60 GHz has no registration table. An access point with several stations has an interface for
 * each, and `monitor` of its own interface may list them: one row for each far end.
 */
const stations = (path: string): Menu => ({
  path,
  families: [
    {
      family: "registration",
      name: FAR,
      values: { signalDbm: FAR_SIGNAL, txRateBps: FAR_RATE, rxRateBps: bps("rx-phy-rate") },
    },
  ],
  tables: [
    {
      table: "registrations",
      key: joined(" ", FAR, RADIO),
      columns: {
        interface: RADIO,
        mac: FAR,
        ssid: text("ssid"),
        signalDbm: FAR_SIGNAL,
        txRateBps: FAR_RATE,
        rxRateBps: bps("rx-phy-rate"),
        comment: text("comment"),
      },
    },
  ],
  monitor: { path: `${path}/monitor`, by: "name", also: SIXTY_GHZ, isPerStation: true },
})

/** "5180/20-Ce/an/DP", "5180": the frequency in MHz. */
const frequency: Field<number | null> = computed(["channel", "frequency"], (row) =>
  parseQuantity((row.get("channel") || row.get("frequency") || "").split("/")[0]),
)
const MONITORED = [
  ...["channel", "registered-clients", "registered-peers", "noise-floor", "signal-strength"],
  ...[
    "signal",
    "rssi",
    "overall-tx-ccq",
    "tx-rate",
    "rx-rate",
    "tx-phy-rate",
    "tx-power",
    "distance",
  ],
]
const radios = (path: string): Menu => ({
  path,
  families: [
    {
      family: "wireless",
      name: text("name"),
      values: {
        clients: integer("registered-clients", "registered-peers"),
        frequencyMhz: frequency,
        noiseDbm: signal("noise-floor"),
        signalDbm: signal("signal-strength", "rssi"),
        ccqPercent: quantity("overall-tx-ccq"),
        txRateBps: bps("tx-rate", "tx-phy-rate"),
        rxRateBps: bps("rx-rate"),
        txPowerDbm: quantity("tx-power"),
        distanceM: computed(["distance"], (row) => {
          const text = row.get("distance") ?? ""
          return text.endsWith("m") ? parseQuantity(text) : null
        }),
      },
    },
  ],
  monitor: { path: `${path}/monitor`, by: "name", also: MONITORED },
})

const CAPSMAN = "/caps-man/interface"
/**
 * Where `monitor` is missing or silent, the registered clients of an interface are counted. One of
 * CAPsMAN that all have left has none.
 */
const clientsOf = (answers: Answers): Parts => {
  const counts = new Map<string, number>(
    answers(CAPSMAN).flatMap((row) => (row.get("name") ? [[row.get("name") ?? "", 0]] : [])),
  )
  for (const path of REGISTRATIONS)
    for (const row of answers(path)) {
      const name = row.get("interface") ?? ""
      if (name !== "") counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  return {
    families: [...counts].map(([name, clients]) => ({
      family: "wireless",
      name,
      values: { clients },
    })),
  }
}

export const registration: MenuCollector = {
  reads: "registration",
  menus: [
    ...REGISTRATIONS.map(registrations),
    ...["/interface/w60g/station", "/interface/w60g"].map(stations),
  ],
}
export const wireless: MenuCollector = {
  reads: "wireless",
  deadlineMs: 30_000,
  menus: [
    ...REGISTRATIONS.map((path): Menu => ({ path, also: ["interface"] })),
    { path: CAPSMAN, also: ["name"] },
    ...["/interface/wireless", "/interface/wifi", "/interface/wifiwave2", "/interface/w60g"].map(
      radios,
    ),
  ],
  derive: clientsOf,
}
