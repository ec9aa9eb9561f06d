import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { parseClock, parseOffsetMs, parseSpan } from "./router-time.ts"

const DAY = 86_400_000
const SPANS: readonly [string, number | null, boolean?][] = [
  ["1w2d03:04:05", 9 * DAY + 11_045_000, true],
  ["3w1d2h", 22 * DAY + 7_200_000, true],
  ["53m10s720ms", 3_190_720, false],
  ["9ms445us", 9.445, false],
  ["00:05:11", 311_000, true],
  ["00:00:00", 0, true],
  ["00:00:01.500", 1_500, false],
  ["2d", 2 * DAY, true],
  ["19w4d13h22m21s", 137 * DAY + 48_141_000, true],
  ["0s", 0, true],
  ["720ms", 720, false],
  [" 1d00:00:01 ", DAY + 1_000, true],
  ["", null],
  ["never", null],
  ["12", null],
  ["1d2w", null],
  ["00:61:00", null],
  ["-1s", null],
  ["1h00:00:01", null],
  ["99999999999999999w", null],
  ["1w2d03:04:05x", null],
]
for (const [text, ms, isWhole] of SPANS)
  test(`an uptime of "${text}" is ${ms === null ? "none" : `${ms} ms`}`, () => {
    assert.deepEqual(parseSpan(text), ms === null ? null : { ms, isWhole })
  })

test("every uptime format of routers is parsed", () => {
  fc.assert(
    fc.property(fc.nat(60 * 7 * 86_400), (seconds) => {
      const two = (n: number) => String(n).padStart(2, "0")
      const [w, d] = [Math.floor(seconds / 604_800), Math.floor(seconds / 86_400) % 7]
      const rest = `${two(Math.floor(seconds / 3_600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
      const text = `${w > 0 ? `${w}w` : ""}${d > 0 ? `${d}d` : ""}${rest}`
      assert.equal(parseSpan(text)?.ms, seconds * 1_000)
    }),
  )
})

test("no text makes the parser slow or throw", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 64 }),
      (text) => void [parseSpan(text), parseClock(text, text)],
    ),
  )
  assert.equal(parseSpan(`${"9".repeat(63)}w`), null)
})

const OFFSETS: readonly [string, number | null][] = [
  ["+02:00", 7_200_000],
  ["-03:30", -12_600_000],
  ["00:00:00", 0],
  ["10800", 10_800_000],
  ["4294956496", -10_800_000],
  ["-3600", -3_600_000],
  ["east", null],
  ["99999999", null],
]
for (const [text, ms] of OFFSETS)
  test(`a zone of "${text}" is ${ms === null ? "unreadable" : `${ms} ms ahead`}`, () =>
    assert.equal(parseOffsetMs(text), ms))

const CLOCKS: readonly [string, string | null, number | null][] = [
  ["2024-03-01 13:13:32", "+01:00", Date.UTC(2024, 2, 1, 12, 13, 32)],
  ["jan/02/1970 10:20:30", "0", Date.UTC(1970, 0, 2, 10, 20, 30)],
  ["Dec/31/2023 23:59:59", "-01:00", Date.UTC(2024, 0, 1, 0, 59, 59)],
  ["2024-02-30 00:00:00", "0", null],
  ["2024-03-01 25:00:00", "0", null],
  ["foo/02/2024 10:20:30", "0", null],
  ["2024-03-01 13:13:32", null, null],
  ["soon", "0", null],
]
for (const [clock, gmt, atMs] of CLOCKS)
  test(`a clock of "${clock}" in zone ${gmt} is ${atMs === null ? "unreadable" : new Date(atMs).toISOString()}`, () =>
    assert.equal(parseClock(clock, gmt), atMs))
