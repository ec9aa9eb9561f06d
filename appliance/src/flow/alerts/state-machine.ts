/**
 * The states of an alert, the same for every kind, and the transitions between them. Pure: time is
 * an argument.
 *
 *             markDown               markUp        markUp after the hold
 *   ok ─────────────────▶ down ───────────────▶ recovering ───────────▶ ok
 *    ▲ markUp               ▲──────markDown────────┘
 *    ▼ markDegraded
 *   degraded          any ──markUnknown──▶ unknown ──markUp or markDown──▶ as before
 *
 * Only `down` opens an incident, and only `ok` or `degraded` ends it. An alert that flaps therefore
 * stays in one incident.
 */
import { z } from "zod"

/** `pending`: the condition of a rule is met, and not for as long as it has to be. */
export const Phase = z.enum(["ok", "pending", "degraded", "down", "recovering", "unknown"])
export type Phase = z.infer<typeof Phase>

/** A code that log, table, API and UI share. The kinds define theirs (`kinds/kinds.ts`). */
const Code = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/)
export const Kind = Code
export type Kind = z.infer<typeof Kind>
/** Why an alert is in its phase. */
export const Reason = Code
export type Reason = z.infer<typeof Reason>

/** Reasons that alerts of every kind may have; the kinds add their own. */
export const COMMON_REASONS = {
  "no-data-yet": "unknown",
  "no-recent-data": "unknown",
  "samples-rejected": "unknown",
  "no-longer-monitored": "ok",
} as const satisfies Readonly<Record<Reason, Phase>>

/** All times are epoch ms of the appliance's clock. */
export const State = z.object({
  phase: Phase,
  reason: Reason,
  sinceMs: z.number(),
  /** The alert was down, or recovering, when last observed: `unknown` must not forget it. */
  wasDown: z.boolean(),
  /** Start of the unbroken run of good observations, while recovering. */
  goodSinceMs: z.number().nullable(),
  /** When it last left `down`. */
  upAgainAtMs: z.number().nullable(),
  flaps: z.int(),
})
export type State = z.infer<typeof State>

/** How long an alert must stay good before it is ok; each flap doubles it. */
export const HOLD_MS = 3_000
export const MAX_HOLD_MS = 48_000
/** An alert that is down again this soon after it was ok has flapped. */
export const FLAP_WITHIN_MS = 60_000

/** A kind's reasons for the common transitions. */
export type PhaseReasons<R extends Reason = Reason> = {
  readonly ok: R
  readonly recovering: R
  readonly recovered: R
  readonly down: R
}

export const initialState = (atMs: number): State => ({
  phase: "unknown",
  reason: "no-data-yet",
  sinceMs: atMs,
  wasDown: false,
  goodSinceMs: null,
  upAgainAtMs: null,
  flaps: 0,
})

const enter = (
  was: State,
  phase: Phase,
  reason: Reason,
  atMs: number,
  more: Partial<State> = {},
): State => ({
  ...was,
  phase,
  reason,
  sinceMs: phase === was.phase ? was.sinceMs : atMs,
  ...more,
})

export const holdFor = (state: State): number =>
  Math.min(HOLD_MS * 2 ** Math.max(0, state.flaps - 1), MAX_HOLD_MS)

/** An observation that proves a fault. */
export const markDown = (was: State, atMs: number, reasons: PhaseReasons): State => {
  if (was.phase === "down") return was
  const recovering =
    was.phase === "recovering" ||
    (was.upAgainAtMs !== null && was.phase === "ok" && atMs - was.sinceMs < FLAP_WITHIN_MS)
  const flaps = was.phase === "unknown" && was.wasDown ? was.flaps : recovering ? was.flaps + 1 : 1
  return enter(was, "down", reasons.down, atMs, { wasDown: true, goodSinceMs: null, flaps })
}

/** A good observation: ends `down` at once (`recovering`), and the fault after the hold. */
export const markUp = (was: State, atMs: number, reasons: PhaseReasons): State => {
  const over = { wasDown: false, goodSinceMs: null }
  switch (was.phase) {
    case "ok":
      return was
    case "pending":
    case "degraded":
      return enter(was, "ok", reasons.ok, atMs, over)
    case "unknown":
      if (!was.wasDown) return enter(was, "ok", reasons.ok, atMs, over)
      return enter(was, "recovering", reasons.recovering, atMs, {
        goodSinceMs: atMs,
        upAgainAtMs: atMs,
      })
    case "down":
      return enter(was, "recovering", reasons.recovering, atMs, {
        goodSinceMs: atMs,
        upAgainAtMs: atMs,
      })
    case "recovering":
      if (was.goodSinceMs === null) return { ...was, goodSinceMs: atMs }
      return atMs - was.goodSinceMs >= holdFor(was)
        ? enter(was, "ok", reasons.recovered, atMs, over)
        : was
  }
}

/** Not good, and not a fault: no incident opens, and an open one ends. */
export const markDegraded = (was: State, atMs: number, reason: Reason): State =>
  was.phase === "degraded" && was.reason === reason
    ? was
    : enter(was, "degraded", reason, atMs, { wasDown: false, goodSinceMs: null })

/** A bad observation that proves no fault only restarts the hold. */
export const restartHold = (was: State): State =>
  was.phase === "recovering" ? { ...was, goodSinceMs: null } : was

/** The state can no longer be observed. */
export const markUnknown = (was: State, atMs: number, reason: Reason): State =>
  was.phase === "unknown" && (was.reason === reason || was.reason === "no-data-yet")
    ? was
    : enter(was, "unknown", reason, atMs, { goodSinceMs: null })

/** The subject is no longer in the inventory. */
export const markRemoved = (was: State, atMs: number): State =>
  enter(was, "ok", "no-longer-monitored", atMs, { wasDown: false, goodSinceMs: null })

/** Down, or not proven good since: an open incident may rest on this alert. */
export const isProblem = (state: State): boolean => state.wasDown
