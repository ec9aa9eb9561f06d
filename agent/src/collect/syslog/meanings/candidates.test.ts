import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { createCandidates } from "./candidates.ts"
import { RARE } from "./template.ts"

const WORDS = ["up", "down", "assigned", "for", "é", ...RARE]
const Row = fc.record({
  words: fc.option(fc.uniqueArray(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 })),
})
const Line = fc.array(fc.constantFrom(...WORDS, "", "other", "a@b", "up."), { maxLength: 14 })

test("the rows that may match are those of which the line has a word, in their order", () => {
  fc.assert(
    fc.property(fc.array(Row, { maxLength: 12 }), fc.array(Line), (rows, lines) => {
      const candidates = createCandidates([...rows.entries()])
      for (const line of lines.map((words) => words.join(" "))) {
        const words = line.split(" ")
        const isIn = (one: string) =>
          RARE.includes(one) ? line.includes(one) : words.includes(one)
        const expected = [...rows.keys()].filter((at) => rows[at]?.words?.some(isIn) ?? true)
        assert.deepEqual(candidates(line), expected, line)
      }
    }),
  )
})
