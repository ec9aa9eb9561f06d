/**
 * The state of one `/listen` of a router, and when it is tried again after it failed. Pure: time is
 * an argument.
 */

/** What a router is listened to: at most three commands run on its connection. */
export const STREAMS = {
  interface: "/interface",
  ppp: "/ppp/active",
  log: "/log",
} as const
export type StreamName = keyof typeof STREAMS
export const STREAM_NAMES = Object.keys(STREAMS) as readonly StreamName[]

/**
 * Why a menu is polled instead. `stalled`: a complete reading found changes that the router did not
 * report. `too-many`: more rows a second than are worth their cost. `disconnected`: with the
 * connection; the next one starts it again.
 */
export type PollingReason =
  | "waiting"
  | "missing"
  | "not-permitted"
  | "failed"
  | "stalled"
  | "ended"
  | "too-many"
  | "disconnected"

export type StreamState =
  | { readonly kind: "listening"; readonly sinceMs: number; readonly failures: number }
  | {
      readonly kind: "polling"
      readonly reason: PollingReason
      readonly untilMs: number
      readonly failures: number
    }

export const WAITING: StreamState = { kind: "polling", reason: "waiting", untilMs: 0, failures: 0 }

const MINUTE_MS = 60_000
const MAX_RETRY_MS = 60 * MINUTE_MS
/** The first wait; it doubles with each failure in a row. */
const FIRST_RETRY_MS: Readonly<Record<PollingReason, number>> = {
  waiting: 0,
  disconnected: 0,
  ended: MINUTE_MS,
  stalled: 5 * MINUTE_MS,
  failed: 10 * MINUTE_MS,
  "too-many": 10 * MINUTE_MS,
  missing: MAX_RETRY_MS,
  "not-permitted": MAX_RETRY_MS,
}
/** A stream that worked this long has no failures behind it. */
const SOUND_MS = 10 * MINUTE_MS

export const listeningState = (was: StreamState, nowMs: number): StreamState => ({
  kind: "listening",
  sinceMs: nowMs,
  failures: was.failures,
})

export const pollingState = (
  was: StreamState,
  reason: PollingReason,
  nowMs: number,
): StreamState => {
  const isSound = was.kind === "listening" && nowMs - was.sinceMs >= SOUND_MS
  const before = isSound ? 0 : was.failures
  const firstMs = FIRST_RETRY_MS[reason]
  const failures = firstMs === 0 ? before : before + 1
  const waitMs = Math.min(MAX_RETRY_MS, firstMs * 2 ** Math.min(10, Math.max(0, failures - 1)))
  return { kind: "polling", reason, untilMs: nowMs + waitMs, failures }
}

export const isDue = (state: StreamState, nowMs: number): boolean =>
  state.kind === "polling" && nowMs >= state.untilMs

/** Rows a second, on average over a window, that are read of each. */
const MAX_ROWS_PER_S: Readonly<Record<StreamName, number>> = {
  // On a server of sessions, their interfaces are rows too: one is opened and one is closed.
  interface: 2_000,
  ppp: 2_000,
  log: 500,
}
const RATE_WINDOW_MS = 10_000

/** Counts rows in a window: a burst is read, and a flood is not. */
export class RowRate {
  readonly #max: number
  #windowMs = Number.NEGATIVE_INFINITY
  #rows = 0

  constructor(name: StreamName) {
    this.#max = (MAX_ROWS_PER_S[name] * RATE_WINDOW_MS) / 1_000
  }

  /** False: too many. */
  take(nowMs: number): boolean {
    if (nowMs - this.#windowMs >= RATE_WINDOW_MS) {
      this.#windowMs = nowMs
      this.#rows = 0
    }
    this.#rows += 1
    return this.#rows <= this.#max
  }
}

/** How long a row may follow the complete reading that has its change. */
const LATE_MS = 2_000

/** Finds a stream that is silent although something changed. */
export class StallWatch {
  #rows = 0
  #suspectedMs: number | null = null

  row(): void {
    this.#rows += 1
    this.#suspectedMs = null
  }

  /** A complete reading was made. `missed`: it has changes that no row reported. */
  read(missed: boolean, nowMs: number): void {
    if (missed && this.#rows === 0) this.#suspectedMs ??= nowMs
    this.#rows = 0
  }

  isStalled(nowMs: number): boolean {
    return this.#suspectedMs !== null && nowMs - this.#suspectedMs >= LATE_MS
  }
}
