/** How long to wait before the next try: doubling, with a cap, and spread so that a thousand agents do not come back as one. */
import { setTimeout as sleep } from "node:timers/promises"

export type Backoff = { readonly firstMs: number; readonly maxMs: number }

/** `failures` counts from 1. Half of the wait is certain, half is chance. */
export const backoffMs = (
  failures: number,
  { firstMs, maxMs }: Backoff,
  random: () => number,
): number => {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30))
  return Math.round(full / 2 + (full / 2) * random())
}

/** Waits, or until the signal; never throws. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
