import assert from "node:assert/strict"
import { test } from "node:test"
import { alignColumns, append, merge, NO_COLUMNS } from "./time-columns.ts"

test("time columns: a new instant is put at the end, old ones fall out", () => {
  const was = { atMs: [1_000, 2_000], columns: { rtt: [5, 6] } }
  assert.deepEqual(append(was, 3_000, { rtt: 7 }, 2_000, 1_000), {
    atMs: [2_000, 3_000],
    columns: { rtt: [6, 7] },
  })
})
test("time columns: a long silence becomes a gap", () => {
  const was = { atMs: [1_000], columns: { rtt: [5] } }
  assert.deepEqual(append(was, 9_000, { rtt: 7 }, 0, 1_000).columns.rtt, [5, null, 7])
})
test("time columns: empty instants at the end give way when the silence was but a pause", () => {
  const was = { atMs: [1_000, 2_000, 3_000], columns: { rtt: [5, null, null] } }
  assert.deepEqual(append(was, 3_500, { rtt: 7 }, 0, 1_000), {
    atMs: [1_000, 3_500],
    columns: { rtt: [5, 7] },
  })
})
test("time columns: and stay when it was a gap", () => {
  const was = { atMs: [1_000, 2_000, 3_000], columns: { rtt: [5, null, null] } }
  assert.deepEqual(append(was, 9_000, { rtt: 7 }, 0, 1_000).columns.rtt, [5, null, null, 7])
})
test("time columns: an instant already known changes nothing", () => {
  const was = { atMs: [1_000], columns: { rtt: [5] } }
  assert.equal(append(was, 1_000, { rtt: 9 }, 0, 1_000), was)
})
test("time columns: a value that appears later begins as a gap", () => {
  const was = append(NO_COLUMNS, 1_000, { a: 1 }, 0, 1_000)
  assert.deepEqual(append(was, 2_000, { b: 2 }, 0, 1_000).columns, { a: [1, null], b: [null, 2] })
})
test("time columns: answers with other instants share one axis", () => {
  const merged = merge([
    { prefix: "1.", data: { atMs: [1, 3], columns: { rx: [10, 30] } } },
    { prefix: "2.", data: { atMs: [1, 2], columns: { rx: [11, 12] } } },
  ])
  assert.deepEqual(merged, {
    atMs: [1, 2, 3],
    columns: { "1.rx": [10, null, 30], "2.rx": [11, 12, null] },
  })
})
test("time columns: of two that are read at different instants neither breaks the other's line, and gaps stay", () => {
  const a = { atMs: [1, 3, 5], columns: { rtt: [10, null, 50] } }
  const b = { atMs: [1, 2], columns: { rtt: [11, 12] } }
  const { atMs, values } = alignColumns([
    { of: a, name: "rtt" },
    { of: b, name: "rtt" },
    { of: b, name: "none" },
  ])
  assert.deepEqual(atMs, [1, 2, 3, 5])
  assert.deepEqual(values, [
    [10, undefined, null, 50],
    [11, 12, undefined, undefined],
    [null, null, undefined, undefined],
  ])
})
