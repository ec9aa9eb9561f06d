import assert from "node:assert/strict"
import { test } from "node:test"
import { type ConfidenceLevel, confidenceLevelOf, shownConfidence } from "./confidence-level.ts"

const cases: [number, ConfidenceLevel][] = [
  [1, "certain"],
  [0.95, "certain"],
  [0.949, "very-likely"],
  [0.71, "likely"],
  [0.5, "guess"],
  [0.2, "unclear"],
  [0, "unclear"],
]
for (const [probability, expected] of cases)
  test(`confidence: ${probability} is ${expected}`, () =>
    assert.equal(confidenceLevelOf(probability), expected))

test("confidence: a list speaks of it only where it is low, known, and still matters", () => {
  assert.equal(shownConfidence({ confidence: 0.71, state: "open" }), 0.71)
  assert.equal(shownConfidence({ confidence: 0.71, state: "acknowledged" }), 0.71)
  assert.equal(shownConfidence({ confidence: 0.9, state: "open" }), null)
  assert.equal(shownConfidence({ confidence: null, state: "open" }), null)
  assert.equal(shownConfidence({ confidence: 0.2, state: "closed" }), null)
})
