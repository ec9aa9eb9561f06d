import assert from "node:assert/strict"
import { test } from "node:test"
import type { Schedule } from "./model.ts"
import { isUsableRule, localTimeOf, MAX_OCCURRENCES, occurrencesOf } from "./occurrences.ts"

const DAY_MS = 86_400_000
const nightly = (changes: Partial<Schedule> = {}): Schedule => ({
  startsAt: "2026-01-01T01:00",
  minutes: 240,
  zone: "Europe/Berlin",
  rrule: "FREQ=DAILY",
  cuts: [],
  ...changes,
})
const between = (schedule: Schedule, from: string, to: string): string[] =>
  occurrencesOf(schedule, Date.parse(from), Date.parse(to)).map(
    ({ fromMs, untilMs }) =>
      `${new Date(fromMs).toISOString().slice(0, 16)}/${new Date(untilMs).toISOString().slice(11, 16)}`,
  )

test("a window from 01:00 to 05:00 stays so on the wall clock when the clocks change within it", () => {
  assert.deepEqual(between(nightly(), "2026-03-28T12:00Z", "2026-03-30T12:00Z"), [
    "2026-03-29T00:00/03:00", // three hours: 02:00 to 03:00 does not exist
    "2026-03-29T23:00/03:00",
  ])
  assert.deepEqual(between(nightly(), "2026-10-24T12:00Z", "2026-10-26T12:00Z"), [
    "2026-10-24T23:00/04:00", // five hours
    "2026-10-26T00:00/04:00",
  ])
})

test("a window that begins in the hour that the clocks skip begins after it, and is not left out", () => {
  assert.deepEqual(
    between(
      nightly({ startsAt: "2026-01-01T02:30", minutes: 30 }),
      "2026-03-28T12:00Z",
      "2026-03-29T12:00Z",
    ),
    ["2026-03-29T01:30/02:00"],
  )
  assert.deepEqual(
    between(
      nightly({ startsAt: "2026-01-01T02:30", minutes: 30 }),
      "2026-10-24T12:00Z",
      "2026-10-25T12:00Z",
    ),
    ["2026-10-25T00:30/02:00"],
  )
})

test("weekdays, month ends, counts and ends of a rule", () => {
  const cases: [string, string[]][] = [
    ["FREQ=WEEKLY;BYDAY=TU,TH", ["2026-06-02", "2026-06-04", "2026-06-09", "2026-06-11"]],
    ["FREQ=MONTHLY;BYDAY=-1SU", []],
    ["FREQ=MONTHLY;BYMONTHDAY=5", ["2026-06-05"]],
    ["FREQ=DAILY;COUNT=3", []],
    ["FREQ=DAILY;UNTIL=20260603", ["2026-06-01", "2026-06-02", "2026-06-03"]],
    ["FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=10", ["2026-06-10"]],
  ]
  for (const [rrule, days] of cases) {
    const schedule = nightly({ rrule, zone: "UTC" })
    assert.deepEqual(
      between(schedule, "2026-06-01T00:00Z", "2026-06-12T23:00Z").map((text) => text.slice(0, 10)),
      days,
      rrule,
    )
  }
})

test("a single window has one occurrence; one that was ended early is over then", () => {
  const once = nightly({ rrule: null, startsAt: "2026-06-01T10:00", zone: "Europe/Istanbul" })
  assert.deepEqual(between(once, "2026-05-01T00:00Z", "2026-07-01T00:00Z"), [
    "2026-06-01T07:00/11:00",
  ])
  const cut = {
    ...once,
    cuts: [[Date.parse("2026-06-01T07:00Z"), Date.parse("2026-06-01T08:15Z")]],
  }
  assert.deepEqual(between(cut as unknown as Schedule, "2026-05-01T00:00Z", "2026-07-01T00:00Z"), [
    "2026-06-01T07:00/08:15",
  ])
})

test("an endless rule gives no more than asked for, within a bound, and quickly after ten years", () => {
  const old = nightly({ startsAt: "2016-01-01T01:00" })
  const startedMs = performance.now()
  const from = Date.parse("2026-01-01T00:00Z")
  assert.equal(occurrencesOf(old, from, from + 7 * DAY_MS).length, 7)
  assert.equal(occurrencesOf(old, from, from + 5_000 * DAY_MS).length, MAX_OCCURRENCES)
  assert.ok(performance.now() - startedMs < 5_000)
})

test("rules that cannot be read, or that never happen, are not usable", () => {
  for (const rrule of ["FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;UNTIL=20200101"])
    assert.equal(isUsableRule(nightly({ rrule })), false, rrule)
  assert.equal(isUsableRule(nightly({ rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" })), false)
  for (const rrule of [null, "FREQ=DAILY", "FREQ=MONTHLY;BYDAY=1MO"])
    assert.equal(isUsableRule(nightly({ rrule })), true, String(rrule))
})

test("a rule that never happens ends the search, and times of day in a stored one add nothing", () => {
  const never = [
    "FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30;BYDAY=MO",
    "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=5",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
  ]
  const startedCpu = process.cpuUsage()
  for (const rrule of never) assert.equal(isUsableRule(nightly({ rrule })), false, rrule)
  assert.equal(isUsableRule(nightly({ rrule: "FREQ=DAILY;BYMONTHDAY=29;BYMONTH=2" })), true)
  assert.equal(
    isUsableRule(nightly({ rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO" })),
    true,
  )
  const list = (to: number): string => Array.from({ length: to }, (_, n) => n).join(",")
  const each = nightly({ rrule: `FREQ=DAILY;BYHOUR=${list(24)};BYMINUTE=${list(60)}` })
  const from = Date.parse("2026-06-01T00:00Z")
  const week = (schedule: Schedule) => occurrencesOf(schedule, from, from + 7 * DAY_MS)
  assert.deepEqual(week(each), week(nightly()))
  // Before, one of them was a minute.
  assert.ok(process.cpuUsage(startedCpu).user < 20_000_000)
})

test("a stored rule that cannot be read has no occurrences, and does not fail", () => {
  assert.deepEqual(between(nightly({ rrule: "FREQ=NEVER" }), "2026-06-01Z", "2026-06-09Z"), [])
})

test("the wall clock of a zone", () => {
  const at = Date.parse("2026-06-01T07:05:59Z")
  assert.equal(localTimeOf(at, "Europe/Istanbul"), "2026-06-01T10:05")
  assert.equal(localTimeOf(at, "America/St_Johns"), "2026-06-01T04:35")
})
