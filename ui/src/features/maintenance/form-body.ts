/** The form of a maintenance window, and the request it makes. Pure. */
import type { MaintenanceTarget, MaintenanceWindow } from "@ispvm/appliance/api/maintenance"
import type { BodyOf } from "../../api/call.ts"
import { dayText } from "./calendar.ts"

export const REPEATS = ["once", "daily", "weekly", "monthly", "own"] as const
export type Repeat = (typeof REPEATS)[number]
export type MaintenanceForm = {
  readonly name: string
  /** As `kind:id`. */
  readonly targets: readonly string[]
  readonly withDependents: boolean
  readonly startsAt: string
  readonly minutes: string
  readonly zone: string
  readonly repeat: string
  readonly own: string
  readonly note: string
}
const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const

const isKind = (kind: string | undefined): kind is MaintenanceTarget["kind"] =>
  ["device", "link", "site", "region", "tag"].some((one) => one === kind)
export const targetKey = ({ kind, id }: MaintenanceTarget): string => `${kind}:${id}`
const targetOf = (key: string): MaintenanceTarget[] => {
  // A tag may contain a colon.
  const [kind, ...rest] = key.split(":")
  return isKind(kind) && rest.length > 0 ? [{ kind, id: rest.join(":") }] : []
}

const ruleOf = ({ repeat, own, startsAt }: MaintenanceForm): string | null => {
  const day = new Date(`${startsAt.slice(0, 10)}T00:00:00Z`)
  const isDay = !Number.isNaN(day.getTime())
  switch (repeat) {
    case "daily":
      return "FREQ=DAILY"
    case "weekly":
      return `FREQ=WEEKLY;BYDAY=${isDay ? WEEKDAYS[day.getUTCDay()] : "MO"}`
    case "monthly":
      return `FREQ=MONTHLY;BYMONTHDAY=${isDay ? day.getUTCDate() : 1}`
    case "own":
      return own.trim()
    default:
      return null
  }
}

export const bodyOf = (form: MaintenanceForm): BodyOf<"POST /maintenance"> => ({
  name: form.name,
  targets: form.targets.flatMap(targetOf),
  withDependents: form.withDependents,
  startsAt: form.startsAt.slice(0, 16),
  minutes: Number(form.minutes),
  zone: form.zone,
  rrule: ruleOf(form),
  note: form.note,
})

/** Tomorrow at 01:00, for four hours. */
export const blankForm = (
  zone: string,
  nowMs: number,
  targets: readonly string[],
): MaintenanceForm => ({
  ...{ name: "", targets, withDependents: true, minutes: "240", zone },
  startsAt: `${dayText(nowMs + 86_400_000)}T01:00`,
  ...{ repeat: "once", own: "", note: "" },
})

export const formOf = (
  window: MaintenanceWindow,
): MaintenanceForm & { readonly repeat: Repeat } => {
  const { name, withDependents, startsAt, minutes, zone, note, rrule } = window
  const form: MaintenanceForm = {
    ...{ name, withDependents, startsAt, zone, note, minutes: String(minutes) },
    ...{ targets: window.targets.map(targetKey), repeat: "once", own: rrule ?? "" },
  }
  const repeat = REPEATS.find((one) => ruleOf({ ...form, repeat: one }) === rrule)
  return { ...form, repeat: repeat ?? "own" }
}
