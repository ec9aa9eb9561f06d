/**
 * Time as an argument: tests pass their own. Stamps that people read are wall-clock time; what measures
 * a duration takes the steady clock, which no administrator and no time service can set.
 */
import { createSignal, type Signal } from "./signal.ts"

/** What only the clock of a host has is optional: a test's clock steps only where the test says so. */
export type Clock = { readonly now: () => number } & Partial<
  Pick<HostClock, "steady" | "steppedMs" | "steps">
>
/** For durations: never set, neither forward nor back. */
export const steadyOf = (clock: Clock): Clock => clock.steady ?? clock

/** Epoch milliseconds of this machine. */
export const systemClock: Clock = { now: () => Date.now() }

/** The wall clock was set: by how much (ms, negative: back), and what it says since. */
export type ClockStep = { readonly byMs: number; readonly atMs: number }
export type HostClock = {
  readonly now: () => number
  /** Epoch ms as of the start, going on by the monotonic clock: for durations only, never for stamps. */
  readonly steady: { readonly now: () => number }
  /** Sum of all steps since the start: what was stamped under another sum is shifted by the difference. */
  readonly steppedMs: () => number
  /** Emitted inside `now()`, before it answers the first time after the step. */
  readonly steps: Signal<ClockStep>
}

/** Time services slew below this; what is set at once by less harms no duration of ours. */
const STEP_MS = 1_000
/** Between the readings of the two clocks the process may have been stopped: then nothing can be said. */
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
