/** A channel as a form: every field is text, of all kinds at once. */
import type {
  Channel,
  ChannelKind,
  SecretName,
  TemplateField,
  TemplatePreview,
} from "@ispvm/appliance/api/notifications"
import type { BodyOf } from "../../api/call.ts"
import type { FieldProblem } from "../../api/problem.ts"
import { locale } from "../../i18n/locale.ts"
import { t } from "../../i18n/strings/strings.ts"

export type ChannelBody = BodyOf<"POST /notifications/channels">
type Settings = ChannelBody["settings"]

export type ChannelForm = {
  readonly name: string
  readonly kind: ChannelKind
  readonly isEnabled: boolean
  readonly isInFirstPolicy: boolean
  readonly language: string
  readonly fallbackId: string
  readonly ownerId: string
  readonly host: string
  readonly port: string
  readonly security: string
  readonly username: string
  readonly from: string
  readonly to: string
  readonly chatId: string
  readonly baseUrl: string
  readonly channel: string
  readonly phones: string
  readonly contentType: string
  readonly header: string
  readonly templateTitle: string
  readonly templateBody: string
} & Readonly<Record<SecretName, string>>

const NO_SECRETS: Readonly<Record<SecretName, string>> = {
  ...{ password: "", token: "", webhookUrl: "", url: "" },
  ...{ signingSecret: "", routingKey: "", apiKey: "", headerValue: "", body: "" },
}
const SUBMISSION_PORT = "587"

export const BLANK: ChannelForm = {
  ...{ name: "", kind: "email", isEnabled: true, isInFirstPolicy: true },
  ...{ language: locale.id === "tr" ? "tr" : "en", fallbackId: "", ownerId: "" },
  ...{ host: "", port: SUBMISSION_PORT, security: "starttls", username: "", from: "", to: "" },
  ...{ chatId: "", baseUrl: "", channel: "", phones: "" },
  ...{ contentType: "application/json", header: "", templateTitle: "", templateBody: "" },
  ...NO_SECRETS,
  // Of a new channel: most gateways take something like it.
  body: '{"to":"{{to}}","text":"{{text}}"}',
}

/** The provider's own, which is used where the field is empty. */
export const BASE_URLS: Readonly<Partial<Record<ChannelKind, string>>> = {
  telegram: "https://api.telegram.org",
  slack: "https://slack.com/api",
  pagerduty: "https://events.pagerduty.com",
  opsgenie: "https://api.opsgenie.com",
}
/**
 * The same as `CHANNEL_SECRETS` of the API, which would bring zod into the page; a test compares
 * them.
 */
export const SECRETS: Readonly<
  Record<ChannelKind, Readonly<Partial<Record<SecretName, "required" | "optional">>>>
> = {
  email: { password: "optional" },
  telegram: { token: "required" },
  slack: { webhookUrl: "optional", token: "optional" },
  teams: { webhookUrl: "required" },
  webhook: { url: "required", signingSecret: "required" },
  pagerduty: { routingKey: "required" },
  opsgenie: { apiKey: "required" },
  sms: { url: "required", body: "required", headerValue: "optional" },
  push: {},
}

/** The same as those of the API, for the same reason; a test compares them, too. */
export const TEMPLATE_FIELDS: readonly TemplateField[] = [
  ...(["number", "title", "subject", "event", "severity", "since", "lasted"] as const),
  ...(["cause", "confidence", "impact", "devices", "owner"] as const),
  ...(["reasons", "next", "link", "merged"] as const),
]

const settingsFields = (settings: Channel["settings"]): Partial<ChannelForm> => {
  switch (settings.kind) {
    case "email": {
      const { host, port, security, username, from, to } = settings
      return { host, port: String(port), security, username: username ?? "", from, to: lines(to) }
    }
    case "telegram":
      return { chatId: settings.chatId, baseUrl: shownUrl(settings) }
    case "slack":
      return { channel: settings.channel ?? "", baseUrl: shownUrl(settings) }
    case "pagerduty":
    case "opsgenie":
      return { baseUrl: shownUrl(settings) }
    case "sms": {
      const { to, contentType, header } = settings
      return { phones: lines(to), contentType, header: header ?? "" }
    }
    case "teams":
    case "webhook":
    case "push":
      return {}
  }
}
const lines = (items: readonly string[]): string => items.join("\n")
const shownUrl = ({ kind, baseUrl }: { readonly kind: ChannelKind; readonly baseUrl: string }) =>
  baseUrl === BASE_URLS[kind] ? "" : baseUrl

export const filledWith = (channel: Channel): ChannelForm => ({
  ...BLANK,
  ...NO_SECRETS,
  ...settingsFields(channel.settings),
  ...{ name: channel.name, kind: channel.kind, isEnabled: channel.isEnabled },
  ...{ language: channel.language, fallbackId: channel.fallbackId ?? "", isInFirstPolicy: false },
  ownerId: channel.ownerId ?? "",
  templateTitle: channel.template?.title ?? "",
  templateBody: channel.template?.body ?? "",
})

const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim())
const items = (text: string): string[] =>
  text
    .split(/[\s,;]+/)
    .map((each) => each.trim())
    .filter((each) => each !== "")
const baseUrlOf = ({ baseUrl }: ChannelForm) =>
  baseUrl.trim() === "" ? {} : { baseUrl: baseUrl.trim() }

const settingsOf = (form: ChannelForm): Settings => {
  switch (form.kind) {
    case "email":
      return {
        ...{ kind: "email", host: form.host.trim(), port: Number(form.port) },
        security: form.security === "tls" || form.security === "none" ? form.security : "starttls",
        ...{ username: orNull(form.username), from: form.from.trim(), to: items(form.to) },
      }
    case "telegram":
      return { kind: "telegram", chatId: form.chatId, ...baseUrlOf(form) }
    case "slack":
      return { kind: "slack", channel: orNull(form.channel), ...baseUrlOf(form) }
    case "teams":
      return { kind: "teams" }
    case "webhook":
      return { kind: "webhook" }
    case "push":
      return { kind: "push" }
    case "pagerduty":
      return { kind: "pagerduty", ...baseUrlOf(form) }
    case "opsgenie":
      return { kind: "opsgenie", ...baseUrlOf(form) }
    case "sms":
      return {
        ...{ kind: "sms", to: items(form.phones), header: orNull(form.header) },
        contentType:
          form.contentType === "application/json"
            ? "application/json"
            : "application/x-www-form-urlencoded",
      }
  }
}

export const secretsOf = (kind: ChannelKind): readonly SecretName[] =>
  Object.keys(SECRETS[kind]) as SecretName[]

const templateOf = ({ templateTitle, templateBody }: ChannelForm): ChannelBody["template"] => {
  const [title, body] = [orNull(templateTitle), orNull(templateBody)]
  return title === null && body === null ? null : { title, body }
}

/** What a preview needs of a channel that is not saved. */
export type Draft = { readonly name: string } & Pick<TemplatePreview, "language" | "template">
export const draftOf = (form: ChannelForm): Draft => ({
  name: form.name,
  language: form.language === "tr" ? "tr" : "en",
  template: templateOf(form) ?? null,
})

/** An empty secret is not sent: what is stored stays. */
export const bodyOf = (form: ChannelForm): ChannelBody => ({
  name: form.name,
  isEnabled: form.isEnabled,
  isInFirstPolicy: form.isInFirstPolicy,
  language: form.language === "tr" ? "tr" : "en",
  fallbackId: orNull(form.fallbackId),
  ownerId: orNull(form.ownerId),
  template: templateOf(form),
  settings: settingsOf(form),
  secrets: Object.fromEntries(
    secretsOf(form.kind).flatMap((name) => (form[name] === "" ? [] : [[name, form[name]]])),
  ),
})

/** The stored channel with one change, without its secrets, which stay. */
export const bodyOfChannel = (channel: Channel, isEnabled: boolean): ChannelBody => {
  const { name, language, fallbackId, ownerId, template, settings } = channel
  return { name, language, fallbackId, ownerId, template, settings, isEnabled, secrets: {} }
}

/** A secret that is needed and neither set nor entered. */
export const missingSecrets = (
  form: ChannelForm,
  secretsSet: readonly string[],
): readonly FieldProblem[] => {
  const isThere = (name: SecretName) => form[name] !== "" || secretsSet.includes(name)
  const missing = secretsOf(form.kind).filter(
    (name) => SECRETS[form.kind][name] === "required" && !isThere(name),
  )
  const hasNeither = form.kind === "slack" && !isThere("token") && !isThere("webhookUrl")
  return [...missing, ...(hasNeither ? (["webhookUrl"] as const) : [])].map((name) => ({
    path: `secrets.${name}`,
    message: t.notifications.form.secretRequired,
  }))
}

const SETTINGS = [
  "host",
  "port",
  "security",
  "username",
  "from",
  "to",
  "chatId",
  "baseUrl",
] as const
const MORE = ["kind", "channel", "contentType", "header"] as const
/** Where the body has a field. */
export const PATHS: Partial<Readonly<Record<keyof ChannelForm, string>>> = {
  ...Object.fromEntries([...SETTINGS, ...MORE].map((name) => [name, `settings.${name}`])),
  phones: "settings.to",
  templateTitle: "template.title",
  templateBody: "template.body",
  ...Object.fromEntries(Object.keys(NO_SECRETS).map((name) => [name, `secrets.${name}`])),
}
