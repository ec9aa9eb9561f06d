/**
 * An agent's clock against ours. A batch's own stamp gives agent minus ours, less the time it travelled; the largest seen is
 * therefore the truest, and using one steady figure keeps two samples of one agent in order however long their batches took.
 */
export type Skew = { readonly ms: number; readonly lower: number }

/** Batches in a row that must say so before a clock is taken to have been set back. */
const BELIEVE_AFTER = 20
const SET_BACK_MS = 2_000
/** Crystals drift: let go of an old best slowly. */
const LET_GO_MS = 0.5

export const stepSkew = (was: Skew | null, seenMs: number): Skew => {
  if (was === null || seenMs >= was.ms) return { ms: seenMs, lower: 0 }
  if (was.ms - seenMs < SET_BACK_MS) return { ms: Math.max(seenMs, was.ms - LET_GO_MS), lower: 0 }
  const lower = was.lower + 1
  return lower >= BELIEVE_AFTER ? { ms: seenMs, lower: 0 } : { ms: was.ms, lower }
}
