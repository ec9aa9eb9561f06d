import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import {
  compareVersions,
  parseBytes,
  parseCount,
  parseDurationS,
  parseFlag,
  parseInteger,
  parsePercent,
  parseSpeedBps,
  parseVersion,
} from "./values.ts"

const durations: [string, number | null][] = [
  ["19w4d13h22m21s", 11_884_941],
  ["53m10s720ms", 3_190.72],
  ["01:22:53", 4_973],
  ["1d2h", 93_600],
  ["9ms445us", 0.009445],
  ["1w15h1m53s", 658_913],
  ["1d02:03:04", 93_784],
  ["2w1d00:00:01", 1_296_001],
  ["00:00:10.5", 10.5],
  ["0s", 0],
  ["", null],
  ["never", null],
  ["1x", null],
  ["12", null],
  ["-1s", null],
  ["1h 2m", null],
]
for (const [text, seconds] of durations)
  test(`a duration of "${text}" is ${seconds} s`, () => {
    const got = parseDurationS(text)
    if (seconds === null) assert.equal(got, null)
    else assert.ok(got !== null && Math.abs(got - seconds) < 1e-9, String(got))
  })

test("any duration written as weeks to seconds or as a clock is parsed back", () => {
  const part = (max: number) => fc.nat({ max })
  fc.assert(
    fc.property(part(500), part(6), part(23), part(59), part(59), (w, d, h, m, s) => {
      const total = ((w * 7 + d) * 24 + h) * 3_600 + m * 60 + s
      const units =
        [`${w}w`, `${d}d`, `${h}h`, `${m}m`, `${s}s`]
          .filter((each) => !each.startsWith("0"))
          .join("") || "0s"
      assert.equal(parseDurationS(units), total)
      const two = (value: number): string => String(value).padStart(2, "0")
      assert.equal(parseDurationS(`${w}w${d}d${two(h)}:${two(m)}:${two(s)}`), total)
    }),
  )
})

test("no text makes a parser throw, and no result is negative or NaN", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [parseDurationS, parseInteger, parseBytes, parsePercent, parseSpeedBps]) {
        const value = parse(text)
        assert.ok(value === null || value >= 0)
      }
      parseFlag(text)
      parseCount(text)
      parseVersion(text)
    }),
  )
})

test("a flag is true as true, as yes, and without a value; absent is false", () => {
  assert.deepEqual(["true", "yes", "", "false", "no", undefined].map(parseFlag), [
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})

test("counters beyond 2^53 keep every digit", () => {
  assert.equal(parseCount("18446744073709551615"), 18_446_744_073_709_551_615n)
  assert.equal(parseCount("1.5"), null)
  assert.equal(parseCount(undefined), null)
})

test("sizes are plain bytes, or text with a unit", () => {
  assert.equal(parseBytes("4227858432"), 4_227_858_432)
  assert.equal(parseBytes("40.2MiB"), 42_152_755)
  assert.equal(parseBytes("1196.0KiB"), 1_224_704)
  assert.equal(parseBytes("lots"), null)
})

const speeds: [string, number | null][] = [
  ["1Gbps", 1e9],
  ["2.5Gbps", 2.5e9],
  ["100Mbps", 1e8],
  ["10M-full", 1e7],
  ["100M-baseT-full", 1e8],
  ["10G-baseSR-LR", 1e10],
  ["", null],
  ["auto", null],
]
for (const [text, speed] of speeds)
  test(`a rate of "${text}" is ${speed} bit/s`, () => assert.equal(parseSpeedBps(text), speed))

test("a version has its parts, and its channel if there is one", () => {
  assert.deepEqual(parseVersion("7.20.4 (stable)"), {
    major: 7,
    minor: 20,
    patch: 4,
    stage: "final",
    stageNumber: 0,
    channel: "stable",
  })
  assert.deepEqual(parseVersion("6.49"), {
    major: 6,
    minor: 49,
    patch: 0,
    stage: "final",
    stageNumber: 0,
    channel: null,
  })
  assert.deepEqual(parseVersion("7.23rc1 (testing)"), {
    major: 7,
    minor: 23,
    patch: 0,
    stage: "rc",
    stageNumber: 1,
    channel: "testing",
  })
  assert.equal(parseVersion("seven"), null)
})

test("beta is older than rc, and rc than the release; 7.9 is older than 7.10", () => {
  const inOrder = [
    "6.49.17 (long-term)",
    "7.1beta4",
    "7.1rc2",
    "7.1",
    "7.1.1",
    "7.9",
    "7.10",
    "7.20.4 (stable)",
  ].map(parseVersion)
  for (const [index, version] of inOrder.entries())
    for (const [other, than] of inOrder.entries()) {
      assert.ok(version !== null && than !== null)
      assert.equal(Math.sign(compareVersions(version, than)), Math.sign(index - other))
    }
})
