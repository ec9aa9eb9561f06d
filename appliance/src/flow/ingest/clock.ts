/** Whether a time can be believed. Times are stored as the agent gave them (dedup rests on that), so a wrong one is refused, not mended. */

/** What a machine with a clock may be ahead by before its values are kept out of the series. */
export const FUTURE_MS = 5 * 60_000

export type Window = { readonly fromMs: number; readonly toMs: number }

/** Values are taken from as far back as raw ones are kept, until a little after now. */
export const windowAt = (nowMs: number, keepMs: number): Window => ({ fromMs: nowMs - keepMs, toMs: nowMs + FUTURE_MS })

export const judgeTime = (atMs: number, window: Window): "ok" | "too-old" | "in-the-future" =>
  atMs < window.fromMs ? "too-old" : atMs > window.toMs ? "in-the-future" : "ok"

/** Agent's clock minus ours, by the batch's own stamp; the way here is in it, which is milliseconds where a wrong clock is minutes. */
export const skew = (sentAtMs: number, receivedAtMs: number): number => sentAtMs - receivedAtMs
