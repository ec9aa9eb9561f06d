/** Runs what is due, within its deadline, and stops when told. What is due when is decided in due.ts. */
import type { AssignedDevice, DeviceId, Source } from "../wire/wire.ts"
import { CollectError, type Collectors, type CollectReason, type Reading, type Tier } from "./collector.ts"
import { type Job, type News, Plan } from "./due.ts"

export type SourceNews = {
  readonly device: DeviceId
  readonly source: Source
  /** Of the look that made it known; null where it was none. */
  readonly tier: Tier | null
  readonly news: Exclude<News, null>
  readonly reason: CollectReason | null
  readonly message: string
}

type Deps = {
  readonly collectors: readonly Collectors[]
  readonly now: () => number
  readonly random: () => number
  /** All readings of one look at once. `isNudged`: somebody waits for them. */
  readonly onReadings: (readings: readonly Reading[], isNudged: boolean) => void
  readonly onNews: (news: SourceNews) => void
  /** No longer watched, or reached in another way: forget what is remembered of it. */
  readonly onGone: (device: DeviceId) => void
  /** What must not happen: readings of one device could not be worked up. The others go on. */
  readonly onFault: (error: unknown) => void
  readonly mostWeight?: number
}

export type ScheduleCounts = { looks: number; failed: number; hung: number; stale: number }

const MOST_WEIGHT = 64
/** Two wake-ups are at least this far apart: jobs that fall due together start together. */
const QUANTUM_MS = 10
/** A poll that runs longer does not count against the cap any more, so that slow devices do not delay the others. */
const SLOW_MS = 5_000
/** A collector has this long to end after it was told to. */
const SETTLE_MS = 2_000

const CHANGED = "The way to this device was changed."
const standsBack = (worked: Source): string => `Not asked while ${worked} works.`

const reasonOf = (error: unknown): { readonly reason: CollectReason; readonly message: string } =>
  error instanceof CollectError
    ? { reason: error.reason, message: error.message }
    : { reason: "failed", message: error instanceof Error ? error.message : String(error) }

export class Schedule {
  readonly counts: ScheduleCounts = { looks: 0, failed: 0, hung: 0, stale: 0 }
  readonly #deps: Deps
  readonly #plan: Plan
  readonly #running = new Map<Promise<void>, { readonly job: Job; readonly cut: AbortController }>()
  #timer: NodeJS.Timeout | null = null
  #isStopped = false

  constructor(deps: Deps) {
    this.#deps = deps
    const all = deps.collectors.flatMap((set) => set.all)
    this.#plan = new Plan(all, deps.mostWeight ?? MOST_WEIGHT, deps.random)
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

  apply(devices: readonly AssignedDevice[]): void {
    const { gone, ended } = this.#plan.apply(devices, this.#deps.now())
    for (const id of gone) {
      for (const { job, cut } of this.#running.values()) if (job.device.id === id) cut.abort()
      for (const set of this.#deps.collectors) set.forget(id)
      this.#deps.onGone(id)
    }
    for (const { device, source } of ended)
      this.#deps.onNews({ device: device.id, source, tier: null, news: "ended", reason: null, message: CHANGED })
    this.#wake()
  }

  /** Look at this device's ports now. */
  nudge(device: DeviceId): void {
    this.#plan.nudge(device, this.#deps.now())
    this.#wake()
  }

  /** The device answers again. */
  revive(device: DeviceId): void {
    this.#plan.revive(device, this.#deps.now())
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
    const cut = new AbortController()
    const work = this.#run(job, job.isNudged, cut)
      .catch(this.#deps.onFault)
      .finally(() => {
        this.#running.delete(work)
        this.#wake()
      })
    this.#running.set(work, { job, cut })
  }

  async #run(job: Job, isNudged: boolean, cut: AbortController): Promise<void> {
    const { collector, device } = job
    let isLate = false
    const deadline = setTimeout(() => {
      isLate = true
      cut.abort()
    }, collector.cost.deadlineMs)
    const slow = setTimeout(() => this.#giveWay(job), SLOW_MS)
    const hung = setTimeout(() => {
      this.counts.hung += 1
    }, collector.cost.deadlineMs + SETTLE_MS)
    let readings: readonly Reading[] = []
    let failure: ReturnType<typeof reasonOf> | null = null
    try {
      readings = await collector.collect(device, cut.signal)
    } catch (error) {
      const late = { reason: "timed-out", message: `no end after ${collector.cost.deadlineMs} ms` } as const
      readings = error instanceof CollectError ? error.partial : []
      failure = isLate && readings.length === 0 ? late : reasonOf(error)
    } finally {
      clearTimeout(deadline)
      clearTimeout(slow)
      clearTimeout(hung)
    }
    const use = readings.length > 0 || failure === null ? () => this.#deps.onReadings(readings, isNudged) : null
    this.#settle(job, failure, use)
  }

  /** A slow device does not hold up the others: its poll goes on beside them. */
  #giveWay(job: Job): void {
    if (this.#plan.giveWay(job)) this.#wake()
  }

  /** `use` takes the readings, of which there may be some in spite of a failure. */
  #settle(job: Job, failure: ReturnType<typeof reasonOf> | null, use: (() => void) | null): void {
    const { collector, device } = job
    const isPartial = use !== null
    const outcome = failure === null ? ({ ok: true } as const) : ({ ok: false, reason: failure.reason, isPartial } as const)
    const { stale, news, relieved } = this.#plan.settle(job, outcome, this.#deps.now())
    this.counts.looks += 1
    if (stale || this.#isStopped) {
      this.counts.stale += 1
      return
    }
    if (failure !== null) this.counts.failed += 1
    use?.()
    const about = { device: device.id, tier: collector.every }
    if (news !== null) {
      const { reason, message } = failure ?? { reason: null, message: "" }
      this.#deps.onNews({ ...about, source: collector.source, news, reason, message })
    }
    for (const other of relieved) {
      const message = other.news === "ended" ? standsBack(collector.source) : ""
      this.#deps.onNews({ ...about, ...other, reason: null, message })
    }
  }

  /** Resolves when nothing of it runs any more; the collectors are closed as well. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const { cut } of this.#running.values()) cut.abort()
    await Promise.allSettled(this.#running.keys())
    await Promise.all(this.#deps.collectors.map((set) => set.close()))
  }
}
