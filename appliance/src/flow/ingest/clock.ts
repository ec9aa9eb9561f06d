/**
 * Whether a time is plausible. Agents use the appliance's time, so a time is stored as received:
 * deduplication depends on it. Only future times are moved, and only if the sender's clock as a
 * whole is ahead.
 */

/** How far a machine may be ahead before its values are kept out of the series. */
const FUTURE_MS = 5 * 60_000

export type Window = { readonly fromMs: number; readonly toMs: number }

/** Values are accepted from the retention time of raw values until a little after now. */
export const windowAt = (nowMs: number, keepMs: number): Window => ({
  fromMs: nowMs - keepMs,
  toMs: nowMs + FUTURE_MS,
})

export const checkTime = (atMs: number, window: Window): "ok" | "too-old" | "in-the-future" =>
  atMs < window.fromMs ? "too-old" : atMs > window.toMs ? "in-the-future" : "ok"

/**
 * The agent's clock minus the appliance's, from the timestamp of the batch. It includes the
 * transport time, which is small compared with a wrong clock.
 */
export const skew = (sentAtMs: number, receivedAtMs: number): number => sentAtMs - receivedAtMs

/**
 * Transport can only make a batch look late, so a timestamp in the future is the sender's skew.
 * This tolerance is for clocks that agree.
 */
const AHEAD_MS = 5_000

/**
 * For a batch from a sender that is ahead: an agent of an earlier release with a wrong clock, or
 * readings from before the appliance's clock was set back. Gives how to move a time, and the
 * remaining skew; times that are not in the future stay.
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
