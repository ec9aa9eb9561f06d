/**
 * The state every kind of alert turns through, and the four moves there are. Pure: time is an argument.
 *
 *           fall                 rise            rise, hold over
 *   ok ─────────────▶ down ─────────────▶ recovering ─────────────▶ ok
 *    ▲ weaken/rise      ▲───────fall──────────┘
 *    ▼                                            any ──blind──▶ unknown ──rise or fall──▶ (as from before)
 *   degraded
 *
 * Only `down` opens anything, and only `ok` (or `degraded`) ends it: so every opened thing has one end, however often it flaps.
 */
import { z } from "zod"

export const Phase = z.enum(["ok", "degraded", "down", "recovering", "unknown"])
export type Phase = z.infer<typeof Phase>
export const Kind = z.enum(["device-unreachable", "interface-down", "agent-offline"])
export type Kind = z.infer<typeof Kind>

/** Why an alert is in its phase: the word that log, table, test and screen all show. */
export const Reason = z.enum([
  "no-data-yet",
  "answers",
  "answers-again",
  "answered-for-hold",
  "probe-missed",
  "probes-unanswered",
  "loss",
  "port-up",
  "port-up-again",
  "port-up-for-hold",
  "port-down",
  "disabled-by-admin",
  "online",
  "online-again",
  "online-for-hold",
  "offline",
  "agent-offline",
  "reports",
  "reports-again",
  "reported-for-hold",
  "reports-missing",
  "no-recent-data",
  "samples-rejected",
  "no-longer-monitored",
])
export type Reason = z.infer<typeof Reason>

/** All times are epoch ms of our own clock. */
export const State = z.object({
  phase: Phase,
  reason: Reason,
  sinceMs: z.number(),
  /** It was down (or not yet over it) when it was last seen: what an `unknown` must remember. */
  wasDown: z.boolean(),
  /** Start of the unbroken run of good looks, while recovering. */
  goodSinceMs: z.number().nullable(),
  /** When it last left `down`. */
  upAgainAtMs: z.number().nullable(),
  flaps: z.int(),
})
export type State = z.infer<typeof State>

export const RULE = {
  /** Good news must last this long before an alert is over; each flap doubles it. */
  holdMs: 3_000,
  maxHoldMs: 48_000,
  /** Down again this soon after it was ok is the same trouble going on. */
  flapWithinMs: 60_000,
  lossWindowMs: 60_000,
  lossAbove: 0.2,
  lossOverBelow: 0.1,
  minLossProbes: 20,
  /** Probes of one look that have to stay unanswered before silence is believed. */
  confirmProbes: 5,
  tcpProbes: 2,
  staleMs: 30_000,
  agentOfflineMs: 4_000,
  deviceUnseenMs: 90_000,
  portUnseenMs: 300_000,
  /** Reports of a router that may go missing, as a multiple of their interval: one is lost now and then, two are not. */
  reportsMissing: 2.5,
} as const
export type Rule = { readonly [K in keyof typeof RULE]: number }

/** The same thing said for each kind in its own words. */
export type PhaseReasons = {
  readonly ok: Reason
  readonly recovering: Reason
  readonly recovered: Reason
  readonly down: Reason
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

/** How long good news must last: doubled by every flap, up to a bound. */
export const holdFor = (state: State, rule: Rule): number =>
  Math.min(rule.holdMs * 2 ** Math.max(0, state.flaps - 1), rule.maxHoldMs)

/** It is down. */
export const markDown = (was: State, atMs: number, reasons: PhaseReasons, rule: Rule): State => {
  if (was.phase === "down") return was
  const recovering =
    was.phase === "recovering" ||
    (was.upAgainAtMs !== null && was.phase === "ok" && atMs - was.sinceMs < rule.flapWithinMs)
  const flaps = was.phase === "unknown" && was.wasDown ? was.flaps : recovering ? was.flaps + 1 : 1
  return enter(was, "down", reasons.down, atMs, { wasDown: true, goodSinceMs: null, flaps })
}

/** A good look: ends a fault at once as far as the eye goes (`recovering`), and for good after the hold. */
export const markUp = (was: State, atMs: number, reasons: PhaseReasons, rule: Rule): State => {
  const over = { wasDown: false, goodSinceMs: null }
  switch (was.phase) {
    case "ok":
      return was
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
      return atMs - was.goodSinceMs >= holdFor(was, rule)
        ? enter(was, "ok", reasons.recovered, atMs, over)
        : was
  }
}

/** Not well, and not a fault: nothing opens on it, and what was open ends. */
export const markDegraded = (was: State, atMs: number, reason: Reason): State =>
  was.phase === "degraded" && was.reason === reason
    ? was
    : enter(was, "degraded", reason, atMs, { wasDown: false, goodSinceMs: null })

/** A bad look that proves nothing: the run of good ones is broken, no more. */
export const restartHold = (was: State): State =>
  was.phase === "recovering" ? { ...was, goodSinceMs: null } : was

/** Nobody is looking: whatever it was is no longer known, and remembered. */
export const markUnknown = (was: State, atMs: number, reason: Reason): State =>
  was.phase === "unknown" && (was.reason === reason || was.reason === "no-data-yet")
    ? was
    : enter(was, "unknown", reason, atMs, { goodSinceMs: null })

/** The thing itself is gone from the inventory: nothing is left to be wrong. */
export const markRemoved = (was: State, atMs: number): State =>
  enter(was, "ok", "no-longer-monitored", atMs, { wasDown: false, goodSinceMs: null })

/** An alert that something open may rest on: down, or not proven well since. */
export const isProblem = (state: State): boolean => state.wasDown
