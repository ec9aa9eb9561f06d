/** A message from an incident as it is now, in one language. Pure. */
import type { DeliveryKind } from "../../../api/notifications.ts"
import { type Language, textOf } from "../../../messages/text.ts"
import type { Content } from "../channels/channel.ts"
import type { IncidentForContent } from "./store.ts"
import { TEXTS, type Texts } from "./texts.ts"

const MAX_REASONS = 3
const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", tr: "tr-TR" }

export type ContentOptions = {
  readonly language: Language
  /** The address of the UI; null: not known. */
  readonly baseUrl: string | null
  readonly isRepeat: boolean
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

const factsOf = (
  texts: Texts,
  language: Language,
  incident: IncidentForContent,
): Content["facts"] => {
  const { openedAtMs, closedAtMs, causes, alternatives, confidence, devicesUnreachable } = incident
  const { unreachableNames, acknowledgedBy } = incident
  const others = alternatives.map(({ name }) => name)
  const names = [causes.map(({ name }) => name).join(", "), ...others].join(texts.or)
  const percent = confidence === null ? null : Math.round(confidence * 100)
  const more = devicesUnreachable > unreachableNames.length ? ", …" : ""
  const list = unreachableNames.length === 0 ? "" : `${unreachableNames.join(", ")}${more}`
  return [
    { label: texts.since, value: timeOf(openedAtMs, language) },
    ...(closedAtMs === null
      ? []
      : [{ label: texts.lasted, value: durationOf(closedAtMs - openedAtMs, language) }]),
    ...(names === "" ? [] : [{ label: texts.cause, value: texts.causes(names, percent) }]),
    ...(devicesUnreachable === 0
      ? []
      : [{ label: texts.impact, value: texts.unreachable(devicesUnreachable, list) }]),
    ...(acknowledgedBy === null ? [] : [{ label: texts.owner, value: acknowledgedBy }]),
  ]
}

export const contentOf = (
  incident: IncidentForContent,
  kind: DeliveryKind,
  { language, baseUrl, isRepeat }: ContentOptions,
): Content => {
  const texts = TEXTS[language]
  const title = textOf(incident.title, language)
  const { number, severity, state, because } = incident
  const isOver = kind === "resolved"
  const level = isOver ? "" : `[${texts.severity[severity]}] `
  const { unreachableNames: _, title: __, because: ___, alternatives: ____, ...shown } = incident
  return {
    kind,
    incident: shown,
    title,
    subject: `${level}${texts.happened[kind]}#${number} ${title}`,
    facts: factsOf(texts, language, incident),
    reasons: isOver ? [] : because.slice(0, MAX_REASONS).map((one) => textOf(one, language)),
    nextStep: isOver || state !== "open" ? null : texts.next[causeKindOf(incident)],
    link: baseUrl === null ? null : `${baseUrl.replace(/\/$/, "")}/incidents/${incident.id}`,
    note: isRepeat ? texts.repeat : null,
  }
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
    note: null,
  }
}
