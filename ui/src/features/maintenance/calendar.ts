/** Maintenance windows on a calendar of days, in the reader's zone. Pure. */
import type { MaintenanceWindow } from "@ispvm/appliance/api/maintenance"

export type View = "month" | "week"
export type Entry = {
  readonly window: MaintenanceWindow
  readonly fromMs: number
  readonly untilMs: number
}
export type Day = {
  readonly atMs: number
  /** Of the month that is shown; in a week, all are. */
  readonly isInside: boolean
  readonly isToday: boolean
  readonly entries: readonly Entry[]
}

/** `YYYY-MM-DD` of the reader's zone. */
export const dayText = (atMs: number): string => {
  const at = new Date(atMs)
  const two = (part: number): string => part.toString().padStart(2, "0")
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}
const startOfDay = (at: Date): Date => new Date(at.getFullYear(), at.getMonth(), at.getDate())
const addDays = (at: Date, days: number): Date =>
  new Date(at.getFullYear(), at.getMonth(), at.getDate() + days)
/** Weeks begin on Monday. */
const monday = (at: Date): Date => addDays(at, -((at.getDay() + 6) % 7))

/** The day in the URL, else today. */
export const readDay = (text: string | null, nowMs: number): Date => {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? "") ?? []
  const read = new Date(Number(year), Number(month) - 1, Number(day))
  return Number.isNaN(read.getTime()) ? startOfDay(new Date(nowMs)) : read
}

/** The days that are shown, whole weeks. */
export const rangeOf = (view: View, at: Date): { readonly from: Date; readonly to: Date } => {
  if (view === "week") return { from: monday(at), to: addDays(monday(at), 7) }
  const first = new Date(at.getFullYear(), at.getMonth(), 1)
  const next = new Date(at.getFullYear(), at.getMonth() + 1, 1)
  const from = monday(first)
  const days = Math.ceil((next.getTime() - from.getTime()) / 86_400_000 / 7) * 7
  return { from, to: addDays(from, days) }
}

/** The same day of the next or previous month or week. */
export const step = (view: View, at: Date, by: 1 | -1): Date =>
  view === "week" ? addDays(at, 7 * by) : new Date(at.getFullYear(), at.getMonth() + by, 1)

export const daysOf = (
  view: View,
  at: Date,
  windows: readonly MaintenanceWindow[],
  nowMs: number,
): readonly Day[] => {
  const { from, to } = rangeOf(view, at)
  const entries = windows
    .flatMap((window) => window.occurrences.map((one): Entry => ({ window, ...one })))
    .sort((one, other) => one.fromMs - other.fromMs)
  const days: Day[] = []
  for (let day = from; day < to; day = addDays(day, 1)) {
    const endMs = addDays(day, 1).getTime()
    days.push({
      atMs: day.getTime(),
      isInside: view === "week" || day.getMonth() === at.getMonth(),
      isToday: dayText(day.getTime()) === dayText(nowMs),
      entries: entries.filter((one) => one.fromMs < endMs && one.untilMs > day.getTime()),
    })
  }
  return days
}
