/** Paths from the agents to the devices they monitor. Pure. */
import type { Topology } from "../../alerts/alerts.ts"
import { remoteEnd } from "./alert-view.ts"

/** The devices and links that fail with it: a site's power takes all of its devices. */
export const failureDomain = (topology: Topology, id: string): readonly string[] =>
  topology.sites.get(id)?.devices ?? [id]

type Named = { readonly id: string }
/** The stated failed components. The devices of a site that is only an alternative are not in it. */
export const failedComponents = (
  topology: Topology,
  causes: readonly Named[],
  alternatives: readonly Named[],
): ReadonlySet<string> =>
  new Set([
    ...causes.flatMap(({ id }) => failureDomain(topology, id)),
    ...alternatives.map(({ id }) => id),
  ])

/** Devices without a path from their agent once these have failed. */
const unreachableWith = (topology: Topology, failed: ReadonlySet<string>): Set<string> => {
  const unreachable = new Set<string>()
  const seenFrom = Map.groupBy(topology.devices.values(), (device) =>
    topology.seenFrom.get(device.id),
  )
  for (const agent of topology.agents.values()) {
    const starts = failed.has(agent.id) ? [] : agent.entryPoints.map((entry) => entry.deviceId)
    const reached = new Set<string>(starts.filter((id) => !failed.has(id)))
    for (const here of reached) {
      for (const link of topology.linksAt.get(here) ?? []) {
        const neighbour = remoteEnd(link, here).deviceId
        if (!failed.has(link.id) && !failed.has(neighbour)) reached.add(neighbour)
      }
    }
    for (const { id } of seenFrom.get(agent.id) ?? []) {
      if (!reached.has(id)) unreachable.add(id)
    }
  }
  return unreachable
}

/** Links between a device and the nearest agent. */
const hopsFrom = (topology: Topology): Map<string, number> => {
  const hops = new Map<string, number>()
  for (const { entryPoints } of topology.agents.values())
    for (const { deviceId } of entryPoints) hops.set(deviceId, 0)
  for (const [here, distance] of hops) {
    for (const link of topology.linksAt.get(here) ?? []) {
      const next = remoteEnd(link, here).deviceId
      if (!hops.has(next)) hops.set(next, distance + 1)
    }
  }
  return hops
}

export type Reachability = {
  readonly unreachable: (topology: Topology, failed: readonly string[]) => ReadonlySet<string>
  readonly hops: (topology: Topology) => ReadonlyMap<string, number>
}
const MAX_CACHED = 64

/** With a cache: an open incident repeats the same query many times a second. */
export const createReachability = (): Reachability => {
  const cached = new Map<string, ReadonlySet<string>>()
  let current: { readonly topology: Topology; readonly hops: ReadonlyMap<string, number> } | null =
    null
  const hopsIn = (topology: Topology): ReadonlyMap<string, number> => {
    if (current?.topology !== topology) {
      current = { topology, hops: hopsFrom(topology) }
      cached.clear()
    }
    return current.hops
  }
  return {
    hops: hopsIn,
    unreachable: (topology, failed) => {
      hopsIn(topology)
      const key = [...new Set(failed)].sort().join(" ")
      const found =
        cached.get(key) ??
        unreachableWith(topology, new Set(failed.flatMap((id) => failureDomain(topology, id))))
      if (cached.size >= MAX_CACHED) cached.clear()
      cached.set(key, found)
      return found
    },
  }
}
