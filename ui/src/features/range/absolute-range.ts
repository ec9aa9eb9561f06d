/**
 * A time range from one moment to another: what a field holds, what may be wrong with it, and how it
 * is written. Times are in the reader's own zone. Pure.
 */
import { locale } from "../../i18n/locale.ts"

export type AbsoluteRange = { readonly fromMs: number; readonly toMs: number }
/** What is wrong, and of which end. */
export type RangeProblem =
  | { readonly end: "from" | "to"; readonly reason: "missing" | "future" | "too-old" }
  | { readonly end: "to"; readonly reason: "not-after-from" | "too-short" }
export type RangeCheck =
  | { readonly ok: true; readonly range: AbsoluteRange }
  | { readonly ok: false; readonly problems: readonly RangeProblem[] }

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** A shorter range shows only single probes. */
export const MIN_RANGE_MS = 10_000
/** Values by the hour are kept for a year (`ispvm.retention`). */
export const SERIES_KEPT_MS = 366 * DAY_MS
/** A field is as fine as a minute, and the clock of a browser may be ahead. */
const AHEAD_MS = MINUTE_MS

/** `keptMs`: nothing older is stored; null: everything is kept. */
export type RangeLimits = { readonly nowMs: number; readonly keptMs: number | null }

export const checkRange = (
  fromMs: number | null,
  toMs: number | null,
  { nowMs, keptMs }: RangeLimits,
): RangeCheck => {
  const problems = [
    ...problemsOf("from", fromMs, { nowMs, keptMs }),
    ...problemsOf("to", toMs, { nowMs, keptMs }),
  ]
  if (fromMs === null || toMs === null || problems.length > 0) return { ok: false, problems }
  if (toMs <= fromMs) return { ok: false, problems: [{ end: "to", reason: "not-after-from" }] }
  if (toMs - fromMs < MIN_RANGE_MS)
    return { ok: false, problems: [{ end: "to", reason: "too-short" }] }
  return { ok: true, range: { fromMs, toMs } }
}

const problemsOf = (
  end: "from" | "to",
  atMs: number | null,
  { nowMs, keptMs }: RangeLimits,
): readonly RangeProblem[] => {
  if (atMs === null) return [{ end, reason: "missing" }]
  if (atMs > nowMs + AHEAD_MS) return [{ end, reason: "future" }]
  return keptMs !== null && atMs < nowMs - keptMs ? [{ end, reason: "too-old" }] : []
}

/** Epoch ms, or ISO 8601 as people write it in an address. Null: neither. */
const momentOf = (text: string | null): number | null => {
  if (text === null || text === "") return null
  const atMs = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isSafeInteger(atMs) && atMs > 0 ? atMs : null
}

/** The range of an address; null: it has none. */
export const addressRange = (query: URLSearchParams, limits: RangeLimits): RangeCheck | null =>
  query.has("from") || query.has("to")
    ? checkRange(momentOf(query.get("from")), momentOf(query.get("to")), limits)
    : null

/** In place of a preset; without a range, the preset of the page. */
export const rangeQuery = (
  range: AbsoluteRange | null,
): { readonly from: string; readonly to: string } => ({
  from: range === null ? "" : String(Math.round(range.fromMs)),
  to: range === null ? "" : String(Math.round(range.toMs)),
})

const digits = (value: number, length = 2): string => value.toString().padStart(length, "0")

/** As `datetime-local` holds it: "2026-11-22T14:03". */
export const fieldText = (atMs: number): string => {
  const at = new Date(atMs)
  const date = `${digits(at.getFullYear(), 4)}-${digits(at.getMonth() + 1)}-${digits(at.getDate())}`
  return `${date}T${digits(at.getHours())}:${digits(at.getMinutes())}`
}
/** Null: empty, or no moment. */
export const fieldMoment = (text: string): number | null => {
  const atMs = text === "" ? Number.NaN : new Date(text).getTime()
  return Number.isNaN(atMs) ? null : atMs
}

/** The fields of a range: all of it is within them. */
export const fieldsOf = ({ fromMs, toMs }: AbsoluteRange): { from: string; to: string } => ({
  from: fieldText(fromMs),
  to: fieldText(Math.ceil(toMs / MINUTE_MS) * MINUTE_MS),
})

const SHOWN = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const
const formats = new Map<string, Intl.DateTimeFormat>()
const formatOf = (withYear: boolean, withSeconds: boolean): Intl.DateTimeFormat => {
  const key = `${withYear} ${withSeconds}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat(locale.tag, {
    ...SHOWN,
    hourCycle: "h23",
    ...(withYear ? { year: "numeric" } : {}),
    ...(withSeconds ? { second: "2-digit" } : {}),
  })
  formats.set(key, format)
  return format
}

/** "22 Nov, 14:00–15:30"; the year only where it is not this one, seconds in a short range. */
export const rangeText = ({ fromMs, toMs }: AbsoluteRange, nowMs: number): string => {
  const thisYear = new Date(nowMs).getFullYear()
  const withYear = [fromMs, toMs].some((atMs) => new Date(atMs).getFullYear() !== thisYear)
  return formatOf(withYear, toMs - fromMs < 5 * MINUTE_MS).formatRange(fromMs, toMs)
}

const moment = new Intl.DateTimeFormat(locale.tag, {
  ...SHOWN,
  weekday: "short",
  year: "numeric",
  hourCycle: "h23",
})
/** "Sun, 22 Nov 2026, 14:03": a browser may write a field in the order of another language. */
export const momentText = (atMs: number): string => moment.format(atMs)

/** The name of the reader's time zone, as the browser knows it. */
export const timeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone
