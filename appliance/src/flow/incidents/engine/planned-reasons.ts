/** Planned work as a reason for what rules found. Pure. */
import type { Reason } from "../../../api/messages.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import { plannedParams, worksOn } from "./planned-work.ts"
import type { Review } from "./review.ts"

/** `ids`: of the cause and of what would show the same. */
export const plannedReasons = (
  { state, topology }: Review,
  ids: readonly string[],
  alerts: readonly AlertNow[],
): Reason[] => {
  if (alerts.length === 0) return []
  const sinceMs = Math.min(...alerts.map((alert) => alert.state.sinceMs))
  return worksOn(state.works.during(topology, [sinceMs]), ids, sinceMs).map((planned) => ({
    code: "reason.planned-work",
    params: plannedParams(topology, planned, ids, sinceMs),
  }))
}
