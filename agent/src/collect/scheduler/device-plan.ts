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
/**
 * `before`: jobs of other sources that read the same and come first. `order`: among polls that wait
 * equally long.
 */
export type PlannedJob = Job & {
  readonly state: SourceState
  readonly order: number
  before: readonly PlannedJob[]
}
/** `generation` changes with the access of the device: results of an older one are stale. */
export type DevicePlan = HeapItem & {
  readonly generation: number
  device: AssignedDevice
  jobs: readonly PlannedJob[]
  readonly sources: Map<Source, SourceState>
  urgentMs: number
  /** What the queue goes by: the best poll, and from when it may start. */
  next: PlannedJob | null
  readyMs: number
}

export const sourceOf = (known: DevicePlan, source: Source): SourceState => {
  const state = known.sources.get(source) ?? {
    isRunning: false,
    failures: 0,
    untilMs: 0,
    lastReported: NOTHING_REPORTED,
    failing: new Map(),
  }
  known.sources.set(source, state)
  return state
}

/** An earlier source reads the same and is not known to fail. */
export const isDormant = ({ before, collector: { reads } }: PlannedJob): boolean => {
  for (const { state } of before) if (!state.failing.has(reads)) return true
  return false
}

/** Facts first: they say what the other values belong to. */
const ORDER: Readonly<Partial<Record<Tier, number>>> = { facts: 0, interface: 1, health: 2 }
export const orderOf = (reads: Tier): number => ORDER[reads] ?? 3

/**
 * Finds the best poll that is due, or else the one that is due first; none if every source is busy.
 * Runs twice for each poll over all of a device's jobs, so it makes no object.
 */
export const findNext = (device: DevicePlan, nowMs: number): void => {
  let [next, nextMs]: [PlannedJob | null, number] = [null, Number.POSITIVE_INFINITY]
  for (const job of device.jobs) {
    const { state } = job
    if (state.isRunning || job.isRunning) continue
    const readyMs = job.nextMs > state.untilMs ? job.nextMs : state.untilMs
    const isUrgent = job.isUrgent && readyMs <= nowMs
    const isNextUrgent = next?.isUrgent === true && nextMs <= nowMs
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
export const isBefore = (a: DevicePlan, b: DevicePlan): boolean => {
  if (a.next === null || b.next === null) return a.next !== null
  if (a.next.isUrgent !== b.next.isUrgent) return a.next.isUrgent
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

/**
 * A source works and replaces others: their failures no longer matter. A source that is no longer
 * polled is reported as ended, even if nothing was reported before: an earlier run may have left
 * a failure open.
 */
export const supersede = (known: DevicePlan, working: Source): readonly Superseded[] => {
  if (known.sources.size === 1) return []
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
