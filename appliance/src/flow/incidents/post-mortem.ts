/** An incident as a post-mortem: cause, impact, durations, who did what, timeline. Pure. */
import type { PostMortem } from "../../api/handover.ts"
import type { IncidentDetail } from "../../api/incidents.ts"
import { enCauseCodes } from "../../messages/en-workflow.ts"
import { type Language, textOf } from "../../messages/text.ts"
import { trCauseCodes } from "../../messages/tr-workflow.ts"
import { SYSTEM } from "./model.ts"

const CAUSE_CODES = { en: enCauseCodes, tr: trCauseCodes } as const
const WORDS = {
  en: {
    heading: "Post-mortem",
    summary: "Summary",
    state: { open: "open", acknowledged: "acknowledged", resolved: "resolved", closed: "closed" },
    facts: {
      state: "State",
      severity: "Severity",
      causeCode: "Cause code",
      ticket: "Ticket",
      opened: "Opened",
      resolved: "Resolved",
      detected: "Detected after",
      acknowledged: "Acknowledged after",
      lasted: "Lasted",
    },
    severity: { critical: "critical", major: "major", minor: "minor", warning: "warning" },
    cause: "Cause",
    right: "confirmed by",
    wrong: "rejected by",
    impact: "Impact",
    down: "devices down",
    unreachable: "devices unreachable",
    people: "Who did what",
    diagnosis: "How the diagnosis changed",
    timeline: "Timeline",
    none: "none",
    actions: "Follow-up actions",
  },
  tr: {
    heading: "Arıza raporu",
    summary: "Özet",
    state: { open: "açık", acknowledged: "üstlenildi", resolved: "çözüldü", closed: "kapatıldı" },
    facts: {
      state: "Durum",
      severity: "Önem",
      causeCode: "Neden kodu",
      ticket: "Destek kaydı",
      opened: "Açılış",
      resolved: "Çözülme",
      detected: "Algılanma süresi",
      acknowledged: "Üstlenilme süresi",
      lasted: "Süre",
    },
    severity: { critical: "kritik", major: "önemli", minor: "küçük", warning: "uyarı" },
    cause: "Neden",
    right: "onaylayan",
    wrong: "reddeden",
    impact: "Etki",
    down: "cihaz çalışmıyor",
    unreachable: "cihaza ulaşılamıyor",
    people: "Kim ne yaptı",
    diagnosis: "Tanı nasıl değişti",
    timeline: "Zaman çizelgesi",
    none: "yok",
    actions: "Yapılacaklar",
  },
} as const

const utc = (atMs: number): string =>
  new Date(atMs).toISOString().replace("T", " ").replace(/\..*/, " UTC")
const span = (ms: number): string => {
  const s = Math.round(ms / 1_000)
  const parts = [Math.floor(s / 3_600), Math.floor(s / 60) % 60, s % 60]
  return parts.map((part) => part.toString().padStart(2, "0")).join(":")
}
/** Text of people stays text: nothing in it becomes a heading, a link or a table. */
const plain = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>#|!~]/g, "\\$&").replace(/\s*\n\s*/g, " ")

const peopleOf = ({ timeline }: Pick<PostMortem, "timeline">): PostMortem["people"] => {
  const byName = Map.groupBy(
    timeline.filter(({ who }) => who !== SYSTEM),
    ({ who }) => who,
  )
  return [...byName].map(([name, lines]) => ({ name, actions: lines.map(({ text }) => text) }))
}

const stateOf = ({ state, causeCode }: IncidentDetail): PostMortem["state"] =>
  state !== "closed" ? state : causeCode === null ? "resolved" : "closed"

/** Null where it cannot be known, or where clocks say that it ended before it began. */
const between = (fromMs: number | undefined, toMs: number | null | undefined): number | null =>
  fromMs === undefined || toMs == null || toMs < fromMs ? null : toMs - fromMs

export const postMortemOf = (incident: IncidentDetail, language: Language): PostMortem => {
  const { openedAtMs, closedAtMs, symptomList } = incident
  const timeline = incident.timeline.map(({ atMs, kind, who, message }) => ({
    ...{ atMs, kind, who },
    text: textOf(message, language),
  }))
  const devices = symptomList.flatMap(({ deviceName }) => deviceName ?? [])
  const acknowledged = timeline.find(({ kind }) => kind === "acknowledged")
  const first = symptomList.map(({ sinceMs }) => sinceMs).sort((one, other) => one - other)[0]
  const document: Omit<PostMortem, "markdown"> = {
    number: incident.number,
    title: textOf(incident.title, language),
    state: stateOf(incident),
    severity: incident.severity,
    causeCode: incident.causeCode,
    causeCodedBy: incident.causeCodedBy,
    causes: incident.causes,
    confidence: incident.confidence,
    because: incident.because.map((reason) => textOf(reason, language)),
    feedback: incident.feedback,
    ticket: incident.ticket,
    impact: {
      devicesDown: incident.devicesDown,
      devicesUnreachable: incident.devicesUnreachable,
      devices: [...new Set(devices)].sort(),
    },
    openedAtMs,
    resolvedAtMs: closedAtMs,
    durations: {
      detectedAfterMs: between(first, openedAtMs),
      acknowledgedAfterMs: between(openedAtMs, acknowledged?.atMs),
      resolvedAfterMs: between(openedAtMs, closedAtMs),
    },
    people: peopleOf({ timeline }),
    diagnosis: incident.diagnosisHistory.map(({ atMs, message }) => ({
      atMs,
      text: textOf(message, language),
    })),
    timeline,
  }
  return { ...document, markdown: markdownOf(document, language) }
}

const factsOf = (document: Omit<PostMortem, "markdown">, language: Language): string[] => {
  const words = WORDS[language]
  const { facts } = words
  const { causeCode, ticket, durations, resolvedAtMs } = document
  const rows: [string, string | null][] = [
    [facts.state, words.state[document.state]],
    [facts.severity, words.severity[document.severity]],
    [facts.causeCode, causeCode === null ? null : CAUSE_CODES[language][causeCode]],
    [
      facts.ticket,
      ticket === null ? null : plain([ticket.number, ticket.url].filter(Boolean).join(" ")),
    ],
    [facts.opened, utc(document.openedAtMs)],
    [facts.resolved, resolvedAtMs === null ? null : utc(resolvedAtMs)],
    [facts.detected, durations.detectedAfterMs === null ? null : span(durations.detectedAfterMs)],
    [
      facts.acknowledged,
      durations.acknowledgedAfterMs === null ? null : span(durations.acknowledgedAfterMs),
    ],
    [facts.lasted, durations.resolvedAfterMs === null ? null : span(durations.resolvedAfterMs)],
  ]
  return [
    "| | |",
    "|---|---|",
    ...rows.map(([name, value]) => `| ${name} | ${value ?? words.none} |`),
  ]
}

const markdownOf = (document: Omit<PostMortem, "markdown">, language: Language): string => {
  const words = WORDS[language]
  const { feedback, impact } = document
  const listed = (items: readonly string[]): string[] =>
    items.length === 0 ? [`- ${words.none}`] : items.map((item) => `- ${item}`)
  const rating =
    feedback === null
      ? []
      : [
          `- ${words[feedback.rating]} ${plain(feedback.by)}${feedback.actual === null ? "" : `: ${plain(feedback.actual.name)}`}${feedback.note === "" ? "" : ` (${plain(feedback.note)})`}`,
        ]
  return [
    `# ${words.heading} #${document.number}: ${plain(document.title)}`,
    "",
    `## ${words.summary}`,
    "",
    ...factsOf(document, language),
    "",
    `## ${words.cause}`,
    "",
    ...listed([...document.causes.map(({ name }) => plain(name)), ...document.because.map(plain)]),
    ...rating,
    "",
    `## ${words.impact}`,
    "",
    `- ${impact.devicesDown} ${words.down}, ${impact.devicesUnreachable} ${words.unreachable}`,
    ...impact.devices.map((name) => `- ${plain(name)}`),
    "",
    `## ${words.people}`,
    "",
    ...listed(
      document.people.map(
        ({ name, actions }) => `${plain(name)}: ${actions.map(plain).join("; ")}`,
      ),
    ),
    "",
    `## ${words.diagnosis}`,
    "",
    ...listed(document.diagnosis.map(({ atMs, text }) => `${utc(atMs)} ${plain(text)}`)),
    "",
    `## ${words.timeline}`,
    "",
    ...listed(
      document.timeline.map(
        ({ atMs, who, text }) => `${utc(atMs)} **${plain(who)}** ${plain(text)}`,
      ),
    ),
    "",
    `## ${words.actions}`,
    "",
    "- [ ] ",
    "",
  ].join("\n")
}
