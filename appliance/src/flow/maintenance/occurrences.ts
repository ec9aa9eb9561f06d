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

/** Days of a century: a rule with a count is gone through from its start. */
const MAX_ITERATIONS = 40_000
/** A stored rule may still have them: each would be an occurrence of the same day. */
const TIMES_OF_DAY = /;BY(?:HOUR|MINUTE|SECOND)=[^;]*/g

type Day = ReturnType<RRuleTemporal["all"]>[number]
/** Throws for a rule that cannot be read. */
const daysBetween = ({ startsAt, rrule }: Schedule, from: Date, to: Date): readonly Day[] => {
  const day = startsAt.slice(0, 10).replaceAll("-", "")
  const rule = (rrule ?? "FREQ=DAILY;COUNT=1").replaceAll(TIMES_OF_DAY, "")
  const rruleString = `DTSTART:${day}T000000Z\nRRULE:${rule}`
  return new RRuleTemporal({ rruleString, maxIterations: MAX_ITERATIONS }).between(from, to, true)
}

/** February 29 on a given weekday is the rarest day that people may mean: 40 years at most. */
const REACHES_MS = [366, 8 * 366, 40 * 366].map((days) => days * DAY_MS)
/** Whether the rule can be read and has an occurrence; without a bound, a search never ends. */
export const isUsableRule = (schedule: Schedule): boolean => {
  const firstMs = Date.parse(`${schedule.startsAt.slice(0, 10)}T00:00:00Z`)
  try {
    return REACHES_MS.some(
      (reachMs) => daysBetween(schedule, new Date(firstMs), new Date(firstMs + reachMs)).length > 0,
    )
  } catch {
    return false
  }
}

/** Whether none of it is on or still to come. */
export const isPast = (schedule: Schedule, nowMs: number): boolean =>
  !REACHES_MS.some((reachMs) => occurrencesOf(schedule, nowMs, nowMs + reachMs).length > 0)

const occurrenceOn = (day: Day, { startsAt, minutes, zone, cuts }: Schedule): Occurrence => {
  const local = day.toPlainDate().toPlainDateTime(startsAt.slice(11))
  const fromMs = local.toZonedDateTime(zone).epochMilliseconds
  const endMs = local.add({ minutes }).toZonedDateTime(zone).epochMilliseconds
  // Shorter than the hour that the clocks skip.
  const untilMs = endMs > fromMs ? endMs : fromMs + minutes * 60_000
  const cut = cuts.find(([cutFromMs]) => cutFromMs === fromMs)
  return { fromMs, untilMs: cut === undefined ? untilMs : Math.min(untilMs, cut[1]) }
}

/** A stored rule that another release could read takes no other window with it. */
const readableDays: typeof daysBetween = (schedule, from, to) => {
  try {
    return daysBetween(schedule, from, to)
  } catch {
    return []
  }
}

/** Those that are on at some time between both, oldest first. */
export const occurrencesOf = (
  schedule: Schedule,
  fromMs: number,
  toMs: number,
): readonly Occurrence[] => {
  const marginMs = schedule.minutes * 60_000 + 2 * DAY_MS
  const first = new Date(Math.max(0, fromMs - marginMs))
  return readableDays(schedule, first, new Date(toMs + 2 * DAY_MS))
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
