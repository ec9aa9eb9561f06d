/** Runs polls that are due, with their deadlines. `poll-plan.ts` decides what is due. */
import type { AssignedDevice, DeviceId, Source } from "@ispvm/wire"
import {
  CollectError,
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
/**
 * A poll that runs longer does not count against the limit, so that slow devices do not delay
 * others.
 */
const SLOW_MS = 5_000
/** How long a collector may take to end after an abort. */
const ABORT_GRACE_MS = 2_000

const ACCESS_CHANGED = "The access to this device was changed."
const standbyMessage = (worked: Source): string => `Not polled while ${worked} works.`

const reasonOf = (error: unknown): { readonly reason: CollectReason; readonly message: string } =>
  error instanceof CollectError
    ? { reason: error.reason, message: error.message }
    : { reason: "failed", message: error instanceof Error ? error.message : String(error) }

export class Schedule {
  readonly counts: ScheduleCounts = { polls: 0, failed: 0, hung: 0, stale: 0 }
  readonly #deps: Deps
  readonly #plan: PollPlan
  readonly #bySource: ReadonlyMap<Source, Collectors>
  readonly #running = new Map<
    Promise<void>,
    { readonly job: Job; readonly controller: AbortController }
  >()
  #timer: NodeJS.Timeout | null = null
  #isStopped = false
  #unknown: readonly string[] = []
  readonly #costs = new CollectionCosts()

  constructor(deps: Deps) {
    this.#deps = deps
    const all = deps.collectors.flatMap((set) => set.all)
    this.#bySource = new Map(
      deps.collectors.flatMap((set) => set.all.map(({ source }) => [source, set] as const)),
    )
    this.#plan = new PollPlan(all, deps.maxWeight ?? MAX_WEIGHT, deps.random)
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
      for (const { job, controller } of this.#running.values())
        if (job.device.id === id) controller.abort()
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

  #wake(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#isStopped) return
    for (const job of this.#plan.due(this.#deps.now())) this.#start(job)
    const nextMs = this.#plan.nextMs()
    if (nextMs === null) return
    this.#timer = setTimeout(() => this.#wake(), Math.max(QUANTUM_MS, nextMs - this.#deps.now()))
  }

  #start(job: Job): void {
    const controller = new AbortController()
    const work = this.#run(job, job.isUrgent, controller)
      .catch(this.#deps.onFault)
      .finally(() => {
        this.#running.delete(work)
        this.#wake()
      })
    this.#running.set(work, { job, controller })
  }

  async #run(job: Job, isUrgent: boolean, controller: AbortController): Promise<void> {
    const { collector, device } = job
    let isLate = false
    const deadline = setTimeout(() => {
      isLate = true
      controller.abort()
    }, collector.cost.deadlineMs)
    const slow = setTimeout(() => this.#markSlow(job), SLOW_MS)
    const hung = setTimeout(() => {
      this.counts.hung += 1
    }, collector.cost.deadlineMs + ABORT_GRACE_MS)
    const bytesBefore = this.#receivedByte(job)
    let readings: readonly Reading[] = []
    let failure: ReturnType<typeof reasonOf> | null = null
    try {
      readings = await collector.collect(device, controller.signal)
    } catch (error) {
      const late = {
        reason: "timed-out",
        message: `no result after ${collector.cost.deadlineMs} ms`,
      } as const
      readings = error instanceof CollectError ? error.partial : []
      failure = isLate && readings.length === 0 ? late : reasonOf(error)
    } finally {
      clearTimeout(deadline)
      clearTimeout(slow)
      clearTimeout(hung)
    }
    const use =
      readings.length > 0 || failure === null
        ? () => this.#deps.onReadings(readings, isUrgent)
        : null
    const bytes = this.#receivedByte(job)
    const receivedByte = bytes === null ? null : bytes - Math.min(bytes, bytesBefore ?? 0)
    const cost = { rows: countOf(readings), receivedByte, failure: failure?.reason ?? null }
    this.#complete(job, failure, use, cost)
  }

  #receivedByte({ device, collector: { source, reads } }: Job): number | null {
    return this.#observe(source, device.id, reads)?.receivedByte ?? null
  }

  #observe(source: Source, device: DeviceId, reads: Tier): Observed | null {
    return this.#bySource.get(source)?.observe?.(device, reads) ?? null
  }

  /** Measures the poll, and reports all costs of the device about once a minute. */
  #noteCost(job: Job, cost: Pick<Measured, "rows" | "receivedByte" | "failure">): void {
    const { collector, device, everyMs, startedMs } = job
    const [nowMs, atMs] = [this.#deps.now(), (this.#deps.date ?? this.#deps.now)()]
    const whole = collector.costOf?.(device.id)
    if (whole === null && cost.failure === null) return
    const tookMs = whole?.tookMs ?? nowMs - startedMs
    const receivedByte = whole?.receivedByte ?? cost.receivedByte
    const slowed = slowedMs(everyMs, tookMs)
    const measured = { ...cost, collector, atMs, tookMs, receivedByte, slowedMs: slowed }
    if (!this.#costs.add(device.id, measured, nowMs)) return
    const report = this.#costs.report(
      {
        device,
        collectors: this.#deps.collectors.flatMap(({ all }) => all),
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

  /** `use` takes the readings; there may be some in spite of a failure. */
  #complete(
    job: Job,
    failure: ReturnType<typeof reasonOf> | null,
    use: (() => void) | null,
    cost: Pick<Measured, "rows" | "receivedByte" | "failure">,
  ): void {
    const { collector, device } = job
    const isPartial = use !== null
    const outcome =
      failure === null
        ? ({ ok: true } as const)
        : ({ ok: false, reason: failure.reason, isPartial } as const)
    const { stale, change, superseded } = this.#plan.complete(job, outcome, this.#deps.now())
    this.counts.polls += 1
    if (stale || this.#isStopped) {
      this.counts.stale += 1
      return
    }
    if (failure !== null) this.counts.failed += 1
    use?.()
    this.#noteCost(job, cost)
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
    for (const { controller } of this.#running.values()) controller.abort()
    await Promise.allSettled(this.#running.keys())
    await Promise.all(this.#deps.collectors.map((set) => set.close()))
  }
}
