/** Builds the topology: the inventory with the look-ups that alerts and incidents need. */
import { DEFAULT_INTERVALS } from "@ispvm/wire/collectors"
import type { AgentId, DeviceId } from "../../platform/ids.ts"
import { entryPointsOf } from "./agent-placement.ts"
import type {
  End,
  EntryPoint,
  MonitoredAgent,
  MonitoredDevice,
  MonitoredEnd,
  MonitoredInterface,
  MonitoredLink,
  MonitoredProbe,
  MonitoredSite,
  Topology,
} from "./model.ts"

export type { Topology } from "./model.ts"

/** No agent probes it, but it reports itself. */
const isSelfReporting = ({ agentId, reportsEveryS }: MonitoredDevice): boolean =>
  agentId === null && reportsEveryS !== null

export const portEntity = (device: string, port: string): string => `${device}/${port}`

/** By device, the first agent from whose entry points links lead to it. */
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

/** The lists come from the database or from a test. */
export const buildTopology = (
  devices: readonly MonitoredDevice[],
  lines: readonly (Omit<MonitoredLink, "a" | "b"> & { readonly a: End; readonly b: End })[],
  agents: readonly (Omit<MonitoredAgent, "entryPoints"> & { readonly siteId: string | null })[],
  sites: readonly Omit<MonitoredSite, "devices">[],
  interfacePollMs: number = DEFAULT_INTERVALS.interfaceMs,
  interfaces: ReadonlyMap<string, MonitoredInterface> = new Map(),
  probes: readonly MonitoredProbe[] = [],
): Topology => {
  const endOf = ({ deviceId, interface: name }: End): MonitoredEnd => ({
    deviceId,
    interface: name,
    port: name === null ? null : portEntity(deviceId, name),
  })
  const links = lines.map(
    ({ a, b, ...line }): MonitoredLink => ({ ...line, a: endOf(a), b: endOf(b) }),
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
    interfacePollMs,
    interfaces,
    probes,
  }
}
