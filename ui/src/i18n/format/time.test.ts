import assert from "node:assert/strict"
import { test } from "node:test"
import { inTimeZone } from "../../../test/config.ts"
import { ago, clock, duration, exact, nextChangeMs, shortSpan, timeLabel } from "./time.ts"

const cases: [string, string, string][] = [
  ["less than a second", duration(400), "under 1 s"],
  ["seconds", duration(42_900), "42 s"],
  ["minutes", duration(4 * 60_000 + 59_000), "4 min"],
  ["hours with minutes", duration(72 * 60_000), "1 h 12 min"],
  ["whole hours", duration(2 * 3_600_000), "2 h"],
  ["days with hours", duration(76 * 3_600_000), "3 d 4 h"],
  ["many days", duration(214 * 86_400_000), "214 d"],
  ["a negative span is none", duration(-5), "under 1 s"],
  ["a moment ago", ago(1_000, 3_000), "just now"],
  ["a clock ahead of ours", ago(9_000, 3_000), "just now"],
  ["minutes ago", ago(0, 240_000), "4 min ago"],
  ["a short span in tenths", shortSpan(412), "0.4 s"],
  ["a very short one in milliseconds", shortSpan(12), "12 ms"],
  ["a short span is never ten", shortSpan(9_949), "9.9 s"],
  ["a span of ten seconds has no tenths", shortSpan(12_300), "12 s"],
  ["the time of day", clock(new Date(2026, 10, 22, 14, 3, 7).getTime()), "14:03:07"],
  ["the exact instant", exact(new Date(2026, 10, 22, 14, 3, 7).getTime()), "22 Nov 2026, 14:03:07"],
]
for (const [name, got, expected] of cases) test(`time: ${name}`, () => assert.equal(got, expected))

test("time: seconds tick each second, minutes each minute", () => {
  assert.equal(nextChangeMs(0, 42_300), 700)
  assert.equal(nextChangeMs(0, 90_000), 30_000)
})

test("time: axis marks are as fine as they stand apart", () => {
  const noon = new Date(2026, 10, 22, 12, 5, 20).getTime()
  assert.equal(timeLabel(noon, 20_000), "12:05:20")
  assert.equal(timeLabel(noon, 300_000), "12:05")
  assert.equal(timeLabel(noon, 86_400_000), "22 Nov")
  assert.equal(timeLabel(new Date(2026, 10, 23).getTime(), 3_600_000), "23 Nov")
})

test("time: where clocks go forward at midnight, the day's date stands at its first mark, 01:00", () => {
  // Beirut, 29 March 2026: after 23:59:59 comes 01:00:00.
  inTimeZone("Asia/Beirut", () => {
    const first = Date.UTC(2026, 2, 28, 22)
    assert.equal(new Date(first).getHours(), 1)
    const hour = 3_600_000
    assert.deepEqual(
      [-1, 0, 1].map((step) => timeLabel(first + step * hour, hour)),
      ["23:00", "29 Mar", "02:00"],
    )
    // Marks three hours apart: the date is said once, at the first of the day.
    assert.deepEqual(
      [timeLabel(first, 3 * hour, first - 2 * hour), timeLabel(first + 2 * hour, 3 * hour, first)],
      ["29 Mar", "03:00"],
    )
  })
})
test("time: a day that begins between two marks has its date at the first mark after", () => {
  const at = new Date(2026, 10, 23, 0, 30).getTime()
  assert.equal(timeLabel(at, 3_600_000), "23 Nov")
  assert.equal(timeLabel(at + 3_600_000, 3_600_000), "01:30")
})
