import assert from "node:assert/strict"
import { test } from "node:test"
import { csvText } from "./csv.ts"

test("csv: commas, quotes and line ends are quoted; null is empty", () => {
  assert.equal(csvText(["a", "b"], [['x,"y"', null]]), 'a,b\r\n"x,""y""",\r\n')
})
test("csv: what a spreadsheet would run as a formula stays text", () => {
  assert.equal(csvText(["a"], [["=1+1"]]), "a\r\n'=1+1\r\n")
})
test("csv: numbers keep their sign", () => {
  assert.equal(csvText(["a"], [[-3]]), "a\r\n-3\r\n")
})
test("csv: an apostrophe before a formula gets another one, any other is kept as it is", () => {
  assert.equal(csvText(["a"], [["'=1"], ["'a"], ["''-1"]]), "a\r\n''=1\r\n'a\r\n'''-1\r\n")
})
