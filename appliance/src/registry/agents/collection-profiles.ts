/**
 * How often the devices of a scope are read: by a profile as a whole, or by groups of collectors.
 * Pure. Interfaces, CPU and facts keep their intervals: status and freshness of all pages rest on
 * them.
 */
import { COLLECTION_INTERVAL, COLLECTORS, type CollectorIntervals } from "@ispvm/wire"
import { type CollectionProfile, groupOf } from "../../api/collectors.ts"

/** Settings that are read once an hour or a day are not worth a profile. */
const MAX_BASE_MS = 300_000
/** Read once a day, and a group of its own. */
const DAILY = "routeros-api.configuration"
const KEPT = /\.(interface|health|facts)$/
/** `factor` of the interval; not below `minMs`, not above `maxMs`. */
const PROFILES = {
  fast: { factor: 0.5, minMs: 5_000, maxMs: COLLECTION_INTERVAL.maxMs },
  normal: { factor: 1, minMs: COLLECTION_INTERVAL.minMs, maxMs: COLLECTION_INTERVAL.maxMs },
  slow: { factor: 4, minMs: COLLECTION_INTERVAL.minMs, maxMs: 3_600_000 },
} as const satisfies Record<CollectionProfile, object>
/** The limit of the wire. */
const MAX_COLLECTORS = 64

/** Routers of a slow profile are only polled: they are slow, or far away. */
const LISTEN = "routeros-api.listen"

const isProfile = (text: string | null | undefined): text is CollectionProfile =>
  text !== null && text !== undefined && Object.hasOwn(PROFILES, text)

/** Intervals of groups of collectors, by the name of the group. */
export type GroupIntervals = Readonly<Record<string, number>>

/** Collectors of these sources that a scope can change, with the interval that applies to all. */
const changeable = (
  base: CollectorIntervals,
  sources: readonly string[],
): readonly (readonly [name: string, everyMs: number])[] =>
  Object.entries(COLLECTORS).flatMap(([name, defaultMs]) => {
    const everyMs = base[name] ?? defaultMs
    const isOf = sources.includes(name.slice(0, name.indexOf(".")))
    const isFixed = KEPT.test(name) || name === LISTEN || everyMs <= 0 || everyMs > MAX_BASE_MS
    return isOf && !isFixed ? [[name, everyMs] as const] : []
  })

/**
 * The intervals of one device. What is set for a single collector is the base of the profile; a
 * collector that is off stays off; an interval of a group goes before its profile. Only collectors
 * of `sources`, because a message names few.
 */
export const profiledIntervals = (
  base: CollectorIntervals,
  profile: string | null | undefined,
  sources: readonly string[],
  groups: GroupIntervals = {},
): CollectorIntervals => {
  const isOn = (base[DAILY] ?? COLLECTORS[DAILY] ?? 0) > 0 && sources.includes("routeros-api")
  const named = [...changeable(base, sources).map(([name]) => name), ...(isOn ? [DAILY] : [])]
  const own = [...new Set(named)].flatMap((name) => {
    const everyMs = groups[groupOf(name) ?? ""]
    return everyMs === undefined ? [] : [[name, everyMs] as const]
  })
  const all = { ...base, ...ofProfile(base, profile, sources), ...Object.fromEntries(own) }
  if (own.length === 0 && (!isProfile(profile) || profile === "normal")) return base
  return Object.fromEntries(
    Object.entries(all)
      .slice(0, MAX_COLLECTORS)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

const ofProfile = (
  base: CollectorIntervals,
  profile: string | null | undefined,
  sources: readonly string[],
): CollectorIntervals => {
  if (!isProfile(profile) || profile === "normal") return {}
  const { factor, minMs, maxMs } = PROFILES[profile]
  const listening = profile === "slow" && sources.includes("routeros-api") ? { [LISTEN]: 0 } : {}
  const changed = changeable(base, sources).flatMap(([name, everyMs]) => {
    const wantedMs = Math.min(maxMs, Math.max(minMs, Math.round(everyMs * factor)))
    // A profile never turns its direction, such as a short interval that `fast` would lengthen.
    const isTurned = factor < 1 ? wantedMs > everyMs : wantedMs < everyMs
    return isTurned ? [] : [[name, wantedMs] as const]
  })
  return { ...listening, ...Object.fromEntries(changed) }
}
