/**
 * Which sessions of routing protocols are the two ends of one: each names an address of the other's
 * device. Private addresses are used in several places, so an end with several possible other ends
 * has none. Pure.
 */
import { BlockList, isIP } from "node:net"
import type { DeviceId } from "../../platform/ids.ts"

export const SESSION_PROTOCOLS = ["bgp", "ospf", "isis"] as const
export type SessionProtocol = (typeof SESSION_PROTOCOLS)[number]

/** A session or neighbour as a device reports it. Null: the device does not say. */
export type SessionEnd = {
  readonly device: DeviceId
  readonly protocol: SessionProtocol
  /** As alerts and values are named. */
  readonly name: string
  /** The interface of a neighbour; null: it is reached over any. */
  readonly interface: string | null
  readonly remoteAddress: string | null
  readonly localAddress: string | null
  readonly remoteAs: number | null
  readonly localAs: number | null
  /** Of the neighbour. */
  readonly routerId: string | null
  /** The device does not report it any more. */
  readonly isGone: boolean
}
/** An address of the device, with the length of its prefix if that is known; or its router id. */
export type OwnAddress = { readonly device: DeviceId; readonly address: string }
export type KnownSessions = {
  readonly ends: readonly SessionEnd[]
  readonly addresses: readonly OwnAddress[]
}
export type SessionEnds = {
  /** The end that an alert is about, and the other one if it is known. */
  readonly find: (
    device: DeviceId,
    protocol: SessionProtocol,
    name: string,
  ) => { readonly own: SessionEnd; readonly other: SessionEnd | null } | null
}

/** Without zone and prefix, one way to write it; null: it is none. */
export const plainAddress = (text: string): string | null => {
  const [bare = ""] = text.trim().split(/[%/]/)
  const version = isIP(bare)
  if (version === 0) return null
  return version === 4 ? bare : new URL(`http://[${bare}]`).hostname.slice(1, -1)
}

/** What no other device can be reached by. */
const EVERYWHERE = new BlockList()
EVERYWHERE.addSubnet("0.0.0.0", 8, "ipv4")
EVERYWHERE.addSubnet("127.0.0.0", 8, "ipv4")
EVERYWHERE.addSubnet("::", 127, "ipv6")
const kindOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 4 ? "ipv4" : "ipv6")
const usable = (text: string | null): string | null => {
  const address = text === null ? null : plainAddress(text)
  return address === null || EVERYWHERE.check(address, kindOf(address)) ? null : address
}

/** An end with its addresses as they are compared. */
type Known = {
  readonly end: SessionEnd
  readonly remote: string | null
  readonly local: string | null
  readonly routerId: string | null
}
const knownOf = (end: SessionEnd): Known => ({
  end,
  remote: usable(end.remoteAddress),
  local: usable(end.localAddress),
  routerId: usable(end.routerId),
})

const isSameOrUnknown = <T>(one: T | null, other: T | null): boolean =>
  one === null || other === null || one === other

type Owners = ReadonlyMap<string, ReadonlySet<DeviceId>>
/** Devices that this end may lead to; a router id counts where nothing has the address. */
const leadsTo = (owners: Owners, { remote, routerId }: Known): ReadonlySet<DeviceId> =>
  owners.get(remote ?? "") ?? owners.get(routerId ?? "") ?? new Set()

/** Of two that lead to each other's device. */
const isOtherEnd = (one: Known, other: Known): boolean =>
  one.end.device !== other.end.device &&
  isSameOrUnknown(one.local, other.remote) &&
  isSameOrUnknown(other.local, one.remote) &&
  isSameOrUnknown(one.remote && kindOf(one.remote), other.remote && kindOf(other.remote)) &&
  isSameOrUnknown(one.end.remoteAs, other.end.localAs) &&
  isSameOrUnknown(other.end.remoteAs, one.end.localAs)

type Networks = ReadonlyMap<DeviceId, readonly { readonly ip: string; readonly bits: number }[]>
const networksOf = (addresses: readonly OwnAddress[]): Networks => {
  const networks = new Map<DeviceId, { ip: string; bits: number }[]>()
  for (const { device, address } of addresses) {
    const ip = usable(address)
    const bits = Number(address.split("/")[1] ?? Number.NaN)
    if (ip === null || !(bits >= 8 && bits <= (kindOf(ip) === "ipv4" ? 31 : 127))) continue
    networks.set(device, [...(networks.get(device) ?? []), { ip, bits }])
  }
  return networks
}
/** Two devices with several sessions: those of one network are one. */
const isInOneNetwork = (networks: Networks, one: Known, other: Known): boolean => {
  const [near, far] = [other.remote, one.remote]
  if (near === null || far === null) return false
  const own = networks.get(one.end.device)?.find(({ ip, bits }) => ip === near && bits > 0)
  if (own === undefined || kindOf(near) !== kindOf(far)) return false
  const network = new BlockList()
  network.addSubnet(own.ip, own.bits, kindOf(own.ip))
  return network.check(far, kindOf(far))
}

const keyOf = ({ device, protocol, name }: SessionEnd): string => `${device}/${protocol}/${name}`
const byAddress = (device: DeviceId, protocol: SessionProtocol, address: string): string =>
  `${device}/${protocol}/${address}`

/** What a device reports now; of what it does not any more, the first with its address or name. */
const current = (ends: readonly SessionEnd[]): readonly Known[] => {
  const kept = new Map<string, Known>()
  const present: Known[] = []
  for (const end of ends) {
    const known = knownOf(end)
    if (!end.isGone) present.push(known)
    const key = byAddress(end.device, end.protocol, known.remote ?? `name ${end.name}`)
    const before = kept.get(key)
    if (before === undefined || (before.end.isGone && !end.isGone)) kept.set(key, known)
  }
  return [...present, ...[...kept.values()].filter(({ end }) => end.isGone)]
}

/** The other end of each; of several that may be it, none. */
const otherEnds = (
  owners: Owners,
  networks: Networks,
  all: readonly Known[],
): ReadonlyMap<Known, Known> => {
  /** From a device to one that it leads to: a router may have thousands of sessions. */
  const between = new Map<string, Known[]>()
  for (const one of all)
    for (const to of leadsTo(owners, one)) {
      const key = `${one.end.device}/${one.end.protocol}/${to}`
      const others = between.get(key)
      if (others === undefined) between.set(key, [one])
      else others.push(one)
    }
  const chosen = new Map<Known, Known>()
  for (const one of all) {
    const found = [...leadsTo(owners, one)].flatMap((device) =>
      (between.get(`${device}/${one.end.protocol}/${one.end.device}`) ?? []).filter((other) =>
        isOtherEnd(one, other),
      ),
    )
    const near = found.length > 1 ? found.filter((o) => isInOneNetwork(networks, one, o)) : found
    const [other, ...more] = near
    if (other !== undefined && more.length === 0) chosen.set(one, other)
  }
  return new Map([...chosen].filter(([one, other]) => chosen.get(other) === one))
}

/** The address at the end of a name by SNMP, such as `10.0.0.1` or `10.255.0.1 10.0.0.1`. */
const addressIn = (name: string): string | null => usable(name.split(" ").at(-1) ?? "")

export const findSessionEnds = ({ ends, addresses }: KnownSessions): SessionEnds => {
  const all = current(ends)
  const owned = [
    ...addresses.map(({ device, address }) => [device, usable(address)] as const),
    ...all.map(({ end, local }) => [end.device, local] as const),
  ]
  const owners = new Map<string, Set<DeviceId>>()
  for (const [device, address] of owned)
    if (address !== null) owners.set(address, (owners.get(address) ?? new Set()).add(device))
  const others = otherEnds(owners, networksOf(addresses), all)
  const named = new Map(all.map((one) => [keyOf(one.end), one]))
  const addressed = Map.groupBy(
    all.filter(({ remote }) => remote !== null),
    ({ end, remote }) => byAddress(end.device, end.protocol, remote ?? ""),
  )
  return {
    find: (device, protocol, name) => {
      // A device that is read in another way than before has other names for the same.
      const same = addressed.get(byAddress(device, protocol, addressIn(name) ?? "")) ?? []
      const own = named.get(`${device}/${protocol}/${name}`) ?? (same.length === 1 ? same[0] : null)
      return own == null ? null : { own: own.end, other: others.get(own)?.end ?? null }
    },
  }
}
