import assert from "node:assert/strict"
import { test } from "node:test"
import {
  DASH,
  isFull,
  isLoadOutdated,
  lineWidth,
  loadShare,
  loadsOf,
  loadWidth,
} from "./link-style.ts"

const widths: [string, number | null, number][] = [
  ["a link nobody stated the capacity of is the thinnest", null, 2.5],
  ["100 Mbit/s is the thinnest", 1e8, 2.5],
  ["1 Gbit/s is wider", 1e9, 4],
  ["100 Gbit/s is wider still", 1e11, 7],
  ["and there is an end to it", 1e15, 8.5],
]
for (const [name, capacity, width] of widths)
  test(`line: ${name}`, () => assert.equal(lineWidth(capacity), width))
test("line: a share is of the capacity, and never above one", () => {
  assert.equal(loadShare(5e8, 1e9), 0.5)
  assert.equal(loadShare(2e9, 1e9), 1)
  assert.equal(loadShare(null, 1e9), null)
  assert.equal(loadShare(1, null), null)
})
test("line: a little load is still to be seen, none is not drawn", () => {
  assert.equal(loadWidth(0.001, 4), 1)
  assert.equal(loadWidth(0, 4), 0)
  assert.equal(loadWidth(null, 4), 0)
  assert.equal(loadWidth(1, 4), 3)
})
test("line: one full direction makes a link full", () => {
  assert.equal(isFull({ aToBBps: 1, bToABps: 9.5e8, atMs: 0, capacityBps: 1e9 }, 0), true)
  assert.equal(isFull({ aToBBps: 1, bToABps: 5e8, atMs: 0, capacityBps: 1e9 }, 0), false)
})
test("line: a cut link whose ports still report shows what they report, one out of reach what was before", () => {
  const status = {
    status: "down",
    reason: "cut",
    message: { code: "status.no-recent-data", params: {} },
    sinceMs: 100,
  } as const
  assert.equal(isLoadOutdated({ status, atMs: 99 }), true)
  assert.equal(isLoadOutdated({ status, atMs: 101 }), false)
  assert.equal(isLoadOutdated({ status, atMs: null }), true)
  assert.equal(isLoadOutdated({ status: { ...status, status: "ok" }, atMs: 99 }), false)
})
test("line: a load that was measured too long ago is not drawn as if it flowed now", () => {
  const link = { aToBBps: 1, bToABps: 9.5e8, atMs: 0, capacityBps: 1e9 }
  assert.deepEqual(loadsOf(link, 10_000), [1, 9.5e8])
  assert.deepEqual(loadsOf(link, 60_000), [null, null])
  assert.equal(isFull(link, 60_000), false)
})
test("line: no two states but ok share a dash", () => {
  const seen = Object.values(DASH).map((dash) => dash.join())
  assert.equal(new Set(seen).size, seen.length)
})
