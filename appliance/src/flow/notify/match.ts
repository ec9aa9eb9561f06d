/** Whether a policy is about an incident, and if not, why. Pure. */
import { SEVERITIES } from "../../api/incidents.ts"
import type { Policy } from "../../api/notifications.ts"
import type { NotifyMessage } from "../../api/notify-messages.ts"
import type { IncidentFacts } from "./model.ts"

/** Null: it matches. */
export const mismatchOf = (policy: Policy, incident: IncidentFacts): NotifyMessage | null => {
  const { leastSeverity, siteIds, tags, about, leastUnreachable } = policy
  const params = { policy: policy.name }
  if (!policy.isEnabled) return { code: "notify.switched-off", params }
  if (about !== "all" && about !== incident.about) return { code: "notify.other-kind", params }
  if (SEVERITIES.indexOf(incident.severity) > SEVERITIES.indexOf(leastSeverity))
    return {
      code: "notify.below-severity",
      params: { ...params, severity: incident.severity, least: leastSeverity },
    }
  if (siteIds.length > 0 && !siteIds.some((id) => incident.siteIds.includes(id)))
    return { code: "notify.other-site", params }
  if (tags.length > 0 && !tags.some((tag) => incident.tags.includes(tag)))
    return { code: "notify.other-tag", params }
  if (incident.unreachable < leastUnreachable)
    return {
      code: "notify.too-few-unreachable",
      params: { ...params, unreachable: incident.unreachable, least: leastUnreachable },
    }
  return null
}
