import assert from "node:assert/strict"
import { test } from "node:test"
import type { Policy, QuietHours } from "../../api/notifications.ts"
import { atLocalTime, localTime } from "./local-time.ts"
import { afterQuietHours, isAlwaysQuiet } from "./quiet-hours.ts"
import { NotifyWorld, POLICY } from "./test/notify-world.ts"

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
const make = (more: Partial<QuietHours>): QuietHours => ({
  ...{ timeZone: "Europe/Berlin", from: "22:00", to: "06:00", days: EVERY_DAY, exceptFrom: null },
  ...more,
})
const at = (text: string): number => Date.parse(text)
const shown = (ms: number): string => new Date(ms).toISOString()

const CASES: readonly (readonly [string, Partial<QuietHours>, string, string])[] = [
  ["an ordinary night", {}, "2026-06-10T23:00+02:00", "2026-06-11T06:00+02:00"],
  ["clocks go forward in it", {}, "2026-03-28T23:00+01:00", "2026-03-29T06:00+02:00"],
  ["and back", {}, "2026-10-24T23:00+02:00", "2026-10-25T06:00+01:00"],
  ["an end that is skipped", { to: "02:30" }, "2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00"],
  ["an end shown twice", { to: "02:30" }, "2026-10-25T01:00+02:00", "2026-10-25T02:30+02:00"],
  ["its second showing", { to: "02:30" }, "2026-10-25T02:10+01:00", "2026-10-25T02:10+01:00"],
  [
    "begins at a skipped time",
    { from: "02:30", to: "05:00" },
    "2026-03-29T03:10+02:00",
    "2026-03-29T05:00+02:00",
  ],
  [
    "equal ends are 24 hours",
    { from: "08:00", to: "08:00", days: [6] },
    "2026-06-13T09:00+02:00",
    "2026-06-14T08:00+02:00",
  ],
  [
    "before and after them",
    { from: "08:00", to: "08:00", days: [6] },
    "2026-06-13T07:00+02:00",
    "2026-06-13T07:00+02:00",
  ],
  [
    "two days in a row",
    { from: "08:00", to: "08:00", days: [6, 0] },
    "2026-06-13T09:00+02:00",
    "2026-06-15T08:00+02:00",
  ],
  [
    "equal ends that never end hold nothing",
    { from: "08:00", to: "08:00" },
    "2026-06-13T09:00+02:00",
    "2026-06-13T09:00+02:00",
  ],
  [
    "half an hour of summer time",
    { timeZone: "Australia/Lord_Howe" },
    "2026-10-03T23:00+10:30",
    "2026-10-04T06:00+11:00",
  ],
]
for (const [name, more, from, until] of CASES)
  test(`quiet hours: ${name}`, () => {
    assert.equal(shown(afterQuietHours(make(more), "major", at(from))), shown(at(until)))
  })

test("hours on every day with equal ends are recognised", () => {
  assert.equal(isAlwaysQuiet(make({ from: "08:00", to: "08:00" })), true)
  assert.equal(isAlwaysQuiet(make({ from: "08:00", to: "08:00", days: [1, 2] })), false)
})

test("a local time that exists is shown at the moment found for it, all year round", () => {
  for (const timeZone of ["Europe/Istanbul", "America/New_York", "Australia/Lord_Howe", "UTC"])
    for (let day = 20_454; day < 20_454 + 365; day += 1)
      for (const minute of [0, 150, 720, 1_439]) {
        const { date, minute: found } = localTime(atLocalTime(day, minute, timeZone), timeZone)
        assert.ok(date === day && found >= minute && found - minute <= 60, `${timeZone} ${day}`)
      }
})

const START = Date.UTC(2026, 10, 3, 12)
const quietHours: Policy["quietHours"] = {
  ...{ timeZone: "UTC", from: "12:10", to: "12:40", days: EVERY_DAY, exceptFrom: "critical" },
}
const quietWorld = (): NotifyWorld => {
  const world = new NotifyWorld([{ ...POLICY, hasUpdates: true, quietHours }], START)
  world.open({ severity: "minor" })
  world.run(11 * 60)
  assert.deepEqual(kinds(world), ["opened"])
  return world
}
const kinds = (world: NotifyWorld): string[] => world.received.map(({ kind }) => kind)

test("updates wait for the end of quiet hours, as one, with what is true by then", () => {
  const world = quietWorld()
  world.change({ causeKey: "other" })
  world.run(300)
  world.change({ causeKey: "third" })
  world.run(300)
  assert.deepEqual(kinds(world), ["opened"])
  world.run(25 * 60)
  assert.deepEqual(kinds(world), ["opened", "updated"])
  assert.equal(world.received.at(-1)?.causeKey, "third")
  assert.ok((world.received.at(-1)?.atMs ?? 0) >= START + 40 * 60_000)
  world.run(3_600)
  assert.deepEqual(kinds(world), ["opened", "updated"])
})

test("an update that is no news any more is not sent, and one that is severe enough at once", () => {
  const world = quietWorld()
  world.change({ causeKey: "other" })
  world.run(60)
  world.change({ causeKey: "link" })
  world.run(3_600)
  assert.deepEqual(kinds(world), ["opened"])
  const urgent = quietWorld()
  urgent.change({ severity: "critical" })
  urgent.run(60)
  assert.deepEqual(kinds(urgent), ["opened", "updated"])
})

test("an acknowledgement waits, unless it is withdrawn", () => {
  const world = quietWorld()
  world.acknowledge()
  world.run(60)
  assert.deepEqual(kinds(world), ["opened"])
  world.run(30 * 60)
  assert.deepEqual(kinds(world), ["opened", "acknowledged"])
  const withdrawn = quietWorld()
  withdrawn.acknowledge()
  withdrawn.run(60)
  withdrawn.withdraw()
  withdrawn.run(3_600)
  assert.ok(!kinds(withdrawn).includes("acknowledged"), kinds(withdrawn).join())
})

test("the end of what was sent is never held", () => {
  const world = quietWorld()
  world.change({ causeKey: "other" })
  world.run(10)
  world.close()
  world.run(5)
  assert.deepEqual(kinds(world), ["opened", "resolved"])
  world.finish()
  assert.deepEqual(kinds(world), ["opened", "resolved"])
})
