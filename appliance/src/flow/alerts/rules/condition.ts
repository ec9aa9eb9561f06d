/**
 * Conditions as functions: of what was measured of one entity until one moment, and of whether the
 * alert is raised, because it ends at another bound than it begins. Null: not known.
 */
import { EventName, LogMeaning } from "@ispvm/wire"
import type { Condition, Leaf, Threshold } from "../../../api/alert-rules.ts"
import { durationMs } from "./durations.ts"
import type { MetricCatalogue, RuleMetric } from "./metrics.ts"
import type { Counted } from "./rule-state.ts"
import {
  changesBefore,
  type Entity,
  eachBefore,
  lastPoint,
  meanBefore,
  REORDER_MS,
  sumsBefore,
  type Track,
} from "./track.ts"

/** The family of events, for windows and tracks. */
export const EVENTS = "event"
export const EVENT_NAMES: readonly string[] = [...EventName.options, ...LogMeaning.options]
/** What is usual at a time of the week, of one entity and metric. */
export type Baseline = { readonly mean: number; readonly deviation: number }
export type BaselineOf = (metric: string, entity: Entity, atMs: number) => Baseline | null
export type Moment = {
  readonly atMs: number
  /** The entity itself, or for a family by device, its device. */
  readonly track: (family: string) => Track | undefined
  /** Of the interface or its link, in bit/s. */
  readonly capacity: () => number | null
  readonly baseline: (metric: string, atMs: number) => Baseline | null
  /** Older values are not known any more. */
  readonly freshMs: (family: string) => number
  /** The value that the condition compared. */
  shown: number | null
  /** The changes that it counted, if a fault of the network may explain them. */
  counted: Counted | null
}
export type Test = (moment: Moment, isRaised: boolean) => boolean | null
/** Where the points of a family keep the parts of a metric. */
export type Slots = (metric: RuleMetric) => readonly number[]

/** What a condition needs to be kept of a family. */
export type Needs = {
  readonly metrics: Set<RuleMetric>
  /** The longest window, by family. */
  readonly windowMs: Map<string, number>
  readonly counted: Set<RuleMetric>
  readonly countMs: Map<string, number>
  readonly events: Set<string>
  readonly baselines: Set<string>
  /** Time alone may meet the condition. */
  hasAbsence: boolean
  /** Time alone may end it. */
  hasDecay: boolean
}
export const noNeeds = (): Needs => ({
  metrics: new Set(),
  windowMs: new Map(),
  counted: new Set(),
  countMs: new Map(),
  events: new Set(),
  baselines: new Set(),
  hasAbsence: false,
  hasDecay: false,
})
const longest = (windows: Map<string, number>, family: string, ms: number): void => {
  windows.set(family, Math.max(windows.get(family) ?? 0, ms))
}

const partsOf = (values: readonly number[], slots: readonly number[]): number[] =>
  slots.map((slot) => values[slot] ?? Number.NaN)

const valueAt = (
  metric: RuleMetric,
  slots: readonly number[],
  values: readonly number[],
  { capacity }: Moment,
): number =>
  slots.length === 1
    ? (values[slots[0] ?? 0] ?? Number.NaN)
    : metric.valueOf(partsOf(values, slots), metric.usesCapacity === true ? capacity() : null)

type Reader = (moment: Moment) => number
/** Several levels and rules compare the same value: it is read once for a moment. */
const remembered = (read: Reader): Reader => {
  let last: Moment | null = null
  let value = Number.NaN
  return (moment) => {
    if (moment !== last) {
      value = read(moment)
      last = moment
    }
    return value
  }
}
const lastValue =
  (metric: RuleMetric, slots: readonly number[]): Reader =>
  (moment) => {
    const track = moment.track(metric.family)
    const point = track === undefined ? undefined : lastPoint(track, moment.atMs)
    if (point === undefined || moment.atMs - point.atMs > moment.freshMs(metric.family))
      return Number.NaN
    return valueAt(metric, slots, point.values, moment)
  }

type Window = { sum: number; count: number; min: number; max: number }
type Ends = { first: number; firstMs: number; last: number; lastMs: number }
type By = NonNullable<Threshold["by"]>
const combine = (by: By, all: Window, ends: Ends): number => {
  switch (by) {
    case "last":
      return ends.last
    case "avg":
      return all.count === 0 ? Number.NaN : all.sum / all.count
    case "min":
      return all.count === 0 ? Number.NaN : all.min
    case "max":
      return all.count === 0 ? Number.NaN : all.max
    case "sum":
      return all.count === 0 ? Number.NaN : all.sum
    case "rate":
      return ends.lastMs > ends.firstMs
        ? ((ends.last - ends.first) * 1_000) / (ends.lastMs - ends.firstMs)
        : Number.NaN
    case "change":
      return all.count < 2 ? Number.NaN : ends.last - ends.first
    case "change-pct":
      return all.count < 2 || ends.first === 0
        ? Number.NaN
        : (100 * (ends.last - ends.first)) / Math.abs(ends.first)
  }
}

const ratioOver = (
  metric: RuleMetric,
  [partSlot = 0, wholeSlot = 0]: readonly number[],
  overMs: number,
  samples: number,
): Reader => {
  const what = { key: `${overMs} ${partSlot} ${wholeSlot}`, overMs, partSlot, wholeSlot }
  return ({ track: trackOf, atMs }) => {
    const track = trackOf(metric.family)
    if (track === undefined) return Number.NaN
    const { part, whole } = sumsBefore(track, atMs, what)
    return whole < samples ? Number.NaN : metric.valueOf([part, whole], null)
  }
}

const meanOver = (
  { family }: RuleMetric,
  [slot = 0]: readonly number[],
  overMs: number,
  samples: number,
): Reader => {
  const what = { overMs, slot, samples }
  return ({ track: trackOf, atMs }) => {
    const track = trackOf(family)
    return track === undefined ? Number.NaN : meanBefore(track, atMs, what)
  }
}

/**
 * A change is seen in its window only as long as the window is. Polls that are rarer, or late, would
 * show it once or never, and it has to hold: two values before the newest count however long ago
 * they are, up to this.
 */
const CHANGE_VALUES = 3
const CHANGE_REACH_MS = 600_000
const isChange = (by: By): boolean => by === "change" || by === "change-pct"
const reachOf = (by: By, overMs: number): number =>
  isChange(by) ? Math.max(overMs, CHANGE_REACH_MS) : overMs

const valueOver =
  (metric: RuleMetric, slots: readonly number[], by: By, overMs: number, samples: number): Reader =>
  (moment) => {
    const track = moment.track(metric.family)
    if (track === undefined) return Number.NaN
    const all: Window = {
      sum: 0,
      count: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
    }
    const ends: Ends = { first: Number.NaN, firstMs: 0, last: Number.NaN, lastMs: 0 }
    const fromMs = moment.atMs - overMs
    eachBefore(track, moment.atMs, reachOf(by, overMs), ({ atMs, values }) => {
      if (atMs <= fromMs && all.count >= CHANGE_VALUES) return
      const value = valueAt(metric, slots, values, moment)
      if (Number.isNaN(value)) return
      if (all.count === 0) {
        ends.last = value
        ends.lastMs = atMs
      }
      ends.first = value
      ends.firstMs = atMs
      all.count += 1
      all.sum += value
      all.min = Math.min(all.min, value)
      all.max = Math.max(all.max, value)
    })
    return all.count < samples ? Number.NaN : combine(by, all, ends)
  }

const codesOf = (metric: RuleMetric, given: NonNullable<Threshold["is"]>): ReadonlySet<number> => {
  const list = Array.isArray(given) ? given : [given]
  return new Set(
    list.map((one) =>
      typeof one === "boolean" ? Number(one) : (metric.states?.[one] ?? Number.NaN),
    ),
  )
}

const within = (value: number, { above, below, clear }: Threshold, isRaised: boolean): boolean => {
  const upper = isRaised ? (clear ?? above) : above
  const lower = isRaised ? (clear ?? below) : below
  // Between the bounds, a raised alert goes on and another does not begin.
  if (above !== undefined && upper !== undefined && value > upper) return true
  return below !== undefined && lower !== undefined && value < lower
}

/** Values that rules read, by what they are. */
export type Readers = Map<string, (moment: Moment) => number>
type Build = {
  readonly catalogue: MetricCatalogue
  readonly slots: Slots
  readonly needs: Needs
  readonly readers: Readers
}

const metricIn = ({ catalogue, needs }: Build, name: string): RuleMetric => {
  const metric = catalogue.get(name)
  if (metric === undefined) throw new Error(`the metric ${name} is not in the catalogue`)
  needs.metrics.add(metric)
  return metric
}

const readerOf = (build: Build, given: Pick<Threshold, "metric" | "over" | "by" | "samples">) => {
  const metric = metricIn(build, given.metric)
  const slots = build.slots(metric)
  const overMs = given.over === undefined ? 0 : durationMs(given.over)
  const samples = given.samples ?? 1
  const by = given.by ?? "avg"
  if (overMs > 0) longest(build.needs.windowMs, metric.family, reachOf(by, overMs))
  const key = `${metric.metric} ${overMs} ${by} ${samples}`
  const read =
    build.readers.get(key) ??
    remembered(
      overMs === 0
        ? lastValue(metric, slots)
        : metric.isRatio && by === "avg"
          ? ratioOver(metric, slots, overMs, samples)
          : by === "avg" && slots.length === 1
            ? meanOver(metric, slots, overMs, samples)
            : valueOver(metric, slots, by, overMs, samples),
    )
  build.readers.set(key, read)
  return { metric, read }
}

const thresholdTest = (build: Build, leaf: Threshold): Test => {
  const { metric, read } = readerOf(build, leaf)
  const wanted = leaf.is === undefined ? null : codesOf(metric, leaf.is)
  const unwanted = leaf.not === undefined ? null : codesOf(metric, leaf.not)
  return (moment, isRaised) => {
    const value = read(moment)
    if (Number.isNaN(value)) return leaf.unknown ?? null
    moment.shown ??= value
    if (wanted !== null) return wanted.has(value)
    if (unwanted !== null) return !unwanted.has(value)
    return within(value, leaf, isRaised)
  }
}

/** Events that follow from a fault of the network; all others are reports of something of its own. */
const FOLLOWING: ReadonlySet<string> = new Set([
  "link-up",
  "link-down",
  "collect-failed",
  "peer-down",
])
/** Of many changes the newest are enough to tell how many nothing explains. */
const MAX_COUNTED = 64
const countedOf = (count: number, overMs: number, atMs: readonly number[]): Counted => ({
  count,
  overMs,
  atMs: atMs.slice(-Math.max(MAX_COUNTED, count)),
})

const leafTest = (build: Build, leaf: Exclude<Leaf, Threshold>): Test => {
  const { needs } = build
  if ("absent" in leaf) {
    const metric = metricIn(build, leaf.absent)
    const ms = durationMs(leaf.for)
    needs.hasAbsence = true
    return (moment) => {
      const lastMs = moment.track(metric.family)?.lastMs ?? null
      return lastMs === null ? null : moment.atMs - lastMs >= ms
    }
  }
  if ("events" in leaf) {
    const overMs = durationMs(leaf.over)
    longest(needs.windowMs, EVENTS, overMs)
    for (const name of leaf.events) needs.events.add(name)
    needs.hasDecay = true
    const names = new Set(leaf.events)
    const isFollowing = leaf.events.every((name) => FOLLOWING.has(name))
    return (moment) => {
      const track = moment.track(EVENTS)
      if (track === undefined) return false
      const times: number[] = []
      eachBefore(track, moment.atMs, overMs, ({ atMs, values }) => {
        if (names.has(EVENT_NAMES[values[0] ?? -1] ?? "")) times.push(atMs)
      })
      moment.shown ??= times.length
      if (isFollowing) moment.counted ??= countedOf(leaf.count, overMs, times.reverse())
      return times.length >= leaf.count
    }
  }
  if ("changes" in leaf) {
    const metric = metricIn(build, leaf.changes)
    const overMs = durationMs(leaf.over)
    const [slot = 0] = build.slots(metric)
    needs.counted.add(metric)
    longest(needs.countMs, metric.family, overMs)
    needs.hasDecay = true
    return (moment) => {
      const track = moment.track(metric.family)
      if (track === undefined) return null
      const times = changesBefore(track, slot, moment.atMs, overMs)
      moment.shown ??= times.length
      moment.counted ??= countedOf(leaf.count, overMs, times)
      return times.length >= leaf.count
    }
  }
  const over = leaf.over ?? undefined
  const { read } = readerOf(
    build,
    over === undefined ? { metric: leaf.deviation } : { metric: leaf.deviation, over },
  )
  needs.baselines.add(leaf.deviation)
  return (moment, isRaised) => {
    // Nothing is usual in the first weeks: then the window need not be read.
    const usual = moment.baseline(leaf.deviation, moment.atMs)
    const value = usual === null ? Number.NaN : read(moment)
    if (usual === null || Number.isNaN(value)) return null
    moment.shown ??= value
    const least = leaf.least ?? 0
    const factor = (bound: number): number => (isRaised ? (leaf.clear ?? bound) : bound)
    const beyond = (bound: number): number => Math.max(factor(bound) * usual.deviation, least)
    if (leaf.above !== undefined && value - usual.mean > beyond(leaf.above)) return true
    return leaf.below !== undefined && usual.mean - value > beyond(leaf.below)
  }
}

/** Names of events as the numbers that points hold. */
export const eventCode = (name: string): number => EVENT_NAMES.indexOf(name)

/** Three-valued: one true is enough for `any`, one false for not `all`, whatever is not known. */
const everyOf =
  (tests: readonly Test[]): Test =>
  (moment, isRaised) => {
    let all: boolean | null = true
    for (const test of tests) {
      const one = test(moment, isRaised)
      if (one === false) return false
      if (one === null) all = null
    }
    return all
  }
const anyOf =
  (tests: readonly Test[]): Test =>
  (moment, isRaised) => {
    let any: boolean | null = false
    for (const test of tests) {
      const one = test(moment, isRaised)
      if (one === true) return true
      if (one === null) any = null
    }
    return any
  }

export const testOf = (build: Build, condition: Condition): Test => {
  if ("all" in condition) return everyOf(condition.all.map((one) => testOf(build, one)))
  if ("any" in condition) return anyOf(condition.any.map((one) => testOf(build, one)))
  if ("metric" in condition) return thresholdTest(build, condition)
  if ("not" in condition) {
    const inner = testOf(build, condition.not)
    return (moment, isRaised) => {
      const one = inner(moment, isRaised)
      return one === null ? null : !one
    }
  }
  return leafTest(build, condition)
}

/** Data older than this cannot count any more, however it arrives. */
export const keptMs = (needs: Needs, family: string): number =>
  (needs.windowMs.get(family) ?? 0) + REORDER_MS
