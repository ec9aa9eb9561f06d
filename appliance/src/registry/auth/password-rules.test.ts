import assert from "node:assert/strict"
import { test } from "node:test"
import { HttpError } from "../../platform/http/http-error.ts"
import { requireGoodPassword } from "./new-password.ts"
import { passwordFault } from "./password-rules.ts"

const ADA = { organisation: "Anadolu Telekom", name: "Ada Lovelace", email: "noc@example.net" }
const CASES: readonly (readonly [string, string | null])[] = [
  ["long-enough-pass-word-7", null],
  ["correct-horse-9-battery-staple", null],
  ["a long password", null],
  ["also a long one", null],
  ["three routers sing at night", null],
  ["Ağaç dibinde üç kedi", null],
  ["xK9#vQ2!mZ7pL4", null],
  ["password1234", "common"],
  ["P@ssw0rd2026!", "common"],
  ["pass-word-1234", "common"],
  ["1qaz2wsx3edc", "common"],
  ["dragon-2026-11", "common"],
  ["  monkey 123456 ", "common"],
  ["aaaaaaaaaaaa", "repeated"],
  ["abcabcabcabc", "repeated"],
  ["passwordpassword", "repeated"],
  ["123456789012", "sequence"],
  ["abcdefghijklm", "sequence"],
  ["qwertyuiopas", "sequence"],
  ["zyxwvutsrqpo", "sequence"],
  ["anadolutelekom", "context"],
  ["Anadolu-Telekom-2026", "context"],
  ["AdaLovelace!1", "context"],
  ["noc-example-net-1", "context"],
  ["isp visual monitor", "context"],
  ["mikrotik-router-88", "context"],
]
for (const [password, reason] of CASES)
  test(`"${password}" is ${reason ?? "accepted"}`, async () => {
    const outcome = await requireGoodPassword(password, ADA).then(
      () => null,
      (error: unknown) => (error instanceof HttpError ? error.fields : String(error)),
    )
    const expected = [{ path: "password", code: "field.weak-password", params: { reason } }]
    assert.deepEqual(outcome, reason === null ? null : expected)
  })

test("a password of maximum length is checked in linear time", () => {
  const cpuOf = (length: number): number => {
    const password = "aB1!".repeat(length / 4).slice(0, length - 1)
    const began = process.cpuUsage()
    for (let n = 0; n < 50; n += 1) passwordFault(`${password}x`, ADA, new Set())
    const { user, system } = process.cpuUsage(began)
    return (user + system) / length
  }
  cpuOf(256)
  assert.ok(cpuOf(16_384) < 20 * cpuOf(256) + 1)
})
