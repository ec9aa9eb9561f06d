import assert from "node:assert/strict"
import { test } from "node:test"
import { chooseBucket, chooseSource, spacing, spread } from "./range.ts"
import { sourcesOf } from "./sources.ts"
import { hours } from "./spans.ts"

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 5, 15, 12)
const back = (ms: number, spanMs = ms) => ({ fromMs: NOW - ms, toMs: NOW - ms + spanMs })

const ROLLUPS = { ping: ["5m", "1h"], other: ["1h"] } as const
const sources: [string, "ping" | "other", ReturnType<typeof back>, string][] = [
  ["an hour is read raw", "ping", back(HOUR), "raw"],
  ["a day is read raw", "other", back(DAY), "raw"],
  ["more than a day of probes is read by five minutes", "ping", back(DAY + 1), "5m"],
  ["two weeks of probes are read by five minutes", "ping", back(14 * DAY), "5m"],
  ["a month of probes is read by the hour", "ping", back(30 * DAY), "1h"],
  ["a week of a port is read by the hour", "other", back(7 * DAY), "1h"],
  [
    "an hour from before raw values are kept is read by the hour",
    "other",
    back(20 * DAY, HOUR),
    "1h",
  ],
  ["and of probes by five minutes", "ping", back(20 * DAY, HOUR), "5m"],
]
for (const [name, kind, range, expected] of sources)
  test(name, () => assert.equal(chooseSource(ROLLUPS[kind], range, NOW, 14 * DAY), expected))

test("an hour of probes older than the retention of single probes is read in steps of five minutes", () => {
  assert.equal(chooseSource(ROLLUPS.ping, back(4 * DAY, HOUR), NOW, 3 * DAY), "5m")
})

const buckets: [string, number, number, number, number][] = [
  ["15 minutes of probes a second apart are by 2 s", 15 * 60_000, 600, 1_100, 2_000],
  ["an hour by 600 points is 10 s", HOUR, 600, 1_100, 10_000],
  ["an hour of values 10 s apart is not cut finer than they come", HOUR, 600, 11_000, 15_000],
  ["a day by 600 points is by 5 minutes", DAY, 600, 1_100, 300_000],
  ["ten years by 2 points is whole days", 3_650 * DAY, 2, HOUR, 1_825 * DAY],
]
for (const [name, spanMs, points, spacingMs, expected] of buckets)
  test(name, () => {
    const range = { fromMs: NOW - spanMs - 1, toMs: NOW - 1 }
    const { bucketMs, gridFromMs } = chooseBucket(range, points, spacingMs)
    assert.equal(bucketMs, expected)
    assert.ok(gridFromMs <= range.fromMs && gridFromMs > range.fromMs - bucketMs)
    assert.equal((gridFromMs - Date.UTC(2000, 0, 3)) % bucketMs, 0)
  })

test("the interval of values is derived from their latest times, ignoring single holes", () => {
  assert.equal(Math.round(spacing([100, 90, 80, 70, 60, 50, 40, 30, 20, 10, -5_000])), 11)
  assert.equal(spacing([5]), 0)
  assert.equal(spacing([]), 0)
})

test("every bucket is there, and one without values is a gap in every column", () => {
  const rows = [
    { atMs: 0, a: 1, b: null },
    { atMs: 20, a: 3, b: 0 },
  ]
  assert.deepEqual(spread(["a", "b"], rows, { bucketMs: 10, gridFromMs: 0 }, 40), {
    atMs: [0, 10, 20, 30],
    columns: { a: [1, null, 3, null], b: [null, null, 0, null] },
  })
})

test("a batch touches only the hours that it has values for", () => {
  const [first, second] = [5 * HOUR, 300 * HOUR]
  assert.deepEqual(hours([second + 7, first + 1, first + 9, second + 3]), [
    { fromMs: first + 1, toMs: first + 9 },
    { fromMs: second + 3, toMs: second + 7 },
  ])
})

test("the latest report on a collection method counts", () => {
  const event = {
    kind: "event",
    id: "x",
    severity: "error",
    interface: null,
    message: "login refused",
  } as const
  const none = {
    pings: [],
    interfaces: [],
    health: [],
    others: [],
    events: [],
    facts: [],
  }
  const found = sourcesOf({
    ...none,
    org: "o",
    agent: {},
    health: [{ device: "d", source: "snmp", atMs: 5 }],
    events: [
      {
        ...event,
        device: "d",
        source: "routeros-api",
        name: "collect-works",
        atMs: 1,
        attributes: {},
      },
      {
        ...event,
        device: "d",
        source: "routeros-api",
        name: "collect-failed",
        atMs: 3,
        attributes: { reason: "wrong-credentials" },
      },
      { ...event, device: "d", source: "routeros-api", name: "log", atMs: 4, attributes: {} },
    ],
  } as unknown as Parameters<typeof sourcesOf>[0])
  assert.deepEqual(found, [
    { device: "d", source: "routeros-api", atMs: null, problem: "login refused", problemAtMs: 3 },
    { device: "d", source: "snmp", atMs: 5, problem: null, problemAtMs: null },
  ])
})
