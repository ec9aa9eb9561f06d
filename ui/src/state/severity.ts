/** How bad an incident is, in the one vocabulary of state: the same shape, order and words on every screen. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"

export const severityOf = (incident: Incident): Status => (incident.state === "closed" ? "ok" : gravityOf(incident))

/** How bad it is, or was while it lasted. */
export const gravityOf = (incident: Incident): Status => {
  if (isUnseen(incident)) return "unknown"
  // A cut with a way round it costs redundancy, not reach.
  return feltBy(incident) === 0 ? "degraded" : "down"
}

/** A silent agent says nothing about its routers: they are judged by nobody, neither well nor out of reach. */
export const isUnseen = ({ causes }: Incident): boolean => causes.length > 0 && causes.every((cause) => cause.kind === "agent")

const feltBy = (incident: Incident): number => incident.devicesDown + incident.devicesBehind

/** Who feels it most comes first; among equals the newest. */
export const worstFirst = (a: Incident, b: Incident): number => feltBy(b) - feltBy(a) || b.openedAtMs - a.openedAtMs
