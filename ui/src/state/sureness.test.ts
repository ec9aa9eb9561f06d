import assert from "node:assert/strict"
import { test } from "node:test"
import { doubtOf, type Sureness, surenessOf } from "./sureness.ts"

const cases: [number, Sureness][] = [
  [1, "certain"],
  [0.95, "certain"],
  [0.949, "very-likely"],
  [0.71, "likely"],
  [0.5, "guess"],
  [0.2, "unclear"],
  [0, "unclear"],
]
for (const [probability, wanted] of cases)
  test(`sureness: ${probability} is ${wanted}`, () => assert.equal(surenessOf(probability), wanted))

test("sureness: a list speaks of it only where it is low, known, and still matters", () => {
  assert.equal(doubtOf({ confidence: 0.71, state: "open" }), 0.71)
  assert.equal(doubtOf({ confidence: 0.71, state: "acknowledged" }), 0.71)
  assert.equal(doubtOf({ confidence: 0.9, state: "open" }), null)
  assert.equal(doubtOf({ confidence: null, state: "open" }), null)
  assert.equal(doubtOf({ confidence: 0.2, state: "closed" }), null)
})
