/** Slows down guessing: after some free attempts, each further one has to wait twice as long. */
import { backOffMs } from "../../platform/back-off.ts"
import { createCache } from "../../platform/cache.ts"
import { type Clock, steadyOf } from "../../platform/clock.ts"
import { HttpError } from "../../platform/http/http-error.ts"

export type AttemptLimit = {
  /**
   * Counts an attempt under these keys. Gives how long it has to wait first; 0: it may go on. An
   * attempt that has to wait is not counted.
   */
  readonly attempt: (keys: readonly Key[]) => number
  /** It was correct: the counts of these keys start again. */
  readonly clear: (keys: readonly Key[]) => void
  /** It was not tried after all: removes it from the counts. */
  readonly refund: (keys: readonly Key[]) => void
}
/** `free` attempts before the first wait; no wait is longer than `longestMs`. */
export type Key = { readonly key: string; readonly free: number; readonly longestMs?: number }

const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 15 * 60_000
const FORGET_MS = 30 * 60_000
const KEYS = 20_000

type Tries = { readonly count: number; readonly lastMs: number }

export const createAttemptLimit = (wallClock: Clock): AttemptLimit => {
  const clock = steadyOf(wallClock)
  const tries = createCache<string, Tries>({ maxEntries: KEYS })
  const waitMs = ({ key, free, longestMs = LONGEST_WAIT_MS }: Key): number => {
    const seen = tries.get(key)
    if (seen === undefined || seen.count < free) return 0
    const wait = backOffMs(seen.count - free + 1, { firstMs: FIRST_WAIT_MS, longestMs })
    return Math.max(0, seen.lastMs + wait - clock.now())
  }
  return {
    attempt: (keys) => {
      const wait = Math.max(...keys.map(waitMs))
      if (wait > 0) return wait
      const nowMs = clock.now()
      for (const { key } of keys) {
        const seen = tries.get(key)
        const count = seen === undefined || nowMs - seen.lastMs > FORGET_MS ? 0 : seen.count
        tries.set(key, { count: count + 1, lastMs: nowMs })
      }
      return 0
    },
    refund: (keys) => {
      for (const { key } of keys) {
        const seen = tries.get(key)
        if (seen === undefined) continue
        // A cancelled first attempt leaves no entry: otherwise, free attempts could fill the map
        // and evict the counts of others.
        if (seen.count <= 1) tries.delete(key)
        else tries.set(key, { ...seen, count: seen.count - 1 })
      }
    },
    clear: (keys) => {
      for (const { key } of keys) tries.delete(key)
    },
  }
}

export const tooManyTries = (waitMs: number): HttpError =>
  new HttpError(
    429,
    "too-many-tries",
    { code: "problem.too-many-tries", params: { seconds: Math.ceil(waitMs / 1_000) } },
    { retryAfterMs: waitMs },
  )
