/** What alerts of rules are about, and how their incident is described. Pure. */
import { type Component, SEVERITIES, type Severity } from "../../../api/incidents.ts"
import type { Title } from "../../../api/messages.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import { thingOf } from "../messages/params.ts"
import { ruleFinding } from "../messages/symptom-messages.ts"
import type { Incident } from "../model.ts"
import { moreSevere } from "../severity.ts"
import { linkOfPort } from "./alert-view.ts"
import { isDegradation } from "./degradation-incidents.ts"
import type { Review } from "./review.ts"

/** A warning is for the list of alerts, not for people. */
const isGraveEnough = (severity: Severity | null | undefined): boolean =>
  severity != null && severity !== "warning"
export const isMet = ({ rule, state }: AlertNow): boolean =>
  rule !== undefined && (state.phase === "degraded" || state.phase === "down")
export const isRaised = (alert: AlertNow): boolean =>
  isMet(alert) && isGraveEnough(alert.rule?.severity)

export const componentOf = (topology: Topology, alert: AlertNow): Component | null => {
  const link = alert.interface === null ? undefined : linkOfPort(topology, alert)
  if (link !== undefined) return { kind: "link", id: link.id, name: link.name }
  const device = topology.devices.get(alert.deviceId ?? "")
  return device === undefined ? null : { kind: "device", id: device.id, name: device.name }
}

/** The most severe first, then the oldest. */
export const ordered = (alerts: readonly AlertNow[]): readonly AlertNow[] =>
  alerts.toSorted(
    (one, other) =>
      SEVERITIES.indexOf(one.rule?.severity ?? "warning") -
        SEVERITIES.indexOf(other.rule?.severity ?? "warning") ||
      one.state.sinceMs - other.state.sinceMs ||
      (`${one.kind} ${one.entity}` < `${other.kind} ${other.entity}` ? -1 : 1),
  )

const titleOf = (
  topology: Topology,
  component: Component,
  alerts: readonly AlertNow[],
): Title | null => {
  const [first] = ordered(alerts)
  if (first?.rule === undefined) return null
  const { id, name, subject } = first.rule
  const params = {
    rule: { id, ...name },
    thing: thingOf(topology, component),
    interface: component.kind === "device" ? first.interface : null,
    subject,
    more: alerts.length - 1,
    tense: "present" as const,
  }
  return { code: "title.rule", params }
}

export const described = (review: Review, incident: Incident, component: Component): Incident => {
  // Each review of degradations describes it.
  if (isDegradation(incident)) return incident
  const { topology, alerts } = review
  const own = [...incident.symptoms.values()].flatMap(({ alertId, untilMs }) => {
    const alert = alerts.get(alertId)
    return untilMs === null && alert !== undefined ? [alert] : []
  })
  const title = titleOf(topology, component, own) ?? incident.title
  const severity = own.reduce<Severity>(
    (worst, { rule }) => moreSevere(worst, rule?.severity ?? "warning"),
    incident.severity,
  )
  const because = ordered(own).flatMap((alert) => {
    const params = ruleFinding(topology, alert)
    return params === null ? [] : [{ code: "reason.rule", params } as const]
  })
  return {
    ...incident,
    title,
    severity: incident.severitySetBy === null ? severity : incident.severity,
    // The figures of the moment are in the list of alerts: an incident says why it was opened.
    because:
      own.length === incident.because.length && because.length > 0 ? incident.because : because,
  }
}
