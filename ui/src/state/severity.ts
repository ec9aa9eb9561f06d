/** Severity of an incident as a status: the same shape, order and text on every page. */
import { type Incident, SEVERITIES } from "@ispvm/appliance/api/incidents"
import { RUNBOOK_OF, type RunbookId } from "@ispvm/appliance/api/runbooks"
import type { Status } from "@ispvm/appliance/api/shared"

export const severityOf = (incident: Incident): Status =>
  incident.state === "closed"
    ? "ok"
    : incident.maintenanceWindowId !== null
      ? "maintenance"
      : peakSeverityOf(incident)

/** The severity, for a closed incident that of its duration. */
export const peakSeverityOf = (incident: Incident): Status => {
  if (isAgentOutage(incident)) return "unknown"
  return incident.severity === "critical" || incident.severity === "major" ? "down" : "degraded"
}

/** An agent that is offline makes its devices unknown, neither up nor down. */
export const isAgentOutage = ({ causes }: Incident): boolean =>
  causes.length > 0 && causes.every((cause) => cause.kind === "agent")

/** What to do about the appliance or an agent; null: the incident is about the network. */
export const runbookOf = (incident: Incident): RunbookId | null =>
  incident.check === null
    ? isAgentOffline(incident)
      ? "agent-offline"
      : null
    : RUNBOOK_OF[incident.check]
const isAgentOffline = ({ title }: Incident): boolean => title.code === "title.agent-offline"

const impactOf = (incident: Incident): number => incident.devicesDown + incident.devicesUnreachable

/** Most severe first, then highest impact; among equals the newest. */
export const worstFirst = (a: Incident, b: Incident): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  impactOf(b) - impactOf(a) ||
  b.openedAtMs - a.openedAtMs
