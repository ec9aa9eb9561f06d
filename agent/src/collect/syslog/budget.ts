/**
 * Limits for syslog lines: tokens for lines, and processor time to read them.
 *
 * Each sender has its own budget; all senders that are not devices share one; and there is a total.
 * If the total is used up, a device still has its fair share of it. No sender, whatever address it
 * puts on its datagrams, can use up the time of another router or of the probes. Pure: time is an
 * argument.
 */

export type Bucket = { tokens: number; atMs: number }
/** `burst` is the most that can be saved up, `perS` what returns per second. */
export type Limit = { readonly perS: number; readonly burst: number }

export const fullBucket = ({ burst }: Limit, nowMs: number): Bucket => ({
  tokens: burst,
  atMs: nowMs,
})

const refill = (bucket: Bucket, nowMs: number, { perS, burst }: Limit): void => {
  bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1_000) * perS)
  bucket.atMs = nowMs
}

/** Takes one token. False: there is none. */
export const takeToken = (bucket: Bucket, nowMs: number, limit: Limit): boolean => {
  refill(bucket, nowMs, limit)
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}

/**
 * Milliseconds of processor time. A line takes 5 to 50 µs, so a device may send some thousand lines
 * a second.
 */
export const CPU_LIMIT = {
  device: { perS: 40, burst: 200 },
  /** A relay sends lines of many devices. */
  relay: { perS: 100, burst: 400 },
  /** All senders that are not devices, together. */
  unknownSenders: { perS: 10, burst: 40 },
  total: { perS: 200, burst: 500 },
} as const

/**
 * The most that one line costs: time used by the scheduler or the garbage collector is not the
 * sender's fault.
 */
const maxCostMs = (bytes: number): number => 1 + bytes / 4_096

export type SenderBudget = { readonly own: Bucket; readonly fair: Bucket; readonly limit: Limit }

export type Budget = {
  createSenderBudget(limit: Limit): SenderBudget
  /** Whether a line of this sender may be read now. */
  isAllowed(sender: SenderBudget, nowMs: number, senders: number): boolean
  /** Charges the time that `bytes` took. */
  spend(sender: SenderBudget, tookMs: number, bytes: number): void
}

/** `nowMs` is of a monotonic clock: setting a clock would add or remove budget. */
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
