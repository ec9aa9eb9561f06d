import assert from "node:assert/strict"
import { test } from "node:test"
import { columnsOf, columnValues, shapeOf, spansOf, valueAt, valueRange } from "./chart-model.ts"

const series = [
  { label: "RTT", colour: "chart-1", values: [1, null], low: [0, null], high: [2, null] },
  { label: "Loss", colour: "chart-2", values: [0, 1] },
]

test("chart: a series with extremes takes three columns, one without takes one", () => {
  assert.deepEqual(
    columnsOf(series).map((column) => column.kind),
    ["line", "high", "low", "line"],
  )
  assert.deepEqual(columnValues(series, { seriesIndex: 0, kind: "high" }), [2, null])
})
test("chart: new values keep the shape, a new series changes it", () => {
  const data = { atMs: [0, 1], series }
  assert.equal(
    shapeOf(data),
    shapeOf({ atMs: [0], series: series.map((each) => ({ ...each, values: [5] })) }),
  )
  assert.notEqual(shapeOf(data), shapeOf({ atMs: [0, 1], series: series.slice(1) }))
})
test("chart: without a cursor the last known value stands", () => {
  assert.equal(valueAt([1, 2, null], null), 2)
  assert.equal(valueAt([1, 2, null], 2), null)
})
test("chart: the axis starts at zero and leaves room above", () => {
  const [low, high] = valueRange(3, 100, 1)
  assert.equal(low, 0)
  assert.ok(high > 100)
  assert.ok(valueRange(null, null, 1)[1] > 1)
})
test("chart: what was measured at other instants keeps its value under the cursor, a gap has none", () => {
  assert.equal(valueAt([1, undefined, undefined], 2), 1)
  assert.equal(valueAt([1, null, undefined], 2), null)
  assert.equal(valueAt([1, undefined], null), 1)
})
test("chart: overlapping spans are shaded once, one that still lasts to the end", () => {
  const mark = (atMs: number, untilMs: number | null) => ({
    atMs,
    untilMs,
    label: "",
    tone: "down" as const,
  })
  assert.deepEqual(
    spansOf([
      mark(30, null),
      mark(1, 9),
      mark(5, 12),
      { atMs: 3, label: "", tone: "note" },
      mark(40, 50),
    ]).map((each) => [each.atMs, each.untilMs]),
    [
      [1, 12],
      [30, null],
    ],
  )
})
