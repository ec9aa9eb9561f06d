/**
 * From the tables of a device, as the agent reports them, to what discovery reads. Rows are parsed
 * here once; what is not usable is left out, what is too much is counted.
 */
import type {
  ArpRow,
  BgpRow,
  DeviceReport,
  HostRow,
  Interface,
  InterfaceKind,
  NeighbourRow,
  OspfRow,
  OwnAddress,
  Seen,
  Source,
} from "../model.ts"
import { isBridgePort, macOf, macOfLinkLocal, plainAddress } from "./text.ts"

export type Cells = Readonly<Record<string, string | number | boolean | null | undefined>>
export type Row = Seen & { readonly cells: Cells }
/** Tables by name; those that a device does not report are missing. */
export type Tables = Readonly<Record<string, readonly Row[]>>
export type DeviceInput = {
  readonly id: string
  readonly name: string
  readonly identity: string | null
  readonly board: string | null
  readonly serial: string | null
  readonly address: string | null
  /** Type as the device calls it: `ether`, `vlan`, `ethernetCsmacd` … */
  readonly interfaces: readonly {
    readonly name: string
    readonly type: string | null
    readonly mac: string | null
  }[]
  readonly tables: Tables
}

/** More rows of one table of one device are left out: a device may claim anything. */
export const MAX_ROWS = 5_000

const text = (cells: Cells, name: string): string | null => {
  const value = cells[name]
  if (typeof value === "number") return String(value)
  return typeof value === "string" && value !== "" ? value.slice(0, 1_000) : null
}
const number = (cells: Cells, name: string): number | null => {
  const value = cells[name]
  return typeof value === "number" && Number.isFinite(value) ? value : null
}
const seen = ({ seenAtMs, goneAtMs }: Row): Seen => ({ seenAtMs, goneAtMs })

const KINDS: readonly (readonly [RegExp, InterfaceKind])[] = [
  [/^(?:vlan|l2vlan|macvlan)/i, "vlan"],
  [/^bridge/i, "bridge"],
  [/^(?:bond|ieee8023adLag|lag|team)/i, "bond"],
  [/^(?:loopback|lo$|softwareLoopback)/i, "loopback"],
  [/^(?:wlan|wifi|wireless|ieee80211|w60g|radio|cap$)/i, "radio"],
  [
    /^(?:eoip|gre|ipip|6to4|tunnel|vxlan|wg|wireguard|vpls|l2tp|sstp|pptp|pppoe|ppp|ovpn|zerotier|propVirtual$)/i,
    "tunnel",
  ],
  [/^(?:ether|ethernet|gigabit|sfp|qsfp|combo|eth|ge-|xe-|et-|gi\d|te\d|fa\d|hu\d)/i, "port"],
]
const kindOf = (type: string | null, name: string): InterfaceKind => {
  for (const given of [type, name]) {
    if (given === null) continue
    const found = KINDS.find(([pattern]) => pattern.test(given))
    if (found !== undefined) return found[1]
  }
  return "other"
}

const namesIn = (value: string | null): string[] =>
  value === null
    ? []
    : value.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]))

const interfacesOf = ({ interfaces, tables }: DeviceInput): Interface[] => {
  const below = new Map<string, string[]>()
  const put = (name: string | null, under: readonly string[]): void => {
    if (name === null) return
    const list = below.get(name)
    if (list === undefined) below.set(name, [...under])
    else list.push(...under)
  }
  for (const { cells } of tables["logical-interfaces"] ?? [])
    put(text(cells, "name"), namesIn(text(cells, "on")))
  for (const { cells } of tables["port-settings"] ?? []) {
    if (text(cells, "kind")?.startsWith("bridge") !== true) continue
    put(text(cells, "of"), namesIn(text(cells, "name")))
  }
  for (const { cells } of tables.vlans ?? []) {
    const [name, on] = [text(cells, "name"), text(cells, "interface")]
    if (name !== null && on !== null && name !== on && !below.has(name)) put(name, [on])
  }
  const logical = new Map(
    (tables["logical-interfaces"] ?? []).flatMap(({ cells }) => {
      const name = text(cells, "name")
      return name === null ? [] : [[name, text(cells, "kind")] as const]
    }),
  )
  const known = new Set(interfaces.map(({ name }) => name))
  const more = [...logical.keys()].filter((name) => !known.has(name))
  return [
    ...interfaces,
    ...more.map((name) => ({ name, type: logical.get(name) ?? null, mac: null })),
  ].map(({ name, type, mac }) => ({
    name,
    kind: kindOf(logical.get(name) ?? type, name),
    mac: macOf(mac),
    on: [...new Set(below.get(name) ?? [])],
  }))
}

const PROTOCOLS: readonly Source[] = ["lldp", "cdp", "mndp"]
const sourcesOf = (value: string | null): Source[] => {
  const named = PROTOCOLS.filter((source) => value?.toLowerCase().includes(source) === true)
  // Releases before 7.7 do not say, and send all three.
  return named.length > 0 ? named : ["mndp"]
}
const neighbour = (row: Row): NeighbourRow[] => {
  const { cells } = row
  const on = text(cells, "interface")
  const addresses = ["address", "address6"].flatMap((name) =>
    namesIn(text(cells, name)).map(plainAddress),
  )
  const fromLinkLocal = addresses.map(macOfLinkLocal).find((mac) => mac !== null) ?? null
  const capabilities = `${text(cells, "capabilitiesEnabled") ?? text(cells, "capabilities") ?? ""}`
  return [
    {
      ...seen(row),
      interface: on,
      identity: text(cells, "identity"),
      remotePort: text(cells, "remotePort"),
      addresses: addresses.filter((address) => address !== "" && address !== "0.0.0.0"),
      mac: macOf(text(cells, "mac")) ?? fromLinkLocal,
      chassisId: macOf(text(cells, "chassisId")),
      board: text(cells, "board") ?? text(cells, "platform"),
      sources: sourcesOf(text(cells, "protocols")),
      isBridge: /bridge|switch/i.test(capabilities) || isBridgePort(text(cells, "remotePort")),
    },
  ]
}

const ospf = (row: Row): OspfRow[] => {
  const address = text(row.cells, "address")
  if (address === null) return []
  const routerId = text(row.cells, "routerId")
  const isFull = /full/i.test(text(row.cells, "state") ?? "")
  const on = text(row.cells, "interface") ?? address.split("%")[1] ?? null
  return [
    {
      ...seen(row),
      interface: on,
      address: plainAddress(address),
      routerId,
      isFull,
      source: "ospf",
    },
  ]
}
const isis = (row: Row): OspfRow[] => {
  const address = text(row.cells, "remoteAddress")
  if (address === null || !/is-?is/i.test(text(row.cells, "protocol") ?? "")) return []
  const isFull = /up|full/i.test(text(row.cells, "state") ?? "")
  const on = text(row.cells, "interface")
  return [
    {
      ...seen(row),
      interface: on,
      address: plainAddress(address),
      routerId: null,
      isFull,
      source: "isis",
    },
  ]
}
const bgp = (row: Row): BgpRow[] => {
  const remote = text(row.cells, "remoteAddress")
  if (remote === null) return []
  const [remoteAs, localAs] = [number(row.cells, "remoteAs"), number(row.cells, "localAs")]
  const isExternal =
    row.cells.isExternal ?? (remoteAs !== null && localAs !== null && remoteAs !== localAs)
  return [
    {
      ...seen(row),
      name: text(row.cells, "name") ?? remote,
      remoteAddress: plainAddress(remote),
      remoteId: text(row.cells, "remoteId"),
      remoteAs,
      isExternal: isExternal === true,
      isEstablished: /established|^up$/i.test(text(row.cells, "state") ?? ""),
    },
  ]
}
const arp = (row: Row): ArpRow[] => {
  const [address, on] = [text(row.cells, "address"), text(row.cells, "interface")]
  const mac = macOf(text(row.cells, "mac"))
  if (address === null || on === null || mac === null || row.cells.isComplete === false) return []
  return [{ ...seen(row), address: plainAddress(address), mac, interface: on }]
}
const host = (row: Row): HostRow[] => {
  const [mac, on] = [macOf(text(row.cells, "mac")), text(row.cells, "interface")]
  return mac === null || on === null || row.cells.isLocal === true
    ? []
    : [{ ...seen(row), mac, interface: on }]
}
const radio = (row: Row): NeighbourRow[] => {
  const [mac, on] = [macOf(text(row.cells, "mac")), text(row.cells, "interface")]
  if (mac === null || on === null) return []
  const address = text(row.cells, "address")
  return [
    {
      ...seen(row),
      interface: on,
      identity: text(row.cells, "identity"),
      remotePort: null,
      addresses: address === null ? [] : [plainAddress(address)],
      mac,
      ...{ chassisId: null, board: null, sources: ["radio"], isBridge: false },
    },
  ]
}
const own = ({ cells }: Row): OwnAddress[] => {
  const [address, on] = [text(cells, "address"), text(cells, "interface")]
  if (address === null || on === null) return []
  if (cells.isDisabled === true || cells.isInvalid === true) return []
  const [, length] = address.split("/")
  const isV6 = address.includes(":")
  return [
    {
      address: plainAddress(address),
      length: length === undefined ? (isV6 ? 128 : 32) : Number.parseInt(length, 10),
      interface: on,
    },
  ]
}

/** Rows of a table, and how many more there were. */
const portion = (tables: Tables, name: string): readonly [readonly Row[], number] => {
  const rows = tables[name] ?? []
  return [rows.slice(0, MAX_ROWS), Math.max(0, rows.length - MAX_ROWS)]
}

/** `tooMany`: rows beyond `MAX_ROWS` of a table, which are left out. */
export const reportOf = (
  input: DeviceInput,
): { readonly report: DeviceReport; readonly tooMany: number } => {
  let tooMany = 0
  const read = <T>(name: string, parse: (row: Row) => readonly T[]): T[] => {
    const [rows, more] = portion(input.tables, name)
    tooMany += more
    return rows.flatMap(parse)
  }
  const routerIds = read("routing-instances", ({ cells }) => {
    const id = text(cells, "routerId")
    return id === null ? [] : [id]
  })
  const report: DeviceReport = {
    ...{ id: input.id, board: input.board, serial: input.serial, address: input.address },
    names: [input.name, ...(input.identity === null ? [] : [input.identity])],
    routerIds: [...new Set(routerIds)],
    addresses: read("addresses", own),
    interfaces: interfacesOf(input),
    neighbours: [...read("neighbours", neighbour), ...read("registrations", radio)],
    ospf: [...read("ospf-neighbours", ospf), ...read("adjacencies", isis)],
    bgp: read("bgp-peers", bgp),
    arp: read("arp", arp),
    hosts: read("hosts", host),
  }
  return { report, tooMany }
}
