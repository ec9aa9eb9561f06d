/**
 * How an incident ends. Observations of downstream devices from before the recovery are outdated,
 * and ports, adjacencies and routes come back one by one. So nothing downstream opens an incident
 * until it was observed up since, or has stayed down past a grace period. Pure.
 *
 *   cause answers ──▶ confirm all downstream, repeatedly ──┬─ answers ─────────▶ may fail again
 *                                                          └─ down after grace ▶ own incident
 */
import type { AlertId, DeviceId, IncidentId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import type { Incident, IncidentSymptom } from "../model.ts"
import { type AlertView, isFault, linkOfPort, reachAlert, remoteEnd } from "./alert-view.ts"
import { failedComponents, type Reachability } from "./reachability.ts"

/** Ports come up a moment after their router, adjacencies and routes some seconds later. */
export const GRACE_MS = 15_000
const REQUEST_INTERVAL_MS = 3_000
const MAX_REQUESTED = 500

export type RecoveringIncident = {
  readonly incident: Incident
  /** When the latest part of it came back. */
  readonly upAgainAtMs: number
  /** The causes and all that was reachable only through them. */
  readonly downstream: ReadonlySet<string>
}
export type Recovery = {
  /** The incidents that are recovering. */
  readonly find: (
    topology: Topology,
    incidents: readonly Incident[],
    alerts: ReadonlyMap<AlertId, AlertNow>,
  ) => RecoveringIncident[]
  /** Devices to probe now, so that the incidents close soon. */
  readonly request: (
    recoveringIncidents: readonly RecoveringIncident[],
    topology: Topology,
    view: AlertView,
    nowMs: number,
  ) => DeviceId[]
}

const faultsOf = (incident: Incident): string[] =>
  [...incident.causes, ...incident.alternatives].map((one) => one.id)

const upAgainIn = (incident: Incident, alerts: ReadonlyMap<AlertId, AlertNow>): number => {
  let upAgainAtMs = 0
  for (const symptom of incident.symptoms.values()) {
    const alert = alerts.get(symptom.alertId)
    if (alert === undefined || !isFault(alert)) continue
    const upAgainMs = alert.state.upAgainAtMs ?? 0
    if (upAgainMs >= incident.openedAtMs) upAgainAtMs = Math.max(upAgainAtMs, upAgainMs)
  }
  return upAgainAtMs
}

/** It has answered since the recovery, so no outdated report of it can arrive. */
const isProven = (alert: AlertNow, { incident, upAgainAtMs }: RecoveringIncident): boolean =>
  alert.observes === "device"
    ? (alert.answeredAtMs ?? 0) >= upAgainAtMs
    : (alert.state.upAgainAtMs ?? 0) >= incident.openedAtMs && alert.state.sinceMs > upAgainAtMs

const covers = (
  topology: Topology,
  { downstream }: RecoveringIncident,
  alert: AlertNow,
): boolean => {
  if (alert.deviceId === null) return false
  if (downstream.has(alert.deviceId)) return true
  const link = alert.observes === "link" ? linkOfPort(topology, alert) : undefined
  return (
    link !== undefined &&
    (downstream.has(link.id) || downstream.has(remoteEnd(link, alert.deviceId).deviceId))
  )
}

/** The recovering incident a new symptom belongs to, until it was observed up since. */
export const belongsToRecovering = (
  recoveringIncidents: readonly RecoveringIncident[],
  topology: Topology,
  alert: AlertNow,
): RecoveringIncident | undefined =>
  recoveringIncidents.find((one) => {
    const isOld = (alert.observedAtMs ?? 0) < one.upAgainAtMs + GRACE_MS
    return isOld && covers(topology, one, alert) && !isProven(alert, one)
  })

/** A symptom of a recovering incident neither opens an incident nor counts during the grace. */
export const isSuppressed = (
  recoveringIncidents: readonly RecoveringIncident[],
  topology: Topology,
  alert: AlertNow,
): boolean =>
  belongsToRecovering(recoveringIncidents, topology, alert) !== undefined ||
  recoveringIncidents.some(
    ({ incident, upAgainAtMs }) =>
      incident.symptoms.get(alert.id)?.untilMs === null &&
      (alert.observedAtMs ?? 0) < upAgainAtMs + GRACE_MS,
  )

/** Devices at or downstream of what is recovering. */
export const affectedByRecovery = (
  recoveringIncidents: readonly RecoveringIncident[],
  topology: Topology,
): ReadonlySet<string> => {
  const affected = new Set<string>()
  for (const { incident, downstream } of recoveringIncidents) {
    for (const id of downstream) affected.add(id)
    for (const id of faultsOf(incident)) {
      const link = topology.links.get(id)
      if (link !== undefined) affected.add(link.a.deviceId).add(link.b.deviceId)
    }
  }
  return affected
}

/** Suppressed, but observed since the recovery: it opens no incident and still counts. */
export const isObservedSince = (
  recoveringIncidents: readonly RecoveringIncident[],
  topology: Topology,
  alert: AlertNow,
): boolean =>
  recoveringIncidents.every(
    (one) => !covers(topology, one, alert) || (alert.observedAtMs ?? 0) > one.upAgainAtMs,
  )

export const recoveringRole = (
  topology: Topology,
  incident: Incident,
  alert: AlertNow,
): IncidentSymptom["role"] => {
  if (alert.observes !== "device") return "evidence"
  return failedComponents(topology, incident.causes, incident.alternatives).has(
    alert.deviceId ?? "",
  )
    ? "cause"
    : "downstream"
}

/** Downstream devices not observed up since; unknown ones are not waited for. */
const unproven = (recovering: RecoveringIncident, view: AlertView): DeviceId[] =>
  [...recovering.downstream].flatMap((id) => {
    const alert = view.observing("device", id)
    if (alert?.deviceId == null || alert.state.phase === "unknown") return []
    return isProven(alert, recovering) ? [] : [alert.deviceId]
  })

/** All downstream devices were observed again, or the grace is over. */
export const mayClose = (
  recovering: RecoveringIncident | undefined,
  view: AlertView,
  nowMs: number,
): boolean =>
  recovering === undefined ||
  nowMs >= recovering.upAgainAtMs + GRACE_MS ||
  unproven(recovering, view).length === 0

export const createRecovery = ({ unreachable }: Reachability): Recovery => {
  const requestedAtMs = new Map<IncidentId, number>()
  return {
    find: (topology, incidents, alerts) => {
      const back = incidents
        .map((incident) => ({ incident, upAgainAtMs: upAgainIn(incident, alerts) }))
        .filter((one) => one.upAgainAtMs > 0)
        .sort((one, other) => other.upAgainAtMs - one.upAgainAtMs)
      if (back.length === 0) return []
      // Alternatives may have failed instead, so what they suppress may be downstream here.
      const still = incidents
        .filter((incident) => !back.some((one) => one.incident === incident))
        .flatMap(({ causes }) => causes.map(({ id }) => id))
      const stillUnreachable = unreachable(topology, still)
      const allUnreachable = unreachable(topology, [
        ...still,
        ...back.flatMap((one) => faultsOf(one.incident)),
      ])
      const given = new Set<string>()
      return back.map(({ incident, upAgainAtMs }, index) => {
        const faults = faultsOf(incident)
        const own = unreachable(topology, [...still, ...faults])
        const isLast = index === back.length - 1
        // What only several of them together made unreachable goes to the last of the list.
        const downstream = new Set(faults)
        for (const id of allUnreachable) {
          if (stillUnreachable.has(id) || given.has(id) || !(own.has(id) || isLast)) continue
          given.add(id)
          downstream.add(id)
        }
        return { incident, upAgainAtMs, downstream }
      })
    },
    request: (recoveringIncidents, topology, view, nowMs) => {
      for (const id of requestedAtMs.keys())
        if (!recoveringIncidents.some((one) => one.incident.id === id)) requestedAtMs.delete(id)
      const requested = new Set<DeviceId>()
      for (const recovering of recoveringIncidents) {
        const { incident, upAgainAtMs } = recovering
        if (
          nowMs - (requestedAtMs.get(incident.id) ?? 0) < REQUEST_INTERVAL_MS ||
          nowMs > upAgainAtMs + GRACE_MS + REQUEST_INTERVAL_MS
        )
          continue
        requestedAtMs.set(incident.id, nowMs)
        for (const device of unproven(recovering, view)) requested.add(device)
        for (const symptom of incident.symptoms.values()) {
          if (
            symptom.untilMs === null &&
            symptom.deviceId !== null &&
            topology.devices.has(symptom.deviceId)
          )
            requested.add(symptom.deviceId)
        }
      }
      const answering = (id: DeviceId): boolean => reachAlert(view, id)?.state.phase !== "down"
      // Answering devices first: they report their ports at once.
      return [...requested]
        .sort((one, other) => Number(answering(other)) - Number(answering(one)))
        .slice(0, MAX_REQUESTED)
    },
  }
}
