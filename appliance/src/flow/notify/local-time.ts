/** Day and time in a time zone, from the zone rules that Node brings. */

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
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
/** `timeZone`: an IANA name that Node knows. */
export const localTime = (atMs: number, timeZone: string): LocalTime => {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  )
  const numberOf = (part: Intl.DateTimeFormatPartTypes): number => Number(parts.get(part))
  return {
    day: DAYS.indexOf(parts.get("weekday") ?? ""),
    minute: numberOf("hour") * 60 + numberOf("minute"),
    date: Math.floor(Date.UTC(numberOf("year"), numberOf("month") - 1, numberOf("day")) / DAY_MS),
  }
}
