/**
 * An agent's clock compared with the appliance's. A batch's timestamp gives the difference minus
 * the time the batch travelled, so the largest value is the most accurate. One steady value also
 * keeps two samples of one agent in order, however long their batches took.
 */
export type Skew = { readonly ms: number; readonly lower: number }

/** So many batches in a row must agree before a clock counts as set back. */
const BELIEVE_AFTER = 20
const SET_BACK_MS = 2_000
/** Clocks drift: an old maximum decays slowly. */
const LET_GO_MS = 0.5

export const stepSkew = (was: Skew | null, seenMs: number): Skew => {
  if (was === null || seenMs >= was.ms) return { ms: seenMs, lower: 0 }
  if (was.ms - seenMs < SET_BACK_MS) return { ms: Math.max(seenMs, was.ms - LET_GO_MS), lower: 0 }
  const lower = was.lower + 1
  return lower >= BELIEVE_AFTER ? { ms: seenMs, lower: 0 } : { ms: was.ms, lower }
}
