import assert from "node:assert/strict"
import { test } from "node:test"
import { optionalNumber, typedNumber } from "./typed-number.ts"

test("typed number: a point, a comma, and spaces around it", () => {
  assert.deepEqual([" 39.93", "39,93 ", "-7"].map(typedNumber), [39.93, 39.93, -7])
})
test("typed number: what is no number is NaN; nothing is null only where it may be left out", () => {
  for (const text of ["north", "1.2.3", "0x"]) assert.ok(Number.isNaN(optionalNumber(text)), text)
  assert.ok(Number.isNaN(typedNumber(" ")))
  assert.equal(optionalNumber(" "), null)
})
