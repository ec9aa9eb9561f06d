import assert from "node:assert/strict"
import { test } from "node:test"
import { sparkPath } from "./spark-path.ts"

test("spark: the highest value touches the top, zero the bottom", () => {
  assert.equal(sparkPath([0, 10], 100, 20).line, "M0 20L100 0")
})
test("spark: a gap lifts the pen", () => {
  assert.equal(sparkPath([1, 1, null, 1, 1], 100, 20).line, "M0 0L25 0M75 0L100 0")
})
test("spark: a lone point is still seen", () =>
  assert.equal(sparkPath([5], 100, 20).line, "M0 0h1"))
test("spark: nothing measured draws nothing", () =>
  assert.equal(sparkPath([null, null], 100, 20).line, ""))
