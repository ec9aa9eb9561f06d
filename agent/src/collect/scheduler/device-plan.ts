/**
 * What is known of one device that is polled: its jobs, how its sources work, and which poll is
 * next. Pure: no timer, no clock.
 */
import type { AssignedDevice, Source } from "@ispvm/wire"
import type { Collector, CollectReason, Tier } from "../collector.ts"
import type { HeapItem } from "./heap.ts"
import {
  type LastReported,
  NOTHING_REPORTED,
  type SourceChange,
  type Superseded,
} from "./poll-outcome.ts"

export type Job = {
  readonly device: AssignedDevice
  readonly generation: number
  readonly collector: Collector
  readonly rank: number
  readonly everyMs: number
  nextMs: number
  startedMs: number
  isRunning: boolean
  isUrgent: boolean
  /** Has been running for long, and does not count against the limit of concurrent polls. */
  isSlow?: boolean
}
export type SourceState = {
  isRunning: boolean
  failures: number
  untilMs: number
  /** The last reported change, and its reason. */
  lastReported: LastReported
  readonly failing: Map<Tier, CollectReason>
}
/** Facts first: they say what the other values belong to. */
const ORDER: Readonly<Partial<Record<Tier, number>>> = { facts: 0, interface: 1, health: 2 }
const orderOf = (reads: Tier): number => ORDER[reads] ?? 3

type Fields = Omit<Job, "isSlow"> & {
  /** Its place among the jobs of the device. */
  readonly at: number
  readonly state: SourceState
}
/** A job of a device; its `nextMs` is in `times` of the device. */
export class PlannedJob implements Job {
  readonly device: AssignedDevice
  readonly generation: number
  readonly collector: Collector
  readonly rank: number
  readonly everyMs: number
  startedMs: number
  isRunning: boolean
  isUrgent: boolean
  isSlow = false
  readonly at: number
  readonly state: SourceState
  /** Among polls that wait equally long. */
  readonly order: number
  /** Jobs of other sources that read the same and come first. */
  before: readonly PlannedJob[] = []
  readonly #times: Float64Array

  constructor(fields: Fields, times: Float64Array) {
    this.device = fields.device
    this.generation = fields.generation
    this.collector = fields.collector
    this.rank = fields.rank
    this.everyMs = fields.everyMs
    this.startedMs = fields.startedMs
    this.isRunning = fields.isRunning
    this.isUrgent = fields.isUrgent
    this.at = fields.at
    this.state = fields.state
    this.order = orderOf(fields.collector.reads)
    this.#times = times
    this.nextMs = fields.nextMs
  }

  get nextMs(): number {
    return this.#times[this.at] ?? Number.POSITIVE_INFINITY
  }

  set nextMs(ms: number) {
    this.#times[this.at] = ms
  }
}
/** `generation` changes with the access of the device: results of an older one are stale. */
export type DevicePlan = HeapItem & {
  readonly generation: number
  device: AssignedDevice
  jobs: readonly PlannedJob[]
  /**
   * `nextMs` of the jobs. Most devices are not in the processor's cache when their turn comes:
   * the times of all jobs in one row of memory need a few lines of it, and the jobs one each.
   */
  times: Float64Array
  /** How many jobs are running, at most one of each source. */
  running: number
  readonly sources: Map<Source, SourceState>
  urgentMs: number
  /** What the queue goes by: the best poll, and from when it may start. */
  next: PlannedJob | null
  readyMs: number
}

export const sourceOf = (known: DevicePlan, source: Source): SourceState => {
  const state = known.sources.get(source)
  if (state !== undefined) return state
  const fresh = {
    ...{ isRunning: false, failures: 0, untilMs: 0 },
    ...{ lastReported: NOTHING_REPORTED, failing: new Map() },
  }
  known.sources.set(source, fresh)
  return fresh
}

/** An earlier source reads the same and is not known to fail. */
export const isDormant = ({ before, collector: { reads } }: PlannedJob): boolean => {
  for (const { state } of before) if (!state.failing.has(reads)) return true
  return false
}

const isUrgentNow = (job: PlannedJob, readyMs: number, nowMs: number): boolean =>
  job.isUrgent && readyMs <= nowMs

/**
 * Finds the best poll that is due, or else the one that is due first; none if every source is busy.
 * Runs twice for each poll over all of a device's jobs, so it makes no object and passes over jobs
 * whose time alone shows that they are not the next.
 */
export const findNext = (device: DevicePlan, nowMs: number): void => {
  const { jobs, times } = device
  let [next, nextMs]: [PlannedJob | null, number] = [null, Number.POSITIVE_INFINITY]
  const count = device.running < device.sources.size ? times.length : 0
  for (let at = 0; at < count; at += 1) {
    const timeMs = times[at] ?? 0
    // An urgent job comes first only when it is due.
    if (timeMs > nextMs && timeMs > nowMs) continue
    const job = jobs[at]
    if (job === undefined || job.isRunning || job.state.isRunning) continue
    const readyMs = timeMs > job.state.untilMs ? timeMs : job.state.untilMs
    const isUrgent = isUrgentNow(job, readyMs, nowMs)
    const isNextUrgent = next !== null && isUrgentNow(next, nextMs, nowMs)
    const isBetter =
      next === null ||
      (isUrgent === isNextUrgent
        ? readyMs < nextMs || (readyMs === nextMs && job.order < next.order)
        : isUrgent)
    if (isBetter && !isDormant(job)) [next, nextMs] = [job, readyMs]
  }
  device.next = next
  device.readyMs = nextMs
}

/** Among devices with a poll that is due: urgent ones first, then those that wait longest. */
export const dueKey = ({ next, readyMs }: DevicePlan): number =>
  next?.isUrgent === true ? Number.NEGATIVE_INFINITY : readyMs

/** Of devices with the same `dueKey`. */
export const isBefore = (a: DevicePlan, b: DevicePlan): boolean => {
  if (a.next === null || b.next === null) return a.next !== null
  if (a.readyMs !== b.readyMs) return a.readyMs < b.readyMs
  return a.next.order < b.next.order
}

/** The source works, at least for this tier. */
export const worked = (state: SourceState, tier: Tier): SourceChange => {
  state.failing.delete(tier)
  state.failures = 0
  state.untilMs = 0
  if (state.failing.size > 0 || state.lastReported.change === "works") return null
  state.lastReported = { change: "works", reason: null }
  return "works"
}

const NONE: readonly Superseded[] = []
/**
 * A source works and replaces others: their failures no longer matter. A source that is no longer
 * polled is reported as ended, even if nothing was reported before: an earlier run may have left
 * a failure open.
 */
export const supersede = (known: DevicePlan, working: Source): readonly Superseded[] => {
  if (known.sources.size === 1) return NONE
  const others = new Set(
    known.jobs.map(({ collector }) => collector.source).filter((source) => source !== working),
  )
  return [...others].flatMap((source): Superseded[] => {
    const state = sourceOf(known, source)
    const active = known.jobs.filter((job) => job.collector.source === source && !isDormant(job))
    for (const tier of state.failing.keys())
      if (!active.some(({ collector }) => collector.reads === tier)) state.failing.delete(tier)
    const isOver = state.lastReported.change === "failed" && state.failing.size === 0
    if (!isOver && (state.lastReported.change !== null || active.length > 0)) return []
    const change = active.length > 0 ? "works" : "ended"
    state.lastReported = { change, reason: null }
    state.failures = 0
    state.untilMs = 0
    return [{ source, change }]
  })
}

/** Reported once, and polled at the usual interval: what can be read is read. */
export const failedInPart = (state: SourceState, job: Job, reason: CollectReason): SourceChange => {
  state.failing.set(job.collector.reads, reason)
  state.failures = 0
  state.untilMs = 0
  if (state.lastReported.change === "failed") return null
  state.lastReported = { change: "failed", reason }
  return "failed"
}
