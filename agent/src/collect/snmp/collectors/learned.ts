/** What one device has shown of itself, kept between polls. */
import type { CommunityVersion } from "../client/pdu.ts"
import type { Engine } from "../client/v3-message.ts"
import type { DeviceKind, Entities } from "../profiles/device.ts"
import type { UptimeMemory } from "./uptime.ts"

export type Learned = {
  /** If the access does not set the version: the one that was answered. */
  version: CommunityVersion | null
  /** Smoothed round trip and its variation (RFC 6298); null: no answer yet. */
  rtt: { readonly meanMs: number; readonly varMs: number } | null
  /**
   * How many values one answer of this device may contain: fewer after `tooBig` or a lost large
   * answer.
   */
  valuesPerAnswer: number
  /** SNMPv3: the engine, and when its time was read, by the monotonic clock. */
  engine: (Engine & { readonly atMs: number }) | null
  /** Missing objects and columns; requested again with the facts. */
  readonly absent: Set<string>
  uptime: UptimeMemory | null
  /** sysObjectID and description, by which profiles are chosen; null: not read since the facts. */
  kind: DeviceKind | null
  /** The name of each ifIndex; null: not read since the facts. */
  ports: ReadonlyMap<string, string> | null
  entities: Entities | null
  /** What the last counters were of, by ifIndex and name; null: not read yet. */
  counted: string | null
}

/**
 * Answers with this many values fit into one packet (about 26 bytes each); larger ones would be
 * fragmented, and firewalls drop fragments.
 */
export const VALUES_PER_ANSWER = 50

export const nothingLearned = (): Learned => ({
  version: null,
  rtt: null,
  valuesPerAnswer: VALUES_PER_ANSWER,
  engine: null,
  absent: new Set(),
  uptime: null,
  kind: null,
  ports: null,
  entities: null,
  counted: null,
})

export const learnRtt = (was: Learned["rtt"], rttMs: number): NonNullable<Learned["rtt"]> =>
  was === null
    ? { meanMs: rttMs, varMs: rttMs / 2 }
    : {
        meanMs: was.meanMs + (rttMs - was.meanMs) / 8,
        varMs: was.varMs + (Math.abs(rttMs - was.meanMs) - was.varMs) / 4,
      }

const MIN_WAIT_MS = 1_500
const MAX_WAIT_MS = 10_000

/**
 * How long to wait for each attempt. An unknown device may need up to seven seconds for its first
 * answer (RouterOS collects the values for its own SNMP); a known one gets the mean plus four times
 * the variation.
 */
export const waitsFor = (rtt: Learned["rtt"]): readonly number[] => {
  if (rtt === null) return [MIN_WAIT_MS, 2_000, 3_500]
  const fairMs = Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, rtt.meanMs + 4 * rtt.varMs + 500))
  return [fairMs, fairMs, Math.min(MAX_WAIT_MS, fairMs * 1.5)]
}
