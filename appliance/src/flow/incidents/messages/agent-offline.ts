/** What an incident about an offline agent states. Pure. */
import type { Evidence } from "../../../api/incidents.ts"
import type { Named, Reason, Tense, Title } from "../../../api/messages.ts"
import { wholeSeconds } from "./params.ts"

export const agentTitle = (agent: Named, devices: number, tense: Tense): Title => ({
  code: "title.agent-offline",
  params: { agent, devices, tense },
})

export const agentReason = (agent: Named, unseenMs: number, tense: Tense): Reason => ({
  code: "reason.agent-offline",
  params: { agent, unseenMs: wholeSeconds(unseenMs), tense },
})

/** Without a tense: it stays true while the agent is offline and after. */
export const agentEvidence = (agent: Named, sinceMs: number, nowMs: number): Evidence => ({
  stance: "for",
  message: {
    code: "evidence.agent-offline",
    params: { agent, unseenMs: wholeSeconds(nowMs - sinceMs) },
  },
  deviceId: null,
  linkId: null,
  atMs: Math.round(sinceMs),
})
