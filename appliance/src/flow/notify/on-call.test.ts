import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { Schedule } from "../../api/notifications.ts"
import { calendarOf, onCallAt, shiftsOf } from "./on-call.ts"

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
const [ADA, BOB, EVE] = [uuid(1), uuid(2), uuid(3)]
const LAYER = {
  name: "base",
  people: [ADA, BOB],
  every: 1,
  unit: "week",
  startsOn: "2026-10-05",
  handover: "09:00",
  hours: null,
  onHolidays: "as-usual",
} as const satisfies Schedule["layers"][number]
const make = (more: Partial<Schedule> = {}): Schedule => ({
  id: uuid(9),
  name: "NOC",
  timeZone: "Europe/Berlin",
  layers: [{ ...LAYER, people: [...LAYER.people] }],
  overrides: [],
  holidays: [],
  quietHours: null,
  ...more,
})
const at = (text: string): number => Date.parse(text)

test("a gap of minutes is a shift of nobody, and shifts change when they do", () => {
  const day = {
    ...LAYER,
    people: [ADA],
    hours: { days: [0, 1, 2, 3, 4, 5, 6], from: "08:10", to: "20:02" },
  }
  const night = { ...day, people: [BOB], hours: { ...day.hours, from: "20:07", to: "08:10" } }
  const schedule = make({
    layers: [day, night],
    overrides: [
      { fromMs: at("2026-10-13T10:03:30Z"), toMs: at("2026-10-13T10:04:00Z"), person: EVE },
    ],
  })
  const shifts = shiftsOf(schedule, at("2026-10-12T22:00:00Z"), at("2026-10-13T22:00:00Z"))
  assert.deepEqual(
    shifts.map(({ fromMs, person }) => [new Date(fromMs).toISOString().slice(11, 19), person]),
    [
      ["22:00:00", BOB],
      ["06:10:00", ADA],
      ["10:03:30", EVE],
      ["10:04:00", ADA],
      ["18:02:00", null],
      ["18:07:00", BOB],
    ],
  )
  const hourly = { ...LAYER, people: [ADA, BOB], unit: "hour" as const, handover: "09:05" }
  const [fromMs, toMs] = [at("2026-10-13T10:00Z"), at("2026-10-13T12:00Z")]
  const changes = shiftsOf(make({ layers: [hourly] }), fromMs, toMs)
  assert.deepEqual(
    changes.slice(1).map(({ fromMs }) => new Date(fromMs).toISOString().slice(11, 16)),
    ["10:05", "11:05"],
  )
})

test("a weekly shift changes at the same local time, also after the clocks went back", () => {
  const schedule = make()
  assert.equal(onCallAt(schedule, at("2026-10-05T08:59:00+02:00")), null, "before the first shift")
  assert.equal(onCallAt(schedule, at("2026-10-05T09:00:00+02:00")), ADA)
  assert.equal(onCallAt(schedule, at("2026-10-12T08:59:00+02:00")), ADA)
  assert.equal(onCallAt(schedule, at("2026-10-12T09:00:00+02:00")), BOB)
  // 25 October: the day has 25 hours.
  assert.equal(onCallAt(schedule, at("2026-10-26T08:59:00+01:00")), ADA)
  assert.equal(onCallAt(schedule, at("2026-10-26T09:00:00+01:00")), BOB)
})

test("shifts of hours change at the local time of the handover", () => {
  const layer = {
    ...LAYER,
    unit: "hour",
    every: 12,
    handover: "08:00",
    startsOn: "2026-10-05",
  } as const
  const schedule = make({ timeZone: "Europe/Istanbul", layers: [{ ...layer, people: [ADA, BOB] }] })
  assert.equal(onCallAt(schedule, at("2026-10-05T08:00:00+03:00")), ADA)
  assert.equal(onCallAt(schedule, at("2026-10-05T19:59:00+03:00")), ADA)
  assert.equal(onCallAt(schedule, at("2026-10-05T20:00:00+03:00")), BOB)
})

test("a later layer counts at its hours, past midnight too; an override counts before all", () => {
  const night = {
    ...LAYER,
    name: "night",
    people: [EVE],
    startsOn: "2026-10-01",
    hours: { days: [5], from: "22:00", to: "06:00" },
  }
  const override = {
    fromMs: at("2026-10-16T23:00:00Z"),
    toMs: at("2026-10-17T00:00:00Z"),
    person: BOB,
  }
  const layers = [{ ...LAYER, people: [ADA] }, night]
  const schedule = make({ timeZone: "UTC", layers, overrides: [override] })
  assert.equal(onCallAt(schedule, at("2026-10-16T21:59:00Z")), ADA, "Friday evening")
  assert.equal(onCallAt(schedule, at("2026-10-16T22:00:00Z")), EVE)
  assert.equal(onCallAt(schedule, at("2026-10-16T23:30:00Z")), BOB)
  assert.equal(onCallAt(schedule, at("2026-10-17T05:59:00Z")), EVE)
  assert.equal(onCallAt(schedule, at("2026-10-17T06:00:00Z")), ADA)
})

test("on a holiday the layers for holidays count, and those for other days do not", () => {
  const office = { ...LAYER, people: [ADA], onHolidays: "never" } as const
  const stand = { ...LAYER, people: [EVE], onHolidays: "only" } as const
  const holidays = [{ date: "2026-12-25", name: "Christmas" }]
  const of = (layers: Schedule["layers"], text: string): string | null =>
    onCallAt(make({ layers, holidays }), at(text))
  const both = [
    { ...office, people: [ADA] },
    { ...stand, people: [EVE] },
  ]
  assert.equal(of(both, "2026-12-24T23:59:00+01:00"), ADA)
  assert.equal(of(both, "2026-12-25T00:00:00+01:00"), EVE, "the day of the schedule's time zone")
  assert.equal(of(both, "2026-12-25T23:59:00+01:00"), EVE)
  assert.equal(of(both, "2026-12-26T00:00:00+01:00"), ADA)
  assert.equal(of([{ ...office, people: [ADA] }], "2026-12-25T12:00:00+01:00"), null, "a gap")
})

test("the calendar has 14 whole days of the schedule's time zone, also when clocks change", () => {
  const nowMs = at("2026-10-20T22:30:00Z")
  const { days, shifts, now } = calendarOf(make({ timeZone: "Europe/Berlin" }), nowMs)
  assert.equal(days.length, 15)
  assert.equal(days[0], at("2026-10-21T00:00:00+02:00"), "it is already the next day there")
  assert.equal(days[14], at("2026-11-04T00:00:00+01:00"))
  assert.equal((days[5] ?? 0) - (days[4] ?? 0), 25 * 3_600_000, "25 October")
  assert.deepEqual([shifts[0]?.fromMs, shifts.at(-1)?.toMs], [days[0], days[14]])
  assert.equal(now, onCallAt(make(), nowMs))
})

test("gaps are found: office hours alone leave the nights and weekends", () => {
  const hours = { days: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" }
  const schedule = make({ timeZone: "UTC", layers: [{ ...LAYER, people: [ADA], hours }] })
  const shifts = shiftsOf(schedule, at("2026-10-12T00:00:00Z"), at("2026-10-14T00:00:00Z"))
  assert.deepEqual(
    shifts.map(({ fromMs, toMs, person }) => [
      new Date(fromMs).toISOString().slice(5, 16),
      (toMs - fromMs) / 3_600_000,
      person === null,
    ]),
    [
      ["10-12T00:00", 8, true],
      ["10-12T08:00", 10, false],
      ["10-12T18:00", 14, true],
      ["10-13T08:00", 10, false],
      ["10-13T18:00", 6, true],
    ],
  )
})

test("shifts join without a hole, and each is who is on call within it", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("UTC", "Europe/Istanbul", "America/New_York", "Australia/Lord_Howe"),
      fc.constantFrom("hour", "day", "week") as fc.Arbitrary<"hour" | "day" | "week">,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 400 }),
      (timeZone, unit, every, day) => {
        const schedule = make({
          timeZone,
          layers: [{ ...LAYER, unit, every, people: [ADA, BOB, EVE] }],
        })
        const fromMs = at("2026-10-01T00:00:00Z") + day * 86_400_000
        const shifts = shiftsOf(schedule, fromMs, fromMs + 3 * 86_400_000)
        assert.equal(shifts[0]?.fromMs, fromMs)
        assert.equal(shifts.at(-1)?.toMs, fromMs + 3 * 86_400_000)
        for (const [index, one] of shifts.entries()) {
          const next = shifts[index + 1]
          if (next !== undefined) assert.equal(one.toMs, next.fromMs)
          assert.equal(onCallAt(schedule, one.fromMs), one.person)
        }
      },
    ),
    { numRuns: 60 },
  )
})
