/**
 * Clocks, passed as arguments so that tests pass their own. Timestamps use the wall clock;
 * durations use the steady clock, which nobody can set.
 */
import { createSignal, type Signal } from "./signal.ts"

/** Members of the host clock are optional, so that a test controls every step. */
export type Clock = { readonly now: () => number } & Partial<
  Pick<HostClock, "steady" | "steppedMs" | "steps">
>
/** For durations: this clock is never set. */
export const steadyOf = (clock: Clock): Clock => clock.steady ?? clock

/** A step of the wall clock by `byMs` (negative: back); `atMs` is the new time. */
export type ClockStep = { readonly byMs: number; readonly atMs: number }
export type HostClock = {
  readonly now: () => number
  /**
   * Epoch ms at start, advanced by the monotonic clock: for durations only, never for timestamps.
   */
  readonly steady: { readonly now: () => number }
  /** Sum of all clock steps since start; shifts timestamps taken under an earlier sum. */
  readonly steppedMs: () => number
  /** Emitted inside `now()`, before it returns the first time after the step. */
  readonly steps: Signal<ClockStep>
}

/** Time services slew smaller differences; smaller steps harm no duration. */
const STEP_MS = 1_000
/** The process may have been stopped between both readings; then a step cannot be recognised. */
const STOPPED_MS = 200

type Sources = { readonly wall: () => number; readonly monotonic: () => number }
const HOST: Sources = { wall: () => Date.now(), monotonic: () => performance.now() }

export const createHostClock = (
  onError: (error: unknown) => void,
  { wall, monotonic }: Sources = HOST,
): HostClock => {
  const steps = createSignal<ClockStep>(onError)
  const start = { wallMs: wall(), monotonicMs: monotonic() }
  let last = start
  let steppedMs = 0
  return {
    now: () => {
      const before = monotonic()
      const wallMs = wall()
      const monotonicMs = monotonic()
      if (monotonicMs - before > STOPPED_MS) return wallMs
      const byMs = Math.round(wallMs - last.wallMs - (monotonicMs - last.monotonicMs))
      last = { wallMs, monotonicMs }
      if (Math.abs(byMs) >= STEP_MS) {
        steppedMs += byMs
        steps.emit({ byMs, atMs: wallMs })
      }
      return wallMs
    },
    steady: { now: () => start.wallMs + monotonic() - start.monotonicMs },
    steppedMs: () => steppedMs,
    steps,
  }
}
