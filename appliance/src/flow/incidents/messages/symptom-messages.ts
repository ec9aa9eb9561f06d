/** Symptoms that begin and end, as lines of a timeline. Pure. */
import type { Named, RuleFinding, SymptomMessage, TimelineMessage } from "../../../api/messages.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import type { AlertView } from "../engine/alert-view.ts"
import { agentNamed, deviceNamed, portOf } from "./params.ts"

type Known = { readonly topology: Topology; readonly view: Pick<AlertView, "peerOf"> }

/** What the rule of an alert found; null: it is of no rule. */
export const ruleFinding = (known: Known, alert: AlertNow): RuleFinding | null => {
  const { rule, deviceId, interface: port } = alert
  const device = deviceNamed(known.topology, deviceId)
  return rule === undefined
    ? null
    : findingOf(rule, device, port, known.view.peerOf?.(alert) ?? null)
}

export const findingOf = (
  {
    id,
    name,
    subject,
    isPersonal,
    value,
    state,
    limit,
    unit,
    forMs,
    text,
  }: NonNullable<AlertNow["rule"]>,
  device: Named,
  port: string | null,
  peer: Named | null,
): RuleFinding => ({
  rule: { id, ...name },
  device,
  subject: subject ?? port,
  ...(isPersonal === true ? { isPersonal } : {}),
  ...(peer === null ? {} : { peer }),
  value,
  ...(state === undefined ? {} : { state }),
  limit,
  unit,
  forMs,
  text,
})

export const symptomMessage = (known: Known, alert: AlertNow): SymptomMessage => {
  const { topology } = known
  const device = deviceNamed(topology, alert.deviceId)
  const found = ruleFinding(known, alert)
  if (found !== null) return { code: "symptom.rule", params: found }
  if (alert.observes === "link")
    return { code: "symptom.port-down", params: { port: portOf(topology, alert) } }
  if (alert.state.reason === "reports-missing")
    return { code: "symptom.not-reporting", params: { device } }
  if (alert.observes === "device") return { code: "symptom.not-answering", params: { device } }
  return { code: "symptom.agent-offline", params: { agent: agentNamed(topology, alert.agentId) } }
}

export const recoveredMessage = (known: Known, alert: AlertNow): TimelineMessage => {
  const { topology } = known
  const { reason } = alert.state
  if (reason === "no-longer-monitored") {
    const symptom = symptomMessage(known, alert)
    return { code: "recovered.no-longer-monitored", params: { symptom } }
  }
  const found = ruleFinding(known, alert)
  if (found !== null) return { code: "recovered.rule", params: found }
  if (alert.observes === "link") {
    const port = portOf(topology, alert)
    return reason === "disabled-by-admin"
      ? { code: "recovered.port-switched-off", params: { port } }
      : { code: "recovered.port-up", params: { port } }
  }
  const device = deviceNamed(topology, alert.deviceId)
  if (/^report/.test(reason)) return { code: "recovered.reports", params: { device } }
  if (alert.observes === "device") return { code: "recovered.answers", params: { device } }
  return { code: "recovered.agent-online", params: { agent: agentNamed(topology, alert.agentId) } }
}

const MAX_LINES = 6
/** Of many at once the first few, and how many more, so that a timeline stays readable. */
export const condense = (messages: readonly TimelineMessage[]): readonly TimelineMessage[] =>
  messages.length <= MAX_LINES
    ? messages
    : [
        ...messages.slice(0, MAX_LINES - 1),
        { code: "timeline.more-at-once", params: { count: messages.length - MAX_LINES + 1 } },
      ]
