/**
 * Profiles of collection: how often the devices of a scope are read, as a whole. Pure. Interfaces,
 * CPU and facts keep their intervals: status and freshness of all pages rest on them.
 */
import { COLLECTION_INTERVAL, COLLECTORS, type CollectorIntervals } from "@ispvm/wire"
import type { CollectionProfile } from "../../api/collectors.ts"

/** Settings that are read once an hour or a day are not worth a profile. */
const MAX_BASE_MS = 300_000
const KEPT = /\.(interface|health|facts)$/
/** `factor` of the interval; not below `minMs`, not above `maxMs`. */
const PROFILES = {
  fast: { factor: 0.5, minMs: 5_000, maxMs: COLLECTION_INTERVAL.maxMs },
  normal: { factor: 1, minMs: COLLECTION_INTERVAL.minMs, maxMs: COLLECTION_INTERVAL.maxMs },
  slow: { factor: 4, minMs: COLLECTION_INTERVAL.minMs, maxMs: 3_600_000 },
} as const satisfies Record<CollectionProfile, object>
/** The limit of the wire. */
const MAX_COLLECTORS = 64

const isProfile = (text: string | null | undefined): text is CollectionProfile =>
  text !== null && text !== undefined && Object.hasOwn(PROFILES, text)

/**
 * The intervals of one device. What is set for a single collector is the base of the profile; a
 * collector that is off stays off. Only collectors of `sources`, because a message names few.
 */
export const profiledIntervals = (
  base: CollectorIntervals,
  profile: string | null | undefined,
  sources: readonly string[],
): CollectorIntervals => {
  if (!isProfile(profile) || profile === "normal") return base
  const { factor, minMs, maxMs } = PROFILES[profile]
  const changed = Object.entries(COLLECTORS).flatMap(([name, defaultMs]) => {
    const everyMs = base[name] ?? defaultMs
    const isOf = sources.includes(name.slice(0, name.indexOf(".")))
    if (!isOf || KEPT.test(name) || everyMs <= 0 || everyMs > MAX_BASE_MS) return []
    const wantedMs = Math.min(maxMs, Math.max(minMs, Math.round(everyMs * factor)))
    // A profile never turns its direction, such as a short interval that `fast` would lengthen.
    const isTurned = factor < 1 ? wantedMs > everyMs : wantedMs < everyMs
    return isTurned ? [] : [[name, wantedMs] as const]
  })
  const all = { ...base, ...Object.fromEntries(changed) }
  return Object.fromEntries(
    Object.entries(all)
      .slice(0, MAX_COLLECTORS)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}
