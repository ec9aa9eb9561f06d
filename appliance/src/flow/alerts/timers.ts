/** What time alone changes: silence, holds, and alerts that are no longer observed. */
import {
  contextOf,
  type Evaluation,
  hideOthers,
  hideRules,
  isCatchingUp,
  type Run,
  setUnknown,
  update,
} from "./evaluation.ts"
import type { AlertKind, KindAlert, KindContext } from "./kinds/kind.ts"

/** Timers this late mean that the appliance was not running. */
const LATE_TIMER_MS = 2_500
/** How long before silence counts the caller checks that messages can be received. */
const CHECK_AHEAD_MS = 4_000

/** An alert that is not observed any more is unknown, whatever its state was. */
const evaluateUnseen = (run: Run, kind: AlertKind, was: KindAlert): void => {
  if (was.state.phase === "unknown") return
  const { evaluation, nowMs } = run
  const unseenMs = kind.unseenMs?.(was, evaluation.topology) ?? null
  if (unseenMs === null) return
  const { observedAtMs, state } = was
  const lastMs = Math.max(observedAtMs ?? state.sinceMs, evaluation.restoredAtMs ?? 0)
  if (nowMs - lastMs > unseenMs) setUnknown(run, was, { sinceMs: nowMs, reason: "no-recent-data" })
}

const evaluateAlert = (run: Run, kind: AlertKind, was: KindAlert, context: KindContext): void => {
  const next = kind.evaluateTimer?.(was, context) ?? was
  const alert = update(run, was, next)
  if (next === was) evaluateUnseen(run, kind, was)
  const hidden = alert.state.phase === "down" ? (kind.hides?.(alert, context) ?? null) : null
  if (hidden !== null) hideOthers(run, kind, hidden)
}

export const evaluateTimers = (run: Run): void => {
  const { evaluation, nowMs } = run
  const { evaluatedAtMs, table } = evaluation
  const isLate = evaluatedAtMs !== null && nowMs - evaluatedAtMs > LATE_TIMER_MS
  evaluation.evaluatedAtMs = nowMs
  const context = contextOf(run, isLate)
  const since = run.out.length
  for (const kind of evaluation.kinds)
    for (const was of table.ofKind(kind.id)) evaluateAlert(run, kind, was, context)
  hideRules(run, since)
  evaluation.rules?.sweep(run)
  // Catching up must end whether or not a reading depends on it now.
  isCatchingUp(evaluation, nowMs)
}

/** Alerts that silence will make down, and when. */
function* silences(
  evaluation: Evaluation,
  nowMs: number,
): Generator<{ readonly alert: KindAlert; readonly dueAtMs: number }> {
  const context = { topology: evaluation.topology, nowMs, isLate: false }
  for (const kind of evaluation.kinds) {
    if (kind.offlineDueAtMs === undefined) continue
    for (const alert of evaluation.table.ofKind(kind.id)) {
      const dueAtMs = kind.offlineDueAtMs(alert, context)
      if (dueAtMs !== null) yield { alert, dueAtMs }
    }
  }
}

export const resetLastSeen = (evaluation: Evaluation, nowMs: number): void => {
  evaluation.catchUp.postpone(nowMs)
  for (const { alert } of silences(evaluation, nowMs))
    evaluation.table.put({ ...alert, observedAtMs: nowMs })
}

export const maxSinceSeenMs = (evaluation: Evaluation, nowMs: number): number => {
  let maxMs = 0
  for (const { dueAtMs } of silences(evaluation, nowMs))
    maxMs = Math.max(maxMs, nowMs + CHECK_AHEAD_MS - dueAtMs)
  return maxMs
}
