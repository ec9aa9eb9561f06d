/** When a value is stale. Pure; `nowMs` is the time of the appliance. */
import type { Collector } from "@ispvm/appliance/api/collectors"
import type { Device } from "@ispvm/appliance/api/inventory"

export type ValueKind = "probe" | "health" | "interface" | "heartbeat" | "method"
const intervals: Record<ValueKind, number> = {
  probe: 1_000,
  health: 10_000,
  interface: 10_000,
  heartbeat: 1_000,
  method: 10_000,
}
/** How often each kind of value is measured, in ms. Starts with the defaults. */
export const INTERVAL_MS: Readonly<typeof intervals> = intervals

/** Takes the collection intervals of the appliance. Of two sources, the longer one counts. */
export const setIntervals = (collectors: readonly Pick<Collector, "name" | "everyMs">[]): void => {
  for (const kind of ["health", "interface"] as const) {
    const ofKind = collectors.filter(({ name }) => name.endsWith(`.${kind}`))
    const everyMs = Math.max(...ofKind.map((each) => each.everyMs ?? 0))
    if (everyMs > 0) intervals[kind] = everyMs
  }
  intervals.method = Math.min(intervals.health, intervals.interface)
}

/** Allowance for delivery: batches are sent once a second, and a busy machine adds some time. */
export const TRANSIT_MS = 5_000

/**
 * The age in ms of a stale value, older than twice its interval; null if fresh or of unknown time.
 */
export const staleAgeMs = (
  atMs: number | null,
  intervalMs: number,
  nowMs: number,
): number | null => {
  if (atMs === null) return null
  const ageMs = nowMs - atMs
  return ageMs > 2 * intervalMs + TRANSIT_MS ? ageMs : null
}

/** Time in ms until a fresh value becomes stale; null if it is stale or never will be. */
export const staleInMs = (
  atMs: number | null,
  intervalMs: number,
  nowMs: number,
): number | null => {
  if (atMs === null || !Number.isFinite(intervalMs) || staleAgeMs(atMs, intervalMs, nowMs) !== null)
    return null
  return atMs + 2 * intervalMs + TRANSIT_MS + 1 - nowMs
}

/** A self-reporting router sends its values with its heartbeat. */
export const intervalOf = (
  device: Pick<Device, "agentId" | "reportsEveryS">,
  kind: ValueKind,
): number =>
  device.agentId === null && device.reportsEveryS !== null
    ? device.reportsEveryS * 1_000
    : INTERVAL_MS[kind]

/** The newest of several times, for values computed from many. */
export const newestMs = (times: Iterable<number | null>): number | null => {
  let newest: number | null = null
  for (const atMs of times) if (atMs !== null && (newest === null || atMs > newest)) newest = atMs
  return newest
}
