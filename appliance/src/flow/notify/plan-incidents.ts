/** Plans the deliveries of incidents, in the transaction that has stored them. */
import type { Schedule } from "../../api/notifications.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { PlanInput } from "./model.ts"
import { onCallAt } from "./on-call.ts"
import { planDeliveries } from "./plan.ts"
import { afterQuietHours } from "./quiet-hours.ts"
import { readSchedules } from "./schedules-store.ts"
import {
  changeDelivery,
  clearOverall,
  insertDelivery,
  readChannelFacts,
  readDecisions,
  readDeliveries,
  readFacts,
  readPolicies,
  saveDecision,
} from "./store.ts"

const onCallOf = (
  schedules: readonly Schedule[],
  channels: PlanInput["channels"],
): Pick<PlanInput, "channelsOnCall" | "scheduleNames" | "afterQuietOf"> => {
  const byId = new Map(schedules.map((one) => [one.id, one]))
  return {
    scheduleNames: new Map(schedules.map(({ id, name }) => [id, name])),
    afterQuietOf: (id, severity, atMs) => {
      const schedule = byId.get(id)
      const quiet = schedule?.quietHours ?? null
      if (schedule === undefined || quiet === null) return atMs
      return afterQuietHours({ ...quiet, timeZone: schedule.timeZone }, severity, atMs)
    },
    channelsOnCall: (id, atMs) => {
      const schedule = byId.get(id)
      const person = schedule === undefined ? null : onCallAt(schedule, atMs)
      if (person === null) return []
      return [...channels.values()].flatMap((one) => (one.ownerId === person ? one.id : []))
    },
  }
}

/** `ids`: incidents of this organisation. True if something is to be sent now or later. */
export const planIncidents = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
  nowMs: number,
): Promise<boolean> => {
  if (ids.length === 0) return false
  // Deliveries before incidents: once their locks are held, nobody else's plan comes between, and
  // the incidents are as that plan left them.
  const planned = await readDeliveries(tx, org, ids)
  const incidents = await readFacts(tx, org, ids)
  const { policies } = await readPolicies(tx, org)
  const channels = await readChannelFacts(tx, org)
  const onCall = onCallOf((await readSchedules(tx, org)).schedules, channels)
  const deliveries = Map.groupBy(planned, (one) => one.incidentId)
  const decisions = Map.groupBy(await readDecisions(tx, org, ids), (one) => one.incidentId)
  let isChanged = false
  for (const incident of incidents) {
    const stored = decisions.get(incident.id) ?? []
    const plan = planDeliveries({
      incident,
      policies,
      channels,
      ...onCall,
      deliveries: deliveries.get(incident.id) ?? [],
      decisions: stored,
      nowMs,
    })
    for (const one of plan.added) await insertDelivery(tx, org, incident.id, one, nowMs)
    for (const one of plan.changed) await changeDelivery(tx, org, one)
    for (const one of plan.decisions) await saveDecision(tx, org, incident.id, one, nowMs)
    const isCleared = stored.some(
      ({ policyId, round }) => policyId === null && round === plan.round,
    )
    if (!plan.isHeld && isCleared) await clearOverall(tx, org, incident.id, plan.round)
    isChanged ||= plan.added.length > 0 || plan.changed.length > 0
  }
  return isChanged
}
