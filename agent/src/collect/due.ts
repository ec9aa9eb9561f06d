/**
 * What is to be collected when. Decides and touches nothing: no timer, no clock of its own, and chance comes in as an argument.
 *
 * A job is one collector for one device. Of one source, a device has one look under way at most; where two sources tell the
 * same tier, the first one does, and the next one only while the first is failing.
 */
import type { AssignedDevice, DeviceId, Source } from "../wire/wire.ts"
import type { Collector, CollectReason, Tier } from "./collector.ts"

export type Job = {
  readonly device: AssignedDevice
  readonly generation: number
  readonly collector: Collector
  readonly rank: number
  readonly everyMs: number
  nextMs: number
  startedMs: number
  isRunning: boolean
  isNudged: boolean
  /** Runs long already, and does not count against the cap on polls at once. */
  hasGivenWay?: boolean
}
type SourceState = {
  isRunning: boolean
  failures: number
  untilMs: number
  /** What was last said of it, and why. */
  told: Told
  readonly failing: Map<Tier, CollectReason>
}
/** `generation` is new whenever the way to the device is: what an older one brings is stale. */
type Known = {
  readonly generation: number
  device: AssignedDevice
  jobs: Job[]
  readonly sources: Map<Source, SourceState>
  nudgedMs: number
}

/** `isPartial`: something was read all the same, so that the next poll need not wait longer than usual. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: CollectReason; readonly isPartial?: boolean }
/**
 * What is worth an event: the first failure of a source, that it works (again), and that it is not asked any more, so that
 * whatever was wrong with it says nothing.
 */
export type News = "failed" | "works" | "ended" | null
type Told = { readonly news: News; readonly reason: CollectReason | null }
const UNTOLD: Told = { news: null, reason: null }
/** Another source whose state changed by what was settled, without a look of its own. */
export type Relieved = { readonly source: Source; readonly news: "works" | "ended" }
type Settled = { readonly stale: boolean; readonly news: News; readonly relieved: readonly Relieved[] }
type Applied = {
  readonly gone: readonly DeviceId[]
  /** Sources of devices still watched, that failed and are now asked in another way or not at all. */
  readonly ended: readonly { readonly device: AssignedDevice; readonly source: Source }[]
}

/**
 * Only a person ends these. A router that refuses a password must not be asked for it every few seconds: its log, and its
 * lock-out, are somebody's night.
 */
const FIRST_BACKOFF_MS: Readonly<Partial<Record<CollectReason, number>>> = {
  "wrong-credentials": 30_000,
  "not-permitted": 30_000,
  "wrong-certificate": 30_000,
  "unconfirmed-certificate": 30_000,
}
const BACKOFF = { firstMs: 5_000, mostMs: 300_000 } as const
/** These say something of one question only; all others are about the way to the device, so every tier of the source waits. */
const OF_ONE_TIER: ReadonlySet<CollectReason> = new Set(["failed", "not-permitted", "timed-out"])
export const NUDGE = { gapMs: 1_000, failingGapMs: 5_000 } as const
/** So many times the cap may run slowly beside what counts. */
const SLOW_FACTOR = 8
/** First looks of many new devices are spread; a single new one is looked at now. */
const SPREAD_MS = 30
const ORDER: Readonly<Record<Tier, number>> = { facts: 0, interface: 1, health: 2 }

const everyMsOf = ({ intervals }: AssignedDevice, tier: Tier): number =>
  tier === "interface" ? intervals.interfaceMs : tier === "health" ? intervals.healthMs : intervals.factsMs

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export class Plan {
  readonly #collectors: readonly Collector[]
  readonly #mostWeight: number
  readonly #random: () => number
  readonly #known = new Map<DeviceId, Known>()
  #weight = 0
  #slow = 0
  #generation = 0

  constructor(collectors: readonly Collector[], mostWeight: number, random: () => number) {
    this.#collectors = collectors
    this.#mostWeight = mostWeight
    this.#random = random
  }

  get devices(): number {
    return this.#known.size
  }

  failing(): number {
    return [...this.#known.values()].filter(({ sources }) => [...sources.values()].some(({ failing }) => failing.size > 0)).length
  }

  /** Takes over a new assignment; gives back the devices that are gone or reached in another way now. Unchanged ones keep their times. */
  apply(devices: readonly AssignedDevice[], nowMs: number): Applied {
    const wanted = new Map(devices.map((device) => [device.id, device]))
    const gone = [...this.#known.keys()].filter((id) => {
      const device = wanted.get(id)
      return device === undefined || !isSame(device.access, this.#known.get(id)?.device.access)
    })
    const ended = gone.flatMap((id) => {
      const device = wanted.get(id)
      const sources = this.#known.get(id)?.sources ?? []
      this.#known.delete(id)
      if (device === undefined) return []
      return [...sources].filter(([, { failing }]) => failing.size > 0).map(([source]) => ({ device, source }))
    })
    const fresh = devices.filter(({ id }) => !this.#known.has(id)).length
    for (const device of devices) {
      const was = this.#known.get(device.id)
      if (was !== undefined && isSame(was.device, device)) continue
      const generation = was?.generation ?? ++this.#generation
      const jobs = this.#jobsOf(device, generation, nowMs, fresh, was?.jobs ?? [])
      if (was !== undefined) Object.assign(was, { device, jobs })
      else this.#known.set(device.id, { generation, device, jobs, sources: new Map(), nudgedMs: Number.NEGATIVE_INFINITY })
    }
    return { gone, ended }
  }

  #jobsOf(device: AssignedDevice, generation: number, nowMs: number, fresh: number, before: readonly Job[]): Job[] {
    return this.#collectors.flatMap((collector, rank): Job[] => {
      const everyMs = everyMsOf(device, collector.every)
      if (everyMs <= 0 || !collector.suits(device)) return []
      const was = before.find((job) => job.collector === collector)
      const spreadMs = Math.min(everyMs, Math.max(1, fresh) * SPREAD_MS)
      const nextMs = was === undefined ? nowMs + Math.floor(this.#random() * spreadMs) : Math.min(was.nextMs, nowMs + everyMs)
      const running = { startedMs: was?.startedMs ?? 0, isRunning: was?.isRunning ?? false, isNudged: was?.isNudged ?? false }
      return [{ device, generation, collector, rank, everyMs, nextMs, ...running }]
    })
  }

  #source(known: Known, source: Source): SourceState {
    const state = known.sources.get(source) ?? { isRunning: false, failures: 0, untilMs: 0, told: UNTOLD, failing: new Map() }
    known.sources.set(source, state)
    return state
  }

  /** A source before it tells the same tier and is not known to fail. */
  #isDormant(known: Known, job: Job): boolean {
    return known.jobs.some((other) => {
      const isBefore = other.rank < job.rank && other.collector.every === job.collector.every
      return isBefore && !this.#source(known, other.collector.source).failing.has(job.collector.every)
    })
  }

  #readyMs(known: Known, job: Job): number | null {
    const state = this.#source(known, job.collector.source)
    if (state.isRunning || job.isRunning || this.#isDormant(known, job)) return null
    return Math.max(job.nextMs, state.untilMs)
  }

  /** Jobs to start now; they count as running from here on, until `settle`. */
  due(nowMs: number): readonly Job[] {
    const ready: { readonly known: Known; readonly job: Job; readonly readyMs: number }[] = []
    for (const known of this.#known.values())
      for (const job of known.jobs) {
        const readyMs = this.#readyMs(known, job)
        if (readyMs !== null && readyMs <= nowMs) ready.push({ known, job, readyMs })
      }
    ready.sort(
      (a, b) =>
        Number(b.job.isNudged) - Number(a.job.isNudged) ||
        a.readyMs - b.readyMs ||
        ORDER[a.job.collector.every] - ORDER[b.job.collector.every],
    )
    const started: Job[] = []
    for (const { known, job } of ready) {
      const state = this.#source(known, job.collector.source)
      const { weight } = job.collector.cost
      if (state.isRunning || (this.#weight > 0 && this.#weight + weight > this.#mostWeight)) continue
      this.#weight += weight
      state.isRunning = true
      job.isRunning = true
      job.startedMs = nowMs
      job.hasGivenWay = false
      started.push(job)
    }
    return started
  }

  /** When `due` is next worth asking; null: only after something settles or changes. */
  nextMs(): number | null {
    let next: number | null = null
    for (const known of this.#known.values())
      for (const job of known.jobs) {
        const readyMs = this.#readyMs(known, job)
        if (readyMs !== null && (next === null || readyMs < next)) next = readyMs
      }
    return next
  }

  /** A running job stops counting against the cap; false where so many already do that it has to. */
  giveWay(job: Job): boolean {
    if (job.hasGivenWay === true || this.#slow >= this.#mostWeight * SLOW_FACTOR) return false
    job.hasGivenWay = true
    this.#slow += 1
    this.#weight -= job.collector.cost.weight
    return true
  }

  /** The job has ended. `stale`: its device has left or changed meanwhile, and what it brought is not to be used. */
  settle(job: Job, outcome: Outcome, nowMs: number): Settled {
    if (job.hasGivenWay === true) this.#slow -= 1
    else this.#weight -= job.collector.cost.weight
    const known = this.#known.get(job.device.id)
    if (known === undefined || known.generation !== job.generation) return { stale: true, news: null, relieved: [] }
    const state = this.#source(known, job.collector.source)
    state.isRunning = false
    const current = known.jobs.find(({ collector }) => collector === job.collector)
    // Later than its start, the next time was set by a nudge that came meanwhile, and stands.
    const isNudgedAgain = current !== undefined && current.nextMs > job.startedMs
    if (current !== undefined) {
      current.isRunning = false
      if (!isNudgedAgain) {
        current.nextMs = Math.max(job.startedMs + current.everyMs, nowMs)
        current.isNudged = false
      }
    }
    if (outcome.ok)
      return {
        stale: false,
        news: this.#worked(state, job.collector.every),
        relieved: this.#relieve(known, job.collector.source),
      }
    const news =
      outcome.isPartial === true
        ? this.#failedInPart(state, job, outcome.reason)
        : this.#failed(state, job, isNudgedAgain ? undefined : current, outcome.reason, nowMs)
    return { stale: false, news, relieved: [] }
  }

  #worked(state: SourceState, tier: Tier): News {
    state.failing.delete(tier)
    state.failures = 0
    state.untilMs = 0
    if (state.failing.size > 0 || state.told.news === "works") return null
    state.told = { news: "works", reason: null }
    return "works"
  }

  /**
   * A source has worked, and takes over what others stood in for: their failures there are nobody's any more. One that is asked
   * for nothing now is said to be, even if nothing was said of it yet: an earlier run may have left its trouble open.
   */
  #relieve(known: Known, worked: Source): readonly Relieved[] {
    const others = new Set(known.jobs.map(({ collector }) => collector.source).filter((source) => source !== worked))
    return [...others].flatMap((source): Relieved[] => {
      const state = this.#source(known, source)
      const awake = known.jobs.filter((job) => job.collector.source === source && !this.#isDormant(known, job))
      for (const tier of state.failing.keys())
        if (!awake.some(({ collector }) => collector.every === tier)) state.failing.delete(tier)
      const isOver = state.told.news === "failed" && state.failing.size === 0
      if (!isOver && (state.told.news !== null || awake.length > 0)) return []
      const news = awake.length > 0 ? "works" : "ended"
      state.told = { news, reason: null }
      state.failures = 0
      state.untilMs = 0
      return [{ source, news }]
    })
  }

  /** Reported once, and polled as before: what can be read of the device is read. */
  #failedInPart(state: SourceState, job: Job, reason: CollectReason): News {
    state.failing.set(job.collector.every, reason)
    state.failures = 0
    state.untilMs = 0
    if (state.told.news === "failed") return null
    state.told = { news: "failed", reason }
    return "failed"
  }

  #failed(state: SourceState, job: Job, current: Job | undefined, reason: CollectReason, nowMs: number): News {
    state.failing.set(job.collector.every, reason)
    state.failures += 1
    const first = FIRST_BACKOFF_MS[reason] ?? BACKOFF.firstMs
    const fullMs = Math.min(BACKOFF.mostMs, first * 2 ** Math.min(state.failures - 1, 16))
    const untilMs = Math.round(nowMs + fullMs * (0.75 + this.#random() / 4))
    if (!OF_ONE_TIER.has(reason)) state.untilMs = untilMs
    // Facts come every few minutes, but a failed look at them is repeated as soon as any other.
    if (current !== undefined) current.nextMs = untilMs
    const isKnown = state.told.news === "failed" && (state.told.reason === reason || FIRST_BACKOFF_MS[reason] === undefined)
    if (isKnown) return null
    state.told = { news: "failed", reason }
    return "failed"
  }

  /** Look at the device's ports now; many of these are one, and a failing device is not asked more often than it can bear. */
  nudge(device: DeviceId, nowMs: number): void {
    const known = this.#known.get(device)
    if (known === undefined) return
    const isFailing = [...known.sources.values()].some(({ failing }) => failing.size > 0)
    const gapMs = isFailing ? NUDGE.failingGapMs : NUDGE.gapMs
    const atMs = known.nudgedMs > nowMs ? known.nudgedMs : Math.max(nowMs, known.nudgedMs + gapMs)
    known.nudgedMs = atMs
    for (const job of known.jobs) {
      if (job.collector.every !== "interface") continue
      // A look that began before the news may have read the port before it fell: there is another one after it.
      job.nextMs = job.isRunning ? Math.max(atMs, job.startedMs + 1) : Math.min(job.nextMs, atMs)
      job.isNudged = true
      const state = this.#source(known, job.collector.source)
      state.untilMs = Math.min(state.untilMs, atMs)
    }
  }

  /** The device answers again: what was put off because of its silence is tried now. */
  revive(device: DeviceId, nowMs: number): void {
    const known = this.#known.get(device)
    if (known === undefined) return
    for (const job of known.jobs) {
      const state = this.#source(known, job.collector.source)
      if (state.failing.size === 0) continue
      state.failures = 0
      state.untilMs = 0
      if (!job.isRunning) job.nextMs = Math.min(job.nextMs, nowMs + Math.floor(this.#random() * 250))
    }
  }
}
