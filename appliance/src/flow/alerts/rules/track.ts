/**
 * What was measured of one entity lately, by metric family, in the order of its times. Kept for as
 * long as the longest window of a rule looks back, and for as long as data may arrive late.
 */
import type { DeviceId } from "../../../platform/ids.ts"

/** Data may arrive this much later than newer data and still count. */
export const REORDER_MS = 30_000
/** Of one entity: at one point a second, an hour; a longer window has to come from stored series. */
const MAX_POINTS = 4_000

/** `values` by slot of the family; NaN where the sample has none. */
export type Point = { readonly atMs: number; readonly values: readonly number[] }
export type Entity = {
  readonly key: string
  readonly family: string
  readonly device: DeviceId
  readonly interface: string | null
  /** Of a family by name: a sensor, a peer. */
  readonly name: string | null
  /** The unit of a sensor. */
  readonly unit: string | null
}
export type Track = {
  entity: Entity
  points: Point[]
  /** Newest time; null: nothing was measured. */
  lastMs: number | null
  /** By slot, when the value changed; only of slots whose changes a rule counts. */
  changes: Map<number, { lastValue: number; times: number[] }> | null
  /** How many points have left `points` at its beginning. */
  left: number
  /** Grows when points change otherwise than at their ends: sums over them have to be made again. */
  version: number
  /** Sums over windows, by what is added up. */
  sums: Map<string, WindowSums> | null
}

/** Sums of the points `from` to `to` (excluded), counted from the first point that was ever kept. */
export type WindowSums = {
  version: number
  atMs: number
  from: number
  to: number
  part: number
  whole: number
}

export const createTrack = (entity: Entity): Track => ({
  entity,
  points: [],
  lastMs: null,
  changes: null,
  left: 0,
  version: 0,
  sums: null,
})

/** The order of points of one time must not depend on the order of their arrival. */
const compare = (one: Point, other: Point): number => {
  if (one.atMs !== other.atMs) return one.atMs - other.atMs
  for (const [slot, value] of one.values.entries()) {
    const against = other.values[slot] ?? Number.NaN
    if (value === against || (Number.isNaN(value) && Number.isNaN(against))) continue
    if (Number.isNaN(value)) return -1
    if (Number.isNaN(against)) return 1
    return value - against
  }
  return 0
}

export const addPoint = (track: Track, point: Point): void => {
  const { points } = track
  let at = points.length
  for (let before = points[at - 1]; before !== undefined; before = points[at - 1]) {
    if (compare(before, point) <= 0) break
    at -= 1
  }
  if (at === points.length) points.push(point)
  else {
    points.splice(at, 0, point)
    track.version += 1
  }
  track.lastMs = Math.max(track.lastMs ?? point.atMs, point.atMs)
}

/** Notes changes of the points that leave, so that counting them needs no points. */
const noteChanges = (track: Track, left: readonly Point[], slots: readonly number[]): void => {
  if (slots.length === 0) return
  track.changes ??= new Map()
  for (const slot of slots)
    for (const { atMs, values } of left) {
      const value = values[slot] ?? Number.NaN
      if (Number.isNaN(value)) continue
      const known = track.changes.get(slot)
      if (known === undefined) track.changes.set(slot, { lastValue: value, times: [] })
      else if (known.lastValue !== value) {
        known.lastValue = value
        known.times.push(atMs)
      }
    }
}

/** Drops points older than `keepMs`, some at a time. `countMs`: the longest window of changes. */
export const prune = (
  track: Track,
  keepMs: number,
  changeSlots: readonly number[],
  countMs: number,
): void => {
  const { points, lastMs } = track
  if (lastMs === null) return
  const beforeMs = lastMs - keepMs
  let expired = Math.max(0, points.length - MAX_POINTS)
  while ((points[expired]?.atMs ?? Number.POSITIVE_INFINITY) < beforeMs) expired += 1
  // Moving the rest costs as much for one point as for several.
  if (expired < 4) return
  noteChanges(track, points.slice(0, expired), changeSlots)
  track.points = points.slice(expired)
  track.left += expired
  for (const change of track.changes?.values() ?? [])
    while ((change.times[0] ?? Number.POSITIVE_INFINITY) < lastMs - countMs) change.times.shift()
}

/** How many of the points are not after `atMs`. */
const countUntil = (points: readonly Point[], atMs: number): number => {
  let count = points.length
  while (count > 0 && (points[count - 1]?.atMs ?? 0) > atMs) count -= 1
  return count
}

/** Calls `use` with the points of the `overMs` before `atMs`, newest first. */
export const eachBefore = (
  track: Track,
  atMs: number,
  overMs: number,
  use: (point: Point) => void,
): void => {
  const fromMs = atMs - overMs
  for (let index = countUntil(track.points, atMs) - 1; index >= 0; index -= 1) {
    const point = track.points[index]
    if (point === undefined || point.atMs <= fromMs) return
    use(point)
  }
}

/**
 * The mean of a slot over the `overMs` before `atMs`; NaN of fewer than `samples` values. Rules ask
 * for it at each probe of each device: a plain loop takes a fifth of a call for each point.
 */
export const meanBefore = (
  track: Track,
  atMs: number,
  {
    overMs,
    slot,
    samples,
  }: { readonly overMs: number; readonly slot: number; readonly samples: number },
): number => {
  const { points } = track
  const fromMs = atMs - overMs
  let [sum, count] = [0, 0]
  for (let index = countUntil(points, atMs) - 1; index >= 0; index -= 1) {
    const point = points[index]
    if (point === undefined || point.atMs <= fromMs) break
    const value = point.values[slot] ?? Number.NaN
    if (Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  return count < samples || count === 0 ? Number.NaN : sum / count
}

/** What is added up, and over which window; `key` is unique to both. */
export type SumOf = {
  readonly key: string
  readonly overMs: number
  readonly partSlot: number
  readonly wholeSlot: number
}
const addTo = (sums: WindowSums, sign: 1 | -1, { partSlot, wholeSlot }: SumOf, point?: Point) => {
  const part = point?.values[partSlot] ?? Number.NaN
  const whole = point?.values[wholeSlot] ?? Number.NaN
  if (Number.isNaN(part) || Number.isNaN(whole)) return
  sums.part += sign * part
  sums.whole += sign * whole
}

/**
 * Sums of two slots over the points of the window before `atMs` that have both. The work is
 * proportional to the points that entered and left the window since the last call, while points
 * come in the order of their times. For whole numbers, which have no error that could add up.
 */
export const sumsBefore = (
  track: Track,
  atMs: number,
  what: SumOf,
): { readonly part: number; readonly whole: number } => {
  const { version, left } = track
  track.sums ??= new Map()
  let sums = track.sums.get(what.key)
  if (sums?.version !== version || sums.atMs > atMs || sums.from < left) {
    sums = { version, atMs, from: left, to: left, part: 0, whole: 0 }
    track.sums.set(what.key, sums)
  }
  const pointAt = (place: number): Point | undefined => track.points[place - left]
  for (; (pointAt(sums.to)?.atMs ?? Number.POSITIVE_INFINITY) <= atMs; sums.to += 1)
    addTo(sums, 1, what, pointAt(sums.to))
  const fromMs = atMs - what.overMs
  for (; sums.from < sums.to && (pointAt(sums.from)?.atMs ?? 0) <= fromMs; sums.from += 1)
    addTo(sums, -1, what, pointAt(sums.from))
  sums.atMs = atMs
  return sums
}

export const lastPoint = (track: Track, atMs: number): Point | undefined =>
  track.points[countUntil(track.points, atMs) - 1]

/** When the value of a slot changed in the `overMs` before `atMs`, oldest first. */
export const changesBefore = (
  track: Track,
  slot: number,
  atMs: number,
  overMs: number,
): readonly number[] => {
  const noted = track.changes?.get(slot)
  let before = noted?.lastValue ?? Number.NaN
  const times = noted?.times.filter((ms) => ms > atMs - overMs && ms <= atMs) ?? []
  const until = countUntil(track.points, atMs)
  for (let index = 0; index < until; index += 1) {
    const point = track.points[index]
    const value = point?.values[slot] ?? Number.NaN
    if (point === undefined || Number.isNaN(value)) continue
    if (!Number.isNaN(before) && value !== before && point.atMs > atMs - overMs)
      times.push(point.atMs)
    before = value
  }
  return times
}

/** Forgets the points: those of an outage say nothing about the time after it. */
export const clearTrack = (track: Track): void => {
  track.points = []
  track.changes = null
  track.version += 1
}
