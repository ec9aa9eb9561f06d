import assert from "node:assert/strict"
import { test } from "node:test"
import { intervalChoices, intervalOf } from "./interval-choices.ts"

const values = (overrideMs: number | null) =>
  intervalChoices({ defaultMs: 10_000, overrideMs }).map(({ value }) => value)

test("collection intervals: the default comes first, and an unusual interval is offered too", () => {
  assert.deepEqual(intervalChoices({ defaultMs: 10_000, overrideMs: null })[0], {
    value: "",
    label: "Default (10 s)",
  })
  assert.equal(values(10_000).length, values(null).length)
  assert.deepEqual(values(7_000).slice(0, 5), ["", "1000", "5000", "7000", "10000"])
  assert.deepEqual(["", "7000"].map(intervalOf), [null, 7_000])
})
