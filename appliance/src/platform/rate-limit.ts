/** A token bucket for each key: a burst at once, then a steady rate. */
import { createCache } from "./cache.ts"
import { type Clock, steadyOf } from "./clock.ts"
import { tooManyRequests } from "./http/http-error.ts"

export type RateLimit = {
  /**
   * Takes `count` tokens (at most a burst) and gives 0, or takes none and gives the ms until there
   * are enough.
   */
  readonly take: (key: string, count?: number) => number
  /** As `take`, but throws 429 with that time as Retry-After. */
  readonly require: (key: string, count?: number) => void
  /** Gives one token back, for requests that turned out not to count. */
  readonly refund: (key: string) => void
}
type Bucket = { left: number; atMs: number }

/** Adds `perSecond` tokens a second, up to `burst`. Beyond `maxKeys` the oldest key is dropped. */
export const createRateLimit = (
  wallClock: Clock,
  { burst, perSecond, maxKeys = 10_000 }: { burst: number; perSecond: number; maxKeys?: number },
): RateLimit => {
  const clock = steadyOf(wallClock)
  const buckets = createCache<string, Bucket>({ maxEntries: maxKeys })
  const bucketOf = (key: string): Bucket => {
    const nowMs = clock.now()
    const was = buckets.get(key) ?? { left: burst, atMs: nowMs }
    const refilled = (Math.max(0, nowMs - was.atMs) / 1000) * perSecond
    const now = { left: Math.min(burst, was.left + refilled), atMs: nowMs }
    buckets.set(key, now)
    return now
  }
  const take = (key: string, count = 1): number => {
    const bucket = bucketOf(key)
    if (bucket.left < count) return Math.ceil(((count - bucket.left) / perSecond) * 1000)
    bucket.left -= count
    return 0
  }
  return {
    take,
    require: (key, count) => {
      const waitMs = take(key, count)
      if (waitMs > 0) throw tooManyRequests(waitMs)
    },
    refund: (key) => {
      const bucket = bucketOf(key)
      bucket.left = Math.min(burst, bucket.left + 1)
    },
  }
}
