import assert from "node:assert/strict"
import { test } from "node:test"
import { progressLine, readNotes, summaryLines } from "./soak-notes.ts"

const NOTES = [
  { at: "a/slow.test.ts:7", done: 10, of: 1_000, seed: "5", failed: null },
  { at: "b/seeds.test.ts", done: 1_000, of: 1_000, seed: "1–1000", failed: null },
  { at: "a/slow.test.ts:7", done: 400, of: 1_000, seed: "5", failed: null },
  { at: "c/bad.test.ts:3", done: 12, of: 1_000, seed: "9", failed: '{ seed: 9, path: "11" }' },
]
const TEXT = `${NOTES.map((note) => JSON.stringify(note)).join("\n")}\n{"at":"a/slow.te`

test("the newest note of each property counts, and a line that is being written does not", () => {
  const notes = readNotes(TEXT)
  assert.deepEqual(
    notes.map(({ at, done }) => [at, done]),
    [
      ["a/slow.test.ts:7", 400],
      ["b/seeds.test.ts", 1_000],
      ["c/bad.test.ts:3", 12],
    ],
  )
})

test("progress names what runs, and the summary every property with its seed and failure", () => {
  const notes = readNotes(TEXT)
  assert.equal(
    progressLine(notes, 75),
    "1:15  1,412 histories, 1 failures  ·  slow.test.ts:7 400/1,000",
  )
  const lines = summaryLines(notes)
  assert.match(lines.find((line) => line.startsWith("b/seeds")) ?? "", /1,000 +1–1000 +0$/)
  assert.match(lines.find((line) => line.startsWith("c/bad")) ?? "", /12 +9 +1: \{ seed: 9, path/)
  assert.equal(lines.at(-1), "1,412 histories of 3 properties, 1 failures, 1 did not end")
})

test("without a note there is still a summary", () => {
  assert.deepEqual(readNotes(""), [])
  assert.equal(summaryLines([]).at(-1), "0 histories of 0 properties, 0 failures")
})
