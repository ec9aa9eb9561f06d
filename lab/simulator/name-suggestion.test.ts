import assert from "node:assert/strict"
import { test } from "node:test"
import { closest } from "./name-suggestion.ts"

const cases: [string, string[], string][] = [
  ["istanbul-ankar", ["istanbul-ankara", "istanbul-bursa"], "; did you mean istanbul-ankara?"],
  ["istanbul", ["izmir-antalya", "istanbul-bursa"], "; did you mean istanbul-bursa?"],
  ["x", ["alpha", "beta"], "; there are alpha, beta"],
  ["x", [], ""],
]
for (const [typed, known, expected] of cases)
  test(`${typed} among ${known.length} names`, () => assert.equal(closest(typed, known), expected))
