/** How bad an incident is, in the one vocabulary of state: the same shape on every screen. */
import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"

export const severityOf = (incident: Incident): Status => {
  if (incident.state === "closed") return "ok"
  // A silent agent says nothing about its routers.
  if (incident.causes.length > 0 && incident.causes.every((cause) => cause.kind === "agent")) return "unknown"
  // A cut with a way round it costs redundancy, not reach.
  return incident.devicesDown + incident.devicesBehind === 0 ? "degraded" : "down"
}
