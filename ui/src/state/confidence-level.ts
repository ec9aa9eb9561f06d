/**
 * Names of confidence levels. Their bounds match common usage: 90 % is not "almost certain". Pure.
 */
import type { Incident } from "@ispvm/appliance/api/incidents"

export type ConfidenceLevel = "certain" | "very-likely" | "likely" | "guess" | "unclear"

const BOUNDS: readonly (readonly [from: number, level: ConfidenceLevel])[] = [
  [0.95, "certain"],
  [0.8, "very-likely"],
  [0.6, "likely"],
  [0.4, "guess"],
]
export const confidenceLevelOf = (probability: number): ConfidenceLevel =>
  BOUNDS.find(([from]) => probability >= from)?.[1] ?? "unclear"

/** Below this, lists show the confidence. */
const SHOWN_BELOW = 0.9

/** The confidence for a list: none if it is high or unknown, or the incident is closed. */
export const shownConfidence = ({
  confidence,
  state,
}: Pick<Incident, "confidence" | "state">): number | null =>
  state === "closed" || confidence === null || confidence >= SHOWN_BELOW ? null : confidence
