/** So many at once, so many a second, for each caller: a bucket that drips. Pure but for its own map. */
import { type Clock, steadyOf } from "./clock.ts"

export type RateLimit = {
  /** 0: go on. Otherwise how many ms to wait before the next try. `count`: so many at once, and never more than a burst. */
  readonly take: (key: string, count?: number) => number
  /** Gives one back: what succeeded does not count against the caller. */
  readonly refund: (key: string) => void
}
type Bucket = { left: number; atMs: number }

/** `keysMost` bounds the memory that strangers can fill; the caller longest unheard is forgotten first. */
export const createRateLimit = (
  wallClock: Clock,
  { burst, perSecond, maxKeys = 10_000 }: { burst: number; perSecond: number; maxKeys?: number },
): RateLimit => {
  const clock = steadyOf(wallClock)
  const buckets = new Map<string, Bucket>()
  const bucketOf = (key: string): Bucket => {
    const nowMs = clock.now()
    const was = buckets.get(key) ?? { left: burst, atMs: nowMs }
    const refilled = (Math.max(0, nowMs - was.atMs) / 1000) * perSecond
    const now = { left: Math.min(burst, was.left + refilled), atMs: nowMs }
    buckets.delete(key)
    buckets.set(key, now)
    for (const oldest of buckets.keys()) {
      if (buckets.size <= maxKeys) break
      buckets.delete(oldest)
    }
    return now
  }
  return {
    take: (key, count = 1) => {
      const bucket = bucketOf(key)
      if (bucket.left < count) return Math.ceil(((count - bucket.left) / perSecond) * 1000)
      bucket.left -= count
      return 0
    },
    refund: (key) => {
      const bucket = bucketOf(key)
      bucket.left = Math.min(burst, bucket.left + 1)
    },
  }
}
