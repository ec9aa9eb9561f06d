import assert from "node:assert/strict"
import { test } from "node:test"
import { createDueSources, type SourceNow } from "./sources.ts"

const answer = (atMs: number, device = "d"): SourceNow => ({
  ...{ device, source: "icmp", atMs, problem: null, problemAtMs: null },
})
const failure = (atMs: number): SourceNow => ({
  ...{ device: "d", source: "icmp", atMs: null, problem: "no answer", problemAtMs: atMs },
})

test("the last answer of a method is stored now and then, and at once after a failure", () => {
  const due = createDueSources()
  const timesOf = (...given: SourceNow[]) => due(given).map((one) => one.atMs ?? one.problemAtMs)
  assert.deepEqual(timesOf(answer(1_000)), [1_000])
  assert.deepEqual(timesOf(answer(2_000), answer(2_000, "e")), [2_000], "of another device")
  assert.deepEqual(timesOf(answer(9_999)), [])
  assert.deepEqual(timesOf(answer(10_000)), [10_000])
  assert.deepEqual(timesOf(answer(10_000)), [10_000], "its batch could not be stored")
  assert.deepEqual(timesOf(answer(500)), [], "a backlog")
  assert.deepEqual(timesOf(failure(10_500)), [10_500])
  assert.deepEqual(timesOf(answer(11_000)), [11_000], "it works again")
  assert.deepEqual(timesOf(answer(12_000)), [])
})
