/** Whether a policy is quiet at a time, and until when. Pure; the time zone is the policy's own. */
import { SEVERITIES, type Severity } from "../../api/incidents.ts"
import type { QuietHours } from "../../api/notifications.ts"
import { localTime } from "./local-time.ts"

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number)
  return hours * 60 + minutes
}

/** Minutes until the quiet time that covers this moment ends; 0: none does. */
const minutesLeft = (hours: QuietHours, atMs: number): number => {
  const { day, minute } = localTime(atMs, hours.timeZone)
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)]
  const isOvernight = to <= from
  const begunToday = hours.days.includes(day) && minute >= from
  const begunYesterday = isOvernight && hours.days.includes((day + 6) % 7) && minute < to
  if (begunYesterday) return to - minute
  if (!begunToday) return 0
  if (isOvernight) return DAY_MINUTES - minute + to
  return minute < to ? to - minute : 0
}

const isExempt = ({ exceptFrom }: QuietHours, severity: Severity): boolean =>
  exceptFrom !== null && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(exceptFrom)

/**
 * The first moment from `atMs` on at which a notification may be sent. Quiet hours of each day may
 * follow on each other, and a change of the clock moves their end: the end is computed again, at most a
 * week on, then it is sent in spite of them.
 */
export const afterQuietHours = (
  hours: QuietHours | null,
  severity: Severity,
  atMs: number,
): number => {
  if (hours === null || isExempt(hours, severity)) return atMs
  let next = atMs
  for (let tries = 0; tries < 16; tries += 1) {
    const left = minutesLeft(hours, next)
    if (left === 0) return next
    next = (Math.floor(next / MINUTE_MS) + left) * MINUTE_MS
  }
  return next
}
