import assert from "node:assert/strict"
import { test } from "node:test"
import type { MaintenanceWindow } from "@ispvm/appliance/api/maintenance"
import { daysOf, dayText, rangeOf, readDay, step } from "./calendar.ts"

const at = (text: string): number => new Date(text).getTime()
const windowOn = (...occurrences: [string, string][]): MaintenanceWindow => ({
  ...{ id: "w", name: "w", note: "", targets: [], withDependents: true, minutes: 60 },
  ...{ startsAt: "2026-01-01T01:00", zone: "UTC", rrule: null, createdBy: "", createdAtMs: 0 },
  ...{ now: null, heldBack: 0 },
  occurrences: occurrences.map(([from, until]) => ({ fromMs: at(from), untilMs: at(until) })),
})

test("a month is shown in whole weeks from Monday on, a week is seven days", () => {
  const june = new Date(2026, 5, 17)
  const { from, to } = rangeOf("month", june)
  assert.deepEqual([dayText(from.getTime()), dayText(to.getTime())], ["2026-06-01", "2026-07-06"])
  const days = daysOf("month", june, [], at("2026-06-17T12:00"))
  assert.equal(days.length, 35)
  assert.equal(days.filter(({ isInside }) => isInside).length, 30)
  assert.deepEqual(
    days.filter(({ isToday }) => isToday).map(({ atMs }) => dayText(atMs)),
    ["2026-06-17"],
  )
  assert.equal(daysOf("week", june, [], 0).length, 7)
  assert.equal(dayText(rangeOf("week", june).from.getTime()), "2026-06-15")
})

test("work over midnight is on both days, and ends before a day that begins with its end", () => {
  const days = daysOf(
    "week",
    new Date(2026, 5, 17),
    [windowOn(["2026-06-16T23:00", "2026-06-17T05:00"], ["2026-06-18T23:00", "2026-06-19T00:00"])],
    0,
  )
  assert.deepEqual(
    days.map(({ entries }) => entries.length),
    [0, 1, 1, 1, 0, 0, 0],
  )
})

test("the day in the address, and the steps from it", () => {
  assert.equal(dayText(readDay("2026-06-17", 0).getTime()), "2026-06-17")
  assert.equal(dayText(readDay("soon", at("2026-06-17T12:00")).getTime()), "2026-06-17")
  assert.equal(dayText(step("month", new Date(2026, 0, 31), 1).getTime()), "2026-02-01")
  assert.equal(dayText(step("week", new Date(2026, 0, 31), -1).getTime()), "2026-01-24")
})
