/** Whether a policy is quiet at a time, and until when. Pure; the time zone is the policy's own. */
import { SEVERITIES, type Severity } from "../../api/incidents.ts"
import type { QuietHours } from "../../api/notifications.ts"
import { atLocalTime, localTime } from "./local-time.ts"

const WEEK_DAYS = 7
const WEEK_MS = WEEK_DAYS * 86_400_000

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number)
  return hours * 60 + minutes
}

/** When the quiet time that covers this moment ends; null: none does. Equal ends: 24 hours. */
const endOf = ({ from, to, days, timeZone }: QuietHours, atMs: number): number | null => {
  const { day, date } = localTime(atMs, timeZone)
  const lastsDays = minutesOf(to) <= minutesOf(from) ? 1 : 0
  for (const ago of [0, 1]) {
    if (!days.includes((day + WEEK_DAYS - ago) % WEEK_DAYS)) continue
    const begun = date - ago
    const endMs = atLocalTime(begun + lastsDays, minutesOf(to), timeZone)
    if (atMs >= atLocalTime(begun, minutesOf(from), timeZone) && atMs < endMs) return endMs
  }
  return null
}

const isExempt = ({ exceptFrom }: QuietHours, severity: Severity): boolean =>
  exceptFrom !== null && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(exceptFrom)

/** They never end, so they hold nothing, and cannot be saved. */
export const isAlwaysQuiet = ({ from, to, days }: QuietHours): boolean =>
  from === to && new Set(days).size === WEEK_DAYS

/**
 * The first moment from `atMs` on at which a notification may be sent. Quiet hours of one day may
 * follow on those of another; those that would last longer than a week hold nothing.
 */
export const afterQuietHours = (
  hours: QuietHours | null,
  severity: Severity,
  atMs: number,
): number => {
  if (hours === null || isExempt(hours, severity) || isAlwaysQuiet(hours)) return atMs
  for (let next = atMs; next - atMs <= WEEK_MS; ) {
    const endMs = endOf(hours, next)
    if (endMs === null) return next
    next = endMs
  }
  return atMs
}
