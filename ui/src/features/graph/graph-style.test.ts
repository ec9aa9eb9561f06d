import assert from "node:assert/strict"
import { test } from "node:test"
import { labelScale } from "./graph-style.ts"

test("graph: names stay readable while all of a small graph is shown, and never grow without end", () => {
  assert.equal(labelScale(1), 1)
  assert.equal(labelScale(3), 1)
  assert.equal(12 * 0.6 * labelScale(0.6), 9)
  assert.equal(labelScale(0.1), 1.3)
})
