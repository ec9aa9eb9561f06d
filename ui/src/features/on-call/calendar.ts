/** Who is on call, as rows of days. Pure; days and times are those of the schedule's time zone. */
import type { OnCallCalendar, Schedule } from "@ispvm/appliance/api/notifications"
import { locale } from "../../i18n/locale.ts"

const MINUTE_MS = 60_000

/** Ratios are those of the day: 0 its beginning, 1 its end. */
export type Part = {
  readonly person: string | null
  readonly fromMs: number
  readonly toMs: number
  readonly start: number
  readonly length: number
}
export type DayRow = {
  readonly fromMs: number
  readonly toMs: number
  readonly parts: readonly Part[]
  /** Where now is; null: on another day. */
  readonly now: number | null
  readonly holiday: string | null
}

/** "2026-12-01" there. */
const dateIn = (atMs: number, timeZone: string): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone }).format(atMs)

export const rowsOf = (
  { days, shifts }: OnCallCalendar,
  { timeZone, holidays }: Pick<Schedule, "timeZone" | "holidays">,
  nowMs: number,
): readonly DayRow[] =>
  days.slice(0, -1).map((fromMs, index) => {
    const toMs = days[index + 1] ?? fromMs
    const ratio = (atMs: number): number => (atMs - fromMs) / (toMs - fromMs)
    const date = dateIn(fromMs, timeZone)
    return {
      ...{ fromMs, toMs },
      parts: shifts
        .filter((one) => one.fromMs < toMs && one.toMs > fromMs)
        .map(({ person, ...shift }) => {
          const start = ratio(Math.max(fromMs, shift.fromMs))
          return { ...shift, person, start, length: ratio(Math.min(toMs, shift.toMs)) - start }
        }),
      now: nowMs >= fromMs && nowMs < toMs ? ratio(nowMs) : null,
      holiday: holidays.find((one) => one.date === date)?.name ?? null,
    }
  })

/** Times at which nobody is on call, from now on. */
export const gapsOf = (
  { shifts }: Pick<OnCallCalendar, "shifts">,
  nowMs: number,
): readonly { readonly fromMs: number; readonly toMs: number }[] =>
  shifts.filter(({ person, toMs }) => person === null && toMs > nowMs)

/** The shift that is on now, and the next one of somebody else. */
export const nowAndNext = ({ shifts }: Pick<OnCallCalendar, "shifts">, nowMs: number) => {
  const at = shifts.findIndex(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs)
  return { now: shifts[at] ?? null, next: at < 0 ? null : (shifts[at + 1] ?? null) }
}

/** People in the order of their first shift: each has a colour of its own, as far as there are. */
export const peopleOf = (schedule: Pick<Schedule, "layers" | "overrides">): readonly string[] => [
  ...new Set([
    ...schedule.layers.flatMap(({ people }) => people),
    ...schedule.overrides.map(({ person }) => person),
  ]),
]

const formats = (timeZone: string) => ({
  day: new Intl.DateTimeFormat(locale.tag, {
    ...{ timeZone, weekday: "short", day: "numeric", month: "short" },
  }),
  time: new Intl.DateTimeFormat(locale.tag, {
    ...{ timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  }),
})
const known = new Map<string, ReturnType<typeof formats>>()
const formatsOf = (timeZone: string): ReturnType<typeof formats> => {
  const made = known.get(timeZone) ?? formats(timeZone)
  known.set(timeZone, made)
  return made
}
/** "Wed 2 Dec" */
export const dayIn = (atMs: number, timeZone: string): string =>
  formatsOf(timeZone).day.format(atMs)
/** "08:00" */
export const timeIn = (atMs: number, timeZone: string): string =>
  formatsOf(timeZone).time.format(atMs)
/** "Wed 2 Dec 08:00" */
export const momentIn = (atMs: number, timeZone: string): string =>
  `${dayIn(atMs, timeZone)} ${timeIn(atMs, timeZone)}`
/** The second one without its day, if that is the same. */
export const spanIn = (fromMs: number, toMs: number, timeZone: string): string => {
  const [day, other] = [dayIn(fromMs, timeZone), dayIn(toMs, timeZone)]
  const end = day === other ? timeIn(toMs, timeZone) : momentIn(toMs, timeZone)
  return `${momentIn(fromMs, timeZone)} – ${end}`
}

/** "2026-12-01T08:00" there, as fields have it. */
export const localText = (atMs: number, timeZone: string): string =>
  `${dateIn(atMs, timeZone)}T${new Intl.DateTimeFormat("sv-SE", { timeZone, hour: "2-digit", minute: "2-digit" }).format(atMs)}`

/** The moment at which a clock there shows this; NaN: it is no time. */
export const momentOf = (text: string, timeZone: string): number => {
  const wanted = Date.parse(`${text}Z`)
  if (Number.isNaN(wanted)) return Number.NaN
  try {
    let atMs = wanted
    // Twice: the offset may change between the guess and the moment itself.
    for (let tries = 0; tries < 2; tries += 1) {
      const shown = Date.parse(`${localText(atMs, timeZone)}Z`)
      atMs += Math.floor(wanted / MINUTE_MS) * MINUTE_MS - shown
    }
    return atMs
  } catch {
    return Number.NaN
  }
}
