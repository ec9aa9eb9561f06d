/** A message from an incident as it is now, in one language. Pure. */
import type { ChannelTemplate, DeliveryKind } from "../../../api/notifications.ts"
import { type Language, textOf } from "../../../messages/text.ts"
import type { Content } from "../channels/channel.ts"
import type { IncidentForContent } from "./store.ts"
import { type FieldValues, withTemplate } from "./template.ts"
import { TEXTS, type Texts } from "./texts.ts"

const MAX_REASONS = 3
const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", tr: "tr-TR" }

export type ContentOptions = {
  readonly language: Language
  /** The address of the UI; null: not known. */
  readonly baseUrl: string | null
  readonly isRepeat: boolean
  /** The channel's own title and text; null: the usual ones. */
  readonly template: ChannelTemplate | null
  /** The note that mentions its receiver. */
  readonly mention?: { readonly by: string; readonly text: string } | null
}

/** With the zone: the reader may be elsewhere. */
const timeOf = (atMs: number, language: Language): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    dateStyle: "medium",
    timeStyle: "long",
  }).format(atMs)

const durationOf = (ms: number, language: Language): string => {
  const minutes = Math.round(ms / 60_000)
  const [value, unit] =
    ms < 120_000
      ? ([Math.round(ms / 1_000), "second"] as const)
      : minutes < 120
        ? ([minutes, "minute"] as const)
        : ([Math.round(minutes / 6) / 10, "hour"] as const)
  const options = { style: "unit", unit, unitDisplay: "short" } as const
  return new Intl.NumberFormat(LOCALES[language], options).format(value)
}

const causeKindOf = ({ causes }: IncidentForContent): keyof Texts["next"] =>
  causes[0]?.kind ?? "appliance"

/** Texts of what is known; empty: it is not. */
const partsOf = (texts: Texts, language: Language, incident: IncidentForContent) => {
  const { openedAtMs, closedAtMs, causes, alternatives, confidence, devicesUnreachable } = incident
  const { unreachableNames, acknowledgedBy } = incident
  const others = alternatives.map(({ name }) => name)
  const names = [causes.map(({ name }) => name).join(", "), ...others].join(texts.or)
  const percent = confidence === null ? null : Math.round(confidence * 100)
  const more = devicesUnreachable > unreachableNames.length ? ", …" : ""
  const list = unreachableNames.length === 0 ? "" : `${unreachableNames.join(", ")}${more}`
  return {
    since: timeOf(openedAtMs, language),
    lasted: closedAtMs === null ? "" : durationOf(closedAtMs - openedAtMs, language),
    cause: names === "" ? "" : texts.causes(names, percent),
    causeNames: names,
    confidence: percent === null ? "" : String(percent),
    impact: devicesUnreachable === 0 ? "" : texts.unreachable(devicesUnreachable, list),
    owner: acknowledgedBy ?? "",
  }
}

/** What has happened, before the number and the title. */
const happenedOf = (
  texts: Texts,
  kind: DeliveryKind,
  { mergedInto }: IncidentForContent,
): string =>
  kind === "resolved" && mergedInto !== null ? texts.merged(mergedInto) : texts.happened[kind]

const fieldValues = (
  content: Content,
  incident: IncidentForContent,
  parts: ReturnType<typeof partsOf>,
  texts: Texts,
): FieldValues => ({
  number: String(incident.number),
  title: content.title,
  subject: content.subject,
  event: content.kind,
  severity: texts.severity[incident.severity],
  since: parts.since,
  lasted: parts.lasted,
  cause: parts.causeNames,
  confidence: parts.confidence,
  impact: parts.impact,
  devices: String(incident.devicesUnreachable),
  owner: parts.owner,
  reasons: content.reasons.join("\n"),
  next: content.nextStep ?? "",
  link: content.link ?? "",
  merged: incident.mergedInto === null ? "" : String(incident.mergedInto),
})

export const contentOf = (
  incident: IncidentForContent,
  kind: DeliveryKind,
  { language, baseUrl, isRepeat, template, mention = null }: ContentOptions,
): Content => {
  const texts = TEXTS[language]
  const title = textOf(incident.title, language)
  const { number, severity, state, because } = incident
  const isOver = kind === "resolved"
  const level = isOver ? "" : `[${texts.severity[severity]}] `
  const { unreachableNames: _, title: __, because: ___, alternatives: ____, ...shown } = incident
  const parts = partsOf(texts, language, incident)
  const { since, lasted, cause, impact, owner } = parts
  const facts = [
    { label: texts.since, value: since },
    { label: texts.lasted, value: lasted },
    { label: texts.cause, value: cause },
    { label: texts.impact, value: impact },
    { label: texts.owner, value: owner },
  ]
  const content: Content = {
    kind,
    incident: shown,
    title,
    subject: `${level}${happenedOf(texts, kind, incident)}#${number} ${title}`,
    facts: mention === null ? facts.filter(({ value }) => value !== "") : [],
    reasons:
      mention !== null
        ? [`${mention.by}: ${mention.text}`]
        : isOver
          ? []
          : because.slice(0, MAX_REASONS).map((one) => textOf(one, language)),
    nextStep:
      isOver || mention !== null || state !== "open" ? null : texts.next[causeKindOf(incident)],
    link: baseUrl === null ? null : `${baseUrl.replace(/\/$/, "")}/incidents/${incident.id}`,
    body: null,
    note: isRepeat ? texts.repeat : null,
  }
  // A template of the channel has no place for what somebody wrote.
  if (mention !== null) return content
  return withTemplate(content, template, fieldValues(content, incident, parts, texts), language)
}

export const testContent = ({ language, baseUrl }: ContentOptions): Content => {
  const { test, happened } = TEXTS[language]
  return {
    kind: "test",
    incident: null,
    title: test.title,
    subject: `${happened.test}${test.title}`,
    facts: [],
    reasons: [test.reason],
    nextStep: null,
    link: baseUrl,
    body: null,
    note: null,
  }
}
