import assert from "node:assert/strict"
import { test } from "node:test"
import { createSequence } from "./keys.ts"

const commands = new Set(["g d", "g g", "?"])

test("keys: two keys within a second are one command", () => {
  const read = createSequence(commands)
  assert.equal(read("g", 0), null)
  assert.equal(read("d", 400), "g d")
})
test("keys: a late second key means nothing", () => {
  const read = createSequence(commands)
  read("g", 0)
  assert.equal(read("d", 1_500), null)
})
test("keys: the same key twice can be a command", () => {
  const read = createSequence(commands)
  read("g", 0)
  assert.equal(read("g", 100), "g g")
})
test("keys: a single key answers at once", () =>
  assert.equal(createSequence(commands)("?", 0), "?"))
