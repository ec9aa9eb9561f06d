/** Alerts of rules that join open incidents or open new ones, all of one review together. */
import type { Component } from "../../../api/incidents.ts"
import type { IncidentId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import { condense, symptomMessage } from "../messages/symptom-messages.ts"
import type { Incident } from "../model.ts"
import { isDegradation } from "./degradation-incidents.ts"
import { asOfRules, eased, heldFor } from "./going-on.ts"
import { HOLD_DOWN_MS } from "./hold-down.ts"
import type { IncidentMap } from "./incident-map.ts"
import { pinsOf } from "./pins.ts"
import {
  activeSymptom,
  addLine,
  causeChangedLine,
  change,
  makeIncident,
  openedLine,
  type Review,
  withHistory,
} from "./review.ts"
import { componentOf } from "./rule-components.ts"
import { described } from "./rule-description.ts"
import { degradedBy, explainedBy, isObserved, isPast, suppress } from "./rule-explained.ts"
import { createSessionIndex } from "./session-incidents.ts"

/** The open ones. */
export type OfRules = IncidentMap

export const storeOfRules = (review: Review, ofRules: OfRules, incident: Incident): void => {
  change(review, incident)
  // It is not of root-cause analysis.
  review.state.incidents.delete(incident.id)
  if (incident.state === "closed") ofRules.delete(incident.id)
  else ofRules.set(incident.id, incident)
}

const MAX_HOLD_MS = 3 * HOLD_DOWN_MS

/**
 * As outages do, an alert waits for what would explain it: for a hold-down of its own, and while
 * symptoms of the network wait for theirs.
 */
export const isTooEarly = (
  { state, active, incidentOf, nowMs }: Review,
  { id }: AlertNow,
): boolean => {
  const sinceMs = state.heldRules.get(id) ?? nowMs
  state.heldRules.set(id, sinceMs)
  const waitedMs = nowMs - sinceMs
  if (waitedMs < HOLD_DOWN_MS) return true
  return waitedMs < MAX_HOLD_MS && active.some((fault) => incidentOf(fault.id) === undefined)
}

/** Opens an incident, or lets one of the network go on as one of rules. */
const open = (
  review: Review,
  ofRules: OfRules,
  alert: AlertNow,
  component: Component,
): Incident => {
  const { nowMs } = review
  const held =
    alert.rule?.symptom === "loss"
      ? heldFor(review, { components: [component], alerts: [alert] })
      : undefined
  const known = held && { ...asOfRules(held), causes: [component] }
  const was = known ?? { ...makeIncident(review, component, []), severity: "warning" as const }
  const symptoms = new Map(was.symptoms)
  symptoms.set(alert.id, activeSymptom(was, alert, "cause"))
  const made = described(review, { ...was, symptoms, updatedAtMs: nowMs }, component)
  const next = withHistory(review, known, made)
  storeOfRules(review, ofRules, next)
  if (known === undefined) openedLine(review, next)
  else addLine(review, next, "symptom", symptomMessage(review, alert))
  if (held !== undefined) eased(review, held, next)
  return next
}

/** Services fail because of it: they are part of it. */
export const joinDegradation = (
  review: Review,
  ofRules: OfRules,
  { id }: Incident,
  alerts: readonly AlertNow[],
): Incident | undefined => {
  const into = ofRules.get(id)
  if (into === undefined) return undefined
  const symptoms = new Map(into.symptoms)
  for (const alert of alerts) symptoms.set(alert.id, activeSymptom(into, alert, "evidence"))
  const next = { ...into, symptoms, updatedAtMs: review.nowMs }
  storeOfRules(review, ofRules, next)
  for (const message of condense(alerts.map((alert) => symptomMessage(review, alert))))
    addLine(review, next, "symptom", message)
  return next
}

/** What joins while one review goes on: each incident is described once, after all that joins it. */
type Joins = {
  readonly join: (alert: AlertNow) => void
  readonly finish: () => void
}
export const beginJoins = (review: Review, ofRules: OfRules): Joins => {
  const { nowMs } = review
  const current = [...ofRules.values()].filter((one) => !isDegradation(one))
  const pins = pinsOf(ofRules.values())
  const index = createSessionIndex(review, current)
  const byCause = new Map<string, IncidentId>()
  const noteCauses = ({ id, causes }: Incident): void => {
    for (const cause of causes) if (!byCause.has(cause.id)) byCause.set(cause.id, id)
  }
  for (const one of current) noteCauses(one)
  const joined = new Map<IncidentId, AlertNow[]>()
  return {
    join: (alert) => {
      const component = componentOf(review, alert)
      if (component === null || !isObserved(review, alert)) return
      const explained = explainedBy(review, alert, component)
      if (explained !== undefined && isPast(review, explained)) {
        suppress(review, alert, explained)
        return
      }
      const degraded = pins.has(alert.id) ? undefined : degradedBy(review, alert)
      if (explained === undefined && degraded !== undefined) {
        joinDegradation(review, ofRules, degraded, [alert])
        return
      }
      if (explained === undefined && isTooEarly(review, alert)) return
      review.state.suppressed.delete(alert.id)
      if (explained !== undefined) {
        const symptoms = new Map(explained.symptoms)
        symptoms.set(alert.id, activeSymptom(explained, alert, "evidence"))
        change(review, { ...explained, symptoms, updatedAtMs: nowMs })
        addLine(review, explained, "symptom", symptomMessage(review, alert))
        return
      }
      const id =
        pins.get(alert.id)?.incident.id ?? index.find(alert) ?? byCause.get(component.id) ?? null
      if (id === null || !ofRules.has(id)) {
        const made = open(review, ofRules, alert, component)
        index.add(made.id, alert)
        noteCauses(made)
        return
      }
      const others = joined.get(id)
      if (others === undefined) joined.set(id, [alert])
      else others.push(alert)
      index.add(id, alert)
    },
    finish: () => {
      for (const [id, alerts] of joined) {
        const was = ofRules.get(id)
        const [cause] = was?.causes ?? []
        if (was === undefined || cause === undefined) continue
        const symptoms = new Map(was.symptoms)
        for (const alert of alerts) symptoms.set(alert.id, activeSymptom(was, alert, "cause"))
        const made = described(review, { ...was, symptoms, updatedAtMs: nowMs }, cause)
        const next = withHistory(review, was, made)
        storeOfRules(review, ofRules, next)
        for (const alert of alerts) addLine(review, next, "symptom", symptomMessage(review, alert))
        if (cause.id !== next.causes[0]?.id) causeChangedLine(review, was, next)
      }
    },
  }
}
