import assert from "node:assert/strict"
import { test } from "node:test"
import { actionWords, detailLines, spanMs } from "./audit-words.ts"

test("an action is said in words, by its verb, or as it is called", () => {
  assert.equal(actionWords({ action: "permission.denied", subject: "route" }), "was refused for want of a permission")
  assert.equal(actionWords({ action: "device.changed", subject: "device" }), "changed device")
  assert.equal(actionWords({ action: "device.frobnicated", subject: "device" }), "device.frobnicated")
})

test("a change shows both sides, and what is empty is left out", () => {
  const lines = detailLines({ name: { before: "a", after: "b" }, note: "", roles: [], count: 3, site: null })
  assert.deepEqual(lines, [
    ["name", "a → b"],
    ["count", "3"],
  ])
})

test("a span is a number of days, or all there is", () => {
  assert.equal(spanMs("day"), 86_400_000)
  assert.equal(spanMs(""), null)
})
