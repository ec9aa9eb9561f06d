import assert from "node:assert/strict"
import { test } from "node:test"
import { parsePositions, positionsText } from "./positions.ts"

test("positions: what was kept is read back, to the pixel", () => {
  const positions = new Map([["a", { x: 1.4, y: -2 }]])
  assert.deepEqual(parsePositions(positionsText(positions)), new Map([["a", { x: 1, y: -2 }]]))
})
for (const text of [null, "", "x", "[]", "null", '{"a":1}', '{"a":["1",2]}'])
  test(`positions: ${JSON.stringify(text)} is none`, () =>
    assert.equal(parsePositions(text).size, 0))
