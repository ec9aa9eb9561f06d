import assert from "node:assert/strict"
import { test } from "node:test"
import { type ClockStep, createHostClock } from "./clock.ts"

const HOUR_MS = 3_600_000
const make = () => {
  const at = { wall: 1_900_000_000_000, monotonic: 5_000 }
  const clock = createHostClock((error) => assert.fail(String(error)), {
    wall: () => at.wall,
    monotonic: () => at.monotonic,
  })
  const steps: ClockStep[] = []
  clock.steps.on((step) => steps.push(step))
  const pass = (ms: number, setBy = 0): void => {
    at.monotonic += ms
    at.wall += ms + setBy
  }
  return { clock, steps, pass }
}

test("setting the clock is reported once each time, with the amount, and does not affect durations", () => {
  const { clock, steps, pass } = make()
  const began = clock.steady.now()
  pass(10_000)
  clock.now()
  assert.deepEqual(steps, [])
  for (const byMs of [-HOUR_MS, HOUR_MS, 600_000, -600_000]) {
    pass(500, byMs)
    const atMs = clock.now()
    assert.deepEqual(steps.at(-1), { byMs, atMs })
    assert.equal(clock.now(), atMs)
  }
  assert.equal(steps.length, 4)
  assert.equal(clock.steppedMs(), 0)
  assert.equal(clock.steady.now() - began, 12_000)
})

test("slewing by a time service is no step, however long it goes on", () => {
  const { clock, steps, pass } = make()
  for (let second = 0; second < 3_600; second += 1) {
    pass(1_000, 0.5)
    clock.now()
  }
  assert.deepEqual([steps, clock.steppedMs()], [[], 0])
})
