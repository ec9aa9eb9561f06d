/**
 * Decides which polls are due. Pure: it has no timer and no clock, and randomness is an argument.
 *
 * A job is one collector for one device. A device has at most one running poll per source. If two
 * sources read the same, the second one is polled only while the first fails.
 */
import type { AssignedDevice, DeviceId, Source } from "@ispvm/wire"
import { type Collector, type CollectReason, everyMsOf, type Tier } from "../collector.ts"
import {
  type Applied,
  type Completion,
  type LastReported,
  NOTHING_REPORTED,
  type Outcome,
  type SourceChange,
  type Superseded,
} from "./poll-outcome.ts"
import { restMs } from "./slow-answer.ts"

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
type SourceState = {
  isRunning: boolean
  failures: number
  untilMs: number
  /** The last reported change, and its reason. */
  lastReported: LastReported
  readonly failing: Map<Tier, CollectReason>
}
/** `generation` changes with the access of the device: results of an older one are stale. */
type DevicePlan = {
  readonly generation: number
  device: AssignedDevice
  jobs: Job[]
  readonly sources: Map<Source, SourceState>
  urgentMs: number
}

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
const ORDER: Readonly<Record<Tier, number>> = { facts: 0, interface: 1, health: 2 }
const orderOf = ({ collector }: Job): number => ORDER[collector.reads] ?? 3

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export class PollPlan {
  readonly #collectors: readonly Collector[]
  readonly #maxWeight: number
  readonly #random: () => number
  readonly #devicePlans = new Map<DeviceId, DevicePlan>()
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
      const sources = this.#devicePlans.get(id)?.sources ?? []
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
      const generation = was?.generation ?? ++this.#generation
      const jobs = this.#jobsOf(device, generation, nowMs, fresh, was?.jobs ?? [])
      if (was !== undefined) Object.assign(was, { device, jobs })
      else
        this.#devicePlans.set(device.id, {
          generation,
          device,
          jobs,
          sources: new Map(),
          urgentMs: Number.NEGATIVE_INFINITY,
        })
    }
    return { gone, ended }
  }

  #jobsOf(
    device: AssignedDevice,
    generation: number,
    nowMs: number,
    fresh: number,
    before: readonly Job[],
  ): Job[] {
    return this.#collectors.flatMap((collector, at): Job[] => {
      // Ranks are compared only between collectors of one device that read the same.
      const rank = collector.source === device.preferred ? at - this.#collectors.length : at
      const everyMs = everyMsOf(collector, device)
      if (everyMs <= 0 || !collector.supports(device)) return []
      const was = before.find((job) => job.collector === collector)
      const spreadMs = Math.min(everyMs, Math.max(1, fresh) * SPREAD_MS)
      const nextMs =
        was === undefined
          ? nowMs + Math.floor(this.#random() * spreadMs)
          : Math.min(was.nextMs, nowMs + everyMs)
      const running = {
        startedMs: was?.startedMs ?? 0,
        isRunning: was?.isRunning ?? false,
        isUrgent: was?.isUrgent ?? false,
      }
      return [{ device, generation, collector, rank, everyMs, nextMs, ...running }]
    })
  }

  #source(known: DevicePlan, source: Source): SourceState {
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
  #isDormant(known: DevicePlan, job: Job): boolean {
    return known.jobs.some((other) => {
      const isBefore = other.rank < job.rank && other.collector.reads === job.collector.reads
      return (
        isBefore && !this.#source(known, other.collector.source).failing.has(job.collector.reads)
      )
    })
  }

  /** Whether a collector is polled for a device, or another source reads the same. */
  useOf(device: DeviceId, collector: Collector): "polled" | "standby" {
    const known = this.#devicePlans.get(device)
    const job = known?.jobs.find((each) => each.collector === collector)
    const isDormant = known !== undefined && job !== undefined && this.#isDormant(known, job)
    return isDormant ? "standby" : "polled"
  }

  #readyMs(known: DevicePlan, job: Job): number | null {
    const state = this.#source(known, job.collector.source)
    if (state.isRunning || job.isRunning || this.#isDormant(known, job)) return null
    return Math.max(job.nextMs, state.untilMs)
  }

  /** Jobs to start now. They count as running until `complete`. */
  due(nowMs: number): readonly Job[] {
    const ready: { readonly known: DevicePlan; readonly job: Job; readonly readyMs: number }[] = []
    for (const known of this.#devicePlans.values())
      for (const job of known.jobs) {
        const readyMs = this.#readyMs(known, job)
        if (readyMs !== null && readyMs <= nowMs) ready.push({ known, job, readyMs })
      }
    ready.sort(
      (a, b) =>
        Number(b.job.isUrgent) - Number(a.job.isUrgent) ||
        a.readyMs - b.readyMs ||
        orderOf(a.job) - orderOf(b.job),
    )
    const started: Job[] = []
    for (const { known, job } of ready) {
      const state = this.#source(known, job.collector.source)
      const { weight } = job.collector.cost
      if (state.isRunning || (this.#weight > 0 && this.#weight + weight > this.#maxWeight)) continue
      this.#weight += weight
      state.isRunning = true
      job.isRunning = true
      job.startedMs = nowMs
      job.isSlow = false
      started.push(job)
    }
    return started
  }

  /** When `due` should be called next; null: after the next result or change. */
  nextMs(): number | null {
    let next: number | null = null
    for (const known of this.#devicePlans.values())
      for (const job of known.jobs) {
        const readyMs = this.#readyMs(known, job)
        if (readyMs !== null && (next === null || readyMs < next)) next = readyMs
      }
    return next
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
    const state = this.#source(known, job.collector.source)
    state.isRunning = false
    const current = known.jobs.find(({ collector }) => collector === job.collector)
    // If the next time is after the start, an urgent poll was requested meanwhile, and stays due.
    const isUrgentAgain = current !== undefined && current.nextMs > job.startedMs
    if (current !== undefined) {
      current.isRunning = false
      if (!isUrgentAgain) {
        current.nextMs = Math.max(
          job.startedMs + current.everyMs,
          nowMs + restMs(nowMs - job.startedMs),
        )
        current.isUrgent = false
      }
    }
    if (outcome.ok)
      return {
        stale: false,
        change: this.#worked(state, job.collector.reads),
        superseded: this.#supersede(known, job.collector.source),
      }
    const change =
      outcome.isPartial === true
        ? this.#failedInPart(state, job, outcome.reason)
        : this.#failed(state, job, isUrgentAgain ? undefined : current, outcome.reason, nowMs)
    return { stale: false, change, superseded: [] }
  }

  #worked(state: SourceState, tier: Tier): SourceChange {
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
  #supersede(known: DevicePlan, worked: Source): readonly Superseded[] {
    const others = new Set(
      known.jobs.map(({ collector }) => collector.source).filter((source) => source !== worked),
    )
    return [...others].flatMap((source): Superseded[] => {
      const state = this.#source(known, source)
      const active = known.jobs.filter(
        (job) => job.collector.source === source && !this.#isDormant(known, job),
      )
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
  #failedInPart(state: SourceState, job: Job, reason: CollectReason): SourceChange {
    state.failing.set(job.collector.reads, reason)
    state.failures = 0
    state.untilMs = 0
    if (state.lastReported.change === "failed") return null
    state.lastReported = { change: "failed", reason }
    return "failed"
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
      const state = this.#source(known, job.collector.source)
      state.untilMs = Math.min(state.untilMs, atMs)
    }
  }

  /** The device answers again: polls that were delayed by failures run now. */
  retryNow(device: DeviceId, nowMs: number): void {
    const known = this.#devicePlans.get(device)
    if (known === undefined) return
    for (const job of known.jobs) {
      const state = this.#source(known, job.collector.source)
      if (state.failing.size === 0) continue
      state.failures = 0
      state.untilMs = 0
      if (!job.isRunning)
        job.nextMs = Math.min(job.nextMs, nowMs + Math.floor(this.#random() * 250))
    }
  }
}
