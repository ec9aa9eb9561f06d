/**
 * What a merge or a split changes, of the network's incidents and of those of rules. What fails and
 * what works badly in one incident is one of the network; what is left of it when the fault is over
 * goes on as one of rules. Pure; the pins keep it so (`pins.ts`, `degradation-pins.ts`).
 */
import type { Actor } from "../../../platform/http/http.ts"
import type { AlertId } from "../../../platform/ids.ts"
import type { Incident } from "../model.ts"
import { moreSevere } from "../severity.ts"
import { isDegradation } from "./degradation-incidents.ts"
import { ownComponent } from "./groups.ts"
import { activeSymptoms, merged, type Regrouped, split } from "./merge-split.ts"
import { makeIncident, type Review, withDescription } from "./review.ts"
import { componentsOf } from "./rule-components.ts"
import { alertsIn, described, isOfRules, leftOfRules } from "./rule-description.ts"

type By = Pick<Actor, "name">

const hasFault = (incident: Incident): boolean =>
  activeSymptoms(incident).some(({ observes }) => observes !== null)

/** What is said of the fault, of the incident that has it. */
const withFaultOf = (into: Incident, from: Incident): Incident => {
  const { title, causes, alternatives, because, confidence, hypotheses, evidence } = from
  const { rechecks, finding, manner, expected, downstream } = from
  const said = { title, causes, alternatives, because, confidence, hypotheses, evidence }
  return { ...into, ...said, rechecks, finding, manner, expected, downstream }
}

/** `into` with the symptoms of both. */
const together = (review: Review, into: Incident, from: Incident, both: Incident): Incident => {
  const severity =
    both.severitySetBy === null ? moreSevere(both.severity, from.severity) : both.severity
  const next = { ...both, severity }
  if (!isOfRules(into)) return next
  if (hasFault(from)) return withFaultOf(next, from)
  if (!isDegradation(into) && isDegradation(from)) return withFaultOf(next, from)
  const [first] = componentsOf(review, alertsIn(review, next))
  return first === undefined ? next : described(review, next, first)
}

/** `from` ends in `into`. Nothing is kept yet: the caller stores it first. */
export const mergeInto = (review: Review, by: By, from: Incident, into: Incident): Regrouped => {
  const { changed, lines } = merged(by, from, into, review.nowMs)
  return {
    changed: changed.map((one) => (one.id === into.id ? together(review, into, from, one) : one)),
    lines,
  }
}

/** These symptoms become an incident of their own. Nothing is kept yet. */
export const splitOff = (
  review: Review,
  by: By,
  from: Incident,
  ids: ReadonlySet<AlertId>,
): Regrouped => {
  const { topology, alerts, nowMs } = review
  const moved = activeSymptoms(from).flatMap(({ alertId }) =>
    ids.has(alertId) ? (alerts.get(alertId) ?? []) : [],
  )
  const isOfFault = moved.some(({ observes }) => observes !== null)
  const [cause = from.causes[0]] = isOfFault
    ? moved.flatMap((alert) =>
        alert.observes === null ? [] : (ownComponent(topology, alert) ?? []),
      )
    : componentsOf(review, moved)
  if (cause === undefined) return { changed: [], lines: [] }
  const { changed, lines } = split(by, from, makeIncident(review, cause, []), ids, nowMs)
  return {
    changed: changed.map((one) => {
      if (hasFault(one)) return withDescription(review, one)
      if (one.id === from.id && isOfRules(one))
        return described(review, one, one.causes[0] ?? cause)
      return leftOfRules(review, one)
    }),
    lines,
  }
}
