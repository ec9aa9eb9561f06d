import assert from "node:assert/strict"
import { test } from "node:test"
import { tagsOf, tagsText } from "./typed-tags.ts"

test("tags are names between commas, and read back as they were typed", () => {
  assert.deepEqual(tagsOf(" tower,, customer:acme , "), ["tower", "customer:acme"])
  assert.equal(tagsText(tagsOf("tower , pop")), "tower, pop")
  assert.deepEqual(tagsOf(tagsText(undefined)), [])
})
