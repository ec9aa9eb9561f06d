/**
 * Polls that are running, and what follows from how long they run. One timer watches all of them:
 * most polls end long before their deadline, so a poll is checked only if it lasts.
 */
import type { Job } from "./device-plan.ts"

export type RunningPoll = {
  readonly job: Job
  readonly controller: AbortController
  /** Of the steady clock of this process. */
  readonly startedMs: number
  /** How many of its limits have passed. */
  passed: number
  /** Aborted at its deadline. */
  isLate: boolean
  /** Resolves when it has ended and its result is used; never rejects. */
  ended: Promise<void>
}
type Deps = {
  readonly onSlow: (job: Job) => void
  readonly onHung: () => void
}

/**
 * A poll that runs longer does not count against the limit, so that slow devices do not delay
 * others.
 */
const SLOW_MS = 5_000
/** How long a collector may take to end after an abort. */
const ABORT_GRACE_MS = 2_000
const LIMITS = [
  { kind: "slow", limitMs: () => SLOW_MS },
  { kind: "late", limitMs: (deadlineMs: number) => deadlineMs },
  { kind: "hung", limitMs: (deadlineMs: number) => deadlineMs + ABORT_GRACE_MS },
] as const
const limitsOf = (deadlineMs: number) =>
  LIMITS.map(({ kind, limitMs }) => ({ kind, limitMs: limitMs(deadlineMs) })).toSorted(
    (a, b) => a.limitMs - b.limitMs,
  )
type Limits = ReturnType<typeof limitsOf>

const ENDED = Promise.resolve()

export class RunningPolls {
  readonly #deps: Deps
  readonly #polls = new Set<RunningPoll>()
  readonly #limits = new Map<number, Limits>()
  #timer: NodeJS.Timeout | null = null
  #checkMs = Number.POSITIVE_INFINITY

  constructor(deps: Deps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#polls.size
  }

  start(job: Job): RunningPoll {
    const startedMs = performance.now()
    const controller = new AbortController()
    const poll = { job, controller, startedMs, passed: 0, isLate: false, ended: ENDED }
    this.#polls.add(poll)
    this.#checkAt(this.#nextMs(poll))
    return poll
  }

  end(poll: RunningPoll): void {
    this.#polls.delete(poll)
    if (this.#polls.size === 0) this.#stopTimer()
  }

  /** Aborts all polls, or those of one device. */
  abort(isMeant: (job: Job) => boolean = () => true): void {
    for (const { job, controller } of this.#polls) if (isMeant(job)) controller.abort()
  }

  /** Resolves when the polls that run now have ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#polls].map((poll) => poll.ended))
  }

  #limitsOf({ job }: RunningPoll): Limits {
    const { deadlineMs } = job.collector.cost
    const known = this.#limits.get(deadlineMs) ?? limitsOf(deadlineMs)
    this.#limits.set(deadlineMs, known)
    return known
  }

  #nextMs(poll: RunningPoll): number {
    const next = this.#limitsOf(poll)[poll.passed]
    return next === undefined ? Number.POSITIVE_INFINITY : poll.startedMs + next.limitMs
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#checkMs = Number.POSITIVE_INFINITY
  }

  #checkAt(atMs: number): void {
    if (atMs >= this.#checkMs) return
    this.#stopTimer()
    this.#checkMs = atMs
    this.#timer = setTimeout(() => this.#check(), Math.max(1, atMs - performance.now()))
  }

  #check(): void {
    this.#stopTimer()
    const nowMs = performance.now()
    let nextMs = Number.POSITIVE_INFINITY
    for (const poll of [...this.#polls]) {
      for (; this.#nextMs(poll) <= nowMs; poll.passed += 1) this.#pass(poll)
      nextMs = Math.min(nextMs, this.#nextMs(poll))
    }
    this.#checkAt(nextMs)
  }

  #pass(poll: RunningPoll): void {
    const { kind } = this.#limitsOf(poll)[poll.passed] ?? {}
    if (kind === "slow") this.#deps.onSlow(poll.job)
    else if (kind === "hung") this.#deps.onHung()
    else if (kind === "late") {
      poll.isLate = true
      poll.controller.abort()
    }
  }
}
