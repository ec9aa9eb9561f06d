/** How bad an incident is, in the one vocabulary of state: the same shape, order and words on every screen. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"

export const severityOf = (incident: Incident): Status =>
  incident.state === "closed" ? "ok" : peakSeverityOf(incident)

/** How bad it is, or was while it lasted. */
export const peakSeverityOf = (incident: Incident): Status => {
  if (isAgentOutage(incident)) return "unknown"
  // A cut with a way round it costs redundancy, not reach.
  return impactOf(incident) === 0 ? "degraded" : "down"
}

/** A silent agent says nothing about its routers: they are judged by nobody, neither well nor out of reach. */
export const isAgentOutage = ({ causes }: Incident): boolean =>
  causes.length > 0 && causes.every((cause) => cause.kind === "agent")

const impactOf = (incident: Incident): number => incident.devicesDown + incident.devicesUnreachable

/** Who feels it most comes first; among equals the newest. */
export const worstFirst = (a: Incident, b: Incident): number =>
  impactOf(b) - impactOf(a) || b.openedAtMs - a.openedAtMs
