import assert from "node:assert/strict"
import { test } from "node:test"
import { bearerOf, isWellFormed, newApiToken, stateOf, TOKEN_PREFIX } from "./api-token.ts"

test("a token has a prefix that scanners find, 256 random bits and a checksum", () => {
  const { text, secretHash, ending } = newApiToken((bytes) => Buffer.alloc(bytes, 7))
  assert.equal(text, `ispvm_api_${"BwcH".repeat(10)}Bwc${text.slice(-6)}`)
  assert.equal(text.length, TOKEN_PREFIX.length + 43 + 6)
  assert.equal(secretHash.length, 32)
  assert.equal(text.endsWith(ending), true)
  assert.notEqual(newApiToken().text, newApiToken().text)
})

test("a mistyped token is recognised without the database", () => {
  const { text } = newApiToken()
  assert.equal(isWellFormed(text), true)
  const swapped = text.at(20) === "A" ? "B" : "A"
  for (const broken of [
    "",
    text.slice(0, -1),
    `${text}x`,
    `${text.slice(0, 20)}${swapped}${text.slice(21)}`,
    text.replace("ispvm_api_", "ispvm_abc_"),
    text.toUpperCase(),
  ])
    assert.equal(isWellFormed(broken), false, broken)
})

test("only a bearer token counts as one", () => {
  assert.equal(bearerOf("Bearer abc"), "abc")
  assert.equal(bearerOf("bearer   abc  "), "abc")
  for (const header of ["", "Basic abc", "Bearer", "Bearer a b"])
    assert.equal(bearerOf(header), null, header)
})

test("the state names what a person decided first", () => {
  const facts = { isRevoked: false, isExpired: false, isDisabled: false }
  assert.equal(stateOf(facts), "active")
  assert.equal(stateOf({ ...facts, isDisabled: true }), "blocked")
  assert.equal(stateOf({ ...facts, isDisabled: true, isExpired: true }), "expired")
  assert.equal(stateOf({ isRevoked: true, isExpired: true, isDisabled: true }), "revoked")
})
