/** A schedule as a form. Times are those of the schedule's time zone. */
import type { Schedule } from "@ispvm/appliance/api/notifications"
import type { BodyOf } from "../../api/call.ts"
import { dayText } from "../maintenance/calendar.ts"
import { newId } from "../notifications/new-id.ts"
import { localText, momentOf } from "./calendar.ts"

/** As it is sent. */
export type ScheduleBody = BodyOf<"PUT /notifications/schedules">["schedules"][number]
type Layer = Schedule["layers"][number]
export type LayerForm = {
  readonly name: string
  readonly people: readonly string[]
  readonly every: string
  readonly unit: string
  readonly startsOn: string
  readonly handover: string
  readonly isLimited: boolean
  readonly days: readonly number[]
  readonly from: string
  readonly to: string
  readonly onHolidays: string
}
export type OverrideForm = { readonly person: string; readonly from: string; readonly to: string }
export type HolidayForm = { readonly date: string; readonly name: string }
export type ScheduleForm = {
  readonly id: string
  readonly name: string
  readonly timeZone: string
  readonly layers: readonly LayerForm[]
  readonly overrides: readonly OverrideForm[]
  readonly holidays: readonly HolidayForm[]
  readonly isQuiet: boolean
  readonly quietFrom: string
  readonly quietTo: string
  readonly quietDays: readonly number[]
  readonly exceptFrom: string
}

const HOUR_MS = 3_600_000
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6] as const
const WORKDAYS = [1, 2, 3, 4, 5] as const
const ownTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

export const blankLayer = (name: string, nowMs: number): LayerForm => ({
  ...{ name, people: [], every: "1", unit: "week", handover: "09:00" },
  startsOn: dayText(nowMs),
  ...{ isLimited: false, days: WORKDAYS, from: "08:00", to: "18:00", onHolidays: "as-usual" },
})
export const blank = (layer: string, nowMs: number): ScheduleForm => ({
  ...{ id: newId(), name: "", timeZone: ownTimeZone(), layers: [blankLayer(layer, nowMs)] },
  ...{ overrides: [], holidays: [], isQuiet: false, quietFrom: "22:00", quietTo: "06:00" },
  ...{ quietDays: EVERY_DAY, exceptFrom: "critical" },
})
/** From the next full hour, for eight hours. */
export const blankOverride = (timeZone: string, nowMs: number): OverrideForm => {
  const fromMs = Math.ceil(nowMs / HOUR_MS) * HOUR_MS
  return {
    person: "",
    from: localText(fromMs, timeZone),
    to: localText(fromMs + 8 * HOUR_MS, timeZone),
  }
}

const layerForm = ({ hours, every, ...layer }: Layer): LayerForm => ({
  ...layer,
  every: String(every),
  isLimited: hours !== null,
  ...(hours ?? { days: WORKDAYS, from: "08:00", to: "18:00" }),
})

/** Overrides that are over are left out. */
export const filledWith = (schedule: Schedule, nowMs: number): ScheduleForm => {
  const { id, name, timeZone, layers, overrides, holidays, quietHours } = schedule
  return {
    ...{ id, name, timeZone, layers: layers.map(layerForm), holidays },
    overrides: overrides
      .filter(({ toMs }) => toMs > nowMs)
      .map(({ person, fromMs, toMs }) => ({
        person,
        from: localText(fromMs, timeZone),
        to: localText(toMs, timeZone),
      })),
    isQuiet: quietHours !== null,
    ...{ quietFrom: quietHours?.from ?? "22:00", quietTo: quietHours?.to ?? "06:00" },
    quietDays: quietHours?.days ?? EVERY_DAY,
    exceptFrom: quietHours === null ? "critical" : (quietHours.exceptFrom ?? ""),
  }
}

/** A choice as it is; the schema finds what it does not know. */
const asChoice = <T extends string>(text: string): T => text as T
const sorted = (days: readonly number[]): number[] => [...days].sort((a, b) => a - b)

const layerOf = (layer: LayerForm): Layer => ({
  ...{ name: layer.name, people: [...layer.people], every: Number(layer.every || "x") },
  unit: asChoice<Layer["unit"]>(layer.unit),
  ...{ startsOn: layer.startsOn, handover: layer.handover },
  hours: layer.isLimited ? { days: sorted(layer.days), from: layer.from, to: layer.to } : null,
  onHolidays: asChoice<Layer["onHolidays"]>(layer.onHolidays),
})

export const bodyOf = (form: ScheduleForm): Schedule => ({
  ...{ id: form.id, name: form.name, timeZone: form.timeZone, layers: form.layers.map(layerOf) },
  overrides: form.overrides.map(({ person, from, to }) => ({
    person,
    fromMs: momentOf(from, form.timeZone),
    toMs: momentOf(to, form.timeZone),
  })),
  holidays: [...form.holidays].sort((one, other) => one.date.localeCompare(other.date)),
  quietHours: form.isQuiet
    ? {
        ...{ from: form.quietFrom, to: form.quietTo, days: sorted(form.quietDays) },
        exceptFrom:
          form.exceptFrom === ""
            ? null
            : asChoice<NonNullable<Schedule["quietHours"]>["exceptFrom"] & string>(form.exceptFrom),
      }
    : null,
})

export const PATHS: Partial<Readonly<Record<keyof ScheduleForm, string>>> = {
  quietFrom: "quietHours.from",
  quietTo: "quietHours.to",
  quietDays: "quietHours.days",
  exceptFrom: "quietHours.exceptFrom",
}

/** One in place of itself, or a new one at the end. */
export const withSchedule = (
  schedules: readonly ScheduleBody[],
  schedule: ScheduleBody,
): { readonly schedules: ScheduleBody[]; readonly index: number } => {
  const at = schedules.findIndex(({ id }) => id === schedule.id)
  return at < 0
    ? { schedules: [...schedules, schedule], index: schedules.length }
    : { schedules: schedules.with(at, schedule), index: at }
}
