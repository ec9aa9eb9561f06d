import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { DeviceId } from "../../../../platform/ids.ts"
import {
  addPoint,
  clearTrack,
  createTrack,
  eachBefore,
  prune,
  sumsBefore,
  type Track,
} from "../track.ts"

const OVER = [3_000, 10_000]
const DEVICE = "00000000-0000-4000-8000-000000000000" as DeviceId
const newTrack = (): Track =>
  createTrack({
    ...{ key: DEVICE, family: "ping", device: DEVICE },
    ...{ interface: null, name: null, unit: null },
  })
const added = (track: Track, atMs: number, overMs: number) => {
  const sums = { part: 0, whole: 0 }
  eachBefore(track, atMs, overMs, ({ values: [part = Number.NaN, whole = Number.NaN] }) => {
    if (Number.isNaN(part) || Number.isNaN(whole)) return
    sums.part += part
    sums.whole += whole
  })
  return sums
}

type Use = (track: Track, nowMs: number) => void
const step = (weight: number, advances: boolean, use: (n: number, value: number) => Use) => ({
  weight,
  arbitrary: fc.tuple(fc.nat(12_000), fc.nat(5)).map(([n, value]) => ({
    byMs: advances ? n % 1_500 : 0,
    use: use(n, value),
  })),
})
const steps = fc.array(
  fc.oneof(
    step(8, true, (_, value) => (track, atMs) => addPoint(track, { atMs, values: [value, 5] })),
    step(1, true, () => (track, atMs) => addPoint(track, { atMs, values: [Number.NaN, 5] })),
    step(
      2,
      false,
      (n, value) => (track, atMs) => addPoint(track, { atMs: atMs - n, values: [value, 5] }),
    ),
    step(2, false, (n) => (track) => prune(track, 2_000 + n, [], 0)),
    step(1, false, () => clearTrack),
  ),
  { maxLength: 80 },
)

test("sums over a window are those of its points, whatever happened to the points", () => {
  fc.assert(
    fc.property(steps, fc.array(fc.nat(4_000), { maxLength: 80 }), (given, earlier) => {
      const track = newTrack()
      let nowMs = 1_000_000
      for (const [index, { byMs, use }] of given.entries()) {
        nowMs += byMs
        use(track, nowMs)
        for (const atMs of [nowMs, nowMs - (earlier[index] ?? 0), nowMs])
          for (const overMs of OVER) {
            const what = { key: `${overMs}`, overMs, partSlot: 0, wholeSlot: 1 }
            const { part, whole } = sumsBefore(track, atMs, what)
            assert.deepEqual({ part, whole }, added(track, atMs, overMs))
          }
      }
    }),
    { numRuns: 300 },
  )
})
