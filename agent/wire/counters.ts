/**
 * Rates from cumulative counters. Pure: the caller keeps the totals between two calls.
 *
 * There is a rate only if the two readings are known to belong to one count, because a wrong spike
 * on a chart costs more trust than a gap. Each result has the reason why it is, or is not, a rate.
 */
/**
 * Totals since a reset, as the device counts them; null: not reported. `bits` is the width at which
 * they wrap. `narrow` names those that wrap at 32 bits although the others have 64.
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
  /** When the device last interrupted counting, in its own unit; omitted or null: not reported. */
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
  | "first" // no earlier reading
  | "rebooted" // the device's uptime went back, or is less than the elapsed time requires
  | "reset" // a counter went back without a wrap: it was cleared, or a new session began
  | "clock" // no time passed, or time went back: the host's clock was set
  | "implausible" // more than the port can carry: a counter jumped, or was cleared

const NO_RATES: Rates = {
  rxBps: null,
  txBps: null,
  rxPps: null,
  txPps: null,
  errorsPs: null,
  dropsPs: null,
}

/** Twice the fastest port there is. A higher rate means that a counter jumped. */
const MAX_BPS = 1.6e12
/** Smallest frames on such a port. */
const MAX_PPS = 2.5e9

/** SNMP TimeTicks wrap after 497 days: the uptime falls by this much without a restart. */
export const TICKS_WRAP_S = 2 ** 32 / 100

/**
 * Uptime is in whole seconds, and two clocks drift: up to this much less than expected is still the
 * same boot.
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
  // After a restart between two polls, the uptime can be larger than before, but not as large as
  // expected.
  if (now.uptimeS >= expectedS - slackS && now.uptimeS >= was.uptimeS - 1) return false
  return Math.abs(now.uptimeS - (expectedS - TICKS_WRAP_S)) > slackS
}

const TRAFFIC: readonly Counter[] = ["rxByte", "txByte", "rxPacket", "txPacket"]
const FAULTS: readonly Counter[] = ["rxError", "txError", "rxDrop", "txDrop"]
const isOctets = (counter: Counter): boolean => counter === "rxByte" || counter === "txByte"

/**
 * If the speed is unknown, a 32-bit counter counts as wrapped up to this rate: faster ports have
 * 64-bit counters.
 */
const MAX_NARROW_BPS = 1e9
/**
 * Clocks, and devices that refresh their counters every few seconds, shift a rate by this factor.
 */
const TIMING = 1.1
/**
 * A full port of a device that refreshes slowly can seem to carry this much. Above it, a counter
 * jumped.
 */
const JUMP = 1.6
/** The shortest packet in bits, without the overhead of the line, as on virtual ports. */
const MIN_PACKET_BITS = 160

const widthOf = (counters: Counters, counter: Counter): 32 | 64 =>
  counters.narrow?.includes(counter) === true ? 32 : counters.bits

/** How fast this counter can grow per second, at a speed in bit/s. */
const limitAt = (counter: Counter, bps: number): number =>
  isOctets(counter) ? bps / 8 : bps / MIN_PACKET_BITS

type Growth = { readonly perSecond: number } | { readonly none: "reset" | "implausible" }

/**
 * How fast a counter grew. It wrapped only if it was in the upper half and is now in the lower one,
 * and if the port can carry that much. Otherwise it was cleared.
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

/** Rates of some counters, or why one of them has none. */
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
    // Timing can make a full port seem to carry more than its speed.
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
 * reason: a reading of zeros after a start is the begin of a new count, not an error. `speedBps` is
 * what the port can carry; null if it is unknown or no limit.
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
  // Counters of a port are cleared together: the others may be sums over two counts.
  if (traffic.none !== null) return none(traffic.none)
  // Errors and drops are few. A cleared or implausible one does not make the traffic doubtful.
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
