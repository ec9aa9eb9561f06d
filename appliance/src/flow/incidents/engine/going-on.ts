/** An incident of the network that goes on as one of rules, because what has failed works badly now. */
import type { Component } from "../../../api/incidents.ts"
import type { AlertId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import type { Incident } from "../model.ts"
import { isFaultOver } from "./lasting-loss.ts"
import { addLine, change, type Review, withoutSymptoms } from "./review.ts"

/** What rules have found, and of what. */
export type Found = {
  readonly components: readonly Component[]
  readonly alerts: readonly AlertNow[]
}

const holdsNow = ({ symptoms }: Incident, alert: AlertNow): boolean =>
  symptoms.get(alert.id)?.untilMs === null

/**
 * The incident that stays open because of what was found, of its cause or of its paths, or whose
 * fault is over while it still holds the alerts.
 */
export const heldFor = (
  { state, topology }: Review,
  { components, alerts }: Found,
): Incident | undefined => {
  const ids = new Set(components.map(({ id }) => id))
  return [...state.incidents.values()].find((incident) => {
    const { causes, alternatives } = incident
    const isOver = isFaultOver(incident)
    const isHeld = (alert: AlertNow): boolean =>
      state.lastingLoss.isHeldBy(topology, incident, alert.deviceId) ||
      (isOver && holdsNow(incident, alert))
    if (!alerts.some(isHeld)) return false
    return [...causes, ...alternatives].some(({ id }) => ids.has(id)) || alerts.every(isHeld)
  })
}

/** As one of rules: what root-cause analysis has found of it is over. */
export const asOfRules = (incident: Incident): Incident => ({
  ...incident,
  alternatives: [],
  because: [],
  confidence: null,
  hypotheses: [],
  evidence: [],
  finding: null,
  manner: "steady",
  expected: [],
  downstream: 0,
})

export const eased = (review: Review, before: Incident, next: Incident): void =>
  addLine(review, next, "cause-changed", {
    code: "timeline.now-degraded",
    params: { title: next.title, before: before.title },
  })

/** What an incident of rules has taken up is in no incident of the network any more. */
export const leaveNetwork = (review: Review, alerts: readonly AlertId[]): void => {
  for (const incident of [...review.state.incidents.values()]) {
    const left = withoutSymptoms(incident, alerts, review.nowMs)
    if (left !== null) change(review, left)
  }
}
