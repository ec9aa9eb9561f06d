import assert from "node:assert/strict"
import { test } from "node:test"
import { makeCompanion, reporting, troubled, WISH } from "../../../test/make-companion.ts"
import { byPart, byUse, doneOf, isOldKey, refusedNow, skewOf, stateOf, watchedOf } from "./companion-look.ts"

const NOW = 1_800_000_000_000
test("companion: silence is late only where a heartbeat is due", () => {
  const suggested = { agentAddresses: [], applianceHost: "noc.example.net" }
  assert.equal(stateOf(reporting(NOW, { lastPushAtMs: NOW - 3_600_000 }), NOW), "fine")
  assert.equal(stateOf(reporting(NOW, { lastPushAtMs: NOW - 3_600_000, suggested }), NOW), "late")
  assert.equal(stateOf(reporting(NOW, { lastPushAtMs: NOW - 100_000, suggested }), NOW), "fine")
})
test("companion: nothing made, and made but never heard, are told apart", () => {
  assert.equal(stateOf(makeCompanion(), NOW), "none")
  assert.equal(stateOf(makeCompanion({ wish: WISH }), NOW), "silent")
})
test("companion: one whose script was taken out is none, though it once reported; a key that still holds tells otherwise", () => {
  const keys = reporting(NOW).keys.map((key) => ({ ...key, state: "revoked" as const }))
  assert.equal(stateOf(reporting(NOW, { wish: null, keys }), NOW), "none")
  assert.notEqual(stateOf(reporting(NOW, { wish: null }), NOW), "none")
  assert.notEqual(stateOf(reporting(NOW, { keys }), NOW), "none")
})
test("companion: a router that is turned away since its last push is told, one that was long ago is not", () => {
  const refusal = { reason: "key-revoked", message: "" }
  assert.ok(refusedNow(reporting(NOW, { lastPushAtMs: NOW - 2_000, lastRefusal: { ...refusal, atMs: NOW - 1_000 } })))
  assert.equal(refusedNow(reporting(NOW, { lastPushAtMs: NOW - 2_000, lastRefusal: { ...refusal, atMs: NOW - 9_000 } })), null)
})
test("companion: of a router that wants no heartbeat and watches nothing, neither is said to be done", () => {
  const hello = { atMs: NOW, version: "7.18.2", done: ["push", "push-netwatch", "push-heartbeat"], failed: [], globals: null }
  assert.deepEqual(doneOf(reporting(NOW, { hello, wish: { ...WISH, heartbeatS: 0, watches: [] } })), ["push"])
  assert.deepEqual(doneOf(reporting(NOW, { hello, wish: { ...WISH, heartbeatS: 30 } })), hello.done)
})
test("companion: a clock is in step within a second, and bad beyond five", () => {
  assert.deepEqual(skewOf(-320), { text: "in step", isBad: false })
  assert.deepEqual(skewOf(4_000), { text: "4.0 s ahead", isBad: false })
  assert.deepEqual(skewOf(-93_000), { text: "1 min behind", isBad: true })
})
test("companion: keys that may post come first, and one in use for more than a year is old", () => {
  const [active, revoked] = reporting(NOW).keys
  assert.ok(active && revoked)
  assert.deepEqual(byUse([revoked, active]), [active, revoked])
  assert.equal(isOldKey({ ...active, createdAtMs: NOW - 400 * 86_400_000 }, NOW), true)
  assert.equal(isOldKey({ ...revoked, createdAtMs: NOW - 400 * 86_400_000 }, NOW), false)
})
test("companion: what differs is told part by part, in the order of the script", () =>
  assert.deepEqual(
    byPart(troubled(NOW).verification?.drift ?? []).map(([part, rows]) => [part, rows.length]),
    [
      ["api-tls", 1],
      ["firewall", 2],
      ["snmp", 1],
      ["syslog", 1],
    ],
  ))
test("companion: what is down comes first, what was never heard of comes last", () => {
  const [down] = troubled(NOW).watches
  assert.ok(down)
  assert.deepEqual(
    watchedOf(reporting(NOW, { watches: [{ ...down, name: "A", state: "up" }, down] })).map((each) => [each.name, each.state]),
    [
      ["Carrier gateway", "down"],
      ["A", "up"],
      ["Customer portal", null],
    ],
  )
})
