import assert from "node:assert/strict"
import { test } from "node:test"
import { bounds, defaultSpan, readRange, zoomQuery } from "./range.ts"

const NOW_MS = 4_000_000
const read = (query: string) => readRange(new URLSearchParams(query), NOW_MS)

test("range: without a word it is the last hour", () =>
  assert.deepEqual(bounds(read(""), 4_000_000), { fromMs: 400_000, toMs: 4_000_000 }))
test("range: while there is less than an hour to be seen, a quarter is shown, unless the address says otherwise", () => {
  assert.equal(defaultSpan(100, 600_100), "15m")
  assert.equal(defaultSpan(100, 3_600_000), "1h")
  assert.equal(defaultSpan(null, 3_600_000), "1h")
  assert.deepEqual(readRange(new URLSearchParams(""), NOW_MS, "15m"), {
    kind: "live",
    key: "15m",
    spanMs: 900_000,
  })
  assert.deepEqual(readRange(new URLSearchParams("range=1h"), NOW_MS, "15m"), {
    kind: "live",
    key: "1h",
    spanMs: 3_600_000,
  })
})
test("range: a zoom is fixed", () =>
  assert.deepEqual(read("from=1000&to=61000"), { kind: "fixed", fromMs: 1_000, toMs: 61_000 }))
test("range: what makes no sense is the last hour", () => {
  for (const query of ["from=x&to=9", "from=90000&to=1", "range=9y", "from=1&to=2"])
    assert.equal(read(query).kind, "live")
})
test("range: a zoom never shows less than ten seconds", () =>
  assert.deepEqual(zoomQuery(100_000, 100_010), { from: "95005", to: "105005", range: "" }))
