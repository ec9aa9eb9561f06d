/** Notifications: where they go, who gets which, and what became of each. */
import { z } from "zod"
import { fieldCode } from "./field-messages.ts"
import { SEVERITIES, Severity } from "./incidents.ts"
import { Title } from "./messages.ts"
import { NotifyMessage } from "./notify-messages.ts"
import { EpochMs, Line, Port } from "./shared.ts"

export const CHANNEL_KINDS = [
  "email",
  "telegram",
  "slack",
  "teams",
  "webhook",
  "pagerduty",
  "opsgenie",
  "sms",
] as const
export const ChannelKind = z.enum(CHANNEL_KINDS)
export type ChannelKind = z.infer<typeof ChannelKind>

/** `http` too: a provider's gateway may stand in the own network. No user and password in it. */
const HttpUrl = z
  .string()
  .trim()
  .max(2_000)
  .regex(/^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/, fieldCode("field.url"))
const BaseUrl = z
  .string()
  .trim()
  .max(300)
  .regex(/^https?:\/\/[^\s/?#@]+(?:\/[\w.-]+)*\/?$/, fieldCode("field.url"))
const Mail = z.email(fieldCode("field.email")).max(254)
const HeaderName = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, fieldCode("field.format"))

export const ChannelSettings = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("email"),
    host: Line(253),
    port: Port,
    /** `tls` from the first byte, `starttls` required, or `none`. */
    security: z.enum(["tls", "starttls", "none"]),
    username: Line(254).nullable().default(null),
    from: Mail,
    to: z.array(Mail).min(1).max(50),
  }),
  z.strictObject({
    kind: z.literal("telegram"),
    /** A group's begins with `-`, a channel may be `@name`. */
    chatId: z
      .string()
      .trim()
      .regex(/^(?:-?\d{1,20}|@\w{3,64})$/, fieldCode("field.format")),
    baseUrl: BaseUrl.default("https://api.telegram.org"),
  }),
  z.strictObject({
    kind: z.literal("slack"),
    /** With a bot token; null: an incoming webhook names it. */
    channel: Line(100).nullable().default(null),
    baseUrl: BaseUrl.default("https://slack.com/api"),
  }),
  z.strictObject({ kind: z.literal("teams") }),
  z.strictObject({ kind: z.literal("webhook") }),
  z.strictObject({
    kind: z.literal("pagerduty"),
    baseUrl: BaseUrl.default("https://events.pagerduty.com"),
  }),
  z.strictObject({
    kind: z.literal("opsgenie"),
    baseUrl: BaseUrl.default("https://api.opsgenie.com"),
  }),
  z.strictObject({
    kind: z.literal("sms"),
    to: z
      .array(z.string().regex(/^\+?\d{5,20}$/, fieldCode("field.format")))
      .min(1)
      .max(20),
    contentType: z.enum(["application/json", "application/x-www-form-urlencoded"]),
    /** With `{{to}}` and `{{text}}`, which are encoded as the content type asks. */
    body: z.string().min(1).max(4_000),
    header: HeaderName.nullable().default(null),
  }),
])
export type ChannelSettings = z.infer<typeof ChannelSettings>

/** The secrets of each kind; all are shown as set or not, never as they are. */
export const CHANNEL_SECRETS = {
  email: { password: "optional" },
  telegram: { token: "required" },
  slack: { webhookUrl: "optional", token: "optional" },
  teams: { webhookUrl: "required" },
  webhook: { url: "required", signingSecret: "required" },
  pagerduty: { routingKey: "required" },
  opsgenie: { apiKey: "required" },
  sms: { url: "required", headerValue: "optional" },
} as const satisfies Readonly<
  Record<ChannelKind, Readonly<Record<string, "required" | "optional">>>
>
const Secret = z.string().min(1).max(4_000)
/** Of all kinds; one that a kind does not have is rejected. */
export const ChannelSecrets = z.strictObject({
  password: Secret.optional(),
  token: z
    .string()
    .regex(/^[\w:.-]{1,300}$/, fieldCode("field.format"))
    .optional(),
  webhookUrl: HttpUrl.optional(),
  url: HttpUrl.optional(),
  signingSecret: Secret.optional(),
  routingKey: z
    .string()
    .regex(/^\w{1,100}$/, fieldCode("field.format"))
    .optional(),
  apiKey: z
    .string()
    .regex(/^[\w-]{1,100}$/, fieldCode("field.format"))
    .optional(),
  headerValue: z
    .string()
    .regex(/^[\x20-\x7e]{1,2000}$/, fieldCode("field.format"))
    .optional(),
})
export type ChannelSecrets = z.infer<typeof ChannelSecrets>
export type SecretName = keyof ChannelSecrets

const ChannelBase = z.strictObject({
  name: Line(120),
  isEnabled: z.boolean().default(true),
  language: z.enum(["en", "tr"]).default("en"),
  /** Gets what could not be delivered here. */
  fallbackId: z.uuid().nullable().default(null),
  /** The account whose channel it is: schedules notify it while that account is on call. */
  ownerId: z.uuid().nullable().default(null),
  settings: ChannelSettings,
})
/** A secret that is left out stays, where the destination is the same; null removes it. */
export const ChannelInput = ChannelBase.extend({
  secrets: ChannelSecrets.partial().default({}),
  /** Of a new channel: it is added to the first policy, which is made if there is none. */
  isInFirstPolicy: z.boolean().default(false),
})
export type ChannelInput = z.infer<typeof ChannelInput>

export const Channel = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: ChannelKind,
  isEnabled: z.boolean(),
  language: z.enum(["en", "tr"]),
  fallbackId: z.uuid().nullable(),
  ownerId: z.uuid().nullable(),
  settings: ChannelSettings,
  secretsSet: z.array(z.string()),
  /** Since when its deliveries fail; null: the last one was made, or there was none. */
  failingSinceMs: EpochMs.nullable(),
  lastAnswer: z.string().nullable(),
  lastDeliveredAtMs: EpochMs.nullable(),
  /** Deliveries that wait or are tried again. */
  pending: z.int(),
})
export type Channel = z.infer<typeof Channel>

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
export const PolicyStep = z.strictObject({
  /** Seconds after the policy's delay; the next step runs unless somebody acknowledged. */
  afterS: z.int().min(0).max(MAX_DELAY_S),
  channels: z.array(z.uuid()).max(50),
  /** Who is on call then is notified on all of their own channels. */
  schedules: z.array(z.uuid()).max(10),
})
const hasReceiver = ({ channels, schedules }: z.infer<typeof PolicyStep>): boolean =>
  channels.length + schedules.length > 0
export const Policy = z.strictObject({
  id: z.uuid(),
  name: Line(120),
  isEnabled: z.boolean(),
  /** Of incidents as severe as this, and more severe ones. */
  leastSeverity: Severity,
  /** Empty: of all sites. */
  siteIds: z.array(z.uuid()).max(1_000),
  about: z.enum(["all", "network", "appliance"]),
  /** Only if as many devices are out of reach. */
  leastUnreachable: z.int().min(0).max(1_000_000),
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
export const Policies = z.object({ version: z.int(), policies: z.array(Policy).max(100) })
export type Policies = z.infer<typeof Policies>
/** `version`: the one that was changed; 409 if somebody else has changed it since. */
export const PoliciesInput = z.strictObject({
  version: z.int(),
  policies: z.array(Policy).max(100),
})

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
})
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
export const Schedules = z.object({
  version: z.int(),
  schedules: z.array(Schedule),
  /** Of each schedule, by its id: who is on call during the next 14 days. */
  shifts: z.record(z.string(), z.array(Shift)),
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
export const Delivery = z.object({
  id: z.uuid(),
  seq: z.int(),
  kind: DeliveryKind,
  state: DeliveryState,
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

/** The heartbeat for a monitor outside: `url` is shown without its query and path. */
export const Heartbeat = z.object({
  host: z.string().nullable(),
  everyS: z.int(),
  lastOkAtMs: EpochMs.nullable(),
  lastAnswer: z.string().nullable(),
})
export type Heartbeat = z.infer<typeof Heartbeat>
export const HeartbeatInput = z.strictObject({ url: HttpUrl.nullable() })

export { SEVERITIES }
