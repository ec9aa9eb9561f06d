/** When an incident has changed its mind, and what is entered in its history then. Pure. */
import type { Component, Evidence } from "../../api/incidents.ts"
import type { Change, Incident } from "./incident.ts"

/** So much more or less sure is news. */
const NEWS = 0.1
/** But not more often than this: while looks come in, every one of them moves it a little. */
const APART_MS = 5_000
const REASONS_MOST = 3

export const namesOf = (components: readonly Component[]): string =>
  components
    .map((one) => one.id)
    .sort()
    .join(" ")
const sense = ({ manner, alternatives }: Incident): string => `${manner} ${namesOf(alternatives)}`

/** Whether it is another fault by now, and not only more or less of the same. */
export const isOther = (was: Incident, next: Incident): boolean =>
  namesOf(was.causes) !== namesOf(next.causes) || sense(was) !== sense(next)

/** A hundredth more or less is not told anew. */
const rounded = (probability: number | null): number | null => (probability === null ? null : Math.round(probability * 100))
const rest = ({ causes, confidence, hypotheses, evidence, rechecks }: Incident): string =>
  JSON.stringify([
    causes,
    rounded(confidence),
    hypotheses.map(({ components, probability }) => [namesOf(components), rounded(probability)]),
    evidence.map(({ stance, text }) => [stance, text]),
    rechecks,
  ])
/** Nothing to tell or to keep anew. */
export const isSame = (one: Incident, other: Incident): boolean =>
  one.title === other.title &&
  !isOther(one, other) &&
  one.expected.length === other.expected.length &&
  one.because.join("\n") === other.because.join("\n") &&
  (one.evidence === other.evidence && one.hypotheses === other.hypotheses && one.rechecks === other.rechecks
    ? true
    : rest(one) === rest(other))

const percent = (confidence: number): string => (confidence > 0.99 ? "over 99 %" : `${Math.round(confidence * 100)} %`)

/** In the present, so that what is over is not news. */
const seenIn = ({ told, evidence }: Incident): readonly Evidence[] => told?.evidence.is ?? evidence

/** What is seen by now and was not before. */
const news = (was: Incident, next: Incident): string => {
  const known = new Set(seenIn(was).map(({ stance, text }) => `${stance} ${text}`))
  const fresh = seenIn(next).filter(({ stance, text }) => !known.has(`${stance} ${text}`))
  const texts = fresh.slice(0, REASONS_MOST).map(({ stance, text }) => (stance === "for" ? text : `against it: ${text}`))
  return texts.length === 0 ? "" : ` ${texts.join("; ")}.`
}

/** The entry that is due, if any; `was` undefined: it opens. */
export const entryOf = (was: Incident | undefined, next: Incident, nowMs: number): Change | null => {
  const make = (text: string): Change => ({
    incidentId: next.id,
    atMs: Math.round(nowMs),
    causes: [...next.causes],
    confidence: next.confidence,
    text,
  })
  const sure = next.confidence === null ? "" : ` Sure to ${percent(next.confidence)}.`
  if (was === undefined) return make(`${next.title}.${sure}`)
  if (isOther(was, next)) return make(`${next.title}.${sure}${news(was, next)}`)
  const before = next.entered?.confidence ?? null
  if (before === null || next.confidence === null || next.entered === null) return null
  if (Math.abs(next.confidence - before) < NEWS || nowMs - next.entered.atMs < APART_MS) return null
  const isSurer = next.confidence > before
  const why = news(was, next) || (isSurer ? " Looked at again: still so." : "")
  return make(`${isSurer ? "Surer" : "Less sure"}: ${percent(next.confidence)}, before ${percent(before)}.${why}`)
}
