import assert from "node:assert/strict"
import { test } from "node:test"
import type { CheckState } from "../../api/health.ts"
import { grade } from "./grade.ts"
import { advance, type HeldState } from "./hold.ts"

const HOLD = { worseMs: 30_000, betterMs: 15_000 }
/** The state after each step of a second count and what was found. */
const play = (steps: readonly (readonly [second: number, found: CheckState])[]): string[] => {
  let held: HeldState | null = null
  return steps.map(([second, found]) => {
    const at = { nowMs: 1_000_000 + second * 1_000, steadyMs: second * 1_000 }
    held = advance(held, found, at, HOLD)
    return `${held.state} ${(held.sinceMs - 1_000_000) / 1_000}`
  })
}

test("a state changes when what is found lasts, and counts from then", () => {
  assert.deepEqual(
    play([
      [0, "ok"],
      [5, "critical"],
      [30, "critical"],
      [35, "critical"],
      [40, "ok"],
      [54, "ok"],
      [55, "ok"],
    ]),
    ["ok 0", "ok 0", "ok 0", "critical 35", "critical 35", "critical 35", "ok 55"],
  )
})

test("what comes and goes within the hold changes nothing", () => {
  const flapping = Array.from({ length: 60 }, (_, n) => [n * 5, n % 2 ? "critical" : "ok"] as const)
  assert.deepEqual(new Set(play(flapping)), new Set(["ok 0"]))
})

test("a change that varies becomes its mildest state", () => {
  assert.deepEqual(
    play([
      [0, "ok"],
      [5, "critical"],
      [20, "warning"],
      [25, "critical"],
      [35, "critical"],
      [40, "critical"],
      [70, "critical"],
    ]),
    ["ok 0", "ok 0", "ok 0", "ok 0", "warning 35", "warning 35", "critical 70"],
  )
})

test("a start is no fault: a first critical state has to last, any other counts at once", () => {
  assert.deepEqual(
    play([
      [0, "critical"],
      [29, "critical"],
      [30, "critical"],
    ]),
    ["unknown 0", "unknown 0", "critical 30"],
  )
  assert.deepEqual(
    play([
      [0, "unknown"],
      [5, "warning"],
    ]),
    ["unknown 0", "warning 5"],
  )
})

test("a clock that is set changes no hold", () => {
  const first = advance(null, "ok", { nowMs: 9e12, steadyMs: 0 }, HOLD)
  const waiting = advance(first, "critical", { nowMs: 9e12, steadyMs: 1_000 }, HOLD)
  const later = advance(waiting, "critical", { nowMs: 1, steadyMs: 31_000 }, HOLD)
  assert.deepEqual([waiting.state, later.state, later.sinceMs], ["ok", "critical", 1])
})

const limits = { warning: 100, critical: 200 }
for (const [value, was, expected] of [
  [99, "ok", "ok"],
  [100, "ok", "warning"],
  [95, "warning", "warning"],
  [89, "warning", "ok"],
  [199, "warning", "warning"],
  [200, "warning", "critical"],
  [185, "critical", "critical"],
  [179, "critical", "warning"],
] as const)
  test(`a value of ${value} after ${was} is ${expected}: limits have a margin on the way back`, () => {
    assert.equal(grade(value, limits, "above", was), expected)
  })
test("a value that is bad below its limits is graded the other way round", () => {
  const free = { warning: 30, critical: 10 }
  assert.deepEqual(
    [31, 30, 10, 9].map((value) => grade(value, free, "below", "ok")),
    ["ok", "warning", "critical", "critical"],
  )
  assert.equal(grade(32, free, "below", "warning"), "warning")
  assert.equal(grade(34, free, "below", "warning"), "ok")
  assert.equal(grade(5, { warning: 1, critical: null }, "above", "ok"), "warning")
})
