/** Day and time in a time zone, from the zone rules that Node brings. */

const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  })
  formats.set(timeZone, format)
  return format
}

export type LocalTime = {
  /** 0: Sunday. */
  readonly day: number
  /** Of the day. */
  readonly minute: number
  /** Days since 1970-01-01, of the local calendar. */
  readonly date: number
}
const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** As the zone's rules say; slow. */
const minutesShown = (atMs: number, timeZone: string): number => {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  )
  const numberOf = (part: Intl.DateTimeFormatPartTypes): number => Number(parts.get(part))
  const dayMs = Date.UTC(numberOf("year"), numberOf("month") - 1, numberOf("day"))
  return dayMs / MINUTE_MS + numberOf("hour") * 60 + numberOf("minute")
}
const offsetAt = (atMs: number, timeZone: string): number =>
  minutesShown(atMs, timeZone) - Math.floor(atMs / MINUTE_MS)

const MAX_DAYS = 2_000
const offsets = new Map<string, number | null>()
/** Minutes ahead of UTC on a day of UTC; null: clocks change on it. A calendar asks 1,344 times. */
const offsetOfDay = (utcDay: number, timeZone: string): number | null => {
  const key = `${utcDay} ${timeZone}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const first = offsetAt(utcDay * DAY_MS, timeZone)
  const offset = first === offsetAt((utcDay + 1) * DAY_MS, timeZone) ? first : null
  if (offsets.size >= MAX_DAYS) offsets.clear()
  offsets.set(key, offset)
  return offset
}

/** `timeZone`: an IANA name that Node knows. */
export const localTime = (atMs: number, timeZone: string): LocalTime => {
  const offset = offsetOfDay(Math.floor(atMs / DAY_MS), timeZone)
  const shown =
    offset === null ? minutesShown(atMs, timeZone) : Math.floor(atMs / MINUTE_MS) + offset
  const date = Math.floor(shown / DAY_MINUTES)
  // 1 January 1970 was a Thursday.
  return { day: (((date + 4) % 7) + 7) % 7, minute: shown - date * DAY_MINUTES, date }
}

/** What a clock in the time zone shows, in minutes since 1970. */
const shownAt = (atMs: number, timeZone: string): number => {
  const { date, minute } = localTime(atMs, timeZone)
  return date * DAY_MINUTES + minute
}

/**
 * The moment at which a clock in the time zone shows this day and minute for the first time. A time
 * that the clocks skip in spring is the moment at which they go forward; one that they show twice in
 * autumn is the first of the two.
 */
export const atLocalTime = (date: number, minute: number, timeZone: string): number => {
  const wanted = date * DAY_MINUTES + minute
  const guess = wanted * MINUTE_MS
  const offsetAt = (atMs: number): number => shownAt(atMs, timeZone) * MINUTE_MS - atMs
  // The offsets a day before and after: the clocks change at most once between them.
  const [before, after] = [offsetAt(guess - DAY_MS), offsetAt(guess + DAY_MS)]
  const moments = [guess - before, guess - after].sort((one, other) => one - other)
  const [first = guess, last = guess] = moments
  const exact = moments.find((atMs) => shownAt(atMs, timeZone) === wanted)
  if (exact !== undefined) return exact
  // Skipped: the first minute that shows a later time.
  let [low, high] = [first / MINUTE_MS, last / MINUTE_MS]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (shownAt(middle * MINUTE_MS, timeZone) < wanted) low = middle
    else high = middle
  }
  return high * MINUTE_MS
}
