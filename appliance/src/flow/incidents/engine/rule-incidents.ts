/**
 * Incidents from alerts of rules: one for each component, that is the link at the interface or else
 * the device. What root-cause analysis has already explained opens none: the alert joins that
 * incident, without keeping it open. Root-cause analysis never sees incidents of rules.
 */
import type { AlertId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import { wholeSeconds } from "../messages/params.ts"
import { condense, recoveredMessage } from "../messages/symptom-messages.ts"
import type { Incident } from "../model.ts"
import { applyDegradations, isDegradation } from "./degradation-incidents.ts"
import { isFaultOver } from "./lasting-loss.ts"
import { activeSymptom, addLine, change, isSame, type Review } from "./review.ts"
import { componentOf, isMet, isRaised, ordered } from "./rule-components.ts"
import { alertsIn, described, isPinned } from "./rule-description.ts"
import { degradedBy, explainedBy, isObserved, isPast } from "./rule-explained.ts"
import {
  beginJoins,
  isTooEarly,
  joinDegradation,
  type OfRules,
  storeOfRules,
} from "./rule-joins.ts"
import { isOfService, locateServices } from "./service-faults.ts"
import { followServices } from "./service-incidents.ts"
import { mergeSessions, sessionsIn } from "./session-incidents.ts"

/** Symptoms of the network have explanations by then, or none is found for long. */
const RELEASE_MS = 300_000
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
  storeOfRules(review, ofRules, closed)
  addLine(review, closed, "closed", message)
}

/** A service that fails long after the loss that explained it fails for another reason. */
const isLeftOver = (review: Review, was: Incident, alert: AlertNow): boolean => {
  const { unexplained } = review.state
  if (!isDegradation(was) || isPinned(was) || !isOfService(alert) || !isRaised(alert)) return false
  const others = alertsIn(review, was).filter((one) => !isOfService(one))
  if (others.some(({ state }) => state.wasDown)) {
    unexplained.delete(alert.id)
    return false
  }
  const sinceMs = unexplained.get(alert.id) ?? review.nowMs
  unexplained.set(alert.id, sinceMs)
  return review.nowMs - sinceMs >= RELEASE_MS
}

/** Services failed before the loss that explains it was known. */
const mergeIntoDegradation = (review: Review, ofRules: OfRules, from: Incident): boolean => {
  const alerts = alertsIn(review, from)
  if (isDegradation(from) || isPinned(from) || alerts.length === 0) return false
  const found = alerts.map((alert) => degradedBy(review, alert))
  const [into] = found
  if (into === undefined || found.some((one) => one?.id !== into.id)) return false
  const joined = joinDegradation(review, ofRules, into, alerts)
  if (joined !== undefined) mergeOfRules(review, ofRules, from, joined)
  return joined !== undefined
}

const endOf = (review: Review, ofRules: OfRules, was: Incident): void => {
  const { alerts, nowMs } = review
  const [component] = was.causes
  const symptoms = new Map(was.symptoms)
  const over: AlertNow[] = []
  let hasEnded = false
  for (const one of was.symptoms.values()) {
    const alert = alerts.get(one.alertId)
    if (one.untilMs !== null) continue
    if (alert?.state.wasDown === true && !isLeftOver(review, was, alert)) continue
    if (alert !== undefined) over.push(alert)
    symptoms.set(one.alertId, { ...one, untilMs: nowMs })
    hasEnded = true
  }
  if (component === undefined) return
  const next = described(review, { ...was, symptoms }, component)
  for (const message of condense(over.map((alert) => recoveredMessage(review, alert))))
    addLine(review, next, "recovered", message)
  if ([...symptoms.values()].every(({ untilMs }) => untilMs !== null)) {
    const params = { lastedMs: wholeSeconds(nowMs - was.openedAtMs), symptoms: symptoms.size }
    close(review, ofRules, { ...was, symptoms }, { code: "timeline.closed", params })
  } else if (hasEnded || !isSame(was, next))
    storeOfRules(review, ofRules, { ...next, updatedAtMs: nowMs })
}

/** In an incident of the network that goes on, until it is released; not where a person put it. */
const isWithin = ({ state }: Review, { id }: AlertNow): boolean => {
  const holder = state.incidents.holding(id)
  return holder !== undefined && !isFaultOver(holder) && holder.symptoms.get(id)?.pin == null
}

/** Alerts in groups, one for each degraded link or device that explains them. */
const reviewDegradations = (review: Review, ofRules: OfRules): ReadonlySet<AlertId> => {
  const { state, topology, view, alerts, nowMs } = review
  const unexplained = [...alerts.values()].filter((alert) => {
    if (!isMet(alert) || alert.rule?.symptom == null || isOfService(alert)) return false
    if (!isObserved(review, alert) || isWithin(review, alert)) return false
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
      store: (incident) => storeOfRules(review, ofRules, incident),
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
  state.explained.update(topology, view, state.incidents.values(), nowMs)
  for (const one of changed.values())
    if (one.state === "closed" && one.check === null) state.explained.closed(one)
  forgetOver(review)
  release(review)
  for (const incident of [...ofRules.values()]) {
    const into = mergedInto(review, incident)
    if (into !== undefined) merge(review, ofRules, incident, into)
    else if (!mergeIntoDegradation(review, ofRules, incident)) endOf(review, ofRules, incident)
  }
  // After a restart, what was measured meanwhile arrives in pieces.
  if (view.isCatchingUp?.(nowMs) === true) return
  const unpinned = () => ({
    // What a person has merged or split stays where it is.
    open: [...ofRules.values()].filter((one) => !isDegradation(one) && !isPinned(one)),
    store: (incident: Incident, cause = incident.causes[0]) => {
      const next = cause === undefined ? incident : described(review, incident, cause)
      storeOfRules(review, ofRules, next)
      return next
    },
    mergeInto: (incident: Incident, into: Incident) =>
      mergeOfRules(review, ofRules, incident, into),
  })
  followServices(review, unpinned())
  mergeSessions(review, unpinned())
  const grouped = reviewDegradations(review, ofRules)
  const joins = beginJoins(review, ofRules)
  for (const alert of ordered([...alerts.values()].filter(isRaised))) {
    const isHeld =
      grouped.has(alert.id) ||
      state.degradations.isWaiting(alert.id) ||
      state.incidents.holding(alert.id) !== undefined ||
      ofRules.holding(alert.id) !== undefined
    if (!isHeld) joins.join(alert)
  }
  joins.finish()
}
