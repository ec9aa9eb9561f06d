import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { isKnown, MAX_SPANS, type Spans, withNumber } from "./spans.ts"

test("in whatever order numbers arrive, exactly those that arrived are known", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 }), (numbers) => {
      const spans = numbers.reduce<Spans>(withNumber, [])
      const came = new Set(numbers)
      for (let number = 0; number <= 61; number += 1)
        assert.equal(isKnown(spans, number), came.has(number))
      for (const [at, [first, last]] of spans.entries()) {
        assert.ok(first <= last)
        const next = spans[at + 1]
        assert.ok(next === undefined || last + 1 < next[0], "spans that touch are one")
      }
    }),
  )
})

test("consecutive numbers are one span", () => {
  let spans: Spans = []
  for (let number = 1; number <= 1_000; number += 1) spans = withNumber(spans, number)
  assert.deepEqual(spans, [[1, 1_000]])
})

test("endless gaps do not grow the row: the lowest are dropped", () => {
  let spans: Spans = []
  for (let number = 1; number <= 1_000; number += 2) spans = withNumber(spans, number)
  assert.equal(spans.length, MAX_SPANS)
  assert.ok(isKnown(spans, 999))
  assert.ok(isKnown(spans, 2), "given up")
  assert.ok(!isKnown(spans, 998), "the newest gaps are kept")
})
