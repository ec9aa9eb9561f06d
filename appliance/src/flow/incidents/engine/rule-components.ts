/** What alerts of rules are about, and which of them count. Pure. */
import { type Component, SEVERITIES, type Severity } from "../../../api/incidents.ts"
import type { AlertNow, MonitoredLink, Topology } from "../../alerts/alerts.ts"
import { type AlertView, linkOfPort } from "./alert-view.ts"
import type { ServiceFaults } from "./service-faults.ts"
import { linksOf } from "./session-incidents.ts"

/** A warning is for the list of alerts, not for people. */
const isGraveEnough = (severity: Severity | null | undefined): boolean =>
  severity != null && severity !== "warning"
export const isMet = ({ rule, state }: AlertNow): boolean =>
  rule !== undefined && (state.phase === "degraded" || state.phase === "down")
export const isRaised = (alert: AlertNow): boolean =>
  isMet(alert) && isGraveEnough(alert.rule?.severity)

/** What is known of the network and of services in a review. */
type Known = {
  readonly topology: Topology
  readonly view: Pick<AlertView, "sessionOf">
  readonly state: { readonly services: ServiceFaults }
}

/** The link at the interface that it is about; of a neighbour, at either end. */
const linkOf = ({ topology, view }: Known, alert: AlertNow): MonitoredLink | undefined => {
  if (alert.interface !== null) return linkOfPort(topology, alert)
  const session = view.sessionOf?.(alert) ?? null
  return session === null ? undefined : linksOf({ topology }, session)[0]
}

export const componentOf = (known: Known, alert: AlertNow): Component | null => {
  const { topology, state } = known
  const service = state.services.get(alert.id)
  if (service !== undefined) return service.cause
  const link = linkOf(known, alert)
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

/** Each component once, in the order of severity. */
export const componentsOf = (known: Known, alerts: readonly AlertNow[]): Component[] => {
  const all = ordered(alerts).flatMap((alert) => componentOf(known, alert) ?? [])
  return [...new Map(all.map((one) => [one.id, one])).values()]
}
