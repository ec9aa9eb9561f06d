/** Spans and instants in words. `nowMs` is always passed in: what is drawn depends on nothing else. */
import { locale } from "../locale.ts"

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The two largest units that matter: "42 s", "4 min", "1 h 12 min", "3 d 4 h", "214 d". */
export const duration = (ms: number): string => {
  const span = Math.max(0, ms)
  const { s, min, h, d } = locale.units
  if (span < SECOND) return locale.underOneSecond
  if (span < MINUTE) return `${Math.floor(span / SECOND)} ${s}`
  if (span < HOUR) return `${Math.floor(span / MINUTE)} ${min}`
  if (span < DAY) return pair(span, HOUR, h, MINUTE, min)
  if (span < 30 * DAY) return pair(span, DAY, d, HOUR, h)
  return `${Math.floor(span / DAY)} ${d}`
}

const pair = (
  span: number,
  big: number,
  bigUnit: string,
  small: number,
  smallUnit: string,
): string => {
  const bigs = Math.floor(span / big)
  const smalls = Math.floor((span - bigs * big) / small)
  return smalls === 0 ? `${bigs} ${bigUnit}` : `${bigs} ${bigUnit} ${smalls} ${smallUnit}`
}

export const ago = (atMs: number, nowMs: number): string => {
  const span = nowMs - atMs
  // A clock a little ahead of ours is not the future.
  return span < 5 * SECOND ? locale.justNow : locale.ago.replace("#", duration(span))
}

const tenths = new Intl.NumberFormat(locale.tag, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
/** A span of a moment: "12 ms", "0.4 s", "3.2 s", then as any other. */
export const shortSpan = (ms: number): string => {
  const span = Math.max(0, ms)
  if (span < 95) return `${Math.round(span)} ms`
  return span < 9_950 ? `${tenths.format(span / SECOND)} ${locale.units.s}` : duration(span)
}

/** How long until the text of `ago` changes: nothing is redrawn more often than it reads differently. */
export const nextChangeMs = (atMs: number, nowMs: number): number => {
  const span = Math.max(0, nowMs - atMs)
  if (span < 5 * SECOND) return 5 * SECOND - span
  const unit = span < MINUTE ? SECOND : span < DAY ? MINUTE : HOUR
  return unit - (span % unit)
}

const monthOf = new Intl.DateTimeFormat(locale.tag, { month: "short" })
/** In the reader's own zone, with seconds: "22 Nov 2026, 14:03:07". */
export const exact = (atMs: number): string => {
  const at = new Date(atMs)
  return `${at.getDate()} ${monthOf.format(at)} ${at.getFullYear()}, ${clock(atMs)}`
}

/** "14:03:07" */
export const clock = (atMs: number): string => {
  const at = new Date(atMs)
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => part.toString().padStart(2, "0"))
    .join(":")
}

/**
 * A mark on a time axis, as fine as the marks stand apart: "14:03:20", "14:05", and the day at the first
 * mark of each day and where days are all there is. A day need not begin at 00:00: where clocks go
 * forward at midnight it begins at 01:00. `beforeMs` is the mark before; without one, a step earlier.
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
