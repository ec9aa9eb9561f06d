/** When an incident has changed its mind, and what is entered in its history then. Pure. */
import type { Component, Evidence } from "../../../api/incidents.ts"
import type { Change, Incident } from "../model.ts"

/** So much more or less sure is news. */
const MIN_CHANGE = 0.1
/** But not more often than this: while looks come in, every one of them moves it a little. */
const MIN_INTERVAL_MS = 5_000
const MAX_REASONS = 3

export const idsOf = (components: readonly Component[]): string =>
  components
    .map((one) => one.id)
    .sort()
    .join(" ")
const causeKey = ({ manner, alternatives }: Incident): string => `${manner} ${idsOf(alternatives)}`

/** Whether it is another fault by now, and not only more or less of the same. */
export const isOtherCause = (was: Incident, next: Incident): boolean =>
  idsOf(was.causes) !== idsOf(next.causes) || causeKey(was) !== causeKey(next)

/** A hundredth more or less is not told anew. */
const rounded = (probability: number | null): number | null =>
  probability === null ? null : Math.round(probability * 100)
const rest = ({ causes, confidence, hypotheses, evidence, rechecks }: Incident): string =>
  JSON.stringify([
    causes,
    rounded(confidence),
    hypotheses.map(({ components, probability }) => [idsOf(components), rounded(probability)]),
    evidence.map(({ stance, text }) => [stance, text]),
    rechecks,
  ])
/** Nothing to tell or to keep anew. */
export const isUnchanged = (one: Incident, other: Incident): boolean =>
  one.title === other.title &&
  !isOtherCause(one, other) &&
  one.expected.length === other.expected.length &&
  one.because.join("\n") === other.because.join("\n") &&
  (one.evidence === other.evidence &&
  one.hypotheses === other.hypotheses &&
  one.rechecks === other.rechecks
    ? true
    : rest(one) === rest(other))

const percent = (confidence: number): string =>
  confidence > 0.99 ? "over 99 %" : `${Math.round(confidence * 100)} %`

/** In the present, so that what is over is not news. */
const currentEvidence = ({ finding, evidence }: Incident): readonly Evidence[] =>
  finding?.evidence.is ?? evidence

/** What is seen by now and was not before. */
const newEvidence = (was: Incident, next: Incident): string => {
  const known = new Set(currentEvidence(was).map(({ stance, text }) => `${stance} ${text}`))
  const fresh = currentEvidence(next).filter(({ stance, text }) => !known.has(`${stance} ${text}`))
  const texts = fresh
    .slice(0, MAX_REASONS)
    .map(({ stance, text }) => (stance === "for" ? text : `against it: ${text}`))
  return texts.length === 0 ? "" : ` ${texts.join("; ")}.`
}

/** The entry that is due, if any; `was` undefined: it opens. */
export const historyEntryOf = (
  was: Incident | undefined,
  next: Incident,
  nowMs: number,
): Change | null => {
  const make = (text: string): Change => ({
    incidentId: next.id,
    atMs: Math.round(nowMs),
    causes: [...next.causes],
    confidence: next.confidence,
    text,
  })
  const confidenceText = next.confidence === null ? "" : ` Sure to ${percent(next.confidence)}.`
  if (was === undefined) return make(`${next.title}.${confidenceText}`)
  if (isOtherCause(was, next))
    return make(`${next.title}.${confidenceText}${newEvidence(was, next)}`)
  const before = next.lastEntry?.confidence ?? null
  if (before === null || next.confidence === null || next.lastEntry === null) return null
  if (
    Math.abs(next.confidence - before) < MIN_CHANGE ||
    nowMs - next.lastEntry.atMs < MIN_INTERVAL_MS
  )
    return null
  const isMoreConfident = next.confidence > before
  const why = newEvidence(was, next) || (isMoreConfident ? " Looked at again: still so." : "")
  return make(
    `${isMoreConfident ? "Surer" : "Less sure"}: ${percent(next.confidence)}, before ${percent(before)}.${why}`,
  )
}
