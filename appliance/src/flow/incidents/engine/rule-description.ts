/** How an incident of alerts of rules is described. Pure. */
import type { Component, Severity } from "../../../api/incidents.ts"
import type { Title } from "../../../api/messages.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import { thingOf } from "../messages/params.ts"
import { ruleFinding } from "../messages/symptom-messages.ts"
import type { Incident } from "../model.ts"
import { moreSevere } from "../severity.ts"
import { isDegradation } from "./degradation-incidents.ts"
import { asOfRules } from "./going-on.ts"
import { activeSymptoms } from "./merge-split.ts"
import { plannedReasons } from "./planned-reasons.ts"
import type { Review } from "./review.ts"
import { componentOf, componentsOf, ordered } from "./rule-components.ts"
import { isSameReasons, serviceReason } from "./service-incidents.ts"
import { placeOfSessions, sessionOf } from "./session-incidents.ts"

export const isOfRules = ({ title }: Pick<Incident, "title">): boolean =>
  title.code === "title.rule" || title.code === "title.degradation"

/** Whether a person has put any of its active symptoms where they are. */
export const isPinned = (incident: Incident): boolean =>
  activeSymptoms(incident).some(({ pin }) => pin !== null)

export const alertsIn = ({ alerts }: Review, incident: Incident): AlertNow[] =>
  activeSymptoms(incident).flatMap(({ alertId }) => alerts.get(alertId) ?? [])

/** Of these, a title knows the value. */
const IN_TITLES = /\{(?!(?:device|interface|name|value|rule)\})/

/** The state stays the one with which the incident began: sessions pass several in a minute. */
const foundOf = (
  { id, text, state }: NonNullable<AlertNow["rule"]>,
  subject: string | null,
  was: Title,
): Pick<Extract<Title, { code: "title.rule" }>["params"], "found"> => {
  if (text === null || state === undefined || subject === null) return {}
  if (IN_TITLES.test(text.en) || IN_TITLES.test(text.tr)) return {}
  const isSame =
    was.code === "title.rule" && was.params.rule.id === id && was.params.subject === subject
  return { found: { text, state: (isSame ? was.params.found?.state : undefined) ?? state } }
}

/** `place`: where sessions have failed, which may be the other end of the first. */
const titleOf = (
  review: Review,
  component: Component,
  alerts: readonly AlertNow[],
  place: Component | undefined,
  was: Title,
): Title | null => {
  const inOrder = ordered(alerts)
  const first =
    inOrder.find((alert) => place !== undefined && componentOf(review, alert)?.id === place.id) ??
    inOrder[0]
  if (first?.rule === undefined) return null
  const { id, name } = first.rule
  // Of several that a person has merged, each is about its own.
  const seen = componentOf(review, first) ?? component
  const own = place ?? seen
  const subject = own.id === seen.id ? first.rule.subject : null
  const peer = subject === null ? null : (review.view.peerOf?.(first) ?? null)
  // Alerts of both ends of a session are one thing.
  const failed = new Set(alerts.map((alert) => sessionOf(review, alert)?.id ?? alert.id))
  const params = {
    rule: { id, ...name },
    thing: thingOf(review.topology, own),
    interface: own.kind === "device" ? first.interface : null,
    subject,
    ...(subject !== null && first.rule.isPersonal === true ? { isPersonal: true as const } : {}),
    ...(peer === null ? {} : { peer }),
    ...foundOf(first.rule, subject, was),
    more: failed.size - 1,
    tense: "present" as const,
  }
  return { code: "title.rule", params }
}

export const described = (review: Review, incident: Incident, component: Component): Incident => {
  const { topology } = review
  const own = alertsIn(review, incident)
  // Each review of degradations describes it, until only what was merged into it is left.
  const isLeft =
    own.length > 0 &&
    own.every(({ rule }) => [null, "processor", "service"].includes(rule?.symptom ?? null))
  if (isDegradation(incident) && !(isLeft && isPinned(incident))) return incident
  const isNew = !review.state.ofRules.has(incident.id)
  const place = isPinned(incident) ? null : placeOfSessions(review, incident, isNew)
  const title = titleOf(review, component, own, place?.causes[0], incident.title) ?? incident.title
  const severity = own.reduce<Severity>(
    (worst, { rule }) => moreSevere(worst, rule?.severity ?? "warning"),
    incident.severity,
  )
  const located = serviceReason(topology, review.state.services, own)
  const found = ordered(own).flatMap((alert) => {
    const params = ruleFinding(review, alert)
    return params === null ? [] : [{ code: "reason.rule", params } as const]
  })
  const ids = (place?.causes ?? incident.causes).map(({ id }) => id)
  const because = [
    ...(located === null ? [] : [located]),
    ...found,
    ...plannedReasons(review, ids, own),
  ]
  return {
    ...incident,
    causes: isPinned(incident) ? componentsOf(review, own) : incident.causes,
    ...place,
    title,
    severity: incident.severitySetBy === null ? severity : incident.severity,
    // The figures of the moment are in the list of alerts: an incident says why it was opened.
    because:
      because.length > 0 && isSameReasons(incident.because, because) ? incident.because : because,
  }
}

/** What is left when a fault of the network is over, or has been split off: alerts of rules. */
export const leftOfRules = (review: Review, incident: Incident): Incident => {
  const [first] = componentsOf(review, alertsIn(review, incident))
  const next: Incident = { ...asOfRules(incident), title: NO_TITLE }
  return first === undefined ? incident : described(review, { ...next, causes: [first] }, first)
}
const NO_TITLE = { code: "legacy-text", params: { text: "" } } as const
