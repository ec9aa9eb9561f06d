/**
 * The health of the appliance itself: readings are evaluated every few seconds, in memory alone, so
 * that it is known also while the database is down.
 */
import { CheckId } from "../../api/check-messages.ts"
import type { HealthCheck } from "../../api/health.ts"
import { RUNBOOK_OF } from "../../api/runbooks.ts"
import { CHECKS } from "./checks.ts"
import { advance, type HeldState, type Moment } from "./hold.ts"
import type { CheckResult, Readings } from "./model.ts"

export { createLatencyWindow, type LatencyWindow } from "./latency-window.ts"
export { createRateWindow, type RateWindow } from "./rate-window.ts"

/** An incident of a check closes once it has been well for this long, also after a restart. */
const CLOSE_AFTER_MS = 60_000

/** `open`: an incident has to be open. `close`: none may be. `keep`: as it is. */
export type IncidentOfCheck = {
  readonly check: CheckId
  readonly incident: "open" | "close" | "keep"
  readonly found: HealthCheck["message"]
}
export type Evaluation = {
  readonly checks: readonly HealthCheck[]
  readonly incidents: readonly IncidentOfCheck[]
  /** Checks whose state is another than before, with the one before. */
  readonly changed: readonly { readonly check: HealthCheck; readonly was: HealthCheck["state"] }[]
}
type Held = Readonly<Partial<Record<CheckId, HeldState>>>

const incidentOf = (
  id: CheckId,
  { state, sinceSteadyMs }: HeldState,
  { message }: CheckResult,
  { steadyMs }: Moment,
): IncidentOfCheck => {
  const isWell = state === "ok" || state === "warning"
  const isOver = isWell && steadyMs - sinceSteadyMs >= CLOSE_AFTER_MS
  const incident = state === "critical" ? "open" : isOver ? "close" : "keep"
  return { check: id, incident, found: message }
}

/** One evaluation of all checks. Pure. */
export const evaluate = (
  was: Held,
  readings: Readings,
  at: Moment,
): Evaluation & { readonly held: Held } => {
  const rows = CheckId.options.map((id) => {
    const { unit, limits, hold, run } = CHECKS[id]
    const before = was[id] ?? null
    const result = run(readings, before?.state ?? "unknown")
    const held = advance(before, result.state, at, hold)
    const check: HealthCheck = {
      id,
      state: held.state,
      sinceMs: Math.round(held.sinceMs),
      unit,
      value: result.value,
      limits: limits(readings),
      message: result.message,
      runbook: RUNBOOK_OF[id],
    }
    return { check, held, was: before?.state, incident: incidentOf(id, held, result, at) }
  })
  return {
    checks: rows.map(({ check }) => check),
    incidents: rows.map(({ incident }) => incident),
    changed: rows.flatMap(({ check, was: state }) =>
      state === undefined || state === check.state ? [] : [{ check, was: state }],
    ),
    held: Object.fromEntries(rows.map(({ check: { id }, held }) => [id, held])),
  }
}

export type ApplianceHealth = {
  readonly checks: () => readonly HealthCheck[]
  /** Epoch ms of the last evaluation; null: none yet. */
  readonly checkedAtMs: () => number | null
  readonly evaluate: () => Evaluation
}
type Deps = {
  readonly read: () => Readings
  /** Ms of a clock that nobody can set. */
  readonly steady: () => number
}

export const createApplianceHealth = ({ read, steady }: Deps): ApplianceHealth => {
  let held: Held = {}
  let checks: readonly HealthCheck[] = []
  let checkedAtMs: number | null = null
  return {
    checks: () => checks,
    checkedAtMs: () => checkedAtMs,
    evaluate: () => {
      const readings = read()
      const { nowMs } = readings
      const { held: next, ...found } = evaluate(held, readings, { nowMs, steadyMs: steady() })
      held = next
      checks = found.checks
      checkedAtMs = Math.round(nowMs)
      return found
    },
  }
}
