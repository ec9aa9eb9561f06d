/** Times as RouterOS prints them. Pure. */

/** `isWhole`: in whole seconds, as an uptime: the time is anywhere within that second. */
export type RouterSpan = { readonly ms: number; readonly isWhole: boolean }

const CLOCK_PART = String.raw`(?<hh>\d{1,4}):(?<mm>[0-5]\d):(?<ss>[0-5]\d)(?:\.(?<part>\d{1,9}))?`
const WORD_PART = String.raw`(?:(?<h>\d+)h)?(?:(?<m>\d+)m(?!s))?(?:(?<s>\d+)s)?(?:(?<ms>\d+)ms)?(?:(?<us>\d+)us)?(?:\d+ns)?`
const SPAN = new RegExp(`^(?=.)(?:(?<w>\\d+)w)?(?:(?<d>\\d+)d)?(?:${CLOCK_PART}|${WORD_PART})$`)
const UNIT_MS = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  hh: 3_600_000,
  m: 60_000,
  mm: 60_000,
  s: 1_000,
  ss: 1_000,
  ms: 1,
}
/** The longest plausible uptime: a thousand years. */
const MAX_MS = 1_000 * 365 * 86_400_000

/** `1w2d03:04:05`, `3w1d2h`, `53m10s720ms`, `00:05:11`; null where it is none of these. */
export const parseSpan = (text: string): RouterSpan | null => {
  const groups = SPAN.exec(text.trim())?.groups
  if (groups === undefined) return null
  const micros = Number(groups.us ?? 0)
  const fraction = groups.part === undefined ? 0 : Number(`0.${groups.part}`) * 1_000
  let ms = fraction + micros / 1_000
  for (const [unit, size] of Object.entries(UNIT_MS)) ms += Number(groups[unit] ?? 0) * size
  if (ms > MAX_MS) return null
  return {
    ms,
    isWhole: groups.part === undefined && groups.ms === undefined && groups.us === undefined,
  }
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const TIME = String.raw`(\d{2}):(\d{2}):(\d{2})`
const OLD_DATE = new RegExp(`^([a-z]{3})/(\\d{2})/(\\d{4})[ T]${TIME}$`, "i")
const ISO_DATE = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})[ T]${TIME}$`)
const TWO_32 = 2 ** 32

/**
 * How far the router's zone is ahead of UTC: `+02:00`, `-03:30:00`, or seconds, where negative
 * values may have 2³² added. Null: unreadable.
 */
export const parseOffsetMs = (text: string): number | null => {
  const parts = /^([+-]?)(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim())
  if (parts !== null) {
    const [, sign, h, m, s = "0"] = parts
    return (sign === "-" ? -1_000 : 1_000) * (Number(h) * 3_600 + Number(m) * 60 + Number(s))
  }
  if (!/^[+-]?\d{1,10}$/.test(text.trim())) return null
  const seconds = Number(text)
  const signed = seconds >= TWO_32 / 2 ? seconds - TWO_32 : seconds
  return Math.abs(signed) > 86_400 ? null : signed * 1_000
}

/**
 * The router's clock as epoch ms, from `jan/02/1970 10:20:30` or `2024-03-01 13:13:32` and its
 * zone. Null: unreadable.
 */
export const parseClock = (clock: string, gmt: string | null): number | null => {
  const offsetMs = gmt === null ? null : parseOffsetMs(gmt)
  if (offsetMs === null) return null
  const old = OLD_DATE.exec(clock.trim())
  const iso = ISO_DATE.exec(clock.trim())
  const fields =
    old !== null
      ? [
          old[3],
          MONTHS.indexOf((old[1] ?? "").toLowerCase()) + 1,
          ...old.slice(2, 3),
          ...old.slice(4),
        ]
      : iso?.slice(1)
  if (fields === undefined) return null
  const [year = 0, month = 0, day = 0, h = 0, m = 0, s = 0] = fields.map(Number)
  const atMs = Date.UTC(year, month - 1, day, h, m, s)
  const is = new Date(atMs)
  const isDate =
    is.getUTCMonth() === month - 1 && is.getUTCDate() === day && h < 24 && m < 60 && s < 61
  return isDate ? atMs - offsetMs : null
}
