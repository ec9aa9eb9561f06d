import assert from "node:assert/strict"
import { test } from "node:test"
import { createFileTimes } from "./file-times.ts"

test("files whose tests are reported in one go share what was used by how long their tests took", () => {
  const { times, finished, divide } = createFileTimes()
  finished("a", 3_000)
  finished("b", 500)
  finished("b", 500)
  divide({ wall: 4, cpu: 8 }, "c")
  assert.deepEqual(times, { a: { wall: 3, cpu: 6 }, b: { wall: 1, cpu: 2 } })
  divide({ wall: 2, cpu: 1 }, "c")
  assert.deepEqual(Object.entries(times).at(-1), ["c", { wall: 2, cpu: 1 }])
})

test("what no file has used is nobody's", () => {
  const { times, divide } = createFileTimes()
  divide({ wall: 2, cpu: 1 }, "")
  assert.deepEqual(times, {})
})
