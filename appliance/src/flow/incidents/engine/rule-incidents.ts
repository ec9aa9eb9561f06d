/**
 * Incidents from alerts of rules: one for each component, that is the link at the interface or else
 * the device. What root-cause analysis has already explained opens none: the alert joins that
 * incident, without keeping it open. Root-cause analysis never sees incidents of rules.
 */
import type { Component } from "../../../api/incidents.ts"
import { type AlertId, DeviceId, type IncidentId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import { wholeSeconds } from "../messages/params.ts"
import {
  condense,
  recoveredMessage,
  ruleFinding,
  symptomMessage,
} from "../messages/symptom-messages.ts"
import type { Incident } from "../model.ts"
import { reachAlert } from "./alert-view.ts"
import { applyDegradations, isDegradation } from "./degradation-incidents.ts"
import { CONVERGENCE_MS } from "./explained.ts"
import { asOfRules, eased, heldFor } from "./going-on.ts"
import { HOLD_DOWN_MS } from "./hold-down.ts"
import { isFaultOver } from "./lasting-loss.ts"
import { pinsOf } from "./pins.ts"
import {
  activeSymptom,
  addLine,
  causeChangedLine,
  change,
  incidentHolding,
  isSame,
  makeIncident,
  openedLine,
  type Review,
  withHistory,
} from "./review.ts"
import { componentOf, isMet, isRaised, ordered } from "./rule-components.ts"
import { alertsIn, described, isPinned } from "./rule-description.ts"
import { isAtFault, isOfService, locateServices } from "./service-faults.ts"
import { followServices } from "./service-incidents.ts"
import {
  componentsOfSession,
  incidentOfSession,
  mergeSessions,
  sessionOf,
  sessionsIn,
} from "./session-incidents.ts"

/** Nothing is known of a device that does not answer: what rules say of it opens nothing. */
const isObserved = ({ view }: Review, { deviceId }: AlertNow): boolean => {
  const phase = deviceId === null ? undefined : reachAlert(view, deviceId)?.state.phase
  return phase !== "down" && (phase !== "unknown" || deviceId === null)
}

/** What explains it at its own component or, of a session, at its other end or on its links. */
const findExplaining = (
  review: Review,
  alert: AlertNow,
  component: Component,
): Incident | undefined => {
  const { state, nowMs } = review
  const session = sessionOf(review, alert)
  if (session === null) return state.explained.by(alert, component, nowMs)
  const found = [component, ...componentsOfSession(review, session)].flatMap((one) => {
    const at = one.kind === "device" ? DeviceId.parse(one.id) : alert.deviceId
    return state.explained.by({ ...alert, deviceId: at }, one, nowMs, CONVERGENCE_MS) ?? []
  })
  return found.find(({ id }) => state.incidents.has(id)) ?? found[0]
}

/** The network's incident that explains the alert, as it is now; it may have closed. */
const explainedBy = (
  review: Review,
  alert: AlertNow,
  component: Component,
): Incident | undefined => {
  const { state, changed, topology } = review
  const service = state.services.get(alert.id)
  const there =
    service === undefined
      ? undefined
      : state.incidents.values().find((one) => isAtFault(topology, service, one))
  if (there !== undefined) return there
  const found = findExplaining(review, alert, component)
  if (found === undefined) return undefined
  const { id } = found
  return state.incidents.get(id) ?? state.ofRules.get(id) ?? changed.get(id) ?? found
}
/** Its fault is over: it explains what was counted, and nothing joins it. */
const isPast = ({ state }: Review, { id, state: phase }: Incident): boolean =>
  phase === "closed" || state.ofRules.has(id)

/** Symptoms of the network have explanations by then, or none is found for long. */
const RELEASE_MS = 300_000
const MAX_HOLD_MS = 3 * HOLD_DOWN_MS

type OfRules = Map<IncidentId, Incident>
const isSameComponent = (incident: Incident, { id }: Component): boolean =>
  incident.causes.some((cause) => cause.id === id)

const store = (review: Review, ofRules: OfRules, incident: Incident): void => {
  change(review, incident)
  // It is not of root-cause analysis.
  review.state.incidents.delete(incident.id)
  if (incident.state === "closed") ofRules.delete(incident.id)
  else ofRules.set(incident.id, incident)
}

/** A closed incident explains it: it opens none, and that incident says so. */
const suppress = (review: Review, alert: AlertNow, by: Incident): void => {
  const { suppressed } = review.state
  const known = suppressed.get(alert.id)
  suppressed.set(alert.id, by)
  const finding = ruleFinding(review.topology, alert)
  if (finding === null || known?.id === by.id || by.symptoms.has(alert.id)) return
  addLine(review, by, "symptom", { code: "timeline.alert-suppressed", params: finding })
}

/**
 * As outages do, an alert waits for what would explain it: for a hold-down of its own, and while
 * symptoms of the network wait for theirs.
 */
const isTooEarly = ({ state, active, incidentOf, nowMs }: Review, { id }: AlertNow): boolean => {
  const sinceMs = state.heldRules.get(id) ?? nowMs
  state.heldRules.set(id, sinceMs)
  const waitedMs = nowMs - sinceMs
  if (waitedMs < HOLD_DOWN_MS) return true
  return waitedMs < MAX_HOLD_MS && active.some((fault) => incidentOf(fault.id) === undefined)
}

const join = (review: Review, ofRules: OfRules, alert: AlertNow): void => {
  const { topology, nowMs } = review
  const component = componentOf(review, alert)
  if (component === null || !isObserved(review, alert)) return
  const explained = explainedBy(review, alert, component)
  if (explained !== undefined && isPast(review, explained)) {
    suppress(review, alert, explained)
    return
  }
  if (explained === undefined && isTooEarly(review, alert)) return
  review.state.suppressed.delete(alert.id)
  const pinned = pinsOf(ofRules.values()).get(alert.id)?.incident
  const open = [...ofRules.values()].filter((one) => !isDegradation(one))
  const before =
    explained ??
    pinned ??
    incidentOfSession(review, open, alert) ??
    open.find((one) => isSameComponent(one, component))
  const held =
    before === undefined && alert.rule?.symptom === "loss"
      ? heldFor(review, { components: [component], alerts: [alert] })
      : undefined
  const known = before ?? (held && { ...asOfRules(held), causes: [component] })
  const was = known ?? { ...makeIncident(review, component, []), severity: "warning" as const }
  const symptoms = new Map(was.symptoms)
  symptoms.set(alert.id, activeSymptom(was, alert, explained === undefined ? "cause" : "evidence"))
  const joined: Incident = { ...was, symptoms, updatedAtMs: nowMs }
  if (explained !== undefined) {
    change(review, joined)
    addLine(review, joined, "symptom", symptomMessage(topology, alert))
    return
  }
  const next = withHistory(review, known, described(review, joined, component))
  store(review, ofRules, next)
  if (known === undefined) openedLine(review, next)
  else addLine(review, next, "symptom", symptomMessage(topology, alert))
  if (known !== undefined && known.causes[0]?.id !== next.causes[0]?.id)
    causeChangedLine(review, known, next)
  if (held !== undefined) eased(review, held, next)
}

/** The network's incident that explains an open incident of rules by now. */
const mergedInto = (review: Review, incident: Incident): Incident | undefined => {
  const [component] = incident.causes
  if (component === undefined || isPinned(incident)) return undefined
  const found = alertsIn(review, incident).map((alert) => {
    const explained = explainedBy(review, alert, component)
    return explained !== undefined && !isPast(review, explained) ? explained : undefined
  })
  // Sessions with several devices may have failed for several reasons.
  if (sessionsIn(review, incident) !== null && found.includes(undefined)) return undefined
  return found.find((one) => one !== undefined)
}

/** Alerts that an open incident explained and does not any more, for example by further changes. */
const release = (review: Review): void => {
  const { state, alerts, nowMs } = review
  for (const incident of [...state.incidents.values()]) {
    const symptoms = new Map(incident.symptoms)
    for (const one of incident.symptoms.values()) {
      const alert = one.observes === null ? alerts.get(one.alertId) : undefined
      if (one.untilMs !== null || one.pin !== null || alert === undefined || !isRaised(alert))
        continue
      const component = componentOf(review, alert)
      if (component === null || explainedBy(review, alert, component) !== undefined) {
        state.unexplained.delete(alert.id)
        continue
      }
      // What is measured over a while shows a fault for some time after traffic has left it.
      const sinceMs = state.unexplained.get(alert.id) ?? nowMs
      state.unexplained.set(alert.id, sinceMs)
      if (alert.rule?.counted == null && nowMs - sinceMs < RELEASE_MS) continue
      symptoms.set(one.alertId, { ...one, untilMs: nowMs })
    }
    if ([...symptoms].some(([id, one]) => one !== incident.symptoms.get(id)))
      change(review, { ...incident, symptoms, updatedAtMs: nowMs })
  }
}

/** Those that wait or are suppressed are forgotten with the alert. */
const forgetOver = ({ state, alerts }: Review): void => {
  for (const map of [state.heldRules, state.suppressed, state.unexplained])
    for (const id of map.keys()) {
      const alert = alerts.get(id)
      if (alert === undefined || !isRaised(alert)) map.delete(id)
    }
}

const merge = (review: Review, ofRules: OfRules, incident: Incident, into: Incident): void => {
  const { nowMs } = review
  const symptoms = new Map(into.symptoms)
  for (const one of incident.symptoms.values()) {
    const alert = review.alerts.get(one.alertId)
    if (one.untilMs === null && alert !== undefined)
      symptoms.set(one.alertId, activeSymptom(into, alert, "evidence"))
  }
  change(review, { ...into, symptoms, updatedAtMs: nowMs })
  const params = { into: into.id, number: into.number, title: into.title }
  close(
    review,
    ofRules,
    incident,
    { code: "timeline.merged", params },
    {
      id: into.id,
      number: into.number,
    },
  )
}

const close = (
  review: Review,
  ofRules: OfRules,
  incident: Incident,
  message: Parameters<typeof addLine>[3],
  mergedInto: Incident["mergedInto"] = null,
): void => {
  const { nowMs } = review
  const { title } = incident
  const closed: Incident = {
    ...incident,
    state: "closed",
    closedAtMs: nowMs,
    updatedAtMs: nowMs,
    acknowledgedUntilMs: null,
    snoozedUntilMs: null,
    mergedInto,
    title:
      title.code === "title.rule"
        ? { code: title.code, params: { ...title.params, tense: "past" } }
        : title.code === "title.degradation"
          ? { code: title.code, params: { ...title.params, tense: "past" } }
          : title,
    symptoms: new Map(
      [...incident.symptoms].map(([id, one]) => [id, { ...one, untilMs: one.untilMs ?? nowMs }]),
    ),
  }
  store(review, ofRules, closed)
  addLine(review, closed, "closed", message)
}

const endOf = (review: Review, ofRules: OfRules, was: Incident): void => {
  const { alerts, nowMs, topology } = review
  const [component] = was.causes
  const symptoms = new Map(was.symptoms)
  const over: AlertNow[] = []
  let hasEnded = false
  for (const one of was.symptoms.values()) {
    const alert = alerts.get(one.alertId)
    if (one.untilMs !== null || alert?.state.wasDown === true) continue
    if (alert !== undefined) over.push(alert)
    symptoms.set(one.alertId, { ...one, untilMs: nowMs })
    hasEnded = true
  }
  if (component === undefined) return
  const next = described(review, { ...was, symptoms }, component)
  for (const message of condense(over.map((alert) => recoveredMessage(topology, alert))))
    addLine(review, next, "recovered", message)
  if ([...symptoms.values()].every(({ untilMs }) => untilMs !== null)) {
    const params = { lastedMs: wholeSeconds(nowMs - was.openedAtMs), symptoms: symptoms.size }
    close(review, ofRules, { ...was, symptoms }, { code: "timeline.closed", params })
  } else if (hasEnded || !isSame(was, next)) store(review, ofRules, { ...next, updatedAtMs: nowMs })
}

/** Alerts in groups, one for each degraded link or device that explains them. */
const reviewDegradations = (review: Review, ofRules: OfRules): ReadonlySet<AlertId> => {
  const { state, topology, view, alerts, nowMs } = review
  const unexplained = [...alerts.values()].filter((alert) => {
    if (!isMet(alert) || alert.rule?.symptom == null || isOfService(alert)) return false
    if (!isObserved(review, alert)) return false
    const component = componentOf(review, alert)
    return component !== null && explainedBy(review, alert, component) === undefined
  })
  const ofNetwork = [...state.incidents.values()]
  const over = ofNetwork.filter(isFaultOver)
  const down = ofNetwork.flatMap((one) => (over.includes(one) ? [] : one.causes))
  const stated = new Set(
    [...[...ofRules.values()].filter(isDegradation), ...over].flatMap(({ causes }) =>
      causes.map(({ id }) => id),
    ),
  )
  const groups = state.degradations.update(topology, view, unexplained, down, stated, nowMs)
  return applyDegradations(
    review,
    {
      open: ofRules,
      store: (incident) => store(review, ofRules, incident),
      mergeInto: (incident, into) => mergeOfRules(review, ofRules, incident, into),
      mayOpen: (alert) => isRaised(alert) && !isTooEarly(review, alert),
    },
    groups,
  )
}

/** One incident of rules ends in another. */
const mergeOfRules = (review: Review, ofRules: OfRules, from: Incident, into: Incident): void => {
  const params = { into: into.id, number: into.number, title: into.title }
  const { id, number } = into
  close(review, ofRules, from, { code: "timeline.merged", params }, { id, number })
}

/** Opens, continues, merges and closes incidents of rules; `ofRules` are the open ones. */
export const reviewRules = (review: Review, ofRules: OfRules): void => {
  const { state, topology, view, alerts, nowMs, changed } = review
  state.services = locateServices(topology, view, [...alerts.values()].filter(isMet), nowMs)
  state.explained.update(topology, state.incidents.values(), nowMs)
  for (const one of changed.values())
    if (one.state === "closed" && one.check === null) state.explained.closed(one)
  forgetOver(review)
  release(review)
  for (const incident of [...ofRules.values()]) {
    const into = mergedInto(review, incident)
    if (into === undefined) endOf(review, ofRules, incident)
    else merge(review, ofRules, incident, into)
  }
  // After a restart, what was measured meanwhile arrives in pieces.
  if (view.isCatchingUp?.(nowMs) === true) return
  followServices(review, {
    // What a person has merged or split stays where it is.
    open: [...ofRules.values()].filter((one) => !isDegradation(one) && !isPinned(one)),
    store: (incident, cause) => {
      const next = described(review, incident, cause)
      store(review, ofRules, next)
      return next
    },
    mergeInto: (incident, into) => mergeOfRules(review, ofRules, incident, into),
  })
  mergeSessions(review, {
    open: [...ofRules.values()].filter((one) => !isDegradation(one) && !isPinned(one)),
    store: (incident) => {
      const [cause] = incident.causes
      const next = cause === undefined ? incident : described(review, incident, cause)
      store(review, ofRules, next)
      return next
    },
    mergeInto: (incident, into) => mergeOfRules(review, ofRules, incident, into),
  })
  const grouped = reviewDegradations(review, ofRules)
  for (const alert of ordered([...alerts.values()].filter(isRaised))) {
    const isHeld =
      grouped.has(alert.id) ||
      state.degradations.isWaiting(alert.id) ||
      incidentHolding(state.incidents, alert.id) !== undefined ||
      incidentHolding(ofRules, alert.id) !== undefined
    if (!isHeld) join(review, ofRules, alert)
  }
}
