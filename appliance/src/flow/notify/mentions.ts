/**
 * Who a note mentions is notified on their own channels, once on each, in the transaction of the
 * note. Quiet hours and policies do not apply: somebody asks for this person now.
 */
import { randomUUID } from "node:crypto"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { Mention } from "../incidents/incidents.ts"
import { insertDelivery, lastRound, readChannelFacts } from "./store.ts"

/** They know faults that begin and end, and no messages. */
const WITHOUT_MESSAGES: readonly string[] = ["pagerduty", "opsgenie"]

/** Answers who of them has no channel that can take it. */
export const notifyMentioned = async (
  tx: Tx,
  org: OrgId,
  { incident, accounts, by, text }: Mention,
  nowMs: number,
): Promise<readonly string[]> => {
  const channels = [...(await readChannelFacts(tx, org)).values()].filter(
    ({ isEnabled, kind }) => isEnabled && !WITHOUT_MESSAGES.includes(kind),
  )
  const round = await lastRound(tx, org, incident)
  const note = randomUUID()
  const missing: string[] = []
  for (const account of accounts) {
    const own = channels.filter(({ ownerId }) => ownerId === account)
    if (own.length === 0) missing.push(account)
    for (const channel of own)
      await insertDelivery(
        tx,
        org,
        incident,
        {
          key: `mention ${note} ${channel.id}`,
          round,
          kind: "mentioned",
          channel,
          policyId: null,
          policyName: null,
          step: null,
          severity: null,
          causeKey: null,
          dueAtMs: nowMs,
          mention: { by, text },
        },
        nowMs,
      )
  }
  return missing
}
