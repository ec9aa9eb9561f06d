import assert from "node:assert/strict"
import { test } from "node:test"
import { matches } from "./text-match.ts"

test("words: any order, any case, accents and dotless i folded", () => {
  assert.ok(matches("izm core", "core-1", "İzmir"))
  assert.ok(matches("sivri", "Sıvri"))
  assert.ok(matches("", "anything"))
  assert.ok(!matches("core 2", "core-1", "Izmir"))
})
