/** Notifications: who gets which, and what became of each. Where they go: `channels.ts`. */
import { z } from "zod"
import { ChannelTemplateInput, HttpUrl } from "./channels.ts"
import { fieldCode } from "./field-messages.ts"
import { SEVERITIES, Severity } from "./incidents.ts"
import { Tag } from "./inventory.ts"
import { Title } from "./messages.ts"
import { NotifyMessage } from "./notify-messages.ts"
import { EpochMs, Line } from "./shared.ts"

const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, fieldCode("field.format"))
const TimeZone = z
  .string()
  .max(64)
  .refine((name) => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== ""
    } catch {
      return false
    }
  }, fieldCode("field.format"))
export const QuietHours = z.strictObject({
  timeZone: TimeZone,
  /** From the one to the other, past midnight if the second is earlier. */
  from: TimeOfDay,
  to: TimeOfDay,
  /** 0: Sunday. The days on which it begins. */
  days: z.array(z.int().min(0).max(6)).min(1).max(7),
  /** What is as severe as this is notified all the same; null: nothing is. */
  exceptFrom: Severity.nullable(),
})
export type QuietHours = z.infer<typeof QuietHours>

const MAX_DELAY_S = 24 * 3_600
const MAX_IMPACT = 1_000_000
export const PolicyStep = z.strictObject({
  /** Seconds after the policy's delay; the next step runs unless somebody acknowledged. */
  afterS: z.int().min(0).max(MAX_DELAY_S),
  channels: z.array(z.uuid()).max(50),
  /** Who is on call then is notified on all of their own channels. */
  schedules: z.array(z.uuid()).max(10),
  /** Only if as many devices are out of reach, then or later. */
  leastUnreachable: z.int().min(0).max(MAX_IMPACT),
  /** Only if as many customers are; without effect until customers exist. */
  leastCustomers: z.int().min(0).max(MAX_IMPACT),
})
const hasReceiver = ({
  channels,
  schedules,
}: Pick<z.infer<typeof PolicyStep>, "channels" | "schedules">): boolean =>
  channels.length + schedules.length > 0
export const Policy = z.strictObject({
  id: z.uuid(),
  name: Line(120),
  isEnabled: z.boolean(),
  /** Of incidents as severe as this, and more severe ones. */
  leastSeverity: Severity,
  /** Empty: of all sites. */
  siteIds: z.array(z.uuid()).max(1_000),
  /** Empty: with any tags and with none; else of what has one of them, or whose site has. */
  tags: z.array(Tag).max(100),
  about: z.enum(["all", "network", "appliance"]),
  /** Only if as many devices are out of reach. */
  leastUnreachable: z.int().min(0).max(MAX_IMPACT),
  /** Only if as many customers are; without effect until customers exist. */
  leastCustomers: z.int().min(0).max(MAX_IMPACT),
  /** What recovers within it notifies nobody, seconds. */
  delayS: z.int().min(0).max(3_600),
  steps: z
    .array(PolicyStep.refine(hasReceiver, fieldCode("field.empty")))
    .min(1)
    .max(10),
  /** The last step is repeated until somebody acknowledges; null: it is not. */
  repeat: z
    .strictObject({ everyS: z.int().min(60).max(MAX_DELAY_S), times: z.int().min(1).max(20) })
    .nullable(),
  /** Also when the cause or the severity changes, and when somebody acknowledges. */
  hasUpdates: z.boolean(),
  quietHours: QuietHours.nullable(),
  /** Later policies do not see what this one matches. */
  isLast: z.boolean(),
})
export type Policy = z.infer<typeof Policy>
/** Stored by another release, and not readable by this one: kept as it is, without effect. */
export const Unreadable = z.object({ name: z.string(), why: z.string() })
export type Unreadable = z.infer<typeof Unreadable>
export const Policies = z.object({
  version: z.int(),
  policies: z.array(Policy).max(100),
  unreadable: z.array(Unreadable).default([]),
})
export type Policies = z.infer<typeof Policies>
/** `version`: the one that was changed; 409 if somebody else has changed it since. */
export const PoliciesInput = z.strictObject({
  version: z.int(),
  policies: z.array(Policy).max(100),
})
export type PoliciesInput = z.infer<typeof PoliciesInput>

export const ScheduleLayer = z.strictObject({
  name: Line(120),
  /** Accounts, in the order of their shifts. */
  people: z.array(z.uuid()).min(1).max(100),
  /** A shift lasts so many hours, days or weeks. */
  every: z.int().min(1).max(366),
  unit: z.enum(["hour", "day", "week"]),
  /** The local day of the first shift, `2026-12-01`. */
  startsOn: z.iso.date(fieldCode("field.date")),
  /** The local time at which shifts change. */
  handover: TimeOfDay,
  /** Only at these times of the week; null: always. `days`: on which it begins, 0: Sunday. */
  hours: z
    .strictObject({
      days: z.array(z.int().min(0).max(6)).min(1).max(7),
      from: TimeOfDay,
      to: TimeOfDay,
    })
    .nullable(),
  /** On holidays of the schedule: as on any day, not at all, or only then. */
  onHolidays: z.enum(["as-usual", "never", "only"]).default("as-usual"),
})
export type ScheduleLayer = z.infer<typeof ScheduleLayer>
/** A later layer counts before an earlier one, and an override before all of them. */
export const Schedule = z.strictObject({
  id: z.uuid(),
  name: Line(120),
  timeZone: TimeZone,
  layers: z.array(ScheduleLayer).min(1).max(10),
  overrides: z
    .array(
      z
        .strictObject({ fromMs: EpochMs, toMs: EpochMs, person: z.uuid() })
        .refine(({ fromMs, toMs }) => fromMs < toMs, fieldCode("field.later-than-from")),
    )
    .max(500),
  /** Whole days of the schedule's time zone, `2026-12-25`. */
  holidays: z
    .array(z.strictObject({ date: z.iso.date(fieldCode("field.date")), name: Line(120) }))
    .max(400)
    .default([]),
  /** Steps that notify who is on call wait until they end; in the schedule's time zone. */
  quietHours: QuietHours.omit({ timeZone: true }).nullable().default(null),
})
export type Schedule = z.infer<typeof Schedule>
export const SchedulesInput = z.strictObject({
  version: z.int(),
  schedules: z.array(Schedule).max(50),
})
export type SchedulesInput = z.infer<typeof SchedulesInput>
/** `person` null: nobody is on call. */
export const Shift = z.object({
  fromMs: EpochMs,
  toMs: EpochMs,
  person: z.uuid().nullable(),
})
export type Shift = z.infer<typeof Shift>
/** Today and the next 13 days of the schedule's time zone. */
export const OnCallCalendar = z.object({
  /** The beginning of each day, and the end of the last one. */
  days: z.array(EpochMs),
  /** Without a hole from the beginning of the first day to the end of the last one. */
  shifts: z.array(Shift),
  /** Who is on call now. */
  now: z.uuid().nullable(),
})
export type OnCallCalendar = z.infer<typeof OnCallCalendar>
/** A schedule that is not saved yet, to see who would be on call. */
export const SchedulePreview = z.strictObject({ schedule: Schedule })
export const Schedules = z.object({
  version: z.int(),
  schedules: z.array(Schedule),
  unreadable: z.array(Unreadable).default([]),
  /** Of each schedule, by its id. */
  calendars: z.record(z.string(), OnCallCalendar),
  people: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      /** Own channels that are switched on: without one nothing reaches this person. */
      channels: z.int(),
    }),
  ),
})
export type Schedules = z.infer<typeof Schedules>

export const DeliveryKind = z.enum([
  "opened",
  "reminder",
  "updated",
  "acknowledged",
  "resolved",
  "test",
  "mentioned",
])
export type DeliveryKind = z.infer<typeof DeliveryKind>
/** `dead`: given up; it can be replayed. */
export const DeliveryState = z.enum([
  "waiting",
  "sending",
  "retrying",
  "delivered",
  "dead",
  "cancelled",
])
export type DeliveryState = z.infer<typeof DeliveryState>
/** Of another release, in the log: neither sent nor changed by this one. */
const OTHER = "other"
export const Delivery = z.object({
  id: z.uuid(),
  seq: z.int(),
  kind: z.enum([...DeliveryKind.options, OTHER]),
  state: z.enum([...DeliveryState.options, OTHER]),
  /** Why it was cancelled or given up. */
  reason: NotifyMessage.nullable(),
  incident: z.object({ id: z.uuid(), number: z.int(), title: Title }).nullable(),
  channelId: z.uuid().nullable(),
  channelName: z.string(),
  channelKind: z.string(),
  policyName: z.string().nullable(),
  createdAtMs: EpochMs,
  /** When it is sent or tried again. */
  dueAtMs: EpochMs,
  deliveredAtMs: EpochMs.nullable(),
  attempts: z.int(),
  lastAnswer: z.string().nullable(),
})
export type Delivery = z.infer<typeof Delivery>
export const DeliveryAttempt = z.object({
  number: z.int(),
  startedAtMs: EpochMs,
  tookMs: z.int().nullable(),
  /** `interrupted`: the appliance stopped meanwhile, so it is not known what became of it. */
  outcome: z.enum(["delivered", "failed", "rejected", "interrupted"]),
  answer: z.string(),
})
export const DeliveryDetail = Delivery.extend({ attemptList: z.array(DeliveryAttempt) })
export type DeliveryDetail = z.infer<typeof DeliveryDetail>
const Seq = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER)
export const DeliveryQuery = z.strictObject({
  state: z.enum([...DeliveryState.options, "pending"]).optional(),
  channel: z.uuid().optional(),
  before: Seq.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
export type DeliveryQuery = z.infer<typeof DeliveryQuery>

/** `policyName` null: about all of them. */
export const NotifyDecision = z.object({
  policyName: z.string().nullable(),
  message: NotifyMessage,
  atMs: EpochMs,
})
export const IncidentNotifications = z.object({
  decisions: z.array(NotifyDecision),
  deliveries: z.array(Delivery),
})
export type IncidentNotifications = z.infer<typeof IncidentNotifications>

/** What would be sent about this incident. */
export const PreviewQuery = z.strictObject({ incident: z.uuid() })
export const PreviewAnswer = z.object({ text: z.string() })
/** The same with a template that is not saved yet. */
export const TemplatePreview = z.strictObject({
  incident: z.uuid(),
  language: z.enum(["en", "tr"]),
  template: ChannelTemplateInput.nullable(),
})
export type TemplatePreview = z.infer<typeof TemplatePreview>

/** The heartbeat for a monitor outside: `url` is shown without its query and path. */
export const Heartbeat = z.object({
  host: z.string().nullable(),
  everyS: z.int(),
  lastOkAtMs: EpochMs.nullable(),
  lastAnswer: z.string().nullable(),
})
export type Heartbeat = z.infer<typeof Heartbeat>
export const HeartbeatInput = z.strictObject({ url: HttpUrl.nullable() })

export * from "./channels.ts"
export { SEVERITIES }
