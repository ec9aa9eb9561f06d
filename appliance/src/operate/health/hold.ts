/** A check changes its state only when what it finds lasts. Pure. */
import type { CheckState } from "../../api/health.ts"

export type Hold = {
  /** For how long a worse state has to last. */
  readonly worseMs: number
  readonly betterMs: number
}
export type HeldState = {
  readonly state: CheckState
  /** Epoch ms, for people. */
  readonly sinceMs: number
  /** By a clock that nobody can set, for durations. */
  readonly sinceSteadyMs: number
  /** What it changes to if that lasts. */
  readonly next: { readonly state: CheckState; readonly sinceSteadyMs: number } | null
}
export type Moment = { readonly nowMs: number; readonly steadyMs: number }

const RANK: Readonly<Record<CheckState, number>> = { ok: 0, unknown: 1, warning: 2, critical: 3 }

const begin = (state: CheckState, { nowMs, steadyMs }: Moment): HeldState => ({
  state,
  sinceMs: nowMs,
  sinceSteadyMs: steadyMs,
  next: null,
})

/** Of two states on the same side of `held`, the one that is closer to it. */
const closer = (held: CheckState, one: CheckState, other: CheckState): CheckState =>
  Math.abs(RANK[one] - RANK[held]) <= Math.abs(RANK[other] - RANK[held]) ? one : other

/**
 * Where nothing was known, what is found counts at once, unless it is critical: a start is no
 * fault. What is found while a change waits may vary; the state becomes the mildest change that
 * held all the time.
 */
export const advance = (
  was: HeldState | null,
  found: CheckState,
  at: Moment,
  hold: Hold,
): HeldState => {
  if (was === null)
    return found === "critical"
      ? { ...begin("unknown", at), next: { state: found, sinceSteadyMs: at.steadyMs } }
      : begin(found, at)
  if (was.state === "unknown" && (found === "ok" || found === "warning")) return begin(found, at)
  if (found === was.state) return was.next === null ? was : { ...was, next: null }
  const isWorse = RANK[found] > RANK[was.state]
  const isSameWay = was.next !== null && RANK[was.next.state] > RANK[was.state] === isWorse
  const next =
    was.next !== null && isSameWay
      ? { ...was.next, state: closer(was.state, found, was.next.state) }
      : { state: found, sinceSteadyMs: at.steadyMs }
  const lastedMs = at.steadyMs - next.sinceSteadyMs
  return lastedMs >= (isWorse ? hold.worseMs : hold.betterMs)
    ? begin(next.state, at)
    : { ...was, next }
}
