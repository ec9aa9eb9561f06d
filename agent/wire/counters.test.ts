import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import {
  type Counters,
  hasRebooted,
  type RateReason,
  ratesBetween,
  type Totals,
} from "./counters.ts"

const counters = (rxByte: bigint | null, changes: Partial<Counters> = {}): Counters => ({
  bits: 64,
  rxByte,
  txByte: 0n,
  rxPacket: 0n,
  txPacket: 0n,
  rxError: 0n,
  txError: 0n,
  rxDrop: 0n,
  txDrop: 0n,
  ...changes,
})
const at = (
  atS: number,
  uptimeS: number | null,
  rxByte: bigint | null,
  changes: Partial<Counters> = {},
): Totals => ({
  atMs: atS * 1_000,
  uptimeS,
  counters: counters(rxByte, changes),
})

const cases: [string, Totals | null, Totals, RateReason, number | null][] = [
  ["the first reading has no rate", null, at(0, 100, 5_000n), "first", null],
  ["growth over time is a rate in bits", at(0, 100, 1_000n), at(10, 110, 2_250n), "ok", 1_000],
  ["no growth is a rate of zero", at(0, 100, 1_000n), at(10, 110, 1_000n), "ok", 0],
  [
    "an uptime that went back is a reboot",
    at(0, 5_000, 9_000n),
    at(10, 3, 9_500n),
    "rebooted",
    null,
  ],
  [
    "a reboot between two polls is detected although the uptime grew",
    at(0, 60, 9_000n),
    at(3_600, 1_800, 9_500n),
    "rebooted",
    null,
  ],
  [
    "an uptime that runs slightly slow is no reboot",
    at(0, 1_000, 0n),
    at(3_600, 4_590, 45_000n),
    "ok",
    100,
  ],
  [
    "sysUpTime that wraps after 497 days is no reboot",
    at(0, 42_949_670, 0n),
    at(10, 7, 1_250n),
    "ok",
    1_000,
  ],
  ["an unknown uptime does not prevent a rate", at(0, null, 0n), at(10, null, 1_250n), "ok", 1_000],
  ["a counter that went back was reset", at(0, 100, 5_000n), at(10, 110, 10n), "reset", null],
  [
    "all zeros after a reset are the next baseline",
    at(0, 100, 0n),
    at(10, 110, 1_250n),
    "ok",
    1_000,
  ],
  ["without elapsed time there is no rate", at(10, 100, 0n), at(10, 100, 50n), "clock", null],
  ["after the clock went back there is no rate", at(10, 100, 0n), at(5, 105, 50n), "clock", null],
  [
    "a jump beyond what any port can carry is no rate",
    at(0, 100, 0n),
    at(1, 101, 10n ** 15n),
    "implausible",
    null,
  ],
  ["64 bits wrap", at(0, 100, 2n ** 64n - 250n), at(10, 110, 1_000n), "ok", 1_000],
  [
    "32 bits wrap",
    at(0, 100, 2n ** 32n - 250n, { bits: 32 }),
    at(10, 110, 1_000n, { bits: 32 }),
    "ok",
    1_000,
  ],
  [
    "32 bits from the lower half do not wrap",
    at(0, 100, 2n ** 30n, { bits: 32 }),
    at(10, 110, 1_000n, { bits: 32 }),
    "reset",
    null,
  ],
  [
    "a changed width starts a new count",
    at(0, 100, 5n, { bits: 32 }),
    at(10, 110, 5_000n),
    "first",
    null,
  ],
  [
    "a counter the device does not report has no rate",
    at(0, 100, null),
    at(10, 110, null),
    "ok",
    null,
  ],
  [
    "a counter that was not reported before has no rate yet",
    at(0, 100, null),
    at(10, 110, 5n),
    "ok",
    null,
  ],
]
for (const [name, was, now, reason, rxBps] of cases)
  test(name, () => {
    const got = ratesBetween(was, now)
    assert.equal(got.reason, reason)
    assert.equal(got.rates.rxBps, rxBps)
  })

test("if one counter of a port was reset, the others have no rate either", () => {
  const { rates } = ratesBetween(
    at(0, 100, 5_000n, { txByte: 100n }),
    at(10, 110, 10n, { txByte: 200n }),
  )
  assert.deepEqual(new Set(Object.values(rates)), new Set([null]))
})

test("errors and drops are the sum of both directions, or the one that is reported", () => {
  const { rates } = ratesBetween(
    at(0, 1, 0n, { rxDrop: null }),
    at(10, 11, 0n, { rxError: 20n, txError: 10n, rxDrop: null, txDrop: 50n }),
  )
  assert.equal(rates.errorsPs, 3)
  assert.equal(rates.dropsPs, 5)
})

test("a steady device never counts as rebooted, and a rebooted one never as steady", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 10 ** 8 }),
      fc.integer({ min: 1, max: 86_400 }),
      (uptimeS, elapsedS) => {
        assert.equal(
          hasRebooted(
            { atMs: 0, uptimeS },
            { atMs: elapsedS * 1_000, uptimeS: uptimeS + elapsedS },
          ),
          false,
        )
      },
    ),
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 60, max: 4 * 10 ** 7 }),
      fc.integer({ min: 1, max: 3_600 }),
      fc.nat({ max: 3_600 }),
      (uptimeS, elapsedS, since) => {
        const now = { atMs: elapsedS * 1_000, uptimeS: Math.min(since, elapsedS) }
        assert.equal(hasRebooted({ atMs: 0, uptimeS }, now), true)
      },
    ),
  )
})

test("for any counters, a rate is null or a plausible number", () => {
  const any = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: null })
  const totals = fc.record({
    atMs: fc.nat(),
    uptimeS: fc.option(fc.nat(), { nil: null }),
    a: any,
    b: any,
    bits: fc.constantFrom(32 as const, 64 as const),
  })
  fc.assert(
    fc.property(totals, totals, (was, now) => {
      const made = (each: typeof was): Totals => ({
        atMs: each.atMs,
        uptimeS: each.uptimeS,
        counters: counters(each.a, { bits: each.bits, txByte: each.b }),
      })
      for (const rate of Object.values(ratesBetween(made(was), made(now)).rates))
        assert.ok(rate === null || (rate >= 0 && rate <= 1.6e12), String(rate))
    }),
  )
})

const narrow = (atS: number, rxByte: bigint, changes: Partial<Counters> = {}): Totals =>
  at(atS, 1_000 + atS, rxByte, { bits: 32, ...changes })
const bounded: [string, Totals, Totals, number | null, RateReason, number | null][] = [
  [
    "a wrap within the port's speed is a rate",
    narrow(0, 4_294_000_000n),
    narrow(10, 100_000n),
    1e8,
    "ok",
    853_836.8,
  ],
  [
    "a cleared counter is not a wrap",
    narrow(0, 3_200_000_000n),
    narrow(10, 200n),
    1e8,
    "implausible",
    null,
  ],
  [
    "without a known speed, a wrap counts up to 1 Gbit/s",
    narrow(0, 3_200_000_000n),
    narrow(10, 200n),
    null,
    "ok",
    875_973_996.8,
  ],
  [
    "the rate of a full port is its speed, whatever the timing",
    at(0, 1, 0n),
    at(10, 11, 137_500_000n),
    1e8,
    "ok",
    1e8,
  ],
  [
    "a jump above the port's speed is no rate",
    at(0, 1, 0n),
    at(10, 11, 1_250_000_000n),
    1e8,
    "implausible",
    null,
  ],
  [
    "a discontinuity reported by the device is a reset",
    { ...at(0, 1, 5n), discontinuity: 0 },
    { ...at(10, 11, 900n), discontinuity: 77 },
    null,
    "reset",
    null,
  ],
]
for (const [name, was, now, speedBps, reason, rxBps] of bounded)
  test(name, () => {
    const got = ratesBetween(was, now, speedBps)
    assert.deepEqual([got.reason, got.rates.rxBps], [reason, rxBps])
  })

test("a 32-bit error counter that wraps or is cleared does not affect the traffic rates", () => {
  const port = (atS: number, rxByte: bigint, rxError: bigint) =>
    at(atS, 1_000 + atS, rxByte, { narrow: ["rxError", "txError", "rxDrop", "txDrop"], rxError })
  const wrapped = ratesBetween(port(0, 0n, 2n ** 32n - 10n), port(10, 1_250n, 10n))
  assert.deepEqual([wrapped.reason, wrapped.rates.rxBps, wrapped.rates.errorsPs], ["ok", 1_000, 2])
  const cleared = ratesBetween(port(0, 0n, 500n), port(10, 1_250n, 3n))
  assert.deepEqual([cleared.reason, cleared.rates.rxBps], ["ok", 1_000])
})

test("a counter that changes its width has no rate; the others of the port have", () => {
  const before = at(0, 1, 0n, { narrow: ["rxPacket"], rxPacket: 5n })
  const { rates, reason } = ratesBetween(before, at(10, 11, 1_250n, { rxPacket: 5_000_000_000n }))
  assert.deepEqual([reason, rates.rxBps, rates.rxPps], ["ok", 1_000, null])
})
