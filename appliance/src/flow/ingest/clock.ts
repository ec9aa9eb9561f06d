/**
 * Whether a time can be believed. Agents stamp by our clock, so a time is stored as it came: dedup rests on that. Only what is ahead of
 * us is moved, and only where its sender as a whole is ahead.
 */

/** What a machine with a clock may be ahead by before its values are kept out of the series. */
export const FUTURE_MS = 5 * 60_000

export type Window = { readonly fromMs: number; readonly toMs: number }

/** Values are taken from as far back as raw ones are kept, until a little after now. */
export const windowAt = (nowMs: number, keepMs: number): Window => ({
  fromMs: nowMs - keepMs,
  toMs: nowMs + FUTURE_MS,
})

export const checkTime = (atMs: number, window: Window): "ok" | "too-old" | "in-the-future" =>
  atMs < window.fromMs ? "too-old" : atMs > window.toMs ? "in-the-future" : "ok"

/** Agent's clock minus ours, by the batch's own stamp; the way here is in it, which is milliseconds where a wrong clock is minutes. */
export const skew = (sentAtMs: number, receivedAtMs: number): number => sentAtMs - receivedAtMs

/** A batch's stamp cannot be ahead of us for its way here; this much is left to clocks that agree. */
const AHEAD_MS = 5_000

/**
 * A batch whose sender is ahead: an agent of an earlier release with a wrong clock, or readings from before our own clock was set back.
 * Answers how to move a time, and the skew that is left; what is not ahead of us stays as it is.
 */
export const aheadOf = (
  sentAtMs: number,
  receivedAtMs: number,
): { readonly skewMs: number; readonly move: (atMs: number) => number } => {
  const skewMs = skew(sentAtMs, receivedAtMs)
  if (skewMs <= AHEAD_MS) return { skewMs, move: (atMs) => atMs }
  return {
    skewMs: 0,
    move: (atMs) =>
      atMs - receivedAtMs > AHEAD_MS ? Math.max(0, Math.round(atMs - skewMs)) : atMs,
  }
}
