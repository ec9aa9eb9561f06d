/**
 * Decides which polls are due. Pure: it has no timer and no clock, and randomness is an argument.
 *
 * A job is one collector for one device. A device has at most one running poll per source. If two
 * sources read the same, the second one is polled only while the first fails.
 */
import type { AssignedDevice, DeviceId } from "@ispvm/wire"
import { type Collector, type CollectReason, everyMsOf } from "../collector.ts"
import {
  type DevicePlan,
  failedInPart,
  isDormant,
  type Job,
  PlannedJob,
  type SourceState,
  sourceOf,
  supersede,
  worked,
} from "./device-plan.ts"
import type { Applied, Completion, Outcome, SourceChange } from "./poll-outcome.ts"
import { PollQueue } from "./poll-queue.ts"
import { restMs } from "./slow-answer.ts"

/**
 * Only a person can fix these. A router that rejects a password must not be tried every few
 * seconds: that fills its log and can lock the account.
 */
const FIRST_BACKOFF_MS: Readonly<Partial<Record<CollectReason, number>>> = {
  "wrong-credentials": 30_000,
  "not-permitted": 30_000,
  "wrong-certificate": 30_000,
  "unconfirmed-certificate": 30_000,
}
const BACKOFF = { firstMs: 5_000, maxMs: 300_000 } as const
/**
 * Failures of one collector. All others are about the access to the device, so that every collector
 * of the source waits.
 */
const SINGLE_TIER_REASONS: ReadonlySet<CollectReason> = new Set([
  "failed",
  "not-permitted",
  "timed-out",
])
const URGENT_POLL = { gapMs: 1_000, failingGapMs: 5_000 } as const
/** How many times the limit of concurrent polls may run as slow polls beside it. */
const SLOW_FACTOR = 8
/** The first polls of many new devices are spread; a single new one is polled at once. */
const SPREAD_MS = 30

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The job that has taken the place of this one, if the assignment has changed since it began. */
const currentOf = ({ jobs }: DevicePlan, job: Job): PlannedJob | undefined =>
  job instanceof PlannedJob && jobs[job.at] === job
    ? job
    : jobs.find(({ collector }) => collector === job.collector)

export class PollPlan {
  readonly #collectors: readonly Collector[]
  readonly #maxWeight: number
  readonly #random: () => number
  readonly #devicePlans = new Map<DeviceId, DevicePlan>()
  readonly #queue = new PollQueue()
  #weight = 0
  #slow = 0
  #generation = 0

  constructor(collectors: readonly Collector[], maxWeight: number, random: () => number) {
    this.#collectors = collectors
    this.#maxWeight = maxWeight
    this.#random = random
  }

  get devices(): number {
    return this.#devicePlans.size
  }

  failing(): number {
    return [...this.#devicePlans.values()].filter(({ sources }) =>
      [...sources.values()].some(({ failing }) => failing.size > 0),
    ).length
  }

  /**
   * Applies a new assignment. Gives the devices that are gone or have another access. Unchanged
   * ones keep their schedule.
   */
  apply(devices: readonly AssignedDevice[], nowMs: number): Applied {
    const assigned = new Map(devices.map((device) => [device.id, device]))
    const gone = [...this.#devicePlans.keys()].filter((id) => {
      const device = assigned.get(id)
      return (
        device === undefined || !isSame(device.access, this.#devicePlans.get(id)?.device.access)
      )
    })
    const ended = gone.flatMap((id) => {
      const device = assigned.get(id)
      const known = this.#devicePlans.get(id)
      const sources = known?.sources ?? []
      if (known !== undefined) this.#queue.remove(known)
      this.#devicePlans.delete(id)
      if (device === undefined) return []
      return [...sources]
        .filter(([, { failing }]) => failing.size > 0)
        .map(([source]) => ({ device, source }))
    })
    const fresh = devices.filter(({ id }) => !this.#devicePlans.has(id)).length
    for (const device of devices) {
      const was = this.#devicePlans.get(device.id)
      if (was !== undefined && isSame(was.device, device)) continue
      const known = was ?? this.#newPlan(device)
      known.device = device
      known.jobs = this.#jobsOf(known, nowMs, fresh)
      this.#devicePlans.set(device.id, known)
      this.#queue.refresh(known, nowMs)
    }
    return { gone, ended }
  }

  #newPlan(device: AssignedDevice): DevicePlan {
    this.#generation += 1
    const urgentMs = Number.NEGATIVE_INFINITY
    const queued = { place: -1, next: null, readyMs: Number.POSITIVE_INFINITY }
    return {
      ...{ generation: this.#generation, device, jobs: [], sources: new Map(), urgentMs },
      ...{ times: new Float64Array(0), running: 0, ...queued },
    }
  }

  #jobsOf(known: DevicePlan, nowMs: number, fresh: number): readonly PlannedJob[] {
    const { device, generation, jobs: before } = known
    const times = new Float64Array(this.#collectors.length)
    let at = 0
    const jobs = this.#collectors.flatMap((collector, place): PlannedJob[] => {
      // Ranks are compared only between collectors of one device that read the same.
      const rank = collector.source === device.preferred ? place - this.#collectors.length : place
      const everyMs = everyMsOf(collector, device)
      if (everyMs <= 0 || !collector.supports(device)) return []
      const was = before.find((job) => job.collector === collector)
      const spreadMs = Math.min(everyMs, Math.max(1, fresh) * SPREAD_MS)
      const firstMs = () =>
        collector.waitMs?.(device, everyMs, "assigned") ?? Math.floor(this.#random() * spreadMs)
      const nextMs = was === undefined ? nowMs + firstMs() : Math.min(was.nextMs, nowMs + everyMs)
      const running = {
        startedMs: was?.startedMs ?? 0,
        isRunning: was?.isRunning ?? false,
        isUrgent: was?.isUrgent ?? false,
      }
      const state = sourceOf(known, collector.source)
      const job = { device, generation, collector, rank, everyMs, nextMs, ...running }
      at += 1
      return [new PlannedJob({ ...job, at: at - 1, state }, times)]
    })
    known.times = times.subarray(0, at)
    const alike = Map.groupBy(jobs, ({ collector }) => collector.reads)
    for (const job of jobs)
      job.before = (alike.get(job.collector.reads) ?? []).filter(({ rank }) => rank < job.rank)
    return jobs
  }

  /** The collectors that are not polled for a device, because another source reads the same. */
  dormant(device: DeviceId): ReadonlySet<Collector> {
    const jobs = this.#devicePlans.get(device)?.jobs ?? []
    return new Set(jobs.filter(isDormant).map(({ collector }) => collector))
  }

  #isBlocked({ next }: DevicePlan): boolean {
    const weight = next?.collector.cost.weight ?? 0
    return this.#weight > 0 && this.#weight + weight > this.#maxWeight
  }

  /**
   * Jobs to start now. They count as running until `complete`. One that is too heavy for what is
   * free waits, and all that come after it.
   */
  due(nowMs: number): readonly Job[] {
    const started: Job[] = []
    for (let it = this.#queue.first(nowMs); it !== null; it = this.#queue.first(nowMs)) {
      const job = it.next
      if (this.#isBlocked(it)) break
      if (job !== null) {
        this.#weight += job.collector.cost.weight
        job.state.isRunning = true
        job.isRunning = true
        it.running += 1
        job.startedMs = nowMs
        job.isSlow = false
        started.push(job)
      }
      this.#queue.refresh(it, nowMs)
    }
    return started
  }

  /**
   * When `due` should be called next; null: after the next result or change. Polls that wait for
   * others to end are no reason to wake.
   */
  nextMs(): number | null {
    return this.#queue.nextMs((device) => this.#isBlocked(device))
  }

  /** A running job no longer counts against the limit; false if too many already do that. */
  markSlow(job: Job): boolean {
    if (job.isSlow === true || this.#slow >= this.#maxWeight * SLOW_FACTOR) return false
    job.isSlow = true
    this.#slow += 1
    this.#weight -= job.collector.cost.weight
    return true
  }

  /**
   * The job has ended. `stale`: its device was removed or changed meanwhile; do not use its
   * readings.
   */
  complete(job: Job, outcome: Outcome, nowMs: number): Completion {
    if (job.isSlow === true) this.#slow -= 1
    else this.#weight -= job.collector.cost.weight
    const known = this.#devicePlans.get(job.device.id)
    if (known === undefined || known.generation !== job.generation)
      return { stale: true, change: null, superseded: [] }
    const result = this.#apply(known, job, outcome, nowMs)
    this.#queue.refresh(known, nowMs)
    return result
  }

  #apply(known: DevicePlan, job: Job, outcome: Outcome, nowMs: number): Completion {
    const state = sourceOf(known, job.collector.source)
    state.isRunning = false
    known.running -= 1
    const current = currentOf(known, job)
    // If the next time is after the start, an urgent poll was requested meanwhile, and stays due.
    const isUrgentAgain = current !== undefined && current.nextMs > job.startedMs
    if (current !== undefined) {
      current.isRunning = false
      if (!isUrgentAgain) {
        const { collector, device, everyMs } = current
        const waitMs = collector.waitMs?.(device, everyMs, "polled")
        current.nextMs = Math.max(
          waitMs === undefined ? job.startedMs + everyMs : nowMs + waitMs,
          nowMs + restMs(nowMs - job.startedMs),
        )
        current.isUrgent = false
      }
    }
    if (outcome.ok)
      return {
        stale: false,
        change: worked(state, job.collector.reads),
        superseded: supersede(known, job.collector.source),
      }
    const change =
      outcome.isPartial === true
        ? failedInPart(state, job, outcome.reason)
        : this.#failed(state, job, isUrgentAgain ? undefined : current, outcome.reason, nowMs)
    return { stale: false, change, superseded: [] }
  }

  #failed(
    state: SourceState,
    job: Job,
    current: Job | undefined,
    reason: CollectReason,
    nowMs: number,
  ): SourceChange {
    state.failing.set(job.collector.reads, reason)
    state.failures += 1
    const first = FIRST_BACKOFF_MS[reason] ?? BACKOFF.firstMs
    const fullMs = Math.min(BACKOFF.maxMs, first * 2 ** Math.min(state.failures - 1, 16))
    const untilMs = Math.round(nowMs + fullMs * (0.75 + this.#random() / 4))
    if (!SINGLE_TIER_REASONS.has(reason)) state.untilMs = untilMs
    // Facts have a long interval, but a failed poll of them is retried as soon as any other.
    if (current !== undefined) current.nextMs = untilMs
    const isKnown =
      state.lastReported.change === "failed" &&
      (state.lastReported.reason === reason || FIRST_BACKOFF_MS[reason] === undefined)
    if (isKnown) return null
    state.lastReported = { change: "failed", reason }
    return "failed"
  }

  /**
   * Polls the device's interfaces now. Many requests are one poll, and a failing device is polled
   * less often.
   */
  pollNow(device: DeviceId, nowMs: number): void {
    const known = this.#devicePlans.get(device)
    if (known === undefined) return
    const isFailing = [...known.sources.values()].some(({ failing }) => failing.size > 0)
    const gapMs = isFailing ? URGENT_POLL.failingGapMs : URGENT_POLL.gapMs
    const atMs = known.urgentMs > nowMs ? known.urgentMs : Math.max(nowMs, known.urgentMs + gapMs)
    known.urgentMs = atMs
    for (const job of known.jobs) {
      if (job.collector.reads !== "interface") continue
      // A running poll may have read the interface before it changed, so another one follows.
      job.nextMs = job.isRunning ? Math.max(atMs, job.startedMs + 1) : Math.min(job.nextMs, atMs)
      job.isUrgent = true
      job.state.untilMs = Math.min(job.state.untilMs, atMs)
    }
    this.#queue.refresh(known, nowMs)
  }

  /**
   * Polls what this collector reads after `delayMs`, and not before `gapMs` after its last poll, so
   * that many requests are one poll. An earlier poll that is planned stays.
   */
  pollSoon(
    device: DeviceId,
    reads: string,
    nowMs: number,
    { delayMs, gapMs }: { readonly delayMs: number; readonly gapMs: number },
  ): void {
    const known = this.#devicePlans.get(device)
    if (known === undefined) return
    for (const job of known.jobs) {
      if (job.collector.reads !== reads) continue
      job.collector.requested?.(device)
      const atMs = Math.max(nowMs + delayMs, job.startedMs > 0 ? job.startedMs + gapMs : nowMs)
      job.nextMs = job.isRunning ? atMs : Math.min(job.nextMs, atMs)
    }
    this.#queue.refresh(known, nowMs)
  }

  /** The device answers again: polls that were delayed by failures run now. */
  retryNow(device: DeviceId, nowMs: number): void {
    const known = this.#devicePlans.get(device)
    if (known === undefined) return
    for (const job of known.jobs) {
      const { state } = job
      if (state.failing.size === 0) continue
      state.failures = 0
      state.untilMs = 0
      if (!job.isRunning)
        job.nextMs = Math.min(job.nextMs, nowMs + Math.floor(this.#random() * 250))
    }
    this.#queue.refresh(known, nowMs)
  }
}
