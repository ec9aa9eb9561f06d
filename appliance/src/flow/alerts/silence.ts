/** Whether an agent is heard. Silence of the watchman is a fault of its own, and never one of what he watches. */
import { fall, type Rule, rise, type State, unseen, type Words } from "./machine.ts"

export type Hearing = { readonly state: State; readonly heardAtMs: number }

const WORDS: Words = { good: "heard", again: "heard-again", held: "heard-for-hold", bad: "not-heard" }

/** A new one (or a restart of ours) gives the agent its full time from now. */
export const newHearing = (atMs: number, state: State = unseen(atMs)): Hearing => ({ state, heardAtMs: atMs })

export const stepHeard = (was: Hearing, atMs: number, rule: Rule): Hearing => ({
  state: rise(was.state, atMs, WORDS, rule),
  heardAtMs: Math.max(was.heardAtMs, atMs),
})

const REPORTS: Words = { good: "reports", again: "reports-again", held: "reported-for-hold", bad: "reports-missing" }

/** A router that nobody looks at has told something of itself. */
export const stepReported = (was: State, atMs: number, rule: Rule): State => rise(was, atMs, REPORTS, rule)

/** By then its next word should have come. */
export const overdueAt = (heardAtMs: number, everyS: number, rule: Rule): number =>
  heardAtMs + everyS * 1_000 * rule.reportsMissing

/** Its silence began with the report that did not come. */
export const tickReports = (was: State, heardAtMs: number, everyS: number, nowMs: number, rule: Rule): State =>
  nowMs > overdueAt(heardAtMs, everyS, rule) ? fall(was, Math.min(nowMs, heardAtMs + everyS * 1_000), REPORTS, rule) : was

/** Silence begins with the last word heard, not with the moment in which it was noticed. */
export const tickHearing = (was: Hearing, nowMs: number, rule: Rule): Hearing =>
  nowMs - was.heardAtMs > rule.agentSilentMs ? { ...was, state: fall(was.state, was.heardAtMs, WORDS, rule) } : was
