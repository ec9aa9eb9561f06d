/** One review of all alerts: what it works on, and what it changes of the incidents. */
import type { Component, Recheck } from "../../../api/incidents.ts"
import type { AlertId, IncidentId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import type { Diagnose } from "../diagnosis/diagnosis.ts"
import { historyEntryOf, isOtherCause, isUnchanged } from "../diagnosis/diagnosis-history.ts"
import { type DescriptionContext, describe } from "../messages/description.ts"
import {
  type Change,
  emptyIncident,
  type Incident,
  type IncidentSymptom,
  type Line,
  SYSTEM,
} from "../model.ts"
import { severityOf } from "../severity.ts"
import type { AlertView } from "./alert-view.ts"
import type { Degradations } from "./degradations.ts"
import type { Explained } from "./explained.ts"
import type { Flaps } from "./flaps.ts"
import type { HeldDown } from "./held-down.ts"
import { HOLD_DOWN_MS } from "./hold-down.ts"
import type { IncidentMap } from "./incident-map.ts"
import type { LastingLoss } from "./lasting-loss.ts"
import type { ObservationCache } from "./observe.ts"
import type { PlannedWorks } from "./planned-work.ts"
import type { Reachability } from "./reachability.ts"
import type { Rechecks } from "./rechecks.ts"
import type { Recovery } from "./recovery.ts"
import type { ServiceFaults } from "./service-faults.ts"

/** What lasts from one review to the next. */
export type EngineState = {
  readonly newId: () => IncidentId
  readonly incidents: IncidentMap
  nextNumber: number
  /** How often a component was the cause of an incident, by people. */
  confirmed: ReadonlyMap<string, number>
  readonly diagnose: Diagnose
  readonly works: PlannedWorks
  readonly observationCache: ObservationCache
  readonly rechecks: Rechecks
  readonly reachability: Reachability
  readonly recovery: Recovery
  readonly flaps: Flaps
  readonly heldDown: HeldDown
  readonly explained: Explained
  readonly degradations: Degradations
  readonly lastingLoss: LastingLoss
  /** Open incidents of rules; root-cause analysis of outages never sees them. */
  readonly ofRules: IncidentMap
  /** Since when alerts of rules wait before they may open an incident. */
  readonly heldRules: Map<AlertId, number>
  /** Where the faults are that alerts of services show; of this review. */
  services: ServiceFaults
  /** Since when nothing explains an alert that an open incident holds. */
  readonly unexplained: Map<AlertId, number>
  /** Raised alerts of rules that open none, and the closed incident that explains each. */
  readonly suppressed: Map<AlertId, Incident>
}

export type Review = {
  readonly state: EngineState
  readonly topology: Topology
  readonly view: AlertView
  readonly nowMs: number
  readonly alerts: ReadonlyMap<AlertId, AlertNow>
  /** Devices whose alerts are down; offline agents are not among them. */
  readonly active: readonly AlertNow[]
  /** The open incident that holds this alert. */
  readonly incidentOf: (alert: AlertId) => Incident | undefined
  readonly changed: Map<IncidentId, Incident>
  readonly lines: Line[]
  readonly history: Change[]
}

/** Without these active symptoms; null: it holds none of them. */
export const withoutSymptoms = (
  incident: Incident,
  alerts: readonly AlertId[],
  nowMs: number,
): Incident | null => {
  const symptoms = new Map(incident.symptoms)
  let hasEnded = false
  for (const id of alerts) {
    const one = symptoms.get(id)
    if (one?.untilMs !== null) continue
    symptoms.set(id, { ...one, untilMs: nowMs })
    hasEnded = true
  }
  return hasEnded ? { ...incident, symptoms, updatedAtMs: nowMs } : null
}

export const change = ({ state, changed }: Review, incident: Incident): void => {
  state.incidents.set(incident.id, incident)
  changed.set(incident.id, incident)
}

export const addLine = (
  { lines, nowMs }: Review,
  { id }: Incident,
  kind: Line["kind"],
  message: Line["message"],
): void => {
  lines.push({ incidentId: id, atMs: nowMs, kind, who: SYSTEM, message })
}

export const openedLine = (review: Review, incident: Incident): void => {
  const { title, because } = incident
  const params = { title, because: [...because] }
  addLine(review, incident, "opened", { code: "timeline.opened", params })
}

export const causeChangedLine = (review: Review, was: Incident, next: Incident): void => {
  if (!isOtherCause(was, next)) return
  const { title, because } = next
  const params = { title, before: was.title, because: [...because] }
  addLine(review, next, "cause-changed", { code: "timeline.cause-changed", params })
}

/** An incident without symptoms and without a title, with the next free number. */
export const makeIncident = (
  { state, nowMs }: Review,
  cause: Component,
  alternatives: readonly Component[],
): Incident => {
  const number = state.nextNumber
  state.nextNumber += 1
  return { ...emptyIncident(state.newId(), number, nowMs), causes: [cause], alternatives }
}

/** An alert that joins an incident, or goes on in it with another role. */
export const activeSymptom = (
  incident: Incident,
  { id, observes, deviceId, state }: AlertNow,
  role: IncidentSymptom["role"],
): IncidentSymptom => ({
  alertId: id,
  observes,
  deviceId,
  role,
  sinceMs: incident.symptoms.get(id)?.sinceMs ?? state.sinceMs,
  untilMs: null,
  pin: incident.symptoms.get(id)?.pin ?? null,
})

const MAX_RECHECKS = 12
/** Rechecks with their results by now, and those from before a restart. */
const mergeRechecks = (was: readonly Recheck[], now: readonly Recheck[]): readonly Recheck[] => {
  if (now.length === 0) return was
  const keyOf = ({ message, requestedAtMs }: Recheck): string =>
    `${requestedAtMs} ${JSON.stringify(message)}`
  const byKey = new Map([...was, ...now].map((recheck) => [keyOf(recheck), recheck]))
  return [...byKey.values()].slice(-MAX_RECHECKS)
}

export const withDescription = (review: Review, incident: Incident): Incident => {
  const { state, topology, view, alerts, nowMs } = review
  const { reachability, flaps, rechecks } = state
  const context: DescriptionContext = {
    topology,
    view,
    alerts,
    isInIncident: (alert) => review.incidentOf(alert) !== undefined,
    reachability,
    flaps,
    nowMs,
  }
  const described: Incident = { ...incident, ...describe(context, incident) }
  const recheckList = rechecks.of(incident.symptoms, incident.openedAtMs - HOLD_DOWN_MS)
  return {
    ...described,
    severity: severityOf(topology, described),
    rechecks: mergeRechecks(incident.rechecks, recheckList),
    updatedAtMs: nowMs,
  }
}

/** With the entry that is due in its diagnosis history. */
export const withHistory = (
  { history, nowMs }: Review,
  was: Incident | undefined,
  next: Incident,
): Incident => {
  const entry = historyEntryOf(was, next, nowMs)
  if (entry === null) return next
  history.push(entry)
  return { ...next, lastEntry: entry }
}

export const isSame = (was: Incident, next: Incident): boolean =>
  isUnchanged(was, next) && was.lastEntry === next.lastEntry
