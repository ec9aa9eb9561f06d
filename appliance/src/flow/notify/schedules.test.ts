import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { openNotifyRig } from "./test/notify-rig.ts"

test("schedules are stored as a whole; who saves an older version is rejected", async (t) => {
  const rig = await openNotifyRig()
  t.after(() => rig.end())
  const { schedules } = rig.notify
  assert.deepEqual((await schedules.view(rig.db.org)).version, 0)
  const bob = randomUUID()
  await rig.account(bob)
  const layer = {
    ...{ name: "base", people: [rig.actor.account, bob], every: 1, hours: null },
    ...{ startsOn: "2026-01-05", handover: "09:00" },
    unit: "week" as const,
  }
  const schedule = {
    ...{ id: randomUUID(), name: "NOC", timeZone: "Europe/Istanbul" },
    ...{ layers: [{ ...layer, onHolidays: "as-usual" as const }], overrides: [] },
    ...{ holidays: [], quietHours: null },
  }
  const first = await schedules.change(rig.actor, { version: 0, schedules: [schedule] })
  assert.deepEqual([first.version, first.schedules], [1, [schedule]])
  const calendar = first.calendars[schedule.id]
  assert.equal(calendar?.days.length, 15)
  assert.ok((calendar?.shifts.length ?? 0) >= 2, "fourteen days have two shifts or more")
  assert.deepEqual(schedules.preview(schedule).days, calendar?.days)
  await assert.rejects(schedules.change(rig.actor, { version: 0, schedules: [] }), { status: 409 })
  const stranger = { ...layer, people: [randomUUID()], onHolidays: "as-usual" as const }
  const foreign = { ...schedule, layers: [stranger] }
  await assert.rejects(schedules.change(rig.actor, { version: 1, schedules: [foreign] }), {
    status: 422,
  })
  const second = await schedules.change(rig.actor, { version: 1, schedules: [] })
  assert.deepEqual([second.version, second.schedules], [2, []])
})
