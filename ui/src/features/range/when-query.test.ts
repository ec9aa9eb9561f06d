import assert from "node:assert/strict"
import { test } from "node:test"
import { whenQuery } from "./when-query.ts"

const NOW_MS = 1_700_000_000_000
const read = (query: string) => whenQuery(new URLSearchParams(query), NOW_MS)

test("when: a preset reaches to the present, a range from moment to moment, and nothing is any time", () => {
  assert.deepEqual(read("span=day"), { from: NOW_MS - 86_400_000 })
  assert.deepEqual(read("from=1600000000000&to=1600000060000"), {
    from: 1_600_000_000_000,
    to: 1_600_000_060_000,
  })
  assert.deepEqual(read(""), {})
  assert.deepEqual(read("span=century"), {})
})
test("when: a range that is not valid is ignored", () =>
  assert.deepEqual(read("span=week&from=9&to=1"), { from: NOW_MS - 7 * 86_400_000 }))
