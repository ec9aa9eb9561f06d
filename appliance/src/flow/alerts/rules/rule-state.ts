/**
 * The states of an alert of a rule, and the steps between them. Pure: time is an argument, and the
 * state after a series of observations depends on nothing else.
 *
 *            condition met       held for `for`              over            held for `recover`
 *   ok ────────────────▶ pending ─────────────▶ degraded ──────────▶ recovering ──────────▶ ok
 *    ▲───────────────────────┘ over              or down ◀────────────────┘ met again
 *
 * Each level of a rule waits for itself; the alert is as severe as its most severe raised level. A
 * condition counts as held when an observation shows it at both ends of the time. Without data the
 * alert is unknown, and remembers whether it was raised.
 */
import { z } from "zod"
import { Phase } from "../state-machine.ts"

export const LevelState = z.object({
  /** Start of the unbroken run of observations that meet the condition. */
  badSinceMs: z.number().nullable(),
  isRaised: z.boolean(),
  /** Start of the unbroken run of observations that do not, while raised. */
  goodSinceMs: z.number().nullable(),
})
export type LevelState = z.infer<typeof LevelState>
export const RULE_REASONS = {
  "condition-not-met": "ok",
  "condition-met": "pending",
  "condition-over": "ok",
  raised: "degraded",
  "raised-again": "degraded",
  "severity-raised": "degraded",
  "severity-lowered": "degraded",
  "condition-back": "degraded",
  "condition-ending": "recovering",
  recovered: "ok",
  flapping: "recovering",
  "device-not-answering": "unknown",
  "late-data": "ok",
  "rule-changed": "ok",
  "out-of-scope": "ok",
} as const satisfies Readonly<Record<string, Phase>>
/** Changes that a condition counted, the newest, and how many of them within how long it takes. */
export const Counted = z.object({
  count: z.int(),
  overMs: z.number(),
  atMs: z.array(z.number()),
})
export type Counted = z.infer<typeof Counted>
export const RuleState = z.object({
  phase: Phase,
  reason: z.string(),
  sinceMs: z.number(),
  levels: z.array(LevelState),
  /** Index of the most severe raised level; null: none is raised. */
  level: z.int().nullable(),
  raisedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  flaps: z.int(),
  /** Of the condition, when it was last met. */
  value: z.number().nullable(),
  counted: Counted.nullable().default(null),
})
export type RuleState = z.infer<typeof RuleState>

/** Times of one level; the most severe level is the first. */
export type LevelTimes = {
  readonly forMs: number
  readonly recoverMs: number
  readonly status: "degraded" | "down"
}
/** What an observation says of one level, given whether it is raised; null: nothing. */
export type Met = boolean | null

/** Raised again this soon after it ended: it flaps. */
export const FLAP_WITHIN_MS = 600_000
/** How long a flapping alert has to be good: this, doubled by each flap. */
const FLAP_RECOVER_MS = 30_000
const MAX_FLAP_RECOVER_MS = 600_000

const FRESH: LevelState = { badSinceMs: null, isRaised: false, goodSinceMs: null }
export const initialRuleState = (levels: number, atMs: number): RuleState => ({
  phase: "ok",
  reason: "condition-not-met",
  sinceMs: atMs,
  levels: Array.from({ length: levels }, () => FRESH),
  level: null,
  raisedAtMs: null,
  endedAtMs: null,
  flaps: 0,
  value: null,
  counted: null,
})

/** A flap doubles the time that an alert has to be good. */
export const recoverFor = (recoverMs: number, flaps: number): number =>
  flaps < 2
    ? recoverMs
    : Math.max(recoverMs, Math.min(FLAP_RECOVER_MS * 2 ** (flaps - 2), MAX_FLAP_RECOVER_MS))

const stepLevel = (
  was: LevelState,
  { forMs, recoverMs }: LevelTimes,
  isMet: Met,
  atMs: number,
  flaps: number,
): LevelState => {
  if (isMet === null) return was
  if (!was.isRaised) {
    if (!isMet) return was.badSinceMs === null ? was : FRESH
    const badSinceMs = was.badSinceMs ?? atMs
    if (atMs - badSinceMs >= forMs) return { badSinceMs, isRaised: true, goodSinceMs: null }
    return was.badSinceMs === null ? { ...was, badSinceMs } : was
  }
  if (isMet) return was.goodSinceMs === null ? was : { ...was, goodSinceMs: null }
  const goodSinceMs = was.goodSinceMs ?? atMs
  if (atMs - goodSinceMs >= recoverFor(recoverMs, flaps)) return FRESH
  return was.goodSinceMs === null ? { ...was, goodSinceMs } : was
}

type PhaseReason = { readonly phase: Phase; readonly reason: keyof typeof RULE_REASONS }
const phaseOf = (
  was: RuleState,
  levels: readonly LevelState[],
  level: number | null,
  times: readonly LevelTimes[],
  flaps: number,
): PhaseReason => {
  if (level === null) {
    const isPending = levels.some(({ badSinceMs }) => badSinceMs !== null)
    if (isPending) return { phase: "pending", reason: "condition-met" }
    if (was.level !== null) return { phase: "ok", reason: "recovered" }
    if (was.phase === "pending") return { phase: "ok", reason: "condition-over" }
    return { phase: "ok", reason: was.phase === "ok" ? keep(was) : "condition-not-met" }
  }
  const raised = levels.filter(({ isRaised }) => isRaised)
  if (raised.every(({ goodSinceMs }) => goodSinceMs !== null))
    return { phase: "recovering", reason: flaps >= 2 ? "flapping" : "condition-ending" }
  const phase = times[level]?.status ?? "degraded"
  if (was.level === null) return { phase, reason: flaps > 1 ? "raised-again" : "raised" }
  if (level !== was.level)
    return { phase, reason: level < was.level ? "severity-raised" : "severity-lowered" }
  if (was.phase === "recovering") return { phase, reason: "condition-back" }
  return { phase, reason: was.phase === phase ? keep(was) : "raised" }
}
const keep = ({ reason }: RuleState): keyof typeof RULE_REASONS =>
  reason in RULE_REASONS ? (reason as keyof typeof RULE_REASONS) : "raised"

const highest = (levels: readonly LevelState[]): number | null => {
  const index = levels.findIndex(({ isRaised }) => isRaised)
  return index < 0 ? null : index
}

/** What the condition compared: a value, or changes that it counted. */
export type Shown = Pick<RuleState, "value" | "counted">
export const NOTHING_SHOWN: Shown = { value: null, counted: null }

/** One observation; `isMet(i, isRaised)` says whether it meets the condition of a level. */
export const stepRule = (
  was: RuleState,
  times: readonly LevelTimes[],
  isMet: (level: number, isRaised: boolean) => Met,
  atMs: number,
  readShown: () => Shown = () => NOTHING_SHOWN,
): RuleState => {
  const results = was.levels.map(({ isRaised }, index) => isMet(index, isRaised))
  if (results.every((one) => one === null)) return was
  const levels = was.levels.map((one, index) =>
    times[index] === undefined
      ? one
      : stepLevel(one, times[index], results[index] ?? null, atMs, was.flaps),
  )
  const level = highest(levels)
  const isNew = level !== null && was.level === null
  const hasEnded = level === null && was.level !== null
  const isFlap = isNew && was.endedAtMs !== null && atMs - was.endedAtMs < FLAP_WITHIN_MS
  const flaps = isNew ? (isFlap ? was.flaps + 1 : 1) : was.flaps
  const { phase, reason } = phaseOf(was, levels, level, times, flaps)
  const { value, counted } = results.some((one) => one === true) ? readShown() : NOTHING_SHOWN
  const next: RuleState = {
    phase,
    reason,
    sinceMs: phase === was.phase ? was.sinceMs : atMs,
    levels: levels.every((one, index) => one === was.levels[index]) ? was.levels : levels,
    level,
    raisedAtMs: isNew ? atMs : was.raisedAtMs,
    endedAtMs: hasEnded ? atMs : was.endedAtMs,
    flaps,
    value: value ?? was.value,
    counted: counted ?? was.counted,
  }
  return isSame(was, next) ? was : next
}

const isSame = (was: RuleState, next: RuleState): boolean =>
  was.phase === next.phase &&
  was.reason === next.reason &&
  was.levels === next.levels &&
  was.level === next.level &&
  was.value === next.value &&
  (was.counted === next.counted ||
    (was.counted?.atMs.length === next.counted?.atMs.length &&
      was.counted?.atMs.at(-1) === next.counted?.atMs.at(-1)))

/** A clock that was set back leaves times in the future; what is held goes on from now. */
export const notAfter = (state: RuleState, nowMs: number): RuleState => {
  const past = (ms: number | null): number | null => (ms === null ? null : Math.min(ms, nowMs))
  return {
    ...state,
    sinceMs: Math.min(state.sinceMs, nowMs),
    levels: state.levels.map(({ badSinceMs, isRaised, goodSinceMs }) => ({
      badSinceMs: past(badSinceMs),
      isRaised,
      goodSinceMs: past(goodSinceMs),
    })),
    raisedAtMs: past(state.raisedAtMs),
    endedAtMs: past(state.endedAtMs),
  }
}

/** Nothing can be observed: what was held so far no longer counts, what was raised is remembered. */
export const stepUnknown = (was: RuleState, reason: string, atMs: number): RuleState =>
  was.phase === "unknown" && was.reason === reason
    ? was
    : {
        ...was,
        phase: "unknown",
        reason,
        sinceMs: was.phase === "unknown" ? was.sinceMs : atMs,
        levels: was.levels.map(({ isRaised }) => ({
          badSinceMs: null,
          isRaised,
          goodSinceMs: null,
        })),
      }
/** The rule, the entity or its place in the scope is gone: the alert ends. */
export const endRule = (was: RuleState, reason: string, atMs: number): RuleState => ({
  ...initialRuleState(was.levels.length, atMs),
  reason,
  raisedAtMs: was.raisedAtMs,
  endedAtMs: was.level === null ? was.endedAtMs : atMs,
  flaps: was.flaps,
})
/** Nothing that has to be remembered. */
export const isPlain = ({ phase, levels }: RuleState): boolean =>
  phase === "ok" && levels.every(({ badSinceMs, isRaised }) => badSinceMs === null && !isRaised)
