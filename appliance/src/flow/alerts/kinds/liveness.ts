/** Whether an agent is heard. Silence of the watchman is a fault of its own, and never one of what he watches. */
import {
  initialState,
  markDown,
  markUp,
  type PhaseReasons,
  type Rule,
  type State,
} from "../state-machine.ts"

export type Liveness = { readonly state: State; readonly lastSeenAtMs: number }

const AGENT_REASONS: PhaseReasons = {
  ok: "online",
  recovering: "online-again",
  recovered: "online-for-hold",
  down: "offline",
}

/** A new one (or a restart of ours) gives the agent its full time from now. */
export const newLiveness = (atMs: number, state: State = initialState(atMs)): Liveness => ({
  state,
  lastSeenAtMs: atMs,
})

export const stepSeen = (was: Liveness, atMs: number, rule: Rule): Liveness => ({
  state: markUp(was.state, atMs, AGENT_REASONS, rule),
  lastSeenAtMs: Math.max(was.lastSeenAtMs, atMs),
})

const REPORT_REASONS: PhaseReasons = {
  ok: "reports",
  recovering: "reports-again",
  recovered: "reported-for-hold",
  down: "reports-missing",
}

/** A router that nobody looks at has told something of itself. */
export const stepReported = (was: State, atMs: number, rule: Rule): State =>
  markUp(was, atMs, REPORT_REASONS, rule)

/** By then its next word should have come. */
export const overdueAt = (lastSeenAtMs: number, everyS: number, rule: Rule): number =>
  lastSeenAtMs + everyS * 1_000 * rule.reportsMissing

/** Its silence began with the report that did not come. */
export const evaluateReportTimeout = (
  was: State,
  lastSeenAtMs: number,
  everyS: number,
  nowMs: number,
  rule: Rule,
): State =>
  nowMs > overdueAt(lastSeenAtMs, everyS, rule)
    ? markDown(was, Math.min(nowMs, lastSeenAtMs + everyS * 1_000), REPORT_REASONS, rule)
    : was

/** Silence begins with the last word heard, not with the moment in which it was noticed. */
export const evaluateLivenessTimeout = (was: Liveness, nowMs: number, rule: Rule): Liveness =>
  nowMs - was.lastSeenAtMs > rule.agentOfflineMs
    ? { ...was, state: markDown(was.state, was.lastSeenAtMs, AGENT_REASONS, rule) }
    : was
