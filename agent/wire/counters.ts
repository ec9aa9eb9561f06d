/**
 * Rates out of cumulative counters. Pure: the caller keeps the totals between two calls.
 *
 * A rate is told only where the two readings are known to belong to one count; a wrong spike on a
 * chart costs more trust than a gap. Each answer carries the reason why it is, or is not, a rate.
 */
/**
 * Totals since some reset, as the device counts them; null is "not told". `bits` is the width at which they wrap, and `narrow`
 * names those that wrap at 32 bits beside others of 64.
 */
export type Counters = {
  readonly bits: 32 | 64
  readonly narrow?: readonly Counter[]
  readonly rxByte: bigint | null
  readonly txByte: bigint | null
  readonly rxPacket: bigint | null
  readonly txPacket: bigint | null
  readonly rxError: bigint | null
  readonly txError: bigint | null
  readonly rxDrop: bigint | null
  readonly txDrop: bigint | null
}

export type Counter = Exclude<keyof Counters, "bits" | "narrow">

export type Totals = {
  readonly atMs: number
  readonly uptimeS: number | null
  readonly counters: Counters
  /**
   * When the device last broke off counting, in a measure of its own; left out or null: not told.
   */
  readonly discontinuity?: number | null
}

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
  | "implausible" // more than this port, or any port, carries: a counter jumped, or was cleared and looks like a wrap

export const NO_RATES: Rates = {
  rxBps: null,
  txBps: null,
  rxPps: null,
  txPps: null,
  errorsPs: null,
  dropsPs: null,
}

/** Twice the fastest port there is; above it a counter has jumped and the reading says nothing. */
const MAX_BPS = 1.6e12
/** Smallest frames on such a port. */
const MAX_PPS = 2.5e9

/** TimeTicks of SNMP wrap after 497 days: uptime falls by this much and no device has restarted. */
export const TICKS_WRAP_S = 2 ** 32 / 100

/**
 * Uptime is told in whole seconds, and two clocks drift: this much less than expected is still the
 * same run.
 */
const uptimeSlackS = (elapsedS: number): number => 10 + elapsedS * 0.005

export const hasRebooted = (
  was: Pick<Totals, "atMs" | "uptimeS">,
  now: Pick<Totals, "atMs" | "uptimeS">,
): boolean => {
  if (was.uptimeS === null || now.uptimeS === null) return false
  const elapsedS = Math.max(0, (now.atMs - was.atMs) / 1_000)
  const expectedS = was.uptimeS + elapsedS
  const slackS = uptimeSlackS(elapsedS)
  // A device that was off between two looks may show a larger uptime than before, but never as
  // large as it should be.
  if (now.uptimeS >= expectedS - slackS && now.uptimeS >= was.uptimeS - 1) return false
  return Math.abs(now.uptimeS - (expectedS - TICKS_WRAP_S)) > slackS
}

const TRAFFIC: readonly Counter[] = ["rxByte", "txByte", "rxPacket", "txPacket"]
const FAULTS: readonly Counter[] = ["rxError", "txError", "rxDrop", "txDrop"]
const isOctets = (counter: Counter): boolean => counter === "rxByte" || counter === "txByte"

/**
 * Without a known speed, a counter of 32 bits is believed to have wrapped up to this rate: they
 * serve no faster ports.
 */
const MAX_NARROW_BPS = 1e9
/**
 * Both clocks, and devices that refresh their counters every few seconds, shift a reading by so
 * much.
 */
const TIMING = 1.1
/**
 * A port that is full, read by a device that refreshes slowly, seems to carry this much; above it,
 * a counter has jumped.
 */
const JUMP = 1.6
/**
 * The shortest packet there may be, in bits, with what a line adds to it left out: virtual ports
 * carry such.
 */
const MIN_PACKET_BITS = 160

const widthOf = (counters: Counters, counter: Counter): 32 | 64 =>
  counters.narrow?.includes(counter) === true ? 32 : counters.bits

/** How fast this counter can grow, per second, at a speed in bit/s. */
const limitAt = (counter: Counter, bps: number): number =>
  isOctets(counter) ? bps / 8 : bps / MIN_PACKET_BITS

type Growth = { readonly perSecond: number } | { readonly none: "reset" | "implausible" }

/**
 * How fast a counter grew. It wrapped only if it stood in the upper half and came out in the lower,
 * and if the port can have carried so much; else it was cleared.
 */
const growthOf = (
  counter: Counter,
  range: { readonly was: bigint; readonly now: bigint; readonly bits: 32 | 64 },
  elapsedS: number,
  speedBps: number | null,
): Growth => {
  const { was, now, bits } = range
  const hasWrapped = now < was
  const size = 1n << BigInt(bits)
  if (hasWrapped && (was < size / 2n || was >= size || now >= size / 2n)) return { none: "reset" }
  const perSecond = Number(hasWrapped ? now + size - was : now - was) / elapsedS
  const maxPerS = isOctets(counter) ? MAX_BPS / 8 : MAX_PPS
  if (perSecond > maxPerS) return { none: "implausible" }
  if (hasWrapped && bits === 32) {
    const bound = limitAt(counter, speedBps ?? MAX_NARROW_BPS) * TIMING
    return perSecond > bound ? { none: "implausible" } : { perSecond }
  }
  if (speedBps !== null && perSecond > limitAt(counter, speedBps) * JUMP)
    return { none: "implausible" }
  return { perSecond }
}

/** Rates of a few counters, or why one of them has none. */
const ratesOf = (
  counters: readonly Counter[],
  was: Totals,
  now: Totals,
  elapsedS: number,
  speedBps: number | null,
) => {
  const perSecond = new Map<Counter, number>()
  let none: "reset" | "implausible" | null = null
  for (const counter of counters) {
    const before = was.counters[counter]
    const after = now.counters[counter]
    const bits = widthOf(now.counters, counter)
    if (before === null || after === null || widthOf(was.counters, counter) !== bits) continue
    const growth = growthOf(counter, { was: before, now: after, bits }, elapsedS, speedBps)
    if ("none" in growth) none ??= growth.none
    // A port that is full is full: what timing adds to it is no traffic.
    else
      perSecond.set(
        counter,
        speedBps === null || !isOctets(counter)
          ? growth.perSecond
          : Math.min(growth.perSecond, speedBps / 8),
      )
  }
  return { perSecond, none }
}

/**
 * The rates between two readings of one port. `now` is always the next baseline, whatever the
 * reason: an all-zero reading after a start is where counting begins, not a fault. `speedBps` is
 * what the port can carry, null where that is not known or does not bound it.
 */
export const ratesBetween = (
  was: Totals | null,
  now: Totals,
  speedBps: number | null = null,
): { readonly rates: Rates; readonly reason: RateReason } => {
  const none = (reason: RateReason) => ({ rates: NO_RATES, reason })
  if (was === null) return none("first")
  const elapsedS = (now.atMs - was.atMs) / 1_000
  if (elapsedS <= 0) return none("clock")
  if (hasRebooted(was, now)) return none("rebooted")
  const hasBroken = typeof was.discontinuity === "number" && typeof now.discontinuity === "number"
  if (hasBroken && was.discontinuity !== now.discontinuity) return none("reset")

  const traffic = ratesOf(TRAFFIC, was, now, elapsedS, speedBps)
  // Counters of a port are cleared together: what looks sound beside one that was reset is a sum
  // over two counts.
  if (traffic.none !== null) return none(traffic.none)
  // Errors and drops are few: one of them that was cleared or cannot be says nothing of the
  // traffic.
  const faults = ratesOf(FAULTS, was, now, elapsedS, speedBps)
  const isOther = TRAFFIC.every(
    (counter) => widthOf(was.counters, counter) !== widthOf(now.counters, counter),
  )
  const rateOf = (counter: Counter, factor = 1): number | null => {
    const rate = traffic.perSecond.get(counter) ?? faults.perSecond.get(counter)
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
    reason: isOther ? "first" : "ok",
  }
}
