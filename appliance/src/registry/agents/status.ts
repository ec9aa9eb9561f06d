/** Whether an agent is online: decided from when it was last seen. Pure. */
import type { Agent } from "../../api/agents.ts"

/** Two missed heartbeats. */
export const OFFLINE_AFTER_MS = 4_000

export type Enrolment = Agent["enrolment"]
/** Whether tasks can be sent to it. */
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
  /**
   * Since when it has been online without a gap; null if that began before this process started.
   */
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

/**
 * A live token counts for an agent that has no valid certificate; an enrolled one stays enrolled
 * until the token is used.
 */
export const enrolmentOf = (
  { enrolledAtMs, revokedAtMs, tokenExpiresAtMs }: EnrolmentFacts,
  nowMs: number,
): Enrolment => {
  if (enrolledAtMs !== null && revokedAtMs === null) return "enrolled"
  if (tokenExpiresAtMs !== null && nowMs < tokenExpiresAtMs) return "waiting"
  return revokedAtMs === null ? "none" : "revoked"
}
