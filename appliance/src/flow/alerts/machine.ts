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
export const Kind = z.enum(["device-unreachable", "interface-down", "agent-silent"])
export type Kind = z.infer<typeof Kind>

/** Why an alert is in its phase: the word that log, table, test and screen all show. */
export const Reason = z.enum([
  "no-data-yet",
  "answers",
  "answers-again",
  "answered-for-hold",
  "probe-missed",
  "confirmed-silent",
  "loss",
  "port-up",
  "port-up-again",
  "port-up-for-hold",
  "port-down",
  "disabled-by-admin",
  "heard",
  "heard-again",
  "heard-for-hold",
  "not-heard",
  "agent-silent",
  "reports",
  "reports-again",
  "reported-for-hold",
  "reports-missing",
  "not-looked-at",
  "samples-refused",
  "no-longer-watched",
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
  risenAtMs: z.number().nullable(),
  flaps: z.int(),
})
export type State = z.infer<typeof State>

export const RULE = {
  /** Good news must last this long before an alert is over; each flap doubles it. */
  holdMs: 3_000,
  holdMostMs: 48_000,
  /** Down again this soon after it was ok is the same trouble going on. */
  flapWithinMs: 60_000,
  lossWindowMs: 60_000,
  lossAbove: 0.2,
  lossOverBelow: 0.1,
  lossLeastSent: 20,
  /** Probes of one look that have to stay unanswered before silence is believed. */
  confirmProbes: 5,
  tcpLooks: 2,
  staleMs: 30_000,
  agentSilentMs: 4_000,
  deviceUnseenMs: 90_000,
  portUnseenMs: 300_000,
  /** Reports of a router that may go missing, as a multiple of their interval: one is lost now and then, two are not. */
  reportsMissing: 2.5,
} as const
export type Rule = { readonly [K in keyof typeof RULE]: number }

/** The same thing said for each kind in its own words. */
export type Words = { readonly good: Reason; readonly again: Reason; readonly held: Reason; readonly bad: Reason }

export const unseen = (atMs: number): State => ({
  phase: "unknown",
  reason: "no-data-yet",
  sinceMs: atMs,
  wasDown: false,
  goodSinceMs: null,
  risenAtMs: null,
  flaps: 0,
})

const enter = (was: State, phase: Phase, reason: Reason, atMs: number, more: Partial<State> = {}): State => ({
  ...was,
  phase,
  reason,
  sinceMs: phase === was.phase ? was.sinceMs : atMs,
  ...more,
})

/** How long good news must last: doubled by every flap, up to a bound. */
export const holdFor = (state: State, rule: Rule): number =>
  Math.min(rule.holdMs * 2 ** Math.max(0, state.flaps - 1), rule.holdMostMs)

/** It is down. */
export const fall = (was: State, atMs: number, words: Words, rule: Rule): State => {
  if (was.phase === "down") return was
  const again =
    was.phase === "recovering" || (was.risenAtMs !== null && was.phase === "ok" && atMs - was.sinceMs < rule.flapWithinMs)
  const flaps = was.phase === "unknown" && was.wasDown ? was.flaps : again ? was.flaps + 1 : 1
  return enter(was, "down", words.bad, atMs, { wasDown: true, goodSinceMs: null, flaps })
}

/** A good look: ends a fault at once as far as the eye goes (`recovering`), and for good after the hold. */
export const rise = (was: State, atMs: number, words: Words, rule: Rule): State => {
  const over = { wasDown: false, goodSinceMs: null }
  switch (was.phase) {
    case "ok":
      return was
    case "degraded":
      return enter(was, "ok", words.good, atMs, over)
    case "unknown":
      if (!was.wasDown) return enter(was, "ok", words.good, atMs, over)
      return enter(was, "recovering", words.again, atMs, { goodSinceMs: atMs, risenAtMs: atMs })
    case "down":
      return enter(was, "recovering", words.again, atMs, { goodSinceMs: atMs, risenAtMs: atMs })
    case "recovering":
      if (was.goodSinceMs === null) return { ...was, goodSinceMs: atMs }
      return atMs - was.goodSinceMs >= holdFor(was, rule) ? enter(was, "ok", words.held, atMs, over) : was
  }
}

/** Not well, and not a fault: nothing opens on it, and what was open ends. */
export const weaken = (was: State, atMs: number, reason: Reason): State =>
  was.phase === "degraded" && was.reason === reason
    ? was
    : enter(was, "degraded", reason, atMs, { wasDown: false, goodSinceMs: null })

/** A bad look that proves nothing: the run of good ones is broken, no more. */
export const doubt = (was: State): State => (was.phase === "recovering" ? { ...was, goodSinceMs: null } : was)

/** Nobody is looking: whatever it was is no longer known, and remembered. */
export const blind = (was: State, atMs: number, reason: Reason): State =>
  was.phase === "unknown" && (was.reason === reason || was.reason === "no-data-yet")
    ? was
    : enter(was, "unknown", reason, atMs, { goodSinceMs: null })

/** The thing itself is gone from the inventory: nothing is left to be wrong. */
export const release = (was: State, atMs: number): State =>
  enter(was, "ok", "no-longer-watched", atMs, { wasDown: false, goodSinceMs: null })

/** An alert that something open may rest on: down, or not proven well since. */
export const isTrouble = (state: State): boolean => state.wasDown
