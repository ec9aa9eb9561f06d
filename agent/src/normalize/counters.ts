/**
 * Rates out of cumulative counters. Pure: the caller keeps the totals between two calls.
 *
 * A rate is told only where the two readings are known to belong to one count; a wrong spike on a chart costs more trust
 * than a gap. Each answer carries the reason why it is, or is not, a rate.
 */
import type { Counters } from "../collect/collector.ts"

export type Totals = { readonly atMs: number; readonly uptimeS: number | null; readonly counters: Counters }

export type Rates = {
  readonly rxBps: number | null
  readonly txBps: number | null
  readonly rxPps: number | null
  readonly txPps: number | null
  readonly errorsPs: number | null
  readonly dropsPs: number | null
}

export type RateReason =
  | "ok"
  | "first" // nothing to compare with
  | "rebooted" // the device's uptime went back, or is shorter than the time passed allows
  | "reset" // a counter went back and this was no wrap: somebody cleared it, or a session began anew
  | "clock" // no time passed, or it went backwards: this host's clock was set
  | "implausible" // more than any port carries: a counter jumped

export const NO_RATES: Rates = { rxBps: null, txBps: null, rxPps: null, txPps: null, errorsPs: null, dropsPs: null }

/** Twice the fastest port there is; above it a counter has jumped and the reading says nothing. */
const MAX_BPS = 1.6e12
/** Smallest frames on such a port. */
const MAX_PPS = 2.5e9

/** TimeTicks of SNMP wrap after 497 days: uptime falls by this much and no device has restarted. */
export const TICKS_WRAP_S = 2 ** 32 / 100

/** Uptime is told in whole seconds, and two clocks drift: this much less than expected is still the same run. */
const uptimeSlackS = (elapsedS: number): number => 10 + elapsedS * 0.005

export const hasRebooted = (was: Pick<Totals, "atMs" | "uptimeS">, now: Pick<Totals, "atMs" | "uptimeS">): boolean => {
  if (was.uptimeS === null || now.uptimeS === null) return false
  const elapsedS = Math.max(0, (now.atMs - was.atMs) / 1_000)
  const expectedS = was.uptimeS + elapsedS
  const slackS = uptimeSlackS(elapsedS)
  // A device that was off between two looks may show a larger uptime than before, but never as large as it should be.
  if (now.uptimeS >= expectedS - slackS && now.uptimeS >= was.uptimeS - 1) return false
  return Math.abs(now.uptimeS - (expectedS - TICKS_WRAP_S)) > slackS
}

type Counter = Exclude<keyof Counters, "bits">
const COUNTERS: readonly Counter[] = ["rxByte", "txByte", "rxPacket", "txPacket", "rxError", "txError", "rxDrop", "txDrop"]
/** The most one counter may grow in a second. */
const MAX_PS: Readonly<Record<Counter, number>> = {
  rxByte: MAX_BPS / 8,
  txByte: MAX_BPS / 8,
  rxPacket: MAX_PPS,
  txPacket: MAX_PPS,
  rxError: MAX_PPS,
  txError: MAX_PPS,
  rxDrop: MAX_PPS,
  txDrop: MAX_PPS,
}

/** How much a counter grew, or null where it was reset. It wrapped only if it stood in the upper half and came out in the lower. */
const growth = (was: bigint, now: bigint, bits: 32 | 64): bigint | null => {
  if (now >= was) return now - was
  const size = 1n << BigInt(bits)
  const half = size / 2n
  return was >= half && was < size && now < half ? now + size - was : null
}

/**
 * The rates between two readings of one port. `now` is always the next baseline, whatever the reason: an all-zero
 * reading after a start is where counting begins, not a fault.
 */
export const ratesBetween = (was: Totals | null, now: Totals): { readonly rates: Rates; readonly reason: RateReason } => {
  const none = (reason: RateReason) => ({ rates: NO_RATES, reason })
  if (was === null || was.counters.bits !== now.counters.bits) return none("first")
  const elapsedS = (now.atMs - was.atMs) / 1_000
  if (elapsedS <= 0) return none("clock")
  if (hasRebooted(was, now)) return none("rebooted")

  const perSecond = new Map<Counter, number>()
  for (const counter of COUNTERS) {
    const before = was.counters[counter]
    const after = now.counters[counter]
    if (before === null || after === null) continue
    const grown = growth(before, after, now.counters.bits)
    // Counters of a port are cleared together: what looks sound beside one that was reset is a sum over two counts.
    if (grown === null) return none("reset")
    const rate = Number(grown) / elapsedS
    if (rate > MAX_PS[counter]) return none("implausible")
    perSecond.set(counter, rate)
  }
  const rateOf = (counter: Counter, factor = 1): number | null => {
    const rate = perSecond.get(counter)
    return rate === undefined ? null : rate * factor
  }
  const both = (a: Counter, b: Counter): number | null => {
    const [one, other] = [rateOf(a), rateOf(b)]
    return one === null ? other : one + (other ?? 0)
  }
  return {
    rates: {
      rxBps: rateOf("rxByte", 8),
      txBps: rateOf("txByte", 8),
      rxPps: rateOf("rxPacket"),
      txPps: rateOf("txPacket"),
      errorsPs: both("rxError", "txError"),
      dropsPs: both("rxDrop", "txDrop"),
    },
    reason: "ok",
  }
}
