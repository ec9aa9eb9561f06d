/** What a channel cannot deliver goes to the one that stands in for it, and is closed there, too. */
import type { OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"
import { insertDelivery, readChannelFacts } from "../store.ts"
import { readFallback } from "./fallback-store.ts"
import type { DueDelivery } from "./store.ts"

export const useFallback = async (
  tx: Tx,
  org: OrgId,
  channelId: string,
  failed: readonly DueDelivery[],
  nowMs: number,
): Promise<void> => {
  const opening = failed.filter(({ kind }) => kind === "opened")
  if (opening.length === 0) return
  const fallbackId = await readFallback(tx, org, channelId)
  const channel = (await readChannelFacts(tx, org)).get(fallbackId ?? "")
  if (channel === undefined || !channel.isEnabled) return
  for (const { incidentId, round } of opening) {
    if (incidentId === null) continue
    // The key of an opening there: if a policy has notified it already, nothing is added.
    await insertDelivery(
      tx,
      org,
      incidentId,
      {
        key: `${incidentId} ${round} ${channel.id} opened`,
        round,
        kind: "opened",
        channel,
        policyId: null,
        policyName: null,
        severity: null,
        causeKey: null,
        dueAtMs: nowMs,
      },
      nowMs,
    )
  }
}
