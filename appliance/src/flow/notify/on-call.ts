/** Who is on call at a time. Pure; days and hours are those of the schedule's time zone. */
import type { OnCallCalendar, Schedule, Shift } from "../../api/notifications.ts"
import { atLocalTime, type LocalTime, localTime } from "./local-time.ts"

type Layer = Schedule["layers"][number]
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const WEEK_DAYS = 7

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number)
  return hours * 60 + minutes
}

/** Hours that began the day before a holiday end with that day. */
const isUsedOn = ({ onHolidays }: Layer, isHoliday: boolean): boolean =>
  onHolidays === "as-usual" || isHoliday === (onHolidays === "only")

/** Whether the layer is used at this time of the week; its end may be on the next day. */
const isActive = ({ hours }: Layer, day: number, minute: number): boolean => {
  if (hours === null) return true
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)]
  if (to > from) return hours.days.includes(day) && minute >= from && minute < to
  return (
    (hours.days.includes(day) && minute >= from) ||
    (hours.days.includes((day + 6) % WEEK_DAYS) && minute < to)
  )
}

/**
 * Which shift it is since the start of the layer. Days and weeks change at the same local time, also
 * when the clocks go forward or back; hours are counted as they pass.
 */
const shiftAt = (layer: Layer, timeZone: string, atMs: number, now: LocalTime): number => {
  const { every, unit, startsOn, handover } = layer
  if (unit === "hour") {
    const startsAtDay = Math.floor(Date.parse(`${startsOn}T00:00:00Z`) / DAY_MS)
    const start = atLocalTime(startsAtDay, minutesOf(handover), timeZone)
    return Math.floor((atMs - start) / (every * HOUR_MS))
  }
  const dayNumber = now.date - (now.minute < minutesOf(handover) ? 1 : 0)
  const startDay = Math.floor(Date.parse(`${startsOn}T00:00:00Z`) / DAY_MS)
  return Math.floor((dayNumber - startDay) / (every * (unit === "week" ? WEEK_DAYS : 1)))
}

const dateText = (date: number): string => new Date(date * DAY_MS).toISOString().slice(0, 10)

const personOf = (
  layer: Layer,
  { timeZone, holidays }: Pick<Schedule, "timeZone" | "holidays">,
  atMs: number,
  now: LocalTime,
): string | null => {
  const { day, minute, date } = now
  const isHoliday = holidays.length > 0 && holidays.some((one) => one.date === dateText(date))
  if (!isUsedOn(layer, isHoliday) || !isActive(layer, day, minute)) return null
  const shift = shiftAt(layer, timeZone, atMs, now)
  const count = layer.people.length
  return shift < 0 || count === 0 ? null : (layer.people[shift % count] ?? null)
}

/** The account; null: nobody is. An override counts most, then the last layer that applies. */
export const onCallAt = (schedule: Schedule, atMs: number): string | null => {
  const { layers, overrides } = schedule
  const override = overrides.findLast(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)
  if (override !== undefined) return override.person
  const now = localTime(atMs, schedule.timeZone)
  for (const layer of layers.toReversed()) {
    const person = personOf(layer, schedule, atMs, now)
    if (person !== null) return person
  }
  return null
}

const STEP_MS = 15 * 60_000
/** Times at which the person may change: handovers, hours, days, overrides, whole shifts of hours. */
const edgesOf = (schedule: Schedule, fromMs: number, toMs: number): number[] => {
  const { layers, overrides, timeZone } = schedule
  const ofLayer = ({ handover, hours, unit }: Layer): number[] => {
    const times = hours === null ? [handover] : [handover, hours.from, hours.to]
    const first = minutesOf(handover) % 60
    const hourly = unit === "hour" ? Array.from({ length: 24 }, (_, n) => n * 60 + first) : []
    return [...times.map(minutesOf), ...hourly]
  }
  const minutes = [...new Set([0, ...layers.flatMap(ofLayer)])]
  const firstDay = localTime(fromMs, timeZone).date
  const days = localTime(toMs, timeZone).date - firstDay + 1
  const edges = Array.from({ length: days }, (_, day) =>
    minutes.map((minute) => atLocalTime(firstDay + day, minute, timeZone)),
  ).flat()
  return [...edges, ...overrides.flatMap((one) => [one.fromMs, one.toMs])]
}

/**
 * Who is on call from one time to another. Besides the times at which the person may change, each
 * quarter of an hour counts: when the clocks of a zone change is not a time of the schedule.
 */
export const shiftsOf = (schedule: Schedule, fromMs: number, toMs: number): Shift[] => {
  const points = new Set([fromMs, ...edgesOf(schedule, fromMs, toMs)])
  for (let atMs = fromMs; atMs < toMs; atMs += STEP_MS) points.add(atMs)
  const ordered = [...points].filter((atMs) => atMs >= fromMs && atMs < toMs).sort((a, b) => a - b)
  const shifts: Shift[] = []
  for (const [index, atMs] of ordered.entries()) {
    const person = onCallAt(schedule, atMs)
    const last = shifts.at(-1)
    const endMs = ordered[index + 1] ?? toMs
    if (last?.person === person) shifts[shifts.length - 1] = { ...last, toMs: endMs }
    else shifts.push({ fromMs: atMs, toMs: endMs, person })
  }
  return shifts
}

const SHOWN_DAYS = 14
/** The days that a schedule shows, from the one of its time zone that it is now. */
export const calendarOf = (schedule: Schedule, nowMs: number): OnCallCalendar => {
  const { timeZone } = schedule
  const today = localTime(nowMs, timeZone).date
  const days = Array.from({ length: SHOWN_DAYS + 1 }, (_, n) => atLocalTime(today + n, 0, timeZone))
  const shifts = shiftsOf(schedule, days[0] ?? nowMs, days[SHOWN_DAYS] ?? nowMs)
  return { days, shifts, now: onCallAt(schedule, nowMs) }
}
