/** API answers about what is collected of a device: tables, latest values, and its collectors. */
import type { LatestValues } from "@ispvm/appliance/api/series"
import type { ConfigurationSection as Section } from "@ispvm/appliance/api/tables"
import { readBy, TABLES } from "@ispvm/wire/tables"
import type { Answer } from "./server.ts"

const MIN_MS = 60_000
const HOUR_MS = 60 * MIN_MS
const DAY_MS = 24 * HOUR_MS
type Values = Readonly<Record<string, string | number | boolean>>

/** `sessions`: how many there are; the others are a few each. */
export type CollectedDevice = {
  readonly sessions: number
  /** When tables and values were read. */
  readonly atMs: number
  /** Nothing was read yet, and this is what the agent says of its collectors. */
  readonly empty?: readonly (readonly [string, Values])[]
}
export const collectedNow = (sessions = 900): CollectedDevice => ({
  sessions,
  atMs: Date.now() - 20_000,
})

const session = (n: number): Values => ({
  user: `customer-${n}`,
  address: `100.${64 + Math.floor(n / 62_500)}.${Math.floor(n / 250) % 250}.${n % 250}`,
  callerId: `02:00:00:00:${(n >> 8).toString(16).padStart(2, "0")}:${(n & 255).toString(16).padStart(2, "0")}`,
  service: "pppoe",
  sinceMs: Date.now() - (n + 1) * MIN_MS,
  isRadius: true,
})
const rowsOf = (table: string, { sessions }: CollectedDevice): readonly Values[] => {
  const now = Date.now()
  switch (table) {
    case "sessions":
      return Array.from({ length: sessions }, (_, n) => session(n))
    case "bgp-peers":
      return [
        ["ist-transit-1", "established", 64_500, 948_211],
        ["ank-transit-1", "established", 64_501, 948_190],
        ["ix-route-server-1", "active", 64_510, 0],
      ].map(([name, state, remoteAs, prefixes], n) => ({
        ...{ name: String(name), state: String(state), remoteAs: Number(remoteAs) },
        ...{ remoteAddress: `192.0.2.${n + 1}`, localAddress: "192.0.2.250", localAs: 64_512 },
        ...{ sinceMs: now - (n + 1) * DAY_MS, prefixes: Number(prefixes), families: "ip" },
        ...(state === "active" ? { lastError: "hold timer expired" } : {}),
      }))
    case "ospf-neighbours":
      return [1, 2, 3].map((n) => ({
        ...{ instance: "default-v2", area: "backbone", interface: `ether${n}` },
        ...{ address: `10.0.0.${n}`, routerId: `10.255.0.${n}`, state: n === 3 ? "Init" : "Full" },
        sinceMs: now - n * DAY_MS,
      }))
    case "neighbours":
      return [1, 2, 3].map((n) => ({
        ...{ interface: `ether${n}`, identity: `ist-edge-${n}`, remotePort: "sfp-sfpplus1" },
        ...{ address: `192.0.2.${n}`, mac: `02:00:00:00:00:0${n}`, platform: "MikroTik" },
        ...{ board: "CCR2004-16G-2S+", version: "7.18.2", protocols: "lldp,mndp" },
      }))
    case "leases":
      return [1, 2, 3, 4].map((n) => ({
        ...{ address: `192.168.88.${n + 9}`, mac: `02:00:00:00:01:0${n}`, server: "customers" },
        ...{ hostName: `phone-${n}`, status: n === 4 ? "waiting" : "bound" },
        ...{ expiresMs: now + n * HOUR_MS, isDynamic: true },
      }))
    case "registrations":
      return [-52, -67, -84].map((signalDbm, n) => ({
        ...{ interface: "wlan1", mac: `02:00:00:00:02:0${n}`, identity: `cpe-${n + 1}` },
        ...{ signalDbm, txRateBps: 3e8 / (n + 1), rxRateBps: 2e8 / (n + 1) },
        sinceMs: now - (n + 1) * HOUR_MS,
      }))
    case "tunnels":
      return [
        { name: "hq", protocol: "ipsec", state: "established", remoteAddress: "198.51.100.7" },
        { name: "noc-laptop", protocol: "wireguard", state: "idle", interface: "wg0" },
      ]
    case "packages":
      return [
        { name: "RouterOS", version: "7.18.2", available: "7.20.8", channel: "stable" },
        { name: "RouterBOOT", version: "7.16.2", available: "7.18.2" },
      ]
    case "certificates":
      return [
        ["www", 12],
        ["api", 300],
        ["old-ca", -40],
      ].map(([name, days]) => ({
        ...{ name: String(name), commonName: `${name}.example`, issuer: "Example CA" },
        ...{ fingerprint: "a1b2c3", expiresMs: now + Number(days) * DAY_MS, isTrusted: true },
      }))
    case "users":
      return [
        { user: "ayse", group: "full", address: "192.0.2.40", via: "winbox", isActive: true },
        { user: "monitor", group: "read", isActive: false },
      ]
    default:
      return []
  }
}

const keyOf = (values: Values, n: number): string =>
  String(values.user ?? values.name ?? values.mac ?? values.address ?? n)

const collectors = ({ empty, atMs }: CollectedDevice): readonly (readonly [string, Values])[] =>
  empty ??
  [
    ["routeros-api.interface", { state: "ok", everyMs: 10_000, tookMs: 38, rows: 24 }],
    [
      "routeros-api.bgp",
      { state: "ok", everyMs: 30_000, tookMs: 61, rows: 6, missing: "/routing/bgp/peer" },
    ],
    [
      "routeros-api.session-list",
      { state: "ok", everyMs: 60_000, tookMs: 19_400, rows: 900, slowedMs: 77_600, isSlowed: true },
    ],
    [
      "routeros-api.users",
      { state: "ok", everyMs: 60_000, tookMs: 12, rows: 2, forbidden: "/user" },
    ],
    [
      "routeros-api.optics",
      { state: "failed", reason: "timed-out", everyMs: 60_000, tookMs: 20_000, rows: 0 },
    ],
    ["snmp.bgp", { state: "standby", everyMs: 30_000 }],
    ["routeros-api.listen-interface", { state: "listening", rows: 14 }],
    ["routeros-api.listen-ppp", { state: "polling", reason: "stalled", rows: 3 }],
    ["routeros-api.queues", { state: "off", everyMs: 0 }],
  ].map(([name, values]) => [
    String(name),
    { lastMs: atMs, receivedByte: 12_400, ...(values as Values) },
  ])

type Stored = ReturnType<typeof makeRows>
/** Twenty thousand rows are made once. */
const made = new WeakMap<CollectedDevice, Map<string, Stored>>()
const tableRows = (table: string, device: CollectedDevice): Stored => {
  const known = made.get(device) ?? new Map<string, Stored>()
  made.set(device, known)
  const rows = known.get(table) ?? makeRows(table, device)
  known.set(table, rows)
  return rows
}
const makeRows = (table: string, device: CollectedDevice) => {
  const rows =
    table === "collection"
      ? collectors(device).map(([collector, values]) => ({ collector, ...values }))
      : device.empty === undefined
        ? rowsOf(table, device)
        : []
  return rows.map((values, n) => ({
    key: table === "collection" ? String(values.collector) : keyOf(values, n),
    source: table === "collection" ? "agent" : "routeros-api",
    values,
    firstSeenAtMs: device.atMs - HOUR_MS,
    changedAtMs: device.atMs - HOUR_MS,
    goneAtMs: null,
  }))
}
const sourcesOf = (table: string, device: CollectedDevice) => {
  const stored = tableRows(table, device).length
  if (stored === 0) return []
  const source = table === "collection" ? "agent" : "routeros-api"
  const { atMs } = device
  return [{ source, atMs, fullAtMs: null, reported: stored, stored, differsSinceMs: null }]
}

/** Latest values: name, unit, and values by metric. */
const VALUES: Readonly<
  Record<string, readonly (readonly [string | null, string | null, Values])[]>
> = {
  queue: [
    ["customer-1", 91_000_000, 100_000_000],
    ["customer-2", 12_000_000, 50_000_000],
    ["voice", 900_000, 10_000_000],
  ].map(([name, down, limit]) => [
    String(name),
    null,
    {
      ...{ "queue.download_bps": Number(down), "queue.upload_bps": Number(down) / 8 },
      ...{ "queue.download_limit_bps": Number(limit), "queue.upload_limit_bps": Number(limit) },
      ...{ "queue.download_pct": (Number(down) / Number(limit)) * 100, "queue.drops": 0 },
    },
  ]),
  optics: [1, 2].map((n) => [
    `ether${n}`,
    null,
    {
      ...{ "optics.rx_dbm": n === 1 ? -6.4 : -19.2, "optics.tx_dbm": -2.1 },
      ...{ "optics.bias_ma": 22, "optics.voltage_v": 3.3, "optics.temperature_c": 41 },
      ...{ "optics.rx_low_dbm": -18, "optics.rx_high_dbm": 0.5 },
      ...{ "optics.tx_low_dbm": -8.2, "optics.tx_high_dbm": 0.5, "optics.alarm": n === 2 },
    },
  ]),
  sensor: [
    ["temperature", "°C", { "sensor.value": 41 }],
    ["psu1-voltage", "V", { "sensor.value": 24.1 }],
  ],
  vrrp: [["vrrp-customers", null, { "vrrp.role": "master" }]],
  registration: [
    [
      "02:00:00:00:02:00",
      null,
      { "registration.signal_dbm": -52, "registration.tx_ccq_pct": 96, "registration.snr_db": 42 },
    ],
  ],
  dhcp: [["customers", null, { "dhcp.leases": 180, "dhcp.addresses": 200, "dhcp.used_pct": 90 }]],
  clock: [[null, null, { "clock.offset_ms": 12, "clock.synchronized": true }]],
}
/** Families that the device has values of. */
export const VALUED: ReadonlySet<string> = new Set([
  ...Object.keys(VALUES),
  ...["bgp", "sessions", "wireless", "device-counts"],
])

const latest = (family: string, { atMs, empty }: CollectedDevice): LatestValues[] =>
  (empty === undefined ? (VALUES[family] ?? []) : []).map(([name, unit, values]) => ({
    ...{ family, name, unit, atMs },
    values: { ...values },
  }))

const sourceAt = (atMs: number) => [
  { source: "routeros-api", atMs, fullAtMs: null, reported: 8, stored: 8, differsSinceMs: null },
]
const SECTION: Omit<Section, "readAtMs" | "firstAtMs"> = {
  section: "system identity",
  source: "routeros-api",
  state: "read",
  hash: "d2ebb681c418ac4953cde93beb19a3da1040033bb3ddea3721a8e35cb02f0e1e",
  rows: 1,
  secrets: null,
  isOrdered: false,
  changedAtMs: null,
  withRelease: false,
}
const sectionsAt = (atMs: number): Section[] => {
  const of = (section: string, more: Partial<Section> = {}): Section => ({
    ...{ ...SECTION, section, readAtMs: atMs, firstAtMs: atMs - 20 * 86_400_000 },
    ...more,
  })
  const none = { hash: null, rows: null, firstAtMs: null }
  return [
    of("ip firewall filter", { rows: 42, isOrdered: true, changedAtMs: atMs - HOUR_MS }),
    of("system clock", { changedAtMs: atMs - 9 * 86_400_000, withRelease: true }),
    of("system identity"),
    of("ppp secret", { rows: 20_000, state: "cut", secrets: "hashed" }),
    of("snmp community", { rows: 2, secrets: "not-requested" }),
    of("ip route", { ...none, state: "skipped" }),
    of("user", { ...none, state: "forbidden" }),
    of("routing bgp connection", { ...none, state: "failed" }),
  ]
}

export const answerTables = (device: CollectedDevice, url: URL): Answer | null => {
  const [, , , part = "", table] = url.pathname.split("/")
  const query = url.searchParams
  if (part === "metrics")
    return { status: 200, body: { items: latest(query.get("family") ?? "", device), next: null } }
  if (part === "configuration") {
    const items = device.empty === undefined ? sectionsAt(device.atMs) : []
    return { status: 200, body: { items, sources: items.length > 0 ? sourceAt(device.atMs) : [] } }
  }
  if (part !== "tables") return null
  if (table === undefined) {
    const items = TABLES.map(({ name, title }) => ({
      ...{ table: name, title, readBy: readBy(name) },
      sources: sourcesOf(name, device),
    }))
    return { status: 200, body: { items, next: null } }
  }
  const search = (query.get("search") ?? "").toLowerCase()
  const all = tableRows(table, device)
  const found =
    search === ""
      ? all
      : all.filter(({ key, values }) =>
          `${key} ${Object.values(values).join(" ")}`.toLowerCase().includes(search),
        )
  const from = Number(query.get("cursor") ?? 0)
  const to = from + Number(query.get("limit") ?? 200)
  const of = TABLES.find(({ name }) => name === table)
  return {
    status: 200,
    body: {
      table,
      title: of?.title ?? "",
      columns: Object.entries(of?.columns ?? {}).map(([name, { title, type, unit }]) => ({
        ...{ name, title, type },
        unit: unit ?? null,
      })),
      items: found.slice(from, to),
      next: to < found.length ? String(to) : null,
      sources: sourcesOf(table, device),
    },
  }
}
