import assert from "node:assert/strict"
import { test } from "node:test"
import { EnrolToken } from "@ispvm/wire"
import {
  checkToken,
  enrolCommand,
  hashSecret,
  newToken,
  TOKEN_LIFE_MS,
  type TokenReason,
  type TokenRow,
} from "./tokens.ts"

const FINGERPRINT = "F".repeat(43)

test("a token has the form of the contract, and only its hash is kept", () => {
  const token = newToken(FINGERPRINT, 1_000)
  assert.ok(EnrolToken.safeParse(token.text).success)
  const [, secret = ""] = token.text.split(".")
  assert.deepEqual(token.secretHash, hashSecret(secret))
  assert.equal(token.secretHash.length, 32)
  assert.equal(token.expiresAtMs, 1_000 + TOKEN_LIFE_MS)
  assert.notEqual(newToken(FINGERPRINT, 1_000).text, token.text)
})

const cases: [string, TokenRow | null, TokenReason][] = [
  ["no row", null, "token-unknown"],
  ["an unused row in time", { expiresAtMs: 101, usedAtMs: null }, "good"],
  ["the very moment it ends", { expiresAtMs: 100, usedAtMs: null }, "token-expired"],
  ["used, and in time", { expiresAtMs: 101, usedAtMs: 5 }, "token-used"],
  ["used, and expired", { expiresAtMs: 1, usedAtMs: 0 }, "token-used"],
]
for (const [name, row, reason] of cases)
  test(`${name} is ${reason}`, () => assert.equal(checkToken(row, 100), reason))

const commands: [string, string][] = [
  [
    "https://noc.example.net:8444",
    "printf '%s\\n' T | npm run agent -- --url https://noc.example.net:8444 --token -",
  ],
  [
    "https://[2001:db8::1]:8444",
    "printf '%s\\n' T | npm run agent -- --url 'https://[2001:db8::1]:8444' --token -",
  ],
  [
    "https://x'; rm -rf /",
    "printf '%s\\n' T | npm run agent -- --url 'https://x'\\''; rm -rf /' --token -",
  ],
]
for (const [url, command] of commands)
  test(`the command for ${url} can be pasted into a shell`, () =>
    assert.equal(enrolCommand(url, "T"), command))
