/** The active symptoms of a review, explained: incidents open, go on, or change their cause. */
import type { AlertId, DeviceId, IncidentId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import { condense, symptomMessage } from "../messages/symptom-messages.ts"
import type { Group, Incident } from "../model.ts"
import { isDegradation } from "./degradation-incidents.ts"
import { group } from "./groups.ts"
import { isOnlyPath } from "./hold-down.ts"
import { isFaultOver } from "./lasting-loss.ts"
import { match } from "./match.ts"
import { pinsOf } from "./pins.ts"
import { RECHECK_BELOW, RECHECK_WAIT_MS } from "./rechecks.ts"
import { isObservedSince, isSuppressed, type RecoveringIncident } from "./recovery.ts"
import {
  activeSymptom,
  addLine,
  causeChangedLine,
  change,
  isSame,
  makeIncident,
  openedLine,
  type Review,
  withDescription,
  withHistory,
} from "./review.ts"

/** Not certain yet, but rechecks are pending: a new incident waits for them, though not for long. */
const isPremature = ({ state, topology, alerts, nowMs }: Review, found: Group): boolean => {
  const { rechecks, heldDown, reachability } = state
  if ((found.confidence ?? 1) >= RECHECK_BELOW || !rechecks.isPending(found.symptoms)) return false
  return [...found.symptoms.keys()].every((id) => {
    const alert = alerts.get(id)
    return (
      nowMs - heldDown.sinceMs(id) < RECHECK_WAIT_MS &&
      alert !== undefined &&
      !isOnlyPath(topology, reachability, alert)
    )
  })
}

/** Root-cause analysis of all symptoms that may count; none, if no symptom may open an incident. */
const findGroups = (
  { state, topology, view, active }: Review,
  recovering: readonly RecoveringIncident[],
): ReturnType<typeof group> => {
  const { incidents, diagnose, observationCache, reachability, heldDown } = state
  const mayOpen = (alert: AlertNow): boolean =>
    heldDown.isOver(alert.id) && !isSuppressed(recovering, topology, alert)
  const mayCount = (alert: AlertNow): boolean =>
    mayOpen(alert) || (heldDown.isOver(alert.id) && isObservedSince(recovering, topology, alert))
  if (!active.some(mayOpen)) return { groups: [], recheck: [] }
  const openCauses = new Set(
    [...incidents.values()].flatMap(({ causes }) => causes.map(({ id }) => id)),
  )
  return group({
    diagnose,
    observationCache,
    reachability,
    topology,
    view,
    mayCount,
    mayOpen,
    openCauses,
    pins: pinsOf(incidents.values()),
    confirmed: state.confirmed,
    works: state.works.during(
      topology,
      active.filter(mayOpen).map((alert) => alert.state.sinceMs),
    ),
  })
}

/** The group's symptoms in the incident, which of them are new, and whether any joined or moved. */
const takeSymptoms = (
  { alerts }: Review,
  incident: Incident,
  found: Group,
): { symptoms: Incident["symptoms"]; joined: AlertNow[]; isMoved: boolean } => {
  const symptoms = new Map(incident.symptoms)
  const joined: AlertNow[] = []
  let isMoved = false
  for (const [id, role] of found.symptoms) {
    const alert = alerts.get(id)
    if (alert === undefined) continue
    const known = symptoms.get(id)
    if (known?.untilMs === null && known.role === role) continue
    if (known?.untilMs !== null) joined.push(alert)
    isMoved = true
    symptoms.set(id, activeSymptom(incident, alert, role))
  }
  return { symptoms, joined, isMoved }
}

/** What was degraded has failed: its incident goes on as that of the outage. */
const escalated = ({ state, changed }: Review, found: Group): Incident | undefined => {
  const { cause, alternatives } = found
  const ids = [cause, ...alternatives].map(({ id }) => id)
  for (const incident of state.ofRules.values()) {
    const isOfFault = isDegradation(incident) || isFaultOver(incident)
    if (!isOfFault || !incident.causes.some(({ id }) => ids.includes(id))) continue
    state.ofRules.delete(incident.id)
    state.incidents.set(incident.id, incident)
    changed.set(incident.id, incident)
    return incident
  }
  return undefined
}

const apply = (review: Review, found: Group, matched: Incident | undefined): IncidentId => {
  const before = matched === undefined ? escalated(review, found) : undefined
  const was = matched ?? before
  const incident = was ?? makeIncident(review, found.cause, found.alternatives)
  const { symptoms, joined, isMoved } = takeSymptoms(review, incident, found)
  const { cause, symptoms: _, incident: __, ...finding } = found
  const next = withHistory(
    review,
    was,
    withDescription(review, { ...incident, symptoms, causes: [cause], finding }),
  )
  if (was !== undefined && !isMoved && isSame(was, next)) return was.id
  change(review, next)
  if (was === undefined) openedLine(review, next)
  for (const message of condense(joined.map((alert) => symptomMessage(review, alert))))
    addLine(review, next, "symptom", message)
  if (before !== undefined)
    addLine(review, next, "cause-changed", {
      code: "timeline.escalated",
      params: { title: next.title, before: before.title },
    })
  else if (was !== undefined) causeChangedLine(review, was, next)
  return next.id
}

/** What was observed since may leave less to state, or show that a port flaps. */
const refresh = (review: Review, was: Incident): void => {
  const next = withHistory(review, was, withDescription(review, was))
  if (isSame(was, next)) return
  change(review, next)
  causeChangedLine(review, was, next)
}

export type Explained = {
  /** The incident that explains each symptom now. */
  readonly owners: ReadonlyMap<AlertId, IncidentId>
  /** Devices whose probe would decide between hypotheses. */
  readonly decisive: readonly DeviceId[]
}
export const explain = (review: Review, recovering: readonly RecoveringIncident[]): Explained => {
  const { state, topology, view, nowMs } = review
  const { incidents, rechecks } = state
  const { groups: found, recheck } = findGroups(review, recovering)
  const uncertain = found.filter(({ confidence }) => (confidence ?? 1) < RECHECK_BELOW)
  const decisive =
    uncertain.length === 0 ? [] : rechecks.request(topology, view, recheck, uncertain, nowMs)
  const known = match(found, [...incidents.values()])
  // A fault from while nobody could report arrives in pieces; open incidents go on all the same.
  const isCatchingUp = view.isCatchingUp?.(nowMs) === true
  const groups = found.filter(
    (one) => known.has(one) || !(isCatchingUp || isPremature(review, one)),
  )
  const matched = match(groups, [...incidents.values()])
  const owners = new Map<AlertId, IncidentId>()
  for (const one of groups) {
    const owner = apply(review, one, matched.get(one))
    for (const id of one.symptoms.keys()) owners.set(id, owner)
  }
  const applied = new Set(owners.values())
  for (const incident of [...incidents.values()])
    if (!applied.has(incident.id)) refresh(review, incident)
  return { owners, decisive }
}
