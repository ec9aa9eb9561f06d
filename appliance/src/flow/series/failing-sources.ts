/** Which data sources of a device (RouterOS API, SNMP) are configured and cannot be read. Pure, in memory. */
import type { Accepted } from "../ingest/model.ts"
import type { FailingSource, StoredFailure } from "./model.ts"
import { saysIfItWorks, sourcesOf } from "./sources.ts"

export type FailingSources = {
  /** True where a device has a failing source more or less than before. */
  readonly update: (accepted: Accepted) => boolean
  /** The one that has failed for longest. */
  readonly of: (device: string) => FailingSource | null
}

export const createFailingSources = (stored: readonly StoredFailure[]): FailingSources => {
  const failing = new Map<string, Map<string, FailingSource>>()
  const set = (device: string, failure: FailingSource): void => {
    const own = failing.get(device) ?? new Map<string, FailingSource>()
    own.set(failure.source, failure)
    failing.set(device, own)
  }
  const end = (device: string, source: string): boolean => {
    const own = failing.get(device)
    if (own?.delete(source) !== true) return false
    if (own.size === 0) failing.delete(device)
    return true
  }
  for (const { deviceId, source, message, sinceMs } of stored)
    set(deviceId, { source, message, sinceMs })
  return {
    update: (accepted) => {
      let isChanged = false
      if (!accepted.events.some(saysIfItWorks)) return isChanged
      for (const { device, source, problem, problemAtMs } of sourcesOf(accepted)) {
        const was = failing.get(device)?.get(source)
        // Nothing is said of it here, or only of before the failure, delivered late.
        if (problemAtMs === null || (was !== undefined && problemAtMs <= was.sinceMs)) continue
        if (problem === null) isChanged = end(device, source) || isChanged
        else if (was?.message !== problem) {
          set(device, { source, message: problem, sinceMs: was?.sinceMs ?? problemAtMs })
          isChanged = true
        }
      }
      return isChanged
    },
    of: (device) =>
      [...(failing.get(device)?.values() ?? [])].toSorted((a, b) => a.sinceMs - b.sinceMs)[0] ??
      null,
  }
}
