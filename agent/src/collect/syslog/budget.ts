/**
 * What lines may cost: tokens for lines, and time of the processor for reading them.
 *
 * Each sender has a budget of its own, all senders that are no device share one, and there is one for all together. While that
 * last one is used up a device still has its fair share of it, so that nobody, whatever address he writes on his datagrams,
 * can spend the time of another router, or of the probes. Pure: time is passed in.
 */

export type Bucket = { tokens: number; atMs: number }
/** `most` is what can be saved up, `perS` what comes back in a second. */
export type Limit = { readonly perS: number; readonly burst: number }

export const fullBucket = ({ burst }: Limit, nowMs: number): Bucket => ({
  tokens: burst,
  atMs: nowMs,
})

const refill = (bucket: Bucket, nowMs: number, { perS, burst }: Limit): void => {
  bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1_000) * perS)
  bucket.atMs = nowMs
}

/** Takes one token; false where there is none. */
export const takeToken = (bucket: Bucket, nowMs: number, limit: Limit): boolean => {
  refill(bucket, nowMs, limit)
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}

/** Milliseconds of the processor. A line costs 5 to 50 µs: a device may have some thousand lines a second read. */
export const CPU_LIMIT = {
  device: { perS: 40, burst: 200 },
  /** A relay speaks for many. */
  relay: { perS: 100, burst: 400 },
  /** All that are no device, together. */
  unknownSenders: { perS: 10, burst: 40 },
  total: { perS: 200, burst: 500 },
} as const

/** One line is charged this at most: what the scheduler or the garbage collector took meanwhile is not the sender's doing. */
const maxCostMs = (bytes: number): number => 1 + bytes / 4_096

export type SenderBudget = { readonly own: Bucket; readonly fair: Bucket; readonly limit: Limit }

export type Budget = {
  createSenderBudget(limit: Limit): SenderBudget
  /** Whether a line of this sender may be read now. */
  isAllowed(sender: SenderBudget, nowMs: number, senders: number): boolean
  /** It took so long, for so many bytes. */
  spend(sender: SenderBudget, tookMs: number, bytes: number): void
}

/** `nowMs` is of a steady clock: one that is set would give or take away a budget. */
export const createBudget = (nowMs: number, total: Limit = CPU_LIMIT.total): Budget => {
  const all = fullBucket(total, nowMs)
  const fairLimit = (senders: number): Limit => ({
    perS: total.perS / Math.max(1, senders),
    burst: 5,
  })
  return {
    createSenderBudget: (limit) => ({
      own: fullBucket(limit, nowMs),
      fair: fullBucket({ perS: 1, burst: 5 }, nowMs),
      limit,
    }),
    isAllowed(sender, atMs, senders) {
      refill(all, atMs, total)
      refill(sender.own, atMs, sender.limit)
      refill(sender.fair, atMs, fairLimit(senders))
      return sender.own.tokens > 0 && (all.tokens > 0 || sender.fair.tokens > 0)
    },
    spend(sender, tookMs, bytes) {
      const cost = Math.min(tookMs, maxCostMs(bytes))
      for (const bucket of [all, sender.own, sender.fair])
        bucket.tokens = Math.max(-100, bucket.tokens - cost)
    },
  }
}
