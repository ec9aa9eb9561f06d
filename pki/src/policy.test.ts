import assert from "node:assert/strict"
import { test } from "node:test"
import { canonicalSerial, isDue, newSerial, POLICY, renewAfterMs, validity } from "./policy.ts"

const NOW = Date.parse("2026-01-01T00:00:00.789Z")
const DAY = 86_400_000

test("an agent's certificate begins five minutes ago and ends in thirty days, in whole seconds", () => {
  const valid = validity("agent", NOW)
  assert.equal(new Date(valid.notBeforeMs).toISOString(), "2025-12-31T23:55:00.000Z")
  assert.equal(new Date(valid.notAfterMs).toISOString(), "2026-01-31T00:00:00.000Z")
})

test("nothing is valid longer than the authority that signed it", () => {
  assert.equal(
    validity("server", NOW, NOW + 10 * DAY).notAfterMs,
    Math.floor((NOW + 10 * DAY) / 1000) * 1000,
  )
})

test("renewal is due after two thirds of the lifetime, and not before", () => {
  const valid = validity("agent", NOW)
  const due = renewAfterMs(valid)
  assert.ok(due > NOW + 19.9 * DAY && due < NOW + 20.1 * DAY)
  assert.equal(isDue(valid, due - 1), false)
  assert.equal(isDue(valid, due), true)
})

test("a serial is 17 bytes, positive, without a leading zero, and new every time", () => {
  const serials = new Set(Array.from({ length: 1_000 }, () => newSerial()))
  assert.equal(serials.size, 1_000)
  for (const serial of serials) assert.match(serial, /^[1-7][0-9a-f]{33}$/)
  for (const fill of [0x00, 0xff])
    assert.match(
      newSerial((bytes) => Buffer.alloc(bytes, fill)),
      /^[1-7][0-9a-f]{33}$/,
    )
})

const serials: [string, string][] = [
  ["0A:BC", "0abc"],
  ["ABC", "0abc"],
  ["00ab", "ab"],
  ["00", "00"],
]
for (const [written, canonical] of serials)
  test(`serial ${written} is ${canonical}`, () => assert.equal(canonicalSerial(written), canonical))

test("the lifetimes are the documented ones", () => {
  assert.equal(POLICY.lifetimeMs.agent, 30 * DAY)
  assert.equal(POLICY.lifetimeMs.server, 365 * DAY)
  assert.equal(POLICY.backdateMs, 300_000)
})
