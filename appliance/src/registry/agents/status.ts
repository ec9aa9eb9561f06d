/** Whether an agent is there: decided from when it was last heard. Pure. */
import type { Agent } from "../../api/agents.ts"

/** Two heartbeats missed. */
export const OFFLINE_AFTER_MS = 4_000

export type Enrolment = Agent["enrolment"]
/** Whether it can be asked for something. */
export type AgentReason = "online" | "offline" | "never-enrolled" | "revoked"
export type AgentStatus = {
  readonly status: "ok" | "unknown"
  readonly reason: AgentReason
  readonly sinceMs: number | null
}

type Seen = {
  readonly enrolledAtMs: number | null
  readonly revokedAtMs: number | null
  readonly lastSeenAtMs: number | null
  /** Since when it has been heard without a gap; null where that began before this process did. */
  readonly onlineSinceMs: number | null
}

export const isOffline = (lastSeenAtMs: number | null, nowMs: number): boolean =>
  lastSeenAtMs === null || nowMs - lastSeenAtMs > OFFLINE_AFTER_MS

export const statusOf = (seen: Seen, nowMs: number): AgentStatus => {
  if (seen.revokedAtMs !== null)
    return { status: "unknown", reason: "revoked", sinceMs: seen.revokedAtMs }
  if (seen.enrolledAtMs === null)
    return { status: "unknown", reason: "never-enrolled", sinceMs: null }
  if (isOffline(seen.lastSeenAtMs, nowMs))
    return { status: "unknown", reason: "offline", sinceMs: seen.lastSeenAtMs ?? seen.enrolledAtMs }
  return { status: "ok", reason: "online", sinceMs: seen.onlineSinceMs }
}

type EnrolmentFacts = {
  readonly enrolledAtMs: number | null
  readonly revokedAtMs: number | null
  readonly tokenExpiresAtMs: number | null
}

/** A token that is out counts for an agent that could not come in otherwise; an enrolled one stays enrolled until it is used. */
export const enrolmentOf = (
  { enrolledAtMs, revokedAtMs, tokenExpiresAtMs }: EnrolmentFacts,
  nowMs: number,
): Enrolment => {
  if (enrolledAtMs !== null && revokedAtMs === null) return "enrolled"
  if (tokenExpiresAtMs !== null && nowMs < tokenExpiresAtMs) return "waiting"
  return revokedAtMs === null ? "none" : "revoked"
}
