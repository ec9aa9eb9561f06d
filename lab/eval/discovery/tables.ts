/** What the devices of a true network report of it, with the distortions of the field. */
import type { Cells, DeviceInput, Row } from "@ispvm/discovery"
import { type Box, linkAddress, macText, type Port, type Random, type World } from "./network.ts"

export type Distortions = {
  /** Shares of rows. */
  readonly linkLocal: number
  readonly shortened: number
  readonly withoutPort: number
  readonly withoutMac: number
  readonly stale: number
  /** Of routers, whose agent reads no OSPF. */
  readonly withoutOspf: number
  /** Of routers that are read by SNMP of RouterOS 6: no row names a port of the device itself. */
  readonly unplaced: number
}
export const USUAL: Distortions = {
  ...{ linkLocal: 0.3, shortened: 0.1, withoutPort: 0.15, withoutMac: 0.05, stale: 0.02 },
  ...{ withoutOspf: 0.1, unplaced: 0.03 },
}
/** Two years without tidying up. */
export const HARSH: Distortions = {
  ...{ linkLocal: 0.5, shortened: 0.3, withoutPort: 0.4, withoutMac: 0.2, stale: 0.06 },
  ...{ withoutOspf: 0.4, unplaced: 0.15 },
}
const NOW_MS = 1_800_000_000_000
const SHORT = 16

const row = (cells: Cells): Row => ({ cells, seenAtMs: NOW_MS, goneAtMs: null })
const isBridging = ({ kind }: Box): boolean => kind !== "router"
const linkLocal = (mac: string): string => {
  const bytes = mac.split(":").map((byte) => Number.parseInt(byte, 16))
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes
  const group = (high: number, low: number): string => ((high << 8) | low).toString(16)
  return `fe80::${group(a ^ 2, b)}:${group(c, 0xff)}:${group(0xfe, d)}:${group(e, f)}`
}

/** Ports that a frame of a port reaches: by MNDP across bridges, by LLDP on the wire alone. */
const reached = (from: Port): { readonly port: Port; readonly isNear: boolean }[] => {
  const found: { port: Port; isNear: boolean }[] = []
  const seen = new Set<Port>([from])
  const queue: { port: Port; isNear: boolean }[] = [{ port: from, isNear: true }]
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    for (const other of item.port.wire?.ends ?? []) {
      if (seen.has(other)) continue
      seen.add(other)
      found.push({ port: other, isNear: item.isNear })
      if (!isBridging(other.box)) continue
      for (const next of other.box.ports) {
        if (seen.has(next)) continue
        seen.add(next)
        queue.push({ port: next, isNear: false })
      }
    }
  }
  return found
}

const onInterface = (port: Port): string =>
  isBridging(port.box) ? `${port.name},bridge` : port.name

const neighbourCells = (
  from: Port,
  to: Port,
  isNear: boolean,
  how: Distortions,
  random: Random,
): Cells => {
  const { box } = from
  const plain = (from.address ?? `${box.loopback}/32`).split("/")[0] ?? ""
  const isShort = random.chance(how.shortened)
  const name = isBridging(box) ? `bridge/${from.name}` : from.name
  return {
    interface: onInterface(to),
    identity: isShort ? box.identity.slice(0, SHORT) : box.identity,
    remotePort: random.chance(how.withoutPort) ? null : name,
    ...(random.chance(how.linkLocal) ? { address6: linkLocal(from.mac) } : { address: plain }),
    mac: random.chance(how.withoutMac) ? null : from.mac,
    board: box.board,
    protocols: isNear ? "cdp,lldp,mndp" : "cdp,mndp",
    chassisId: isNear ? macText(box.firstMac) : null,
    capabilitiesEnabled: isBridging(box) ? "bridge" : "router",
  }
}

type TablesOf = Map<Box, Record<string, Row[]>>
const put = (tables: TablesOf, box: Box, name: string, cells: Cells): void => {
  const own = tables.get(box)
  if (own === undefined) return
  const rows = own[name]
  if (rows === undefined) own[name] = [row(cells)]
  else rows.push(row(cells))
}

const addNeighbours = (world: World, tables: TablesOf, how: Distortions, random: Random): void => {
  const rows: { box: Box; cells: Cells }[] = []
  for (const box of world.boxes) {
    for (const port of box.ports) {
      for (const { port: to, isNear } of reached(port)) {
        if (isBridging(to.box))
          put(tables, to.box, "hosts", {
            mac: port.mac,
            interface: to.name,
            bridge: "bridge",
            isLocal: false,
          })
        if (box.isMute || !tables.has(to.box)) continue
        const cells = neighbourCells(port, to, isNear, how, random)
        put(tables, to.box, "neighbours", cells)
        rows.push({ box: to.box, cells })
      }
    }
  }
  for (const [box, own] of tables) {
    if (box.kind !== "router" || !random.chance(how.unplaced)) continue
    own.neighbours = (own.neighbours ?? []).map(
      ({ cells: { interface: _, ...cells }, ...rest }) => ({
        ...{ ...rest, cells },
      }),
    )
  }
  // A row of a box that was at this port before: the table still has it.
  for (const { box, cells } of rows) {
    if (!random.chance(how.stale)) continue
    const { cells: other } = random.pick(rows)
    if (other.identity === box.identity) continue
    put(tables, box, "neighbours", { ...other, interface: cells.interface })
  }
}

/** All routers of a site are in one VLAN that their bridges forward. */
const addManagement = (world: World, tables: TablesOf): void => {
  const bySite = Map.groupBy(
    world.boxes.filter(
      ({ isMonitored, kind, site }) => isMonitored && kind !== "found" && site >= 0,
    ),
    ({ site }) => site,
  )
  for (const [site, boxes] of bySite) {
    boxes.forEach((box, at) => {
      const address = (of: number): string => `10.${100 + (site >> 8)}.${site & 255}.${of + 1}`
      put(tables, box, "addresses", { address: `${address(at)}/24`, interface: "mgmt" })
      put(tables, box, "logical-interfaces", {
        name: "mgmt",
        kind: "vlan",
        on: "bridge-mgmt",
        id: "99",
      })
      put(tables, box, "logical-interfaces", { name: "bridge-mgmt", kind: "bridge", on: "" })
      boxes.forEach((other, to) => {
        if (other === box) return
        const mac = macText(other.firstMac + 40)
        put(tables, box, "arp", { address: address(to), mac, interface: "mgmt", isComplete: true })
        if (other.isMute) return
        const { identity, board } = other
        const common = { interface: "mgmt", identity, board, mac, remotePort: "mgmt" }
        put(tables, box, "neighbours", { ...common, address: address(to), protocols: "cdp,mndp" })
      })
    })
  }
}

const addRouting = (world: World, tables: TablesOf, how: Distortions, random: Random): void => {
  const withOspf = new Set(
    world.boxes.filter(({ kind }) => kind === "router" && !random.chance(how.withoutOspf)),
  )
  for (const box of world.boxes) {
    if (box.kind !== "router") continue
    put(tables, box, "routing-instances", {
      kind: "ospf-instance",
      name: "v2",
      routerId: box.loopback,
    })
    put(tables, box, "addresses", { address: `${box.loopback}/32`, interface: "lo" })
    put(tables, box, "addresses", { address: "192.168.88.1/24", interface: "bridge-lan" })
    for (const port of box.ports) {
      if (port.address === null) continue
      const on = port.bond ?? port.name
      put(tables, box, "addresses", { address: port.address, interface: on })
      for (const { port: far } of reached(port)) {
        if (far.box.kind !== "router" || far.address === null) continue
        const [address = ""] = far.address.split("/")
        put(tables, box, "arp", { address, mac: far.mac, interface: on, isComplete: true })
        if (!withOspf.has(box) || !withOspf.has(far.box)) continue
        const routerId = far.box.loopback
        put(tables, box, "ospf-neighbours", { interface: on, address, routerId, state: "Full" })
      }
    }
  }
}

const addBonds = (world: World, tables: TablesOf): void => {
  for (const box of world.boxes) {
    const bonds = Map.groupBy(
      box.ports.filter(({ bond }) => bond !== null),
      ({ bond }) => bond,
    )
    for (const [name, ports] of bonds)
      put(tables, box, "logical-interfaces", {
        name,
        kind: "bonding",
        on: ports.map((port) => port.name).join(","),
      })
    if (!isBridging(box)) continue
    for (const { name } of box.ports)
      put(tables, box, "port-settings", { name, kind: "bridge port", of: "bridge" })
  }
}

const addTunnels = (world: World, tables: TablesOf): void => {
  for (const { a, b, name, net } of world.tunnels) {
    const address = (at: number): string => linkAddress(0x30000 + net * 4 + at)
    for (const [own, far, at] of [
      [a, b, 1],
      [b, a, 2],
    ] as const) {
      put(tables, own, "logical-interfaces", { name, kind: "gre", remoteAddress: far.loopback })
      put(tables, own, "addresses", { address: `${address(at)}/30`, interface: name })
      put(tables, own, "ospf-neighbours", {
        interface: name,
        address: address(3 - at),
        routerId: far.loopback,
        state: "Full",
      })
    }
  }
}

/** Full mesh with two route reflectors by loopbacks, and the sessions with upstreams. */
const addBgp = (world: World, tables: TablesOf): void => {
  const routers = world.boxes.filter(({ kind }) => kind === "router")
  for (const reflector of routers.slice(0, 2)) {
    for (const box of routers) {
      if (box === reflector) continue
      for (const [own, far] of [
        [box, reflector],
        [reflector, box],
      ] as const)
        put(tables, own, "bgp-peers", {
          name: far.identity,
          remoteAddress: far.loopback,
          localAs: 64_500,
          remoteAs: 64_500,
          state: "established",
          remoteId: far.loopback,
        })
    }
  }
  for (const { port, as, address } of world.upstreams) {
    put(tables, port.box, "bgp-peers", {
      name: `upstream-${as}`,
      remoteAddress: address,
      localAs: 64_500,
      remoteAs: as,
      state: "established",
      isExternal: true,
    })
    put(tables, port.box, "arp", {
      address,
      mac: "00:1b:21:00:00:01",
      interface: port.name,
      isComplete: true,
    })
  }
}

const inputOf = (
  box: Box,
  tables: Readonly<Record<string, readonly Row[]>>,
  tunnels: World["tunnels"],
): DeviceInput => {
  const bonds = [...new Set(box.ports.flatMap(({ bond }) => bond ?? []))]
  const logical = [
    { name: "mgmt", type: "vlan", mac: macText(box.firstMac + 40) },
    { name: "bridge-mgmt", type: "bridge", mac: macText(box.firstMac + 40) },
    {
      name: isBridging(box) ? "bridge" : "bridge-lan",
      type: "bridge",
      mac: macText(box.firstMac + 41),
    },
    { name: "lo", type: "loopback", mac: null },
    ...bonds.map((name) => ({
      name,
      type: "bond",
      mac: box.ports.find(({ bond }) => bond === name)?.mac ?? null,
    })),
    ...tunnels
      .filter(({ a, b }) => a === box || b === box)
      .map(({ name }) => ({ name, type: "gre-tunnel", mac: null })),
  ]
  return {
    ...{ id: box.id, name: `device ${box.id}`, identity: box.identity, board: box.board },
    ...{ serial: null, address: box.loopback, tables },
    interfaces: [...box.ports.map(({ name, mac }) => ({ name, type: "ether", mac })), ...logical],
  }
}

export const reportsOf = (world: World, how: Distortions, random: Random): DeviceInput[] => {
  const monitored = world.boxes.filter(({ isMonitored }) => isMonitored)
  const tables: TablesOf = new Map(monitored.map((box) => [box, {}]))
  addNeighbours(world, tables, how, random)
  addManagement(world, tables)
  addRouting(world, tables, how, random)
  addBonds(world, tables)
  addTunnels(world, tables)
  addBgp(world, tables)
  return monitored.map((box) => inputOf(box, tables.get(box) ?? {}, world.tunnels))
}
