import assert from "node:assert/strict"
import { test } from "node:test"
import { createSkewText } from "./skew.ts"

test("skew: tenths below a minute, then the largest unit that is exact enough, in any language", () => {
  const inTurkish = createSkewText({ s: "sn", min: "dk", h: "sa", d: "gün" }, ",")
  assert.deepEqual([1_240, 90_000, 9_000_000, 400_000_000].map(inTurkish), [
    "1,2 sn",
    "2 dk",
    "3 sa",
    "5 gün",
  ])
})
