/** Which ways lead from where the agents stand to what they watch. Pure. */
import type { Watched } from "../alerts/alerts.ts"
import { otherEnd } from "./observe.ts"

/** The devices and links that fail with it: a site's power takes all of its devices. */
export const failsWith = (watched: Watched, id: string): readonly string[] => watched.sites.get(id)?.devices ?? [id]

type Named = { readonly id: string }
/** What is said to have failed itself. Of a site that could as well be it, its devices are behind what is said. */
export const blamed = (watched: Watched, causes: readonly Named[], alternatives: readonly Named[]): ReadonlySet<string> =>
  new Set([...causes.flatMap(({ id }) => failsWith(watched, id)), ...alternatives.map(({ id }) => id)])

/** Devices no way leads to from where their agent stands, once these have failed. */
const darkWith = (watched: Watched, failed: ReadonlySet<string>): Set<string> => {
  const dark = new Set<string>()
  const seenFrom = Map.groupBy(watched.devices.values(), (device) => watched.seenFrom.get(device.id))
  for (const agent of watched.agents.values()) {
    const starts = failed.has(agent.id) ? [] : agent.entries.map((entry) => entry.deviceId)
    const reached = new Set<string>(starts.filter((id) => !failed.has(id)))
    for (const here of reached) {
      for (const link of watched.linksAt.get(here) ?? []) {
        const far = otherEnd(link, here).deviceId
        if (!failed.has(link.id) && !failed.has(far)) reached.add(far)
      }
    }
    for (const { id } of seenFrom.get(agent.id) ?? []) {
      if (!reached.has(id)) dark.add(id)
    }
  }
  return dark
}

/** Links between a device and the nearest agent. */
const hopsFrom = (watched: Watched): Map<string, number> => {
  const hops = new Map<string, number>()
  for (const { entries } of watched.agents.values()) for (const { deviceId } of entries) hops.set(deviceId, 0)
  for (const [here, far] of hops) {
    for (const link of watched.linksAt.get(here) ?? []) {
      const next = otherEnd(link, here).deviceId
      if (!hops.has(next)) hops.set(next, far + 1)
    }
  }
  return hops
}

export type Ways = {
  readonly dark: (watched: Watched, failed: readonly string[]) => ReadonlySet<string>
  readonly hops: (watched: Watched) => ReadonlyMap<string, number>
}
const MOST_KNOWN = 64

/** Remembers its answers: while an incident stands, the same is asked many times a second. */
export const createWays = (): Ways => {
  const known = new Map<string, ReadonlySet<string>>()
  let drawn: { readonly watched: Watched; readonly hops: ReadonlyMap<string, number> } | null = null
  const draw = (watched: Watched): ReadonlyMap<string, number> => {
    if (drawn?.watched !== watched) {
      drawn = { watched, hops: hopsFrom(watched) }
      known.clear()
    }
    return drawn.hops
  }
  return {
    hops: draw,
    dark: (watched, failed) => {
      draw(watched)
      const key = [...new Set(failed)].sort().join(" ")
      const found = known.get(key) ?? darkWith(watched, new Set(failed.flatMap((id) => failsWith(watched, id))))
      if (known.size >= MOST_KNOWN) known.clear()
      known.set(key, found)
      return found
    },
  }
}
