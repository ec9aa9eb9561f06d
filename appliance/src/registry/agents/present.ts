/** An agent as screens see it, from its row and from what was heard since. Pure. */
import { Heartbeat } from "@ispvm/wire"
import type { Agent } from "../../api/agents.ts"
import type { AgentLiveness } from "./liveness.ts"
import type { Problem } from "./problems.ts"
import { type AgentStatus, enrolmentOf, statusOf } from "./status.ts"
import type { AgentRow } from "./store.ts"

/** Agents of earlier releases tell of their own clock; the appliance does, with what to do. */
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

/** One that is heard and has a problem is degraded, and the reason names the worst of them. */
export const present = (
  row: AgentRow,
  seen: AgentLiveness | null,
  problems: readonly Problem[],
  nowMs: number,
): Agent => {
  const current = statusFor(row, seen, nowMs)
  const fault = current.status === "ok" ? problems.find(({ isFault }) => isFault) : undefined
  const { status, reason, sinceMs } =
    fault === undefined
      ? current
      : { ...current, status: "degraded" as const, reason: fault.reason }
  // a JSON column; what an older release wrote there may not parse, and is then simply not shown
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
      ...problems.map(({ sentence }) => sentence),
      ...(last?.notes ?? []).filter(isNotTheClock),
    ],
  }
}
