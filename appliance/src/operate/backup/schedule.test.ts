import assert from "node:assert/strict"
import { test } from "node:test"
import { expired } from "./retention.ts"
import { isDue, latestSlotMs, nextSlotMs } from "./schedule.ts"

const at = (text: string): number => Date.parse(`${text}Z`)
const iso = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString().slice(0, 16)

test("a slot is an hour of the day, of Sunday, or any full hour", () => {
  const now = at("2026-12-02T01:30") // a Wednesday
  const slots = (frequency: "off" | "hourly" | "daily" | "weekly") => [
    iso(latestSlotMs({ frequency, hourUtc: 2 }, now)),
    iso(nextSlotMs({ frequency, hourUtc: 2 }, now)),
  ]
  assert.deepEqual(slots("off"), [null, null])
  assert.deepEqual(slots("hourly"), ["2026-12-02T01:00", "2026-12-02T02:00"])
  assert.deepEqual(slots("daily"), ["2026-12-01T02:00", "2026-12-02T02:00"])
  assert.deepEqual(slots("weekly"), ["2026-11-29T02:00", "2026-12-06T02:00"])
})

test("what was due while the appliance was off is made up once", () => {
  const schedule = { frequency: "daily", hourUtc: 2 } as const
  const now = at("2026-12-02T09:00")
  assert.equal(isDue(schedule, null, now), true)
  assert.equal(isDue(schedule, at("2026-11-28T02:00"), now), true)
  assert.equal(isDue(schedule, at("2026-12-02T02:05"), now), false)
  assert.equal(isDue({ ...schedule, frequency: "off" }, null, now), false)
})

test("backups are removed by count and by age, but never the last verified one", () => {
  const now = at("2026-12-02T00:00")
  const stored = [1, 2, 3, 40, 50].map((days) => ({
    id: `${days}`,
    startedAtMs: now - days * 86_400_000,
    isVerified: days >= 3,
  }))
  const removed = (keepCount: number, keepDays: number, of = stored) =>
    expired(of, { keepCount, keepDays }, now).map(({ id, reason }) => `${id} ${reason}`)
  assert.deepEqual(removed(10, 100), [])
  assert.deepEqual(removed(10, 30), ["40 too-old", "50 too-old"])
  assert.deepEqual(removed(1, 100), ["2 too-many", "40 too-many", "50 too-many"])
  assert.deepEqual(removed(1, 1, stored.slice(3)), ["50 too-many"])
})
