import assert from "node:assert/strict"
import { test } from "node:test"
import { gapsOf, localText, momentOf, nowAndNext, rowsOf, spanIn } from "./calendar.ts"

const at = (text: string): number => Date.parse(text)
const DAYS = ["2026-10-24", "2026-10-25", "2026-10-26"]
const ZONE = "Europe/Berlin"
const days = [...DAYS.map((day) => momentOf(`${day}T00:00`, ZONE))]
const shifts = [
  { fromMs: days[0] ?? 0, toMs: at("2026-10-25T09:00:00+01:00"), person: "ada" },
  { fromMs: at("2026-10-25T09:00:00+01:00"), toMs: days[2] ?? 0, person: null },
]

test("a day of 25 hours is drawn as long as the others, its shifts in proportion", () => {
  const schedule = { timeZone: ZONE, holidays: [{ date: "2026-10-25", name: "Fair" }] }
  const nowMs = at("2026-10-25T11:30:00+01:00")
  const [first, second] = rowsOf({ days, shifts, now: null }, schedule, nowMs)
  assert.deepEqual(
    first?.parts.map(({ person, start, length }) => [person, start, length]),
    [["ada", 0, 1]],
  )
  assert.equal(first?.now, null)
  assert.deepEqual(
    second?.parts.map(({ person, start, length }) => [person, start, length]),
    [
      ["ada", 0, 0.4],
      [null, 0.4, 0.6],
    ],
  )
  assert.equal(second?.now, 0.5)
  assert.deepEqual([first?.holiday, second?.holiday], [null, "Fair"])
})

test("a gap that is over is none any more; what is on and what follows is found", () => {
  assert.equal(gapsOf({ shifts }, days[0] ?? 0).length, 1)
  assert.equal(gapsOf({ shifts }, days[2] ?? 0).length, 0)
  const { now, next } = nowAndNext({ shifts }, days[0] ?? 0)
  assert.deepEqual([now?.person, next?.person], ["ada", null])
})

test("times of another zone are read as they are shown", () => {
  for (const [text, zone, iso] of [
    ["2026-10-25T09:00", ZONE, "2026-10-25T08:00:00Z"],
    ["2026-07-01T00:00", "America/New_York", "2026-07-01T04:00:00Z"],
    ["2026-12-01T08:30", "Asia/Kolkata", "2026-12-01T03:00:00Z"],
  ] as const) {
    assert.equal(momentOf(text, zone), at(iso))
    assert.equal(localText(at(iso), zone), text)
  }
  assert.ok(Number.isNaN(momentOf("", ZONE)))
  assert.ok(Number.isNaN(momentOf("2026-10-25T09:00", "No/Zone")))
  assert.match(
    spanIn(at("2026-10-25T08:00:00Z"), at("2026-10-25T09:00:00Z"), ZONE),
    /09:00 – 10:00$/,
  )
})
