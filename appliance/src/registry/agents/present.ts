/** An agent as the UI shows it: its row, and what was received since. Pure. */

import { Heartbeat } from "@ispvm/wire"
import type { Agent } from "../../api/agents.ts"
import type { AgentNote } from "../../api/notice-messages.ts"
import type { AgentLiveness } from "./liveness.ts"
import type { Problem } from "./problems.ts"
import { type AgentStatus, enrolmentOf, statusOf } from "./status.ts"
import type { AgentRow } from "./store.ts"

/**
 * Agents of earlier releases report their own clock; the appliance does it better, with a remedy.
 */
const isNotTheClock = (note: string): boolean => !note.startsWith("This agent's clock is")
const wholeMs = (ms: number | null): number | null => (ms === null ? null : Math.round(ms))

export const statusFor = (
  row: AgentRow,
  seen: AgentLiveness | null,
  nowMs: number,
): AgentStatus => {
  const lastSeenAtMs = seen?.lastSeenAtMs ?? row.lastSeenAtMs
  return statusOf({ ...row, lastSeenAtMs, onlineSinceMs: seen?.onlineSinceMs ?? null }, nowMs)
}

/** An online agent with a problem is degraded; the reason names the worst problem. */
export const present = (
  row: AgentRow,
  seen: AgentLiveness | null,
  problems: readonly Problem[],
  nowMs: number,
  update: Agent["update"] = null,
): Agent => {
  const current = statusFor(row, seen, nowMs)
  const fault = current.status === "ok" ? problems.find(({ isFault }) => isFault) : undefined
  const { status, reason, sinceMs } =
    fault === undefined
      ? current
      : { ...current, status: "degraded" as const, reason: fault.reason }
  // A JSON column. What an older release stored may not parse and is omitted.
  const last = seen?.heartbeat ?? Heartbeat.safeParse(row.heartbeat).data ?? null
  const tokenIsLive = row.tokenExpiresAtMs !== null && nowMs < row.tokenExpiresAtMs
  return {
    id: row.id,
    name: row.name,
    siteId: row.siteId,
    deviceId: row.deviceId,
    allowedNetworks: [...row.allowedNetworks],
    enrolment: enrolmentOf(row, nowMs),
    tokenExpiresAtMs: tokenIsLive ? wholeMs(row.tokenExpiresAtMs) : null,
    status,
    statusReason: reason,
    sinceMs: wholeMs(sinceMs),
    lastSeenAtMs: wholeMs(seen?.lastSeenAtMs ?? row.lastSeenAtMs),
    version: last?.version ?? null,
    hostname: last?.hostname ?? null,
    certificateSerial: row.certificateSerial,
    certificateExpiresAtMs: wholeMs(row.certificateExpiresAtMs),
    devices: row.devices,
    bufferBatches: last?.bufferBatches ?? null,
    oldestBufferedAtMs: last?.oldestBufferedAtMs ?? null,
    clockSkewMs: seen?.clockSkewMs ?? row.clockSkewMs,
    icmp: last?.capabilities.icmp ?? null,
    syslogPort: last?.capabilities.syslogPort ?? null,
    notes: [
      ...problems.map(({ message }) => message),
      ...(last?.notes ?? [])
        .filter(isNotTheClock)
        .map((text): AgentNote => ({ code: "agent.own-note", params: { text } })),
    ],
    update,
  }
}
