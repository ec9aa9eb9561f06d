/** Where notifications go: channels, their secrets, and their own titles and texts. */
import { z } from "zod"
import { fieldCode, fieldParams } from "./field-messages.ts"
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
  "push",
] as const
export const ChannelKind = z.enum(CHANNEL_KINDS)
export type ChannelKind = z.infer<typeof ChannelKind>

/** `http` too: a provider's gateway may stand in the own network. No user and password in it. */
export const HttpUrl = z
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
    header: HeaderName.nullable().default(null),
  }),
  /** The browsers of the person that it belongs to. */
  z.strictObject({ kind: z.literal("push") }),
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
  sms: { url: "required", body: "required", headerValue: "optional" },
  push: {},
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
  /**
   * What a gateway gets, with `{{to}}` and `{{text}}`, which are encoded as the content type asks. A
   * secret, because many gateways want a password in it.
   */
  body: Secret.optional(),
})
export type ChannelSecrets = z.infer<typeof ChannelSecrets>
export type SecretName = keyof ChannelSecrets

/** What a channel's own title and text may name, in braces. */
export const TEMPLATE_FIELDS = [
  ...(["number", "title", "subject", "event", "severity", "since", "lasted"] as const),
  ...(["cause", "confidence", "impact", "devices", "owner"] as const),
  ...(["reasons", "next", "link", "merged"] as const),
] as const
export type TemplateField = (typeof TEMPLATE_FIELDS)[number]
export const isTemplateField = (name: string): name is TemplateField =>
  TEMPLATE_FIELDS.some((field) => field === name)
export const templateFieldsIn = (template: string): readonly string[] =>
  [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name)
const Template = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .superRefine((template, ctx) => {
      const field = templateFieldsIn(template).find((name) => !isTemplateField(name))
      if (field === undefined) return
      const params = { field, choices: [...TEMPLATE_FIELDS] }
      ctx.addIssue({ code: "custom", params: fieldParams({ code: "field.template", params }) })
    })
/** Null: the usual ones. */
export const ChannelTemplateInput = z.strictObject({
  title: Template(300).nullable(),
  body: Template(4_000).nullable(),
})
/** As stored: a later release may know more fields. */
export const ChannelTemplate = z.object({
  title: z.string().nullable(),
  body: z.string().nullable(),
})
export type ChannelTemplate = z.infer<typeof ChannelTemplate>

const ChannelBase = z.strictObject({
  name: Line(120),
  isEnabled: z.boolean().default(true),
  language: z.enum(["en", "tr"]).default("en"),
  /** Gets what could not be delivered here. */
  fallbackId: z.uuid().nullable().default(null),
  /** The account whose channel it is: schedules notify it while that account is on call. */
  ownerId: z.uuid().nullable().default(null),
  /** Its own title and text; null: the usual ones. */
  template: ChannelTemplateInput.nullable().default(null),
  settings: ChannelSettings,
})
type NullableShape<S extends Readonly<Record<string, z.ZodType>>> = {
  [K in keyof S]: z.ZodNullable<S[K]>
}
const nullable = <S extends Readonly<Record<string, z.ZodType>>>(shape: S): NullableShape<S> =>
  Object.fromEntries(
    Object.entries(shape).map(([name, one]) => [name, one.nullable()]),
  ) as NullableShape<S>
/** A secret that is left out stays, where the destination is the same; null removes it. */
export const ChannelInput = ChannelBase.extend({
  secrets: z.strictObject(nullable(ChannelSecrets.shape)).default({}),
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
  template: ChannelTemplate.nullable(),
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
