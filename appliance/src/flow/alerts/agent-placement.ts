/**
 * Where an agent is in the network: at its configured device, or, in each connected part of the
 * network without one, at an assumed device. Without an entry point an agent would seem to observe
 * each device directly, and one cut would be as many faults as there are silent routers. Pure.
 */
import type { DeviceId } from "../../platform/ids.ts"
import type { EntryPoint, MonitoredDevice } from "./model.ts"

export type AgentPlacement = {
  readonly id: string
  readonly deviceId: DeviceId | null
  readonly siteId: string | null
}
type Line = {
  readonly a: { readonly deviceId: DeviceId }
  readonly b: { readonly deviceId: DeviceId }
}
type Neighbours = ReadonlyMap<DeviceId, ReadonlySet<DeviceId>>

const neighbourMap = (devices: readonly MonitoredDevice[], links: readonly Line[]): Neighbours => {
  const neighbours = new Map(devices.map((device) => [device.id, new Set<DeviceId>()]))
  for (const { a, b } of links) {
    neighbours.get(a.deviceId)?.add(b.deviceId)
    neighbours.get(b.deviceId)?.add(a.deviceId)
  }
  return neighbours
}

const islands = (neighbours: Neighbours): DeviceId[][] => {
  const seen = new Set<DeviceId>()
  const found: DeviceId[][] = []
  for (const start of neighbours.keys()) {
    if (seen.has(start)) continue
    const island = new Set([start])
    for (const here of island)
      for (const neighbour of neighbours.get(here) ?? [])
        if (neighbours.has(neighbour)) island.add(neighbour)
    for (const id of island) seen.add(id)
    found.push([...island])
  }
  return found
}

/** What is left without the leaves, layer by layer: the middle of a tree, or the core rings. */
const core = (neighbours: Neighbours, island: readonly DeviceId[]): ReadonlySet<DeviceId> => {
  const left = new Set(island)
  const degree = new Map(island.map((id) => [id, neighbours.get(id)?.size ?? 0]))
  for (
    let ends = island.filter((id) => (degree.get(id) ?? 0) < 2);
    ends.length > 0 && ends.length < left.size;
  ) {
    const next: DeviceId[] = []
    for (const id of ends) {
      left.delete(id)
      for (const neighbour of neighbours.get(id) ?? []) {
        const more = (degree.get(neighbour) ?? 0) - 1
        degree.set(neighbour, more)
        if (left.has(neighbour) && more === 1) next.push(neighbour)
      }
    }
    ends = next.filter((id) => left.has(id))
  }
  return left
}

/** At the agent's own site, or else in the middle: the device with the most links. */
const assumeEntryPoint = (
  agent: AgentPlacement,
  mine: readonly MonitoredDevice[],
  neighbours: Neighbours,
  middle: ReadonlySet<DeviceId>,
): DeviceId | undefined => {
  const rank = (device: MonitoredDevice): number =>
    agent.siteId !== null && device.siteId === agent.siteId ? 2 : middle.has(device.id) ? 1 : 0
  const links = (device: MonitoredDevice): number => neighbours.get(device.id)?.size ?? 0
  return mine.toSorted(
    (one, other) =>
      rank(other) - rank(one) || links(other) - links(one) || (one.name < other.name ? -1 : 1),
  )[0]?.id
}

/** By agent. */
export const entryPointsOf = (
  agents: readonly AgentPlacement[],
  devices: readonly MonitoredDevice[],
  links: readonly Line[],
): Map<string, EntryPoint[]> => {
  const neighbours = neighbourMap(devices, links)
  const byId = new Map(devices.map((device) => [device.id, device]))
  const entryPoints = new Map(agents.map((agent): [string, EntryPoint[]] => [agent.id, []]))
  for (const island of islands(neighbours)) {
    const here = new Set(island)
    const monitoredBy = Map.groupBy(
      island.flatMap((id) => byId.get(id) ?? []),
      (device) => device.agentId,
    )
    let middle: ReadonlySet<DeviceId> | null = null
    for (const agent of agents) {
      const own = entryPoints.get(agent.id)
      if (agent.deviceId !== null && here.has(agent.deviceId)) {
        own?.push({ deviceId: agent.deviceId, isAssumed: false })
        continue
      }
      const mine = [...monitoredBy].find(([id]) => id === agent.id)?.[1] ?? []
      if (mine.length === 0) continue
      middle ??= core(neighbours, island)
      const deviceId = assumeEntryPoint(agent, mine, neighbours, middle)
      if (deviceId !== undefined) own?.push({ deviceId, isAssumed: island.length > 1 })
    }
  }
  return entryPoints
}
