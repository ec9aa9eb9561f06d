/** What is watched, as alerts and incidents need it: a snapshot of the inventory, read anew whenever that changes. */
import type { AgentId, DeviceId, LinkId } from "../../platform/ids.ts"
import { type EntryPoint, entryPointsOf } from "./agent-placement.ts"

export type MonitoredDevice = {
  readonly id: DeviceId
  readonly name: string
  readonly roles: readonly string[]
  readonly agentId: AgentId | null
  readonly siteId: string | null
  /** How often the router itself reports; null where it does not. */
  readonly reportsEveryS: number | null
}
/** Nobody looks at it: it tells of itself, or nothing is known. */
const isSelfReporting = ({ agentId, reportsEveryS }: MonitoredDevice): boolean =>
  agentId === null && reportsEveryS !== null

type End = { readonly deviceId: DeviceId; readonly interface: string | null }
/** `port`: its name among all ports, put together once; null where none is named. */
export type MonitoredEnd = End & { readonly port: string | null }
export type MonitoredLink = {
  readonly id: LinkId
  readonly name: string
  readonly a: MonitoredEnd
  readonly b: MonitoredEnd
}
export type MonitoredAgent = {
  readonly id: AgentId
  readonly name: string
  /** Where it is said to stand. */
  readonly deviceId: DeviceId | null
  /** Its ways into the network. */
  readonly entryPoints: readonly EntryPoint[]
}
/** Devices that share a power supply, as far as anybody knows. */
export type MonitoredSite = {
  readonly id: string
  readonly name: string
  readonly devices: readonly DeviceId[]
}
export type Topology = {
  readonly devices: ReadonlyMap<string, MonitoredDevice>
  readonly links: ReadonlyMap<string, MonitoredLink>
  /** Enrolled and not revoked. */
  readonly agents: ReadonlyMap<string, MonitoredAgent>
  readonly sites: ReadonlyMap<string, MonitoredSite>
  /** Links at each device. */
  readonly linksAt: ReadonlyMap<string, readonly MonitoredLink[]>
  /** Ports that are an end of a link, by `portEntity`. */
  readonly ports: ReadonlySet<string>
  /**
   * From where a device is seen: its agent, or, of a router that only reports itself, the first agent whose part of the network it is
   * in, since its reports take the same ways. Without an entry it is seen by itself alone.
   */
  readonly seenFrom: ReadonlyMap<string, AgentId>
  /** Devices that an agent watches, or that tell of themselves. */
  readonly monitored: ReadonlySet<string>
  /** Of these, the ones that only tell of themselves. */
  readonly selfReporting: ReadonlySet<string>
}

export const portEntity = (device: string, port: string): string => `${device}/${port}`

/** By device, the first agent from whose ways into the network links lead to it. */
const nearestAgents = (
  agents: readonly { readonly id: AgentId; readonly entryPoints: readonly EntryPoint[] }[],
  linksAt: ReadonlyMap<DeviceId, readonly MonitoredLink[]>,
): Map<DeviceId, AgentId> => {
  const found = new Map<DeviceId, AgentId>()
  for (const { id, entryPoints } of agents) {
    const reached = new Set(entryPoints.map(({ deviceId }) => deviceId))
    for (const here of reached)
      for (const { a, b } of linksAt.get(here) ?? [])
        for (const neighbour of [a, b]) reached.add(neighbour.deviceId)
    for (const device of reached) if (!found.has(device)) found.set(device, id)
  }
  return found
}

/** Puts the look-ups together; the lists come from the database or from a test. */
export const buildTopology = (
  devices: readonly MonitoredDevice[],
  lines: readonly (Omit<MonitoredLink, "a" | "b"> & { readonly a: End; readonly b: End })[],
  agents: readonly (Omit<MonitoredAgent, "entryPoints"> & { readonly siteId: string | null })[],
  sites: readonly Omit<MonitoredSite, "devices">[],
): Topology => {
  const endOf = ({ deviceId, interface: name }: End): MonitoredEnd => ({
    deviceId,
    interface: name,
    port: name === null ? null : portEntity(deviceId, name),
  })
  const links = lines.map(
    ({ id, name, a, b }): MonitoredLink => ({ id, name, a: endOf(a), b: endOf(b) }),
  )
  const linksAt = new Map<DeviceId, MonitoredLink[]>()
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
  const entryPoints = entryPointsOf(agents, devices, links)
  const placed = agents.map(({ id, name, deviceId }) => ({
    id,
    name,
    deviceId,
    entryPoints: entryPoints.get(id) ?? [],
  }))
  const selfReporting = devices.filter(isSelfReporting)
  const nearestAgent =
    selfReporting.length > 0 ? nearestAgents(placed, linksAt) : new Map<DeviceId, AgentId>()
  const viewOf = (device: MonitoredDevice): AgentId | undefined =>
    device.agentId ?? (isSelfReporting(device) ? nearestAgent.get(device.id) : undefined)
  return {
    devices: new Map(devices.map((device) => [device.id, device])),
    links: new Map(links.map((link) => [link.id, link])),
    agents: new Map(placed.map((agent) => [agent.id, agent])),
    sites: new Map(
      sites.map((site) => [
        site.id,
        { ...site, devices: (onSite.get(site.id) ?? []).map(({ id }) => id) },
      ]),
    ),
    linksAt,
    ports,
    seenFrom: new Map(
      devices.flatMap((device) => {
        const agent = viewOf(device)
        return agent === undefined ? [] : [[device.id, agent] as const]
      }),
    ),
    monitored: new Set(
      devices.flatMap((device) =>
        device.agentId !== null || isSelfReporting(device) ? [device.id] : [],
      ),
    ),
    selfReporting: new Set(selfReporting.map(({ id }) => id)),
  }
}
