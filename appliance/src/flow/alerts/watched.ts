/** What is watched, as alerts and incidents need it: a snapshot of the inventory, read anew whenever that changes. */
import type { AgentId, DeviceId, LinkId } from "../../platform/ids.ts"
import { type Entry, entriesOf } from "./place.ts"

export type WatchedDevice = {
  readonly id: DeviceId
  readonly name: string
  readonly roles: readonly string[]
  readonly agentId: AgentId | null
  readonly siteId: string | null
  /** How often the router itself reports; null where it does not. */
  readonly reportsEveryS: number | null
}
/** Nobody looks at it: it tells of itself, or nothing is known. */
const isAlone = ({ agentId, reportsEveryS }: WatchedDevice): boolean => agentId === null && reportsEveryS !== null

type End = { readonly deviceId: DeviceId; readonly interface: string | null }
/** `port`: its name among all ports, put together once; null where none is named. */
export type WatchedEnd = End & { readonly port: string | null }
export type WatchedLink = {
  readonly id: LinkId
  readonly name: string
  readonly a: WatchedEnd
  readonly b: WatchedEnd
}
export type WatchedAgent = {
  readonly id: AgentId
  readonly name: string
  /** Where it is said to stand. */
  readonly deviceId: DeviceId | null
  /** Its ways into the network. */
  readonly entries: readonly Entry[]
}
/** Devices that share a power supply, as far as anybody knows. */
export type WatchedSite = { readonly id: string; readonly name: string; readonly devices: readonly DeviceId[] }
export type Watched = {
  readonly devices: ReadonlyMap<string, WatchedDevice>
  readonly links: ReadonlyMap<string, WatchedLink>
  /** Enrolled and not revoked. */
  readonly agents: ReadonlyMap<string, WatchedAgent>
  readonly sites: ReadonlyMap<string, WatchedSite>
  /** Links at each device. */
  readonly linksAt: ReadonlyMap<string, readonly WatchedLink[]>
  /** Ports that are an end of a link, by `portEntity`. */
  readonly ports: ReadonlySet<string>
  /**
   * From where a device is seen: its agent, or, of a router that only reports itself, the first agent whose part of the network it is
   * in, since its reports take the same ways. Without an entry it is seen by itself alone.
   */
  readonly seenFrom: ReadonlyMap<string, AgentId>
  /** Devices that an agent watches, or that tell of themselves. */
  readonly told: ReadonlySet<string>
  /** Of these, the ones that only tell of themselves. */
  readonly alone: ReadonlySet<string>
}

export const portEntity = (device: string, port: string): string => `${device}/${port}`

/** By device, the first agent from whose ways into the network links lead to it. */
const nearest = (
  agents: readonly { readonly id: AgentId; readonly entries: readonly Entry[] }[],
  linksAt: ReadonlyMap<DeviceId, readonly WatchedLink[]>,
): Map<DeviceId, AgentId> => {
  const found = new Map<DeviceId, AgentId>()
  for (const { id, entries } of agents) {
    const reached = new Set(entries.map(({ deviceId }) => deviceId))
    for (const here of reached)
      for (const { a, b } of linksAt.get(here) ?? []) for (const far of [a, b]) reached.add(far.deviceId)
    for (const device of reached) if (!found.has(device)) found.set(device, id)
  }
  return found
}

/** Puts the look-ups together; the lists come from the database or from a test. */
export const watch = (
  devices: readonly WatchedDevice[],
  lines: readonly (Omit<WatchedLink, "a" | "b"> & { readonly a: End; readonly b: End })[],
  agents: readonly (Omit<WatchedAgent, "entries"> & { readonly siteId: string | null })[],
  sites: readonly Omit<WatchedSite, "devices">[],
): Watched => {
  const endOf = ({ deviceId, interface: name }: End): WatchedEnd => ({
    deviceId,
    interface: name,
    port: name === null ? null : portEntity(deviceId, name),
  })
  const links = lines.map(({ id, name, a, b }): WatchedLink => ({ id, name, a: endOf(a), b: endOf(b) }))
  const linksAt = new Map<DeviceId, WatchedLink[]>()
  const ports = new Set<string>()
  for (const link of links) {
    for (const end of [link.a, link.b]) {
      const at = linksAt.get(end.deviceId)
      if (at === undefined) linksAt.set(end.deviceId, [link])
      else at.push(link)
      if (end.port !== null) ports.add(end.port)
    }
  }
  const onSite = Map.groupBy(devices, (device) => device.siteId)
  const entries = entriesOf(agents, devices, links)
  const placed = agents.map(({ id, name, deviceId }) => ({ id, name, deviceId, entries: entries.get(id) ?? [] }))
  const alone = devices.filter(isAlone)
  const near = alone.length > 0 ? nearest(placed, linksAt) : new Map<DeviceId, AgentId>()
  const viewOf = (device: WatchedDevice): AgentId | undefined =>
    device.agentId ?? (isAlone(device) ? near.get(device.id) : undefined)
  return {
    devices: new Map(devices.map((device) => [device.id, device])),
    links: new Map(links.map((link) => [link.id, link])),
    agents: new Map(placed.map((agent) => [agent.id, agent])),
    sites: new Map(sites.map((site) => [site.id, { ...site, devices: (onSite.get(site.id) ?? []).map(({ id }) => id) }])),
    linksAt,
    ports,
    seenFrom: new Map(
      devices.flatMap((device) => {
        const agent = viewOf(device)
        return agent === undefined ? [] : [[device.id, agent] as const]
      }),
    ),
    told: new Set(devices.flatMap((device) => (device.agentId !== null || isAlone(device) ? [device.id] : []))),
    alone: new Set(alone.map(({ id }) => id)),
  }
}
