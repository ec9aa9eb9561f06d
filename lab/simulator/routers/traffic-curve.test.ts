import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { counter32, counter64, Meter } from "./meter.ts"
import { dateText, durationText } from "./text.ts"
import { cumulativeTraffic, PEAK_RATIO, varyingValue } from "./traffic-curve.ts"

const moment = fc.integer({ min: 1_700_000_000_000, max: 2_000_000_000_000 })

test("counters never decrease, at any moment for any seed", () =>
  fc.assert(
    fc.property(fc.nat(), moment, fc.integer({ min: 1, max: 600_000 }), (seed, atMs, stepMs) => {
      assert.ok(cumulativeTraffic(seed, atMs + stepMs) > cumulativeTraffic(seed, atMs))
    }),
    { numRuns: 2_000 },
  ))

test("traffic is never more than the peak's share of its mean", () =>
  fc.assert(
    fc.property(fc.nat(), moment, fc.integer({ min: 200, max: 600_000 }), (seed, atMs, stepMs) => {
      assert.ok(
        (cumulativeTraffic(seed, atMs + stepMs) - cumulativeTraffic(seed, atMs)) /
          (stepMs / 1_000) <=
          PEAK_RATIO + 1e-4,
      )
    }),
    { numRuns: 2_000 },
  ))

test("over whole days the mean is as requested, and the evening is busier than the night", () => {
  const day = Date.UTC(2026, 3, 1)
  const over = (fromMs: number, toMs: number) =>
    (cumulativeTraffic(5, toMs) - cumulativeTraffic(5, fromMs)) / ((toMs - fromMs) / 1000)
  assert.ok(Math.abs(over(day, day + 7 * 86_400_000) - 1) < 0.01)
  assert.ok(over(day + 17.5 * 3_600_000, day + 18.5 * 3_600_000) > 1.4)
  assert.ok(over(day + 3 * 3_600_000, day + 4 * 3_600_000) < 0.8)
})

test("the same seed and moment give the same value", () => {
  assert.equal(cumulativeTraffic(9, 1_800_000_000_000), cumulativeTraffic(9, 1_800_000_000_000))
  assert.notEqual(cumulativeTraffic(9, 1_800_000_000_000), cumulativeTraffic(10, 1_800_000_000_000))
})

test("a drifting value stays within its bounds", () =>
  fc.assert(
    fc.property(fc.nat(), moment, (seed, atMs) => {
      const value = varyingValue(seed, atMs, 20, 60)
      assert.ok(value >= 20 && value <= 60)
    }),
  ))

test("counters wrap at their width and start over after a reboot", () => {
  const meter = new Meter(1, 0, 0xffff_ffffn - 10n)
  meter.setPerSecond(1_000, 0)
  assert.ok(meter.read(60_000) > 0xffff_ffffn)
  assert.equal(counter32(meter.read(60_000)), Number(meter.read(60_000) - 0x1_0000_0000n))
  assert.equal(counter64(0x1_0000_0000_0000_0005n), 5n)
  meter.reset(60_000)
  assert.equal(meter.read(60_000), 0n)
})

test("a meter whose rate is changed keeps what it has counted", () => {
  const meter = new Meter(1, 0)
  meter.setPerSecond(1_000_000, 0)
  const before = meter.read(100_000)
  meter.setPerSecond(0, 100_000)
  assert.equal(meter.read(100_000), before)
  assert.equal(meter.read(900_000), before)
})

const durations: [number, string][] = [
  [0, "0s"],
  [90_000, "1m30s"],
  [(11 * 86_400 + 23 * 3_600 + 26 * 60 + 9) * 1000, "1w4d23h26m9s"],
  [7 * 86_400_000, "1w"],
]
for (const [ms, text] of durations)
  test(`${ms} ms is written ${text}`, () => assert.equal(durationText(ms), text))

test("dates have the format of the release", () => {
  const atMs = Date.UTC(2026, 0, 2, 3, 4, 5)
  assert.equal(dateText(atMs, "iso"), "2026-01-02 03:04:05")
  assert.equal(dateText(atMs, "month-name"), "jan/02/2026 03:04:05")
})
