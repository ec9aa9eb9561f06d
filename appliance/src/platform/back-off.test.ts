import assert from "node:assert/strict"
import { test } from "node:test"
import { backOffMs } from "./back-off.ts"

test("the wait doubles with each failure up to the longest one", () => {
  const limits = { firstMs: 100, longestMs: 1_000 }
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 2_000].map((failures) => backOffMs(failures, limits)),
    [100, 100, 200, 400, 800, 1_000, 1_000],
  )
})
