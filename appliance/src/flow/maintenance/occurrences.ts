/**
 * When a maintenance window is on. A rule counts days; the time of day is applied to each of them
 * in the window's zone. So a night on which the clocks change has its occurrence as well: a time
 * that does not exist moves forward, one that exists twice is the first. Pure.
 */
import { RRuleTemporal } from "rrule-temporal"
import type { Occurrence } from "../../api/maintenance.ts"
import type { Schedule } from "./model.ts"

const DAY_MS = 86_400_000
/** Of one window in one answer: an endless rule is as long as what is asked for. */
export const MAX_OCCURRENCES = 400

const daysOf = ({ startsAt, rrule }: Schedule): RRuleTemporal => {
  const day = startsAt.slice(0, 10).replaceAll("-", "")
  const rule = rrule ?? "FREQ=DAILY;COUNT=1"
  return new RRuleTemporal({ rruleString: `DTSTART:${day}T000000Z\nRRULE:${rule}` })
}

/** Whether the rule can be read and has an occurrence at all. */
export const isUsableRule = (schedule: Schedule): boolean => {
  try {
    const firstDay = new Date(`${schedule.startsAt.slice(0, 10)}T00:00:00Z`)
    return daysOf(schedule).next(firstDay, true) !== null
  } catch {
    return false
  }
}

type Day = ReturnType<RRuleTemporal["all"]>[number]
const occurrenceOn = (day: Day, { startsAt, minutes, zone, cuts }: Schedule): Occurrence => {
  const local = day.toPlainDate().toPlainDateTime(startsAt.slice(11))
  const fromMs = local.toZonedDateTime(zone).epochMilliseconds
  const endMs = local.add({ minutes }).toZonedDateTime(zone).epochMilliseconds
  // Shorter than the hour that the clocks skip.
  const untilMs = endMs > fromMs ? endMs : fromMs + minutes * 60_000
  const cut = cuts.find(([cutFromMs]) => cutFromMs === fromMs)
  return { fromMs, untilMs: cut === undefined ? untilMs : Math.min(untilMs, cut[1]) }
}

/** Those that are on at some time between both, oldest first. */
export const occurrencesOf = (
  schedule: Schedule,
  fromMs: number,
  toMs: number,
): readonly Occurrence[] => {
  const marginMs = schedule.minutes * 60_000 + 2 * DAY_MS
  const first = new Date(Math.max(0, fromMs - marginMs))
  const days = daysOf(schedule).between(first, new Date(toMs + 2 * DAY_MS), true)
  return days
    .map((day) => occurrenceOn(day, schedule))
    .filter((one) => one.untilMs > fromMs && one.fromMs < toMs && one.untilMs > one.fromMs)
    .slice(0, MAX_OCCURRENCES)
}

/** The wall clock of a zone, to the minute. */
export const localTimeOf = (atMs: number, zone: string): string => {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  })
  return format.format(atMs).replace(" ", "T")
}
