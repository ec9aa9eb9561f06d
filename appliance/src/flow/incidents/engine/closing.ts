/** Symptoms that end in a review, and the incidents that close with the last of them. */
import type { AlertId, IncidentId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import { wholeSeconds } from "../messages/params.ts"
import { condense, recoveredMessage } from "../messages/symptom-messages.ts"
import type { Incident } from "../model.ts"
import { eased } from "./going-on.ts"
import { mayClose, type RecoveringIncident } from "./recovery.ts"
import { addLine, change, type Review, withDescription } from "./review.ts"
import { leftOfRules } from "./rule-description.ts"

type Ended = {
  readonly symptoms: Incident["symptoms"]
  /** Alerts that are over. */
  readonly recovered: readonly AlertNow[]
  /** The incident that explains its symptoms now. */
  readonly into: Incident | undefined
  readonly hasEnded: boolean
}
const endSymptoms = (
  { state, alerts, nowMs }: Review,
  incident: Incident,
  owners: ReadonlyMap<AlertId, IncidentId>,
): Ended => {
  const symptoms = new Map(incident.symptoms)
  const recovered: AlertNow[] = []
  let into: Incident | undefined
  let hasEnded = false
  for (const one of incident.symptoms.values()) {
    if (one.untilMs !== null) continue
    const alert = alerts.get(one.alertId)
    const owner = owners.get(one.alertId)
    const isElsewhere = owner !== undefined && owner !== incident.id
    if (!isElsewhere && alert?.state.wasDown === true) continue
    if (isElsewhere) into = state.incidents.get(owner)
    else if (alert !== undefined) recovered.push(alert)
    symptoms.set(one.alertId, { ...one, untilMs: nowMs })
    hasEnded = true
  }
  return { symptoms, recovered, into, hasEnded }
}

const close = (review: Review, incident: Incident, into: Incident | undefined): void => {
  const { state, changed, nowMs } = review
  const closed = withDescription(review, {
    ...incident,
    state: "closed",
    closedAtMs: nowMs,
    acknowledgedUntilMs: null,
    snoozedUntilMs: null,
    mergedInto: into === undefined ? null : { id: into.id, number: into.number },
    symptoms: new Map(
      [...incident.symptoms].map(([id, one]) => [id, { ...one, untilMs: one.untilMs ?? nowMs }]),
    ),
  })
  changed.set(closed.id, closed)
  state.incidents.delete(closed.id)
  if (into === undefined) {
    const lastedMs = wholeSeconds(nowMs - closed.openedAtMs)
    const params = { lastedMs, symptoms: closed.symptoms.size }
    addLine(review, closed, "closed", { code: "timeline.closed", params })
  } else {
    const params = { into: into.id, number: into.number, title: into.title }
    addLine(review, closed, "closed", { code: "timeline.merged", params })
  }
}

/** What answers again and still loses packets is not well yet. */
const isHeld = (
  review: Review,
  incident: Incident,
  recovering: RecoveringIncident | undefined,
): boolean => {
  const { isHeld: isLossy, begins } = review.state.lastingLoss.holds(review, incident, recovering)
  if (begins !== null) {
    const params = { lossRatio: Math.round(begins * 100) / 100 }
    addLine(review, incident, "recovered", { code: "timeline.still-lossy", params })
  }
  return isLossy
}

/** Its fault is over, and what a person has merged into it is not. */
const goOnOfRules = (review: Review, incident: Incident): void => {
  const { state } = review
  const next = leftOfRules(review, incident)
  change(review, next)
  state.incidents.delete(next.id)
  state.ofRules.set(next.id, next)
  eased(review, incident, next)
}

/** Ends what is over or explained elsewhere; an incident without active symptoms closes. */
export const endAndClose = (
  review: Review,
  owners: ReadonlyMap<AlertId, IncidentId>,
  recovering: readonly RecoveringIncident[],
): void => {
  const { state, view, nowMs } = review
  for (const incident of [...state.incidents.values()]) {
    const { symptoms, recovered, into, hasEnded } = endSymptoms(review, incident, owners)
    // Alerts of rules that have joined it may outlast the fault: they then open their own incident.
    // Those that a person has merged into it stay in it.
    const isOver = [...symptoms.values()].every(
      ({ untilMs, observes }) => untilMs !== null || observes === null,
    )
    const isLeft = [...symptoms.values()].some(
      ({ untilMs, observes, pin }) => untilMs === null && observes === null && pin !== null,
    )
    const ownRecovery = recovering.find((one) => one.incident.id === incident.id)
    for (const message of condense(recovered.map((alert) => recoveredMessage(review, alert))))
      addLine(review, incident, "recovered", message)
    const next: Incident = { ...incident, symptoms, updatedAtMs: nowMs }
    const isClosing =
      isOver &&
      (into !== undefined ||
        (mayClose(ownRecovery, view, nowMs) && !isHeld(review, next, ownRecovery)))
    if (!hasEnded && !isClosing) continue
    if (isClosing && isLeft) goOnOfRules(review, next)
    else if (isClosing) close(review, next, into)
    else change(review, next)
  }
}
