import assert from "node:assert/strict"
import { test } from "node:test"
import { aheadOf, checkTime, windowAt } from "./clock.ts"

const NOW = 1_800_000_000_000
const HOUR = 3_600_000

const cases: [string, number, number, number, number][] = [
  // Name, timestamp of the batch, time of an item, resulting time of the item and skew (all
  // relative to now).
  ["clocks that agree move nothing", 0, -1_000, -1_000, 0],
  ["a slow way is no wrong clock", -30_000, -31_000, -31_000, -30_000],
  ["a few seconds ahead are left alone", 5_000, 4_000, 4_000, 5_000],
  ["a sender ten minutes ahead is moved", 600_000, 599_000, -1_000, 0],
  ["a sender two years ahead as well", 63_072_000_000, 63_071_999_000, -1_000, 0],
  ["readings from before our clock was set back", HOUR, HOUR - 500, -500, 0],
  ["beside those, readings from after it stay", HOUR, -200, -200, 0],
]
for (const [name, sentMs, atMs, expectedMs, skewMs] of cases)
  test(name, () => {
    const ahead = aheadOf(NOW + sentMs, NOW)
    assert.deepEqual([ahead.move(NOW + atMs) - NOW, ahead.skewMs], [expectedMs, skewMs])
  })

test("one item with a future time in a batch that is not ahead is rejected, not moved", () => {
  const atMs = aheadOf(NOW, NOW).move(NOW + HOUR)
  assert.equal(checkTime(atMs, windowAt(NOW, HOUR)), "in-the-future")
})
