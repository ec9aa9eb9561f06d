import assert from "node:assert/strict"
import { test } from "node:test"
import {
  DESIRED_CONFIG,
  makeCompanion,
  reporting,
  withProblems,
} from "../../../test/make-companion.ts"
import {
  byPart,
  byUse,
  completedParts,
  currentRejection,
  isOldKey,
  netwatchRows,
  skewOf,
  stateOf,
} from "./companion-status.ts"

const NOW = 1_800_000_000_000
test("companion: silence is late only where a heartbeat is due", () => {
  const suggested = { agentAddresses: [], applianceHost: "noc.example.net" }
  assert.equal(stateOf(reporting(NOW, { lastPushAtMs: NOW - 3_600_000 }), NOW), "fine")
  assert.equal(stateOf(reporting(NOW, { lastPushAtMs: NOW - 3_600_000, suggested }), NOW), "late")
  assert.equal(stateOf(reporting(NOW, { lastPushAtMs: NOW - 100_000, suggested }), NOW), "fine")
})
test("companion: nothing made, and made but never seen, are distinguished", () => {
  assert.equal(stateOf(makeCompanion(), NOW), "none")
  assert.equal(stateOf(makeCompanion({ desired: DESIRED_CONFIG }), NOW), "never-reported")
})
test("companion: one whose script was taken out is none, though it once reported; unless a key is still valid", () => {
  const keys = reporting(NOW).keys.map((key) => ({ ...key, state: "revoked" as const }))
  assert.equal(stateOf(reporting(NOW, { desired: null, keys }), NOW), "none")
  assert.notEqual(stateOf(reporting(NOW, { desired: null }), NOW), "none")
  assert.notEqual(stateOf(reporting(NOW, { keys }), NOW), "none")
})
test("companion: a router rejected since its last push is shown as such, one rejected long ago is not", () => {
  const rejection = { reason: "key-revoked", message: "" }
  assert.ok(
    currentRejection(
      reporting(NOW, {
        lastPushAtMs: NOW - 2_000,
        lastRejection: { ...rejection, atMs: NOW - 1_000 },
      }),
    ),
  )
  assert.equal(
    currentRejection(
      reporting(NOW, {
        lastPushAtMs: NOW - 2_000,
        lastRejection: { ...rejection, atMs: NOW - 9_000 },
      }),
    ),
    null,
  )
})
test("companion: of a router that wants no heartbeat and watches nothing, neither is said to be done", () => {
  const hello = {
    atMs: NOW,
    version: "7.18.2",
    done: ["push", "push-netwatch", "push-heartbeat"],
    failed: [],
    globals: null,
  }
  assert.deepEqual(
    completedParts(
      reporting(NOW, { hello, desired: { ...DESIRED_CONFIG, heartbeatS: 0, netwatch: [] } }),
    ),
    ["push"],
  )
  assert.deepEqual(
    completedParts(reporting(NOW, { hello, desired: { ...DESIRED_CONFIG, heartbeatS: 30 } })),
    hello.done,
  )
})
test("companion: a clock is in sync within a second, and bad beyond five", () => {
  assert.deepEqual(skewOf(-320), { text: "in sync", isBad: false })
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
test("companion: drift is listed part by part, in the order of the script", () =>
  assert.deepEqual(
    byPart(withProblems(NOW).verification?.drift ?? []).map(([part, rows]) => [part, rows.length]),
    [
      ["api-tls", 1],
      ["firewall", 2],
      ["snmp", 1],
      ["syslog", 1],
    ],
  ))
test("companion: what is down comes first, what was never reported comes last", () => {
  const [down] = withProblems(NOW).netwatch
  assert.ok(down)
  assert.deepEqual(
    netwatchRows(reporting(NOW, { netwatch: [{ ...down, name: "A", state: "up" }, down] })).map(
      (each) => [each.name, each.state],
    ),
    [
      ["Carrier gateway", "down"],
      ["A", "up"],
      ["Customer portal", null],
    ],
  )
})
