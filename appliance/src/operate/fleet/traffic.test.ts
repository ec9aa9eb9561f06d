import assert from "node:assert/strict"
import { test } from "node:test"
import { OrgId } from "../../platform/ids.ts"
import { createTraffic } from "./traffic.ts"

const MINUTE = 60_000
const NOON = Date.UTC(2026, 5, 15, 12)
const org = OrgId.parse("00000000-0000-4000-8000-000000000001")
const other = OrgId.parse("00000000-0000-4000-8000-000000000002")

const filled = (fromMs: number, toMs: number, bps = 1) =>
  Array.from({ length: (toMs - fromMs) / MINUTE }, (_, i) => ({ atMs: fromMs + i * MINUTE, bps }))

test("an hour is read once, then only the minutes that may have changed; every ten minutes all of it", async () => {
  const read: number[] = []
  const traffic = createTraffic(async (_, fromMs, toMs) => {
    read.push((toMs - fromMs) / MINUTE)
    return filled(fromMs, toMs)
  })
  for (const at of [0, 1_000, 64_999, 65_000, 66_000, 5 * MINUTE, 10 * MINUTE]) {
    const { upToMs, minutes } = await traffic(org, NOON + at)
    assert.equal(minutes.length, 60, String(at))
    assert.equal(new Set(minutes.map(({ atMs }) => atMs)).size, 60)
    assert.equal(minutes.at(-1)?.atMs, upToMs - MINUTE)
  }
  assert.deepEqual(read, [60, 3, 6, 60])
})

test("an answer does not wait for the minute that has just ended, and a failure is read again", async () => {
  let release = (): void => undefined
  const errors: unknown[] = []
  let times = 0
  const traffic = createTraffic(async (_, fromMs, toMs) => {
    times += 1
    if (times === 2) throw new Error("the database is away")
    if (times === 3)
      await new Promise<void>((resolve) => {
        release = resolve
      })
    return filled(fromMs, toMs, times)
  }, errors.push.bind(errors))
  await traffic(org, NOON)
  const endOf = async () => (await traffic(org, NOON + 70_000)).upToMs
  assert.equal(await endOf(), NOON)
  await new Promise(setImmediate)
  assert.equal(errors.length, 1)
  assert.equal(await endOf(), NOON)
  await new Promise(setImmediate)
  release()
  await new Promise(setImmediate)
  assert.equal(await endOf(), NOON + MINUTE)
  assert.equal(times, 3)
})

test("each organisation has its own", async () => {
  const traffic = createTraffic(async (of) => (of === org ? [{ atMs: NOON - MINUTE, bps: 5 }] : []))
  await traffic(org, NOON)
  assert.deepEqual((await traffic(other, NOON)).minutes, [])
})
