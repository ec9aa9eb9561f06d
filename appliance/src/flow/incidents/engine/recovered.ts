/**
 * Open incidents of which everything has recovered. They stay open for a while, in case it fails
 * again, and because much of it may come back late; nobody is notified of them meanwhile.
 */
import type { IncidentId } from "../../../platform/ids.ts"
import type { Incident, IncidentSymptom } from "../model.ts"
import type { Review } from "./review.ts"

const isLeft = ({ alerts }: Review, one: IncidentSymptom): boolean => {
  if (one.untilMs !== null) return false
  const phase = alerts.get(one.alertId)?.state.phase
  return phase !== undefined && phase !== "recovering" && phase !== "ok"
}

/** Alerts of rules may outlast the fault that they have joined; then they open one of their own. */
const hasRecovered = (review: Review, incident: Incident, isOfRules: boolean): boolean => {
  const own = [...incident.symptoms.values()].filter(
    ({ observes }) => isOfRules || observes !== null,
  )
  return (
    own.length > 0 &&
    !own.some((one) => isLeft(review, one)) &&
    !review.state.lastingLoss.isLossy(incident.id)
  )
}

export const markRecovered = (review: Review): void => {
  const { state, changed, nowMs } = review
  const mark = (incidents: Map<IncidentId, Incident>, isOfRules: boolean): void => {
    for (const was of [...incidents.values()]) {
      const isRecovered = hasRecovered(review, was, isOfRules)
      if (isRecovered === ((was.recoveredAtMs ?? null) !== null)) continue
      const next = { ...was, recoveredAtMs: isRecovered ? nowMs : null, updatedAtMs: nowMs }
      incidents.set(next.id, next)
      changed.set(next.id, next)
    }
  }
  mark(state.incidents, false)
  mark(state.ofRules, true)
}
