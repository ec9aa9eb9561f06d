/**
 * Where an agent stands in the network: at the device it is said to stand at, or, in each part of the network for which nobody has said
 * it, at one that is taken for it. Without that an agent would seem to see each device directly, and one cut would be as many faults as
 * there are silent routers. Pure.
 */
import type { DeviceId } from "../../platform/ids.ts"
import type { WatchedDevice } from "./watched.ts"

/** An agent's ways into the network, one for each part that hangs together. `isAssumed`: nobody has said it. */
export type Entry = { readonly deviceId: DeviceId; readonly isAssumed: boolean }
export type Standing = { readonly id: string; readonly deviceId: DeviceId | null; readonly siteId: string | null }
type Line = { readonly a: { readonly deviceId: DeviceId }; readonly b: { readonly deviceId: DeviceId } }
type Neighbours = ReadonlyMap<DeviceId, ReadonlySet<DeviceId>>

const neighbours = (devices: readonly WatchedDevice[], links: readonly Line[]): Neighbours => {
  const near = new Map(devices.map((device) => [device.id, new Set<DeviceId>()]))
  for (const { a, b } of links) {
    near.get(a.deviceId)?.add(b.deviceId)
    near.get(b.deviceId)?.add(a.deviceId)
  }
  return near
}

const islands = (near: Neighbours): DeviceId[][] => {
  const seen = new Set<DeviceId>()
  const found: DeviceId[][] = []
  for (const start of near.keys()) {
    if (seen.has(start)) continue
    const island = new Set([start])
    for (const here of island) for (const far of near.get(here) ?? []) if (near.has(far)) island.add(far)
    for (const id of island) seen.add(id)
    found.push([...island])
  }
  return found
}

/** What is left when the ends are taken off, layer by layer: the middle of a tree, or the rings at the heart of a network. */
const core = (near: Neighbours, island: readonly DeviceId[]): ReadonlySet<DeviceId> => {
  const left = new Set(island)
  const degree = new Map(island.map((id) => [id, near.get(id)?.size ?? 0]))
  for (let ends = island.filter((id) => (degree.get(id) ?? 0) < 2); ends.length > 0 && ends.length < left.size; ) {
    const next: DeviceId[] = []
    for (const id of ends) {
      left.delete(id)
      for (const far of near.get(id) ?? []) {
        const more = (degree.get(far) ?? 0) - 1
        degree.set(far, more)
        if (left.has(far) && more === 1) next.push(far)
      }
    }
    ends = next.filter((id) => left.has(id))
  }
  return left
}

/** At the agent's own site, or else in the middle: the device with the most links. */
const assume = (
  agent: Standing,
  mine: readonly WatchedDevice[],
  near: Neighbours,
  middle: ReadonlySet<DeviceId>,
): DeviceId | undefined => {
  const rank = (device: WatchedDevice): number =>
    agent.siteId !== null && device.siteId === agent.siteId ? 2 : middle.has(device.id) ? 1 : 0
  const links = (device: WatchedDevice): number => near.get(device.id)?.size ?? 0
  return mine.toSorted(
    (one, other) => rank(other) - rank(one) || links(other) - links(one) || (one.name < other.name ? -1 : 1),
  )[0]?.id
}

/** By agent. */
export const entriesOf = (
  agents: readonly Standing[],
  devices: readonly WatchedDevice[],
  links: readonly Line[],
): Map<string, Entry[]> => {
  const near = neighbours(devices, links)
  const byId = new Map(devices.map((device) => [device.id, device]))
  const entries = new Map(agents.map((agent): [string, Entry[]] => [agent.id, []]))
  for (const island of islands(near)) {
    const here = new Set(island)
    const watchedBy = Map.groupBy(
      island.flatMap((id) => byId.get(id) ?? []),
      (device) => device.agentId,
    )
    let middle: ReadonlySet<DeviceId> | null = null
    for (const agent of agents) {
      const own = entries.get(agent.id)
      if (agent.deviceId !== null && here.has(agent.deviceId)) {
        own?.push({ deviceId: agent.deviceId, isAssumed: false })
        continue
      }
      const mine = [...watchedBy].find(([id]) => id === agent.id)?.[1] ?? []
      if (mine.length === 0) continue
      middle ??= core(near, island)
      const deviceId = assume(agent, mine, near, middle)
      if (deviceId !== undefined) own?.push({ deviceId, isAssumed: island.length > 1 })
    }
  }
  return entries
}
