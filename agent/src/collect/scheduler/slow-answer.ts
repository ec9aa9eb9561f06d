/** Devices that answer slowly are polled less often, and as usual once they answer fast again. */

/**
 * A device that answers slowly is polled less often: polls of one collector take at most a quarter
 * of the time. Shorter answers count as fast.
 */
const SLOW_ANSWER = { fromMs: 2_000, restFactor: 3 } as const
export const restMs = (tookMs: number): number =>
  tookMs < SLOW_ANSWER.fromMs ? 0 : tookMs * SLOW_ANSWER.restFactor
/** The interval that a poll of this duration leads to; null: the usual one. */
export const slowedMs = (everyMs: number, tookMs: number): number | null => {
  const neededMs = tookMs + restMs(tookMs)
  return tookMs >= SLOW_ANSWER.fromMs && neededMs > everyMs ? Math.round(neededMs) : null
}
