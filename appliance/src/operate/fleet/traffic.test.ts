import assert from "node:assert/strict"
import { test } from "node:test"
import { OrgId } from "../../platform/ids.ts"
import { createTraffic } from "./traffic.ts"

const MINUTE = 60_000
const NOON = Date.UTC(2026, 5, 15, 12)
const org = OrgId.parse("00000000-0000-4000-8000-000000000001")
const other = OrgId.parse("00000000-0000-4000-8000-000000000002")

test("an hour is read once, then only the minutes that may have changed; every ten minutes all of it", async () => {
  const traffic = createTraffic()
  const read: number[] = []
  const load = async (fromMs: number, toMs: number) => {
    read.push((toMs - fromMs) / MINUTE)
    return Array.from({ length: (toMs - fromMs) / MINUTE }, (_, i) => ({
      atMs: fromMs + i * MINUTE,
      bps: 1,
    }))
  }
  for (const at of [0, 1_000, MINUTE, 5 * MINUTE, 10 * MINUTE]) {
    const minutes = await traffic(org, NOON + at, load)
    assert.equal(minutes.length, 60, String(at))
    assert.equal(new Set(minutes.map(({ atMs }) => atMs)).size, 60)
  }
  assert.deepEqual(read, [60, 2, 3, 6, 60])
})

test("each organisation has its own", async () => {
  const traffic = createTraffic()
  await traffic(org, NOON, async () => [{ atMs: NOON - MINUTE, bps: 5 }])
  assert.deepEqual(await traffic(other, NOON, async () => []), [])
})
