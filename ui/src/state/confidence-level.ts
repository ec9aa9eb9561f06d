/** How sure an explanation is, in words. The bounds are those people mean: nobody calls one wrong in ten almost certain. Pure. */
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

/** Below this a list says how sure it is; above it the cause alone is enough. */
const SHOWN_BELOW = 0.9

/** What a list tells of an incident's confidence: nothing where it is high, unknown, or the matter is over. */
export const shownConfidence = ({
  confidence,
  state,
}: Pick<Incident, "confidence" | "state">): number | null =>
  state === "closed" || confidence === null || confidence >= SHOWN_BELOW ? null : confidence
