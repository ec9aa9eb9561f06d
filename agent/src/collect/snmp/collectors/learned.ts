/**
 * What one device has shown of itself, kept between two polls so that the next one need not find it
 * out again.
 */
import type { CommunityVersion } from "../client/pdu.ts"
import type { Engine } from "../client/v3-message.ts"
import type { UptimeMemory } from "./uptime.ts"

export type Learned = {
  /** Of an access that leaves it open: the version that was answered. */
  version: CommunityVersion | null
  /** Smoothed round trip and its variation (RFC 6298); null: nothing was answered yet. */
  rtt: { readonly meanMs: number; readonly varMs: number } | null
  /**
   * How many values one answer of this device may hold: fewer once it has said `tooBig` or lost a
   * large one.
   */
  valuesPerAnswer: number
  /** SNMPv3: the engine, and when by the steady clock its time was read. */
  engine: (Engine & { readonly atMs: number }) | null
  /** Objects and columns that are not there; asked for again with the facts. */
  readonly absent: Set<string>
  uptime: UptimeMemory | null
}

/**
 * Answers to this many values fit into one packet of an ordinary line (about 26 bytes each); a
 * larger one would be cut into fragments, which firewalls lose.
 */
export const VALUES_PER_ANSWER = 50

export const nothingLearned = (): Learned => ({
  version: null,
  rtt: null,
  valuesPerAnswer: VALUES_PER_ANSWER,
  engine: null,
  absent: new Set(),
  uptime: null,
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
 * How long to wait for each attempt. A device nothing is known of may take up to seven seconds over
 * its first answer (RouterOS collects for its own SNMP); one that is known gets four times its
 * variation above the mean.
 */
export const waitsFor = (rtt: Learned["rtt"]): readonly number[] => {
  if (rtt === null) return [MIN_WAIT_MS, 2_000, 3_500]
  const fairMs = Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, rtt.meanMs + 4 * rtt.varMs + 500))
  return [fairMs, fairMs, Math.min(MAX_WAIT_MS, fairMs * 1.5)]
}
