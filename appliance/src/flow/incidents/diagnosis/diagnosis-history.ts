/** When an incident's cause or confidence changed enough for an entry in its history. Pure. */
import { isDeepStrictEqual } from "node:util"
import type { Component, Evidence } from "../../../api/incidents.ts"
import type { HistoryMessage, NewEvidence } from "../../../api/messages.ts"
import type { Change, Incident } from "../model.ts"

/** The confidence has to change by this much. */
const MIN_CHANGE = 0.1
/** While re-checks are answered, each of them changes the confidence a little. */
const MIN_INTERVAL_MS = 5_000
const MAX_NEW_EVIDENCE = 3

export const idsOf = (components: readonly Component[]): string =>
  components
    .map((one) => one.id)
    .sort()
    .join(" ")
const causeKey = ({ manner, alternatives }: Incident): string => `${manner} ${idsOf(alternatives)}`

/** Whether the cause is another one, and not the same with another extent. */
export const isOtherCause = (was: Incident, next: Incident): boolean =>
  idsOf(was.causes) !== idsOf(next.causes) || causeKey(was) !== causeKey(next)

/** Smaller differences than one percent are not published. */
const rounded = (probability: number | null): number | null =>
  probability === null ? null : Math.round(probability * 100)
const diagnosisOf = ({ causes, confidence, hypotheses, evidence, rechecks }: Incident) => [
  causes,
  rounded(confidence),
  hypotheses.map(({ components, probability }) => [idsOf(components), rounded(probability)]),
  evidence.map(({ stance, message }) => [stance, message]),
  rechecks,
]
const hasSameDiagnosis = (one: Incident, other: Incident): boolean =>
  (one.evidence === other.evidence &&
    one.hypotheses === other.hypotheses &&
    one.rechecks === other.rechecks) ||
  isDeepStrictEqual(diagnosisOf(one), diagnosisOf(other))

/** Nothing to publish and nothing to store. */
export const isUnchanged = (one: Incident, other: Incident): boolean =>
  !isOtherCause(one, other) &&
  one.severity === other.severity &&
  one.expected.length === other.expected.length &&
  isDeepStrictEqual(one.title, other.title) &&
  isDeepStrictEqual(one.because, other.because) &&
  hasSameDiagnosis(one, other)

/** In the present tense, so that the end of a fault alone is not new evidence. */
const currentEvidence = ({ finding, evidence }: Incident): readonly Evidence[] =>
  finding?.evidence.present ?? evidence

/** What is observed now and was not before. */
const newEvidence = (was: Incident, next: Incident): NewEvidence => {
  const known = currentEvidence(was)
  return currentEvidence(next)
    .filter(
      ({ stance, message }) =>
        !known.some((one) => one.stance === stance && isDeepStrictEqual(one.message, message)),
    )
    .slice(0, MAX_NEW_EVIDENCE)
    .map(({ stance, message }) => ({ stance, message }))
}

/** The entry that is due, if any; `was` undefined: the incident opens. */
export const historyEntryOf = (
  was: Incident | undefined,
  next: Incident,
  nowMs: number,
): Change | null => {
  const { title, confidence } = next
  const entry = (message: HistoryMessage): Change => ({
    incidentId: next.id,
    atMs: Math.round(nowMs),
    causes: [...next.causes],
    confidence,
    message,
  })
  if (was === undefined)
    return entry({ code: "history.cause", params: { title, confidence, evidence: [] } })
  if (isOtherCause(was, next)) {
    const evidence = newEvidence(was, next)
    return entry({ code: "history.cause", params: { title, confidence, evidence } })
  }
  const before = next.lastEntry?.confidence ?? null
  if (before === null || confidence === null || next.lastEntry === null) return null
  if (Math.abs(confidence - before) < MIN_CHANGE || nowMs - next.lastEntry.atMs < MIN_INTERVAL_MS)
    return null
  const evidence = newEvidence(was, next)
  return entry({ code: "history.confidence", params: { confidence, before, evidence } })
}
