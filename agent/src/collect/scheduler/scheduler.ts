/** Runs polls that are due, with their deadlines. `poll-plan.ts` decides what is due. */
import type { AssignedDevice, DeviceId, Source } from "@ispvm/wire"
import {
  CollectError,
  type Collector,
  type Collectors,
  type CollectReason,
  collectorKey,
  type Observed,
  type Reading,
  type Tier,
} from "../collector.ts"
import { CollectionCosts, countOf, type Measured } from "./collection.ts"
import type { Job } from "./device-plan.ts"
import type { SourceChange } from "./poll-outcome.ts"
import { PollPlan } from "./poll-plan.ts"
import { type RunningPoll, RunningPolls } from "./running-polls.ts"
import { slowedMs } from "./slow-answer.ts"

export type SourceChangeEvent = {
  readonly device: DeviceId
  readonly source: Source
  /** What the poll read; null if there was no poll. */
  readonly tier: Tier | null
  readonly change: Exclude<SourceChange, null>
  readonly reason: CollectReason | null
  readonly message: string
}

type Deps = {
  readonly collectors: readonly Collectors[]
  /** Of a steady clock. */
  readonly now: () => number
  /** The time of day, of reports about collection; `now` if omitted. */
  readonly date?: () => number
  readonly random: () => number
  /** All readings of one poll. `isUrgent`: they may show a change of status. */
  readonly onReadings: (readings: readonly Reading[], isUrgent: boolean) => void
  readonly onSourceChange: (change: SourceChangeEvent) => void
  /** No longer monitored, or with another access: forget its state. */
  readonly onGone: (device: DeviceId) => void
  /** An internal error: the readings of one device could not be processed. */
  readonly onFault: (error: unknown) => void
  readonly maxWeight?: number
}

export type ScheduleCounts = { polls: number; failed: number; hung: number; stale: number }

const MAX_WEIGHT = 64
/** Wake-ups are at least this far apart: jobs that are due together start together. */
const QUANTUM_MS = 10

const ACCESS_CHANGED = "The access to this device was changed."
const standbyMessage = (worked: Source): string => `Not polled while ${worked} works.`

type Failure = { readonly reason: CollectReason; readonly message: string }
/** `bytesBefore`: received from the device before the poll. */
type Result = {
  readonly readings: readonly Reading[]
  readonly failure: Failure | null
  readonly isUrgent: boolean
  readonly bytesBefore: number | null
}
const NO_READINGS: readonly Reading[] = []
const OK = { ok: true } as const

const reasonOf = (error: unknown): Failure =>
  error instanceof CollectError
    ? { reason: error.reason, message: error.message }
    : { reason: "failed", message: error instanceof Error ? error.message : String(error) }

export class Schedule {
  readonly counts: ScheduleCounts = { polls: 0, failed: 0, hung: 0, stale: 0 }
  readonly #deps: Deps
  readonly #plan: PollPlan
  readonly #collectors: readonly Collector[]
  readonly #bySource: ReadonlyMap<Source, Collectors>
  readonly #running: RunningPolls
  #timer: NodeJS.Timeout | null = null
  /** When the timer ends, by `now`. */
  #timerMs = Number.POSITIVE_INFINITY
  #isStopped = false
  #unknown: readonly string[] = []
  readonly #costs = new CollectionCosts()

  constructor(deps: Deps) {
    this.#deps = deps
    const all = deps.collectors.flatMap((set) => set.all)
    this.#collectors = all
    this.#bySource = new Map(
      deps.collectors.flatMap((set) => set.all.map(({ source }) => [source, set] as const)),
    )
    this.#plan = new PollPlan(all, deps.maxWeight ?? MAX_WEIGHT, deps.random)
    this.#running = new RunningPolls({
      onSlow: (job) => this.#markSlow(job),
      onHung: () => {
        this.counts.hung += 1
      },
    })
  }

  get devices(): number {
    return this.#plan.devices
  }
  get failing(): number {
    return this.#plan.failing()
  }
  get running(): number {
    return this.#running.size
  }
  /** Collectors that the assignment sets an interval for and this agent does not have. */
  get unknownCollectors(): readonly string[] {
    return this.#unknown
  }

  apply(devices: readonly AssignedDevice[]): void {
    const known = new Set(this.#deps.collectors.flatMap(({ all }) => all.map(collectorKey)))
    const named = new Set(devices.flatMap((device) => Object.keys(device.collectorIntervals ?? {})))
    this.#unknown = [...named].filter((name) => !known.has(name)).toSorted()
    const { gone, ended } = this.#plan.apply(devices, this.#deps.now())
    for (const id of gone) {
      this.#running.abort(({ device }) => device.id === id)
      for (const set of this.#deps.collectors) set.forget(id)
      this.#costs.forget(id)
      this.#deps.onGone(id)
    }
    for (const { device, source } of ended)
      this.#deps.onSourceChange({
        device: device.id,
        source,
        tier: null,
        change: "ended",
        reason: null,
        message: ACCESS_CHANGED,
      })
    this.#wake()
  }

  /** Polls this device's interfaces now. */
  pollNow(device: DeviceId): void {
    this.#plan.pollNow(device, this.#deps.now())
    this.#wake()
  }

  /** Polls what this collector reads after a delay; see `PollPlan.pollSoon`. */
  pollSoon(device: DeviceId, reads: Tier, when: Parameters<PollPlan["pollSoon"]>[3]): void {
    this.#plan.pollSoon(device, reads, this.#deps.now(), when)
    this.#wake()
  }

  /** The device answers again. */
  retryNow(device: DeviceId): void {
    this.#plan.retryNow(device, this.#deps.now())
    this.#wake()
  }

  /** Starts the polls that are due. */
  #wake(): void {
    if (this.#isStopped) return
    for (const job of this.#plan.due(this.#deps.now())) this.#start(job)
    const nextMs = this.#plan.nextMs()
    if (nextMs !== null) this.#wakeAt(nextMs)
  }

  /** A timer that ends earlier stays: it costs less than setting another for each poll. */
  #wakeAt(atMs: number): void {
    const nowMs = this.#deps.now()
    const timerMs = Math.max(nowMs + QUANTUM_MS, atMs)
    if (this.#timer !== null) {
      if (this.#timerMs <= timerMs) return
      clearTimeout(this.#timer)
    }
    this.#timerMs = timerMs
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#wake()
    }, timerMs - nowMs)
  }

  /** After the end of a poll, which can make room for another one. */
  #wakeIfDue(): void {
    const nextMs = this.#isStopped ? null : this.#plan.nextMs()
    if (nextMs === null) return
    if (nextMs <= this.#deps.now()) this.#wake()
    else this.#wakeAt(nextMs)
  }

  #start(job: Job): void {
    const poll = this.#running.start(job)
    poll.ended = this.#run(poll, job.isUrgent)
  }

  async #run(poll: RunningPoll, isUrgent: boolean): Promise<void> {
    const { collector, device } = poll.job
    const bytesBefore = this.#receivedByte(poll.job)
    let readings: readonly Reading[] = NO_READINGS
    let failure: Failure | null = null
    try {
      readings = await collector.collect(device, poll.controller.signal)
    } catch (error) {
      readings = error instanceof CollectError ? error.partial : NO_READINGS
      failure =
        poll.isLate && readings.length === 0
          ? { reason: "timed-out", message: `no result after ${collector.cost.deadlineMs} ms` }
          : reasonOf(error)
    }
    this.#running.end(poll)
    try {
      this.#complete(poll.job, { readings, failure, isUrgent, bytesBefore })
    } catch (error) {
      this.#deps.onFault(error)
    }
    this.#wakeIfDue()
  }

  #receivedByte({ device, collector: { source, reads } }: Job): number | null {
    return this.#observe(source, device.id, reads)?.receivedByte ?? null
  }

  #observe(source: Source, device: DeviceId, reads: Tier): Observed | null {
    return this.#bySource.get(source)?.observe?.(device, reads) ?? null
  }

  /** Measures the poll, and reports all costs of the device about once a minute. */
  #noteCost(job: Job, { readings, failure, bytesBefore }: Result, bytes: number | null): void {
    const { collector, device, everyMs, startedMs } = job
    const [nowMs, atMs] = [this.#deps.now(), (this.#deps.date ?? this.#deps.now)()]
    const whole = collector.costOf?.(device.id)
    if (whole === null && failure === null) return
    const tookMs = whole?.tookMs ?? nowMs - startedMs
    const received = bytes === null ? null : bytes - Math.min(bytes, bytesBefore ?? 0)
    const measured: Measured = {
      collector,
      atMs,
      tookMs,
      rows: countOf(readings),
      receivedByte: whole?.receivedByte ?? received,
      failure: failure?.reason ?? null,
      slowedMs: slowedMs(everyMs, tookMs),
    }
    if (!this.#costs.add(device.id, measured, nowMs)) return
    const report = this.#costs.report(
      {
        device,
        collectors: this.#collectors,
        dormant: this.#plan.dormant(device.id),
        observe: (source, id, reads) => this.#observe(source, id, reads),
        streams: this.#deps.collectors.flatMap((set) => set.streams?.(device.id) ?? []),
      },
      atMs,
    )
    this.#deps.onReadings([report], false)
  }

  /** A slow poll continues without delaying others. */
  #markSlow(job: Job): void {
    if (this.#plan.markSlow(job)) this.#wake()
  }

  /** There may be readings in spite of a failure. */
  #complete(job: Job, result: Result): void {
    const { collector, device } = job
    const { readings, failure } = result
    const isUsed = readings.length > 0 || failure === null
    const outcome =
      failure === null ? OK : ({ ok: false, reason: failure.reason, isPartial: isUsed } as const)
    const bytes = this.#receivedByte(job)
    const { stale, change, superseded } = this.#plan.complete(job, outcome, this.#deps.now())
    this.counts.polls += 1
    if (stale || this.#isStopped) {
      this.counts.stale += 1
      return
    }
    if (failure !== null) this.counts.failed += 1
    if (isUsed) this.#deps.onReadings(readings, result.isUrgent)
    this.#noteCost(job, result, bytes)
    if (change === null && superseded.length === 0) return
    const about = { device: device.id, tier: collector.reads }
    if (change !== null) {
      const { reason, message } = failure ?? { reason: null, message: "" }
      this.#deps.onSourceChange({ ...about, source: collector.source, change, reason, message })
    }
    for (const other of superseded) {
      const message = other.change === "ended" ? standbyMessage(collector.source) : ""
      this.#deps.onSourceChange({ ...about, ...other, reason: null, message })
    }
  }

  /** Resolves when nothing runs any more; also closes the collectors. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#running.abort()
    await this.#running.ended()
    await Promise.all(this.#deps.collectors.map((set) => set.close()))
  }
}
