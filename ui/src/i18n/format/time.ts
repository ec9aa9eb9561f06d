/**
 * Formats durations and times. `nowMs` is always an argument, so that the result depends on nothing
 * else.
 */
import { createDuration } from "@ispvm/appliance/messages/numbers"
import { locale } from "../locale.ts"

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "42 s", "4 min", "1 h 12 min", "3 d 4 h", "214 d". */
const span = createDuration(locale)
export const duration = (ms: number): string => span(ms)

export const ago = (atMs: number, nowMs: number): string => {
  const passedMs = nowMs - atMs
  // A clock a little ahead of ours is not the future.
  return passedMs < 5 * SECOND ? locale.justNow : locale.ago.replace("#", duration(passedMs))
}

const tenths = new Intl.NumberFormat(locale.tag, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
/** A span of a moment: "12 ms", "0.4 s", "3.2 s", then as any other. */
export const shortSpan = (ms: number): string => {
  const spanMs = Math.max(0, ms)
  if (spanMs < 95) return `${Math.round(spanMs)} ms`
  return spanMs < 9_950 ? `${tenths.format(spanMs / SECOND)} ${locale.units.s}` : duration(spanMs)
}

/** Time until the text of `ago` changes, so that nothing is rendered more often than needed. */
export const nextChangeMs = (atMs: number, nowMs: number): number => {
  const passedMs = Math.max(0, nowMs - atMs)
  if (passedMs < 5 * SECOND) return 5 * SECOND - passedMs
  const unit = passedMs < MINUTE ? SECOND : passedMs < DAY ? MINUTE : HOUR
  return unit - (passedMs % unit)
}

const monthOf = new Intl.DateTimeFormat(locale.tag, { month: "short" })
/** In the reader's own zone, with seconds: "22 Nov 2026, 14:03:07". */
export const exact = (atMs: number): string => {
  const at = new Date(atMs)
  return `${at.getDate()} ${monthOf.format(at)} ${at.getFullYear()}, ${clock(atMs)}`
}

const weekday = new Intl.DateTimeFormat(locale.tag, { weekday: "short" })
/** A moment that people plan with: "14:30" today, "Wed 08:00" this week, else with its day. */
export const planned = (atMs: number, nowMs: number): string => {
  const at = new Date(atMs)
  const minute = clock(atMs).slice(0, 5)
  if (at.toDateString() === new Date(nowMs).toDateString()) return minute
  return Math.abs(atMs - nowMs) < 6 * DAY
    ? `${weekday.format(at)} ${minute}`
    : `${at.getDate()} ${monthOf.format(at)}, ${minute}`
}

const monthYear = new Intl.DateTimeFormat(locale.tag, { month: "long", year: "numeric" })
/** "June 2026" */
export const monthHeading = (atMs: number): string => monthYear.format(atMs)
/** "Wed 17 Jun" */
export const dayHeading = (atMs: number): string => {
  const at = new Date(atMs)
  return `${weekday.format(at)} ${at.getDate()} ${monthOf.format(at)}`
}

/** "14:03:07" */
export const clock = (atMs: number): string => {
  const at = new Date(atMs)
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => part.toString().padStart(2, "0"))
    .join(":")
}

/**
 * A mark on a time axis, as fine as the marks stand apart: "14:03:20", "14:05", and the day at the
 * first mark of each day and where days are all there is. A day need not begin at 00:00: where
 * clocks go forward at midnight it begins at 01:00. `beforeMs` is the mark before; without one, a
 * step earlier.
 */
export const timeLabel = (
  atMs: number,
  stepMs: number,
  beforeMs: number = atMs - stepMs,
): string => {
  const at = new Date(atMs)
  const isNewDay = at.toDateString() !== new Date(beforeMs).toDateString()
  if (stepMs >= DAY || (isNewDay && stepMs >= MINUTE))
    return `${at.getDate()} ${monthOf.format(at)}`
  return stepMs < MINUTE ? clock(atMs) : clock(atMs).slice(0, 5)
}
