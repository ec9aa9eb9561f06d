/** Incidents of services follow their fault: it may be placed better once slower probes have run. */
import type { Component } from "../../../api/incidents.ts"
import type { Reason } from "../../../api/messages.ts"
import type { AlertId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import { agentNamed, listOf } from "../messages/params.ts"
import type { Incident, IncidentSymptom } from "../model.ts"
import type { Review } from "./review.ts"
import type { ServiceFault, ServiceFaults } from "./service-faults.ts"

/** The fault that all of these alerts show. */
const sharedFault = (services: ServiceFaults, ids: readonly AlertId[]): ServiceFault | null => {
  const [first] = ids
  const fault = first === undefined ? undefined : services.get(first)
  if (fault === undefined) return null
  return ids.every((id) => services.get(id)?.cause.id === fault.cause.id) ? fault : null
}

/** Why it is there; null: the alerts are not all of one fault of services. */
export const serviceReason = (
  topology: Topology,
  services: ServiceFaults,
  alerts: readonly AlertNow[],
): Reason | null => {
  const fault = sharedFault(
    services,
    alerts.map(({ id }) => id),
  )
  if (fault === null) return null
  const { place, probes, agents, others } = fault
  return {
    code: "reason.services-located",
    params: {
      place,
      probes: listOf(probes.map((name) => ({ id: null, name }))),
      agents: listOf(agents.map((id) => agentNamed(topology, id))),
      others: listOf(others.map((id) => agentNamed(topology, id))),
    },
  }
}

/** A reason that says the same with other figures is the same. */
export const isSameReasons = (was: readonly Reason[], next: readonly Reason[]): boolean => {
  const placeOf = ([first]: readonly Reason[]): string | null =>
    first?.code === "reason.services-located" ? first.params.place : null
  return was.length === next.length && placeOf(was) === placeOf(next)
}

type RuleIncidents = {
  readonly open: readonly Incident[]
  /** Describes it by its cause, and keeps it. */
  readonly store: (incident: Incident, cause: Component) => Incident
  readonly mergeInto: (incident: Incident, into: Incident) => void
}
const activeOf = ({ symptoms }: Incident): IncidentSymptom[] =>
  [...symptoms.values()].filter(({ untilMs }) => untilMs === null)

/** What fails is somewhere else than was known: the incident of that place goes on, or this one. */
export const followServices = (
  { state, nowMs }: Review,
  { open, store, mergeInto }: RuleIncidents,
): void => {
  const current = new Map(open.map((incident) => [incident.id, incident]))
  for (const incident of current.values()) {
    const active = activeOf(incident)
    const fault = sharedFault(
      state.services,
      active.map(({ alertId }) => alertId),
    )
    if (fault === null || incident.causes[0]?.id === fault.cause.id) continue
    const { cause } = fault
    const into = current.values().find((one) => one.causes[0]?.id === cause.id)
    if (into === undefined) {
      const moved = { ...incident, causes: [cause], alternatives: [], updatedAtMs: nowMs }
      current.set(incident.id, store(moved, cause))
      continue
    }
    const symptoms = new Map(into.symptoms)
    for (const one of active) symptoms.set(one.alertId, one)
    const joined = store({ ...into, symptoms, updatedAtMs: nowMs }, cause)
    current.set(into.id, joined)
    mergeInto(incident, joined)
    current.delete(incident.id)
  }
}
