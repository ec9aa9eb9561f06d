/** What the network's incidents explain of alerts of rules. */
import type { Component } from "../../../api/incidents.ts"
import { DeviceId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import { ruleFinding } from "../messages/symptom-messages.ts"
import type { Incident } from "../model.ts"
import { reachAlert } from "./alert-view.ts"
import { CONVERGENCE_MS } from "./explained.ts"
import { addLine, type Review } from "./review.ts"
import { isAtFault } from "./service-faults.ts"
import { componentsOfSession, sessionOf } from "./session-incidents.ts"

/** Nothing is known of a device that does not answer: what rules say of it opens nothing. */
export const isObserved = ({ view }: Review, { deviceId }: AlertNow): boolean => {
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
export const explainedBy = (
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
/** A service that fails for minutes does so for much loss, and not for a little. */
const MIN_LOSS_RATIO = 0.2
/** The open degradation that explains why an alert's service fails: all of its place is behind it. */
export const degradedBy = (review: Review, alert: AlertNow): Incident | undefined => {
  const { state, topology } = review
  const fault = state.services.get(alert.id)
  if (fault === undefined || fault.place === "agent" || fault.devices.size === 0) return undefined
  return state.ofRules.values().find(({ title, causes, alternatives, evidence }) => {
    if (title.code !== "title.degradation" || title.params.lossRatio < MIN_LOSS_RATIO) return false
    const ids = [...causes, ...alternatives].map(({ id }) => id)
    const affected = new Set<string | null>([...ids, ...evidence.map(({ deviceId }) => deviceId)])
    const behind = state.reachability.unreachable(topology, ids)
    return [...fault.devices].every((device) => affected.has(device) || behind.has(device))
  })
}

/** Its fault is over: it explains what was counted, and nothing joins it. */
export const isPast = ({ state }: Review, { id, state: phase }: Incident): boolean =>
  phase === "closed" || state.ofRules.has(id)

/** A closed incident explains it: it opens none, and that incident says so. */
export const suppress = (review: Review, alert: AlertNow, by: Incident): void => {
  const { suppressed } = review.state
  const known = suppressed.get(alert.id)
  suppressed.set(alert.id, by)
  const finding = ruleFinding(review, alert)
  if (finding === null || known?.id === by.id || by.symptoms.has(alert.id)) return
  addLine(review, by, "symptom", { code: "timeline.alert-suppressed", params: finding })
}
