/** An offline agent is an incident of its own, which needs no root-cause analysis. */
import { agentEvidence, agentReason, agentTitle } from "../messages/agent-offline.ts"
import { named } from "../messages/params.ts"
import { monitoredBy } from "../messages/title.ts"
import {
  activeSymptom,
  change,
  makeIncident,
  openedLine,
  type Review,
  withHistory,
} from "./review.ts"

export const openForOfflineAgents = (review: Review): void => {
  const { topology, alerts, nowMs } = review
  for (const alert of alerts.values()) {
    if (alert.observes !== "agent" || !alert.state.wasDown) continue
    if (review.incidentOf(alert.id) !== undefined) continue
    const agent = {
      id: alert.agentId ?? alert.id,
      name: topology.agents.get(alert.agentId ?? "")?.name ?? "unknown",
    }
    const { sinceMs } = alert.state
    const incident = makeIncident(review, { kind: "agent", ...agent }, [])
    const next = withHistory(review, undefined, {
      ...incident,
      title: agentTitle(named(agent), monitoredBy(topology, alert.agentId ?? ""), "present"),
      because: [agentReason(named(agent), nowMs - sinceMs, "present")],
      evidence: [agentEvidence(named(agent), sinceMs, nowMs)],
      symptoms: new Map([[alert.id, activeSymptom(incident, alert, "cause")]]),
    })
    change(review, next)
    openedLine(review, next)
  }
}
