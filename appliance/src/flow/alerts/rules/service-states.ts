/** What agents found last of probed services, from what rules keep of it. */
import type { DeviceId } from "../../../platform/ids.ts"
import type { RuleSet } from "./compile.ts"
import { namedEntity } from "./readings.ts"
import type { Tracks } from "./tracks.ts"

/** The slot of the state; null: no rule keeps it. */
const slotOf = ({ kept }: RuleSet): number | null => {
  let slot = 0
  for (const { metric, reads } of kept.get("service") ?? []) {
    if (metric === "service.up") return slot
    slot += reads.length
  }
  return null
}

/** Null: not known, or not any more. */
export type ServiceState = (device: DeviceId, series: string, nowMs: number) => boolean | null

/** Probes of services run every 240 s at most. */
const FRESH_MS = 300_000

/** `source`: as it is at each call. */
export const createServiceStates =
  (source: { readonly tracks: Tracks; readonly rules: RuleSet }): ServiceState =>
  (device, series, nowMs) => {
    const slot = slotOf(source.rules)
    const key = namedEntity(device, "service", series)
    const entity = { key, family: "service", device, interface: null, name: series, unit: null }
    const last = source.tracks.of("service", entity)?.points.at(-1)
    const value = slot === null ? undefined : last?.values[slot]
    if (last === undefined || value === undefined || Number.isNaN(value)) return null
    return nowMs - last.atMs > FRESH_MS ? null : value === 1
  }
