/** The notice after the clock of the host was set. */
import type { HealthMessage } from "../api/notice-messages.ts"
import type { ClockStep } from "../platform/clock.ts"

/** Steps of this long ago are history: they stand in the log. */
const SHOWN_MS = 24 * 3_600_000

/** `2026-01-29 22:12:19 UTC` */
const momentText = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`
export const clockMessage = ({ byMs, atMs }: ClockStep): HealthMessage => ({
  code: "health.clock-set",
  params: {
    direction: byMs < 0 ? "back" : "forward",
    byMs: Math.abs(byMs),
    at: momentText(atMs),
  },
})

/** The last step, as long as it is news. `steady` is ms of a clock that nobody can set. */
export const createClockNotice = (steady: () => number) => {
  let last: { readonly step: ClockStep; readonly steadyMs: number } | null = null
  return {
    note: (step: ClockStep): void => {
      last = { step, steadyMs: steady() }
    },
    shown: (): ClockStep | null =>
      last === null || steady() - last.steadyMs > SHOWN_MS ? null : last.step,
  }
}
