/** Maintenance windows: planned work, during which its faults notify nobody. */
import { z } from "zod"
import { fieldCode } from "./field-messages.ts"
import { Incident } from "./incidents.ts"
import { Tag } from "./inventory.ts"
import { EpochMs, Line, Note } from "./shared.ts"

/**
 * `site`: all of its devices and their links; `device`: also its links; `region`: the sites that are
 * in it while the window is on.
 */
const InventoryTarget = z.strictObject({
  kind: z.enum(["device", "link", "site", "region"]),
  id: z.uuid(),
})
/** Sites, devices and links that carry the tag while the window is on; `id` is the tag itself. */
const TagTarget = z.strictObject({ kind: z.literal("tag"), id: Tag })
export const MaintenanceTarget = z.discriminatedUnion("kind", [InventoryTarget, TagTarget])
export type MaintenanceTarget = z.infer<typeof MaintenanceTarget>

const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name })
    return true
  } catch {
    return false
  }
}
const Zone = Line(64).refine(isZone, fieldCode("field.time-zone"))
const isDate = (text: string): boolean => {
  const at = new Date(`${text}:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
/** A day and time of the zone, to the minute. */
const LocalTime = z
  .string()
  .regex(/^20\d\d-\d\d-\d\dT\d\d:\d\d$/, fieldCode("field.date-time"))
  .refine(isDate, fieldCode("field.date-time"))
/** By the wall clock: 01:00 to 05:00 stays so when the clocks change in between. */
const Minutes = z
  .int()
  .min(5)
  .max(7 * 24 * 60)
const RULE_PARTS = [
  "(?:INTERVAL|COUNT)=[1-9][0-9]{0,3}",
  "UNTIL=[0-9]{8}(?:T[0-9]{6}Z?)?",
  "WKST=[A-Z]{2}",
  "BYMONTH=(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2]))*",
  "BY(?:DAY|WEEKNO|MONTHDAY|YEARDAY|SETPOS)=[A-Z0-9,+-]+",
]
const RULE = new RegExp(`^FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;(?:${RULE_PARTS.join("|")}))*$`)
/** A day has no second position, and a search for one takes a minute. */
const isPlainDaily = (rule: string): boolean =>
  !(rule.startsWith("FREQ=DAILY") && rule.includes(";BYSETPOS="))
/** RFC 5545, of days: the time of day is that of `startsAt`. Checked further when it is stored. */
const Rule = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .regex(RULE, fieldCode("field.recurrence"))
  .refine(isPlainDaily, fieldCode("field.recurrence"))

const Subject = z.strictObject({
  targets: z.array(MaintenanceTarget).min(1).max(100),
  /** Also what is reachable only through the targets. */
  withDependents: z.boolean().default(true),
  note: Note.default(""),
})
export const MaintenanceInput = Subject.extend({
  name: Line(120),
  startsAt: LocalTime,
  minutes: Minutes,
  zone: Zone,
  /** Null: once. */
  rrule: Rule.nullable().default(null),
})
export type MaintenanceInput = z.infer<typeof MaintenanceInput>
/** `POST /maintenance/now`: "I am working on this." */
export const MaintenanceNow = Subject.extend({
  name: Line(120).optional(),
  minutes: Minutes.max(24 * 60),
})
export type MaintenanceNow = z.infer<typeof MaintenanceNow>

export const Occurrence = z.object({ fromMs: EpochMs, untilMs: EpochMs })
export type Occurrence = z.infer<typeof Occurrence>
const TargetName = { name: z.string().nullable() }
export const MaintenanceWindow = z.object({
  id: z.uuid(),
  name: z.string(),
  note: z.string(),
  /** `name` is null where the target was removed from the inventory. */
  targets: z.array(
    z.discriminatedUnion("kind", [
      InventoryTarget.extend(TargetName),
      TagTarget.extend(TargetName),
    ]),
  ),
  withDependents: z.boolean(),
  startsAt: z.string(),
  minutes: z.int(),
  zone: z.string(),
  rrule: z.string().nullable(),
  createdBy: z.string(),
  createdAtMs: EpochMs,
  /** The one that is on now; null: none is. */
  now: Occurrence.nullable(),
  /** Those that end after `from` and begin before `to`, at most 400. */
  occurrences: z.array(Occurrence),
  /** Incidents that notified nobody because of it. */
  heldBack: z.int(),
})
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>
export const MaintenanceDetail = MaintenanceWindow.extend({ incidents: z.array(Incident) })
export type MaintenanceDetail = z.infer<typeof MaintenanceDetail>

/** `GET /maintenance`; without times, the 31 days from today. */
export const MaintenanceQuery = z.strictObject({
  from: z.coerce.number().min(0).max(8.64e15).optional(),
  to: z.coerce.number().min(0).max(8.64e15).optional(),
})
export type MaintenanceQuery = z.infer<typeof MaintenanceQuery>
