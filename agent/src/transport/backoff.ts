/**
 * Delays between retries: doubling, limited, and random, so that a thousand agents do not return at
 * once.
 */
import { setTimeout as sleep } from "node:timers/promises"

export type Backoff = { readonly firstMs: number; readonly maxMs: number }

/** `failures` counts from 1. Half of the delay is fixed, half is random. */
export const backoffMs = (
  failures: number,
  { firstMs, maxMs }: Backoff,
  random: () => number,
): number => {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30))
  return Math.round(full / 2 + (full / 2) * random())
}

/** Waits until the time or the signal; never throws. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
