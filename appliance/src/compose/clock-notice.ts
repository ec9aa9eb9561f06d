/** The notice after the clock of the host was set. */
import type { ClockStep } from "../platform/clock.ts"

/** Steps of this long ago are history: they stand in the log. */
const SHOWN_MS = 24 * 3_600_000

const spanText = (ms: number): string => {
  const seconds = Math.round(Math.abs(ms) / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
/** `2026-01-29 22:12:19 UTC` */
const momentText = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`
export const clockSentence = ({ byMs, atMs }: ClockStep): string =>
  `The clock of this appliance was set ${byMs < 0 ? "back" : "forward"} by ${spanText(byMs)} at ${momentText(atMs)}. Durations are not affected; times from before are shown as they were stored.`

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
