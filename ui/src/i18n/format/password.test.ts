import assert from "node:assert/strict"
import { test } from "node:test"
import { passwordStrength } from "./password.ts"

test("password: below twelve characters is too short, whatever it holds", () =>
  assert.equal(passwordStrength("aB3$aB3$"), 0))
test("password: repetition is weak however long", () =>
  assert.equal(passwordStrength("a".repeat(40)), 1))
test("password: a few words in a row are strong", () =>
  assert.equal(passwordStrength("correct horse battery staple"), 4))
test("password: more is never worse", () => {
  assert.ok(passwordStrength("abcdefgh1234") <= passwordStrength("abcdefgh1234-Xyz"))
})
