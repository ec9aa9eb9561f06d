/**
 * The short form of `npm run fuzz`: every parser of external text accepts any input, in time that
 * grows only with the bytes.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { fuzz, growth } from "./fuzz.ts"
import { PARSERS } from "./parsers.ts"

test("every seed is accepted, so that mutations reach the inner code", () => {
  const rejected = PARSERS.flatMap(({ name, seeds, accepts }) =>
    accepts === undefined
      ? []
      : seeds()
          .filter((seed) => !accepts(seed))
          .map(() => name),
  )
  assert.deepEqual(rejected, [])
})
for (const parser of PARSERS) {
  test(`${parser.name}: a few hundred broken inputs do no harm`, async () =>
    assert.deepEqual((await fuzz(parser, 300, 1)).faults, []))
  test(`${parser.name}: sixteen times as large takes sixteen times as long`, async () =>
    assert.deepEqual(
      (await growth(parser)).filter(({ isLinear }) => !isLinear),
      [],
    ))
}
