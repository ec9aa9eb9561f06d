/** Neighbours (LLDP, CDP, MNDP) and VLANs, as rows of tables. */
import { isIP } from "node:net"
import type { Reading, TableReading } from "../../collector.ts"
import { macOf, numberOf, textOf } from "../client/values.ts"
import type { Column } from "../client/walk.ts"
import { deviceKind, namesOfPorts } from "../profiles/context.ts"
import { addressBytes, ipOf } from "../profiles/names.ts"
import type { Poll } from "./poll.ts"

type Remote = {
  readonly protocol: "lldp" | "cdp" | "mndp"
  /** The interface of this device; null if it is not known. */
  readonly localPort: string | null
  readonly chassis: string | null
  readonly port: string | null
  readonly portDescr: string | null
  readonly name: string | null
  readonly platform: string | null
  readonly address: string | null
}
type Vlan = { readonly id: number; readonly name: string | null }

/** `shift` of the columns, and parts of the index before a management address. */
type Lldp = { readonly root: string; readonly shift: number; readonly parts: number }
const LLDP: Lldp = { root: "1.0.8802.1.1.2.1", shift: 0, parts: 3 }
/** The second version has the destination's number after the port. */
const LLDP_V2: Lldp = { root: "1.3.111.2.802.1.1.13.1", shift: 1, parts: 4 }
/** TIMETRA-LLDP-MIB: the columns of the first version, the index of the second. */
const NOKIA = "1.3.6.1.4.1.6527."
const LLDP_NOKIA: Lldp = { root: `${NOKIA}3.1.2.59`, shift: 0, parts: 4 }
const CDP = { root: "1.3.6.1.4.1.9.9.23.1.2.1.1", address: 4, device: 6 } as const
/** snFdpCacheTable: of FDP, and of CDP that the switch received. */
const FOUNDRY = "1.3.6.1.4.1.1991."
const FDP = { root: `${FOUNDRY}1.1.3.20.1.2.1.1`, address: 5, device: 3 } as const
const MNDP = "1.3.6.1.4.1.14988.1.1.11.1.1"
const BASE_PORT = "1.3.6.1.2.1.17.1.4.1.2"
const MAX_REMOTES = 2_000

const MAC_ADDRESS = 4
const NETWORK_ADDRESS = 5

/** By subtype: a MAC address, a network address (family, then bytes), or a text. */
const idOf = (
  value: unknown,
  subtype: unknown,
  macSubtype: number,
  ipSubtype: number,
): string | null => {
  const kind = numberOf(subtype)
  if (!Buffer.isBuffer(value)) return textOf(value)
  if (kind === macSubtype && value.length === 6) return macOf(value)
  if (kind === ipSubtype && value.length >= 5) return ipOf([...value.subarray(1, 22)])
  const isText = value.every((byte) => byte >= 0x20 || byte === 0)
  return isText ? textOf(value) : (macOf(value) ?? value.toString("hex"))
}

const lldpRows = async (poll: Poll, form: Lldp): Promise<readonly Remote[]> => {
  const { session, options } = poll
  const { root, shift } = form
  const remote = `${root}.4.1.1`
  const at = (column: number): string => `${remote}.${column + shift}`
  const limit = { ...options, maxRows: MAX_REMOTES }
  const table = await session.columns(
    {
      chassisType: at(4),
      chassis: at(5),
      portType: at(6),
      port: at(7),
      portDescr: at(8),
      name: at(9),
      descr: at(10),
    },
    limit,
  )
  const indexes = [
    ...new Set([...table.chassis.keys(), ...table.port.keys(), ...table.name.keys()]),
  ]
  if (indexes.length === 0) return []
  const localOf = await localPorts(poll, root)
  const addresses = await addressesOf(poll, form)
  return indexes.map((index) => {
    const [, local = ""] = index.split(".")
    return {
      protocol: "lldp",
      localPort: localOf(local),
      chassis: idOf(
        table.chassis.get(index),
        table.chassisType.get(index),
        MAC_ADDRESS,
        NETWORK_ADDRESS,
      ),
      port: idOf(table.port.get(index), table.portType.get(index), 3, MAC_ADDRESS),
      portDescr: textOf(table.portDescr.get(index)),
      name: textOf(table.name.get(index)),
      platform: textOf(table.descr.get(index)),
      address: addresses.get(index) ?? null,
    }
  })
}

/** lldpLocPortTable names the port; the number is often ifIndex or that of the bridge port. */
const localPorts = async (poll: Poll, root: string): Promise<(local: string) => string | null> => {
  const { session, options } = poll
  const { id, type, descr } = await session.columns(
    { type: `${root}.3.7.1.2`, id: `${root}.3.7.1.3`, descr: `${root}.3.7.1.4` },
    options,
  )
  const names = await namesOfPorts(poll)
  const known = new Set(names.values())
  const { bridge } = await session.columns({ bridge: BASE_PORT }, options)
  return (local) => {
    const given = idOf(id.get(local), type.get(local), 3, MAC_ADDRESS)
    const text = textOf(descr.get(local))
    const named = [given, text].find((each) => each !== null && known.has(each))
    if (named !== undefined && named !== null) return named
    const byNumber = given !== null && /^\d{1,10}$/.test(given) ? names.get(given) : undefined
    const ifIndex = numberOf(bridge.get(local))
    return (
      byNumber ??
      (ifIndex === null ? undefined : names.get(String(ifIndex))) ??
      names.get(local) ??
      given ??
      text
    )
  }
}

/** An address that is given as the text of one (`172.17.0.8`). */
const ipText = (bytes: readonly number[]): string | null => {
  const text = String.fromCharCode(...bytes.slice(0, 45))
  return isIP(text) === 0 ? null : text
}

/** Management addresses are in the index: time, port, remote, type, length, bytes. */
const addressesOf = async (
  poll: Poll,
  { root, parts: own }: Lldp,
): Promise<ReadonlyMap<string, string>> => {
  const { ifId } = await poll.session.columns(
    { ifId: `${root}.4.2.1.3` },
    {
      ...poll.options,
      maxRows: MAX_REMOTES,
    },
  )
  const addresses = new Map<string, string>()
  for (const index of ifId.keys()) {
    const parts = index.split(".").map(Number)
    const [, length = 0, ...rest] = parts.slice(own)
    const bytes = rest.slice(0, length)
    const address = ipOf(bytes) ?? ipText(bytes)
    const key = parts.slice(0, own).join(".")
    if (address !== null && !addresses.has(key)) addresses.set(key, address)
  }
  return addresses
}

const cdpRows = async (
  poll: Poll,
  { root, address: at, device: name }: typeof CDP | typeof FDP,
): Promise<readonly Remote[]> => {
  const { session, options } = poll
  const table = await session.columns(
    {
      address: `${root}.${at}`,
      device: `${root}.${name}`,
      port: `${root}.7`,
      platform: `${root}.8`,
    },
    { ...options, maxRows: MAX_REMOTES },
  )
  if (table.device.size === 0) return []
  const names = await namesOfPorts(poll)
  return [...table.device].map(([index, device]) => {
    const address = table.address.get(index)
    return {
      protocol: "cdp",
      localPort: names.get(index.split(".", 1)[0] ?? "") ?? null,
      chassis: null,
      port: textOf(table.port.get(index)),
      portDescr: null,
      name: textOf(device),
      platform: textOf(table.platform.get(index)),
      address: ipOf(addressBytes(address) ?? []),
    }
  })
}

const mndpRows = async (poll: Poll): Promise<readonly Remote[]> => {
  const { session, options } = poll
  const table = await session.columns(
    {
      address: `${MNDP}.2`,
      mac: `${MNDP}.3`,
      platform: `${MNDP}.5`,
      name: `${MNDP}.6`,
      port: `${MNDP}.8`,
    },
    { ...options, maxRows: MAX_REMOTES },
  )
  const indexes = [...new Set([...table.mac.keys(), ...table.port.keys()])]
  if (indexes.length === 0) return []
  const names = await namesOfPorts(poll)
  return indexes.map((index) => {
    const address = table.address.get(index)
    return {
      protocol: "mndp",
      localPort: names.get(String(numberOf(table.port.get(index)))) ?? null,
      chassis: macOf(table.mac.get(index)),
      port: null,
      portDescr: null,
      name: textOf(table.name.get(index)),
      platform: textOf(table.platform.get(index)),
      address: ipOf(addressBytes(address) ?? []),
    }
  })
}

/** All neighbours that a device knows; one that it reports twice by LLDP is one row. */
const readRemotes = async (poll: Poll): Promise<readonly Remote[]> => {
  const { objectId } = await deviceKind(poll)
  const rows = [
    ...(await lldpRows(poll, LLDP)),
    ...(await lldpRows(poll, LLDP_V2)),
    ...(objectId.startsWith(NOKIA) ? await lldpRows(poll, LLDP_NOKIA) : []),
    ...(await cdpRows(poll, objectId.startsWith(FOUNDRY) ? FDP : CDP)),
    ...(await mndpRows(poll)),
  ]
  const seen = new Set<string>()
  return rows.filter((row) => {
    const key = JSON.stringify([row.protocol, row.localPort, row.chassis, row.port, row.name])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const Q_STATIC_NAME = "1.3.6.1.2.1.17.7.1.4.3.1.1"
const Q_CURRENT = "1.3.6.1.2.1.17.7.1.4.2.1.4"
const VTP_NAME = "1.3.6.1.4.1.9.9.46.1.3.1.1.4"
const JNX_EX_VLAN = {
  name: "1.3.6.1.4.1.2636.3.40.1.5.1.5.1.2",
  tag: "1.3.6.1.4.1.2636.3.40.1.5.1.5.1.5",
}
const JNX_L2ALD = {
  name: "1.3.6.1.4.1.2636.3.48.1.3.1.1.2",
  tag: "1.3.6.1.4.1.2636.3.48.1.3.1.1.5",
}
const MAX_VLAN = 4_094

const byLastPart = (names: Column): Vlan[] =>
  [...names].flatMap(([index, name]) => vlanOf(Number(index.split(".").at(-1)), name))
const byTag = (names: Column, tags: Column): Vlan[] =>
  [...tags].flatMap(([index, tag]) => vlanOf(numberOf(tag) ?? 0, names.get(index)))
const vlanOf = (id: number, name: unknown): Vlan[] =>
  Number.isInteger(id) && id >= 1 && id <= MAX_VLAN ? [{ id, name: textOf(name) }] : []

const readVlans = async ({ session, options }: Poll): Promise<readonly Vlan[]> => {
  const { name, current, vtp } = await session.columns(
    { name: Q_STATIC_NAME, current: Q_CURRENT, vtp: VTP_NAME },
    options,
  )
  const vlans = new Map<number, Vlan>()
  const add = (list: readonly Vlan[]): void => {
    for (const vlan of list)
      if ((vlans.get(vlan.id)?.name ?? null) === null) vlans.set(vlan.id, vlan)
  }
  add(byLastPart(vtp))
  add(byLastPart(name))
  // The index of the current table begins with a time filter.
  add([...current.keys()].flatMap((index) => vlanOf(Number(index.split(".").at(-1)), null)))
  if (vlans.size === 0)
    for (const columns of [JNX_EX_VLAN, JNX_L2ALD]) {
      const table = await session.columns(columns, options)
      add(byTag(table.name, table.tag))
    }
  return [...vlans.values()].toSorted((a, b) => a.id - b.id)
}

type TableRow = TableReading["rows"][number]

/** One device on one interface is one row, also if several protocols report it. */
export const neighbourRows = (remotes: readonly Remote[]): readonly TableRow[] => {
  const rows = new Map<string, { row: Remote; protocols: Set<string> }>()
  for (const remote of remotes) {
    const id = remote.chassis ?? remote.name ?? remote.address
    if (id === null) continue
    const key = `${remote.localPort ?? "?"} ${id}`
    const known = rows.get(key)
    if (known === undefined) rows.set(key, { row: remote, protocols: new Set([remote.protocol]) })
    else known.protocols.add(remote.protocol)
  }
  return [...rows].map(([key, { row, protocols }]) => ({
    key,
    values: {
      interface: row.localPort,
      identity: row.name,
      remotePort: row.port,
      remotePortDescription: row.portDescr,
      chassisId: row.chassis,
      mac: MAC.test(row.chassis ?? "") ? row.chassis : null,
      [row.address?.includes(":") === true ? "address6" : "address"]: row.address,
      [row.protocol === "lldp" ? "description" : "platform"]: row.platform,
      protocols: [...protocols].toSorted().join(", "),
    },
  }))
}
const MAC = /^[\dA-F]{2}(?::[\dA-F]{2}){5}$/

export const collectNeighbours = async (poll: Poll): Promise<Reading[]> => {
  const rows = neighbourRows(await readRemotes(poll))
  return rows.length === 0 ? [] : [{ ...poll.origin(), kind: "table", table: "neighbours", rows }]
}

export const collectVlans = async (poll: Poll): Promise<Reading[]> => {
  const vlans = await readVlans(poll)
  if (vlans.length === 0) return []
  const rows = vlans.map(({ id, name }) => ({
    key: `VLAN ${id}`,
    values: { vlanId: String(id), name },
  }))
  return [{ ...poll.origin(), kind: "table", table: "vlans", rows }]
}
