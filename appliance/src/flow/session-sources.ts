/** What devices report of their sessions and addresses, from all sources, as alerts use it. */
import { FAMILIES, type Family } from "@ispvm/wire/families"
import { DeviceId, type OrgId } from "../platform/ids.ts"
import type { Tx } from "../platform/postgres/db.ts"
import {
  type InterfaceCost,
  type KnownSessions,
  SESSION_PROTOCOLS,
  type SessionEnd,
  type SessionProtocol,
} from "./alerts/alerts.ts"
import { interfaceCostRows, ownAddresses, type SessionRow, sessionRows } from "./rows/rows.ts"
import { readNames } from "./series/series.ts"

/** Values of sessions that are older say nothing about what there is now. */
const RECENT_MS = 86_400_000

const endOfRow = (row: SessionRow): SessionEnd => {
  const { device, table, key, interface: port, remoteAddress, routerId } = row
  const isBgp = table === "bgp-peers"
  return {
    ...row,
    device: DeviceId.parse(device),
    protocol: isBgp ? "bgp" : "ospf",
    // As the agent names its values.
    name: isBgp ? key : [routerId, port ?? remoteAddress].filter((one) => one !== null).join(" "),
  }
}
/** By SNMP there are values and no rows: the name consists of addresses, of IS-IS always of others. */
const endOfName = (protocol: SessionProtocol, device: DeviceId, name: string): SessionEnd => ({
  ...{ device, protocol, name, isGone: false },
  interface: protocol === "isis" ? (name.split(/ (.*)/)[1] ?? null) : null,
  remoteAddress: protocol === "isis" ? null : (name.split(" ").at(-1) ?? null),
  localAddress: null,
  ...{ remoteAs: null, localAs: null },
  routerId: protocol === "ospf" ? (name.split(" ")[0] ?? null) : null,
})

export const readSessions = async (tx: Tx, org: OrgId, nowMs: number): Promise<KnownSessions> => {
  const ofRows = (await sessionRows(tx, org, nowMs)).map(endOfRow)
  const withRows = new Set(ofRows.map(({ device, protocol }) => `${device}/${protocol}`))
  const ofNames: SessionEnd[] = []
  for (const protocol of SESSION_PROTOCOLS) {
    const family = FAMILIES.find((one: Family) => one.name === protocol)
    if (family === undefined) continue
    for (const { device, name } of await readNames(tx, org, family, nowMs - RECENT_MS))
      if (!withRows.has(`${device}/${protocol}`))
        ofNames.push(endOfName(protocol, DeviceId.parse(device), name))
  }
  const addresses = await ownAddresses(tx, org)
  return {
    ends: [...ofRows, ...ofNames],
    addresses: addresses.map(({ device, address }) => ({
      device: DeviceId.parse(device),
      address,
    })),
  }
}

/** Of an interface as it is in use; else as the only one of a template. */
export const readCosts = async (tx: Tx, org: OrgId): Promise<readonly InterfaceCost[]> => {
  const all = (await interfaceCostRows(tx, org)).flatMap(
    ({ device, kind, name, network, cost }) => {
      const port = network?.split("%")[1] ?? name ?? ""
      const isOne = port !== "" && port !== "all" && !port.includes(",")
      return isOne ? [{ device, interface: port, cost, isTemplate: kind.endsWith("template") }] : []
    },
  )
  // The last of one interface counts.
  return all.toSorted((one, other) => Number(other.isTemplate) - Number(one.isTemplate))
}
