import assert from "node:assert/strict"
import { test } from "node:test"
import { makeAgent } from "../../../test/make.ts"
import {
  agentApiUrlOf,
  certificateOf,
  countdown,
  isClockSkewed,
  isLoopback,
  latest,
  statusText,
} from "./agent-status.ts"

const DAY_MS = 86_400_000

test("agents: enrolled and never seen is offline, any other problem has its own word", () => {
  assert.equal(statusText(makeAgent(1)), "Live")
  assert.equal(statusText(makeAgent(1, { status: "unknown" })), "Offline")
  assert.equal(
    statusText(makeAgent(1, { status: "unknown", enrolment: "waiting" })),
    "Waiting for enrolment",
  )
  assert.equal(statusText(makeAgent(1, { status: "unknown", enrolment: "revoked" })), "Revoked")
})
test("agents: a certificate that no longer renews itself stands out", () => {
  assert.deepEqual(certificateOf(makeAgent(1, { certificateExpiresAtMs: 30 * DAY_MS }), 0), {
    text: "30 days left",
    bad: false,
  })
  assert.deepEqual(certificateOf(makeAgent(1, { certificateExpiresAtMs: DAY_MS }), 0), {
    text: "1 day left",
    bad: true,
  })
  assert.deepEqual(certificateOf(makeAgent(1, { certificateExpiresAtMs: 0 }), 1), {
    text: "expired",
    bad: true,
  })
  assert.equal(certificateOf(makeAgent(1, { enrolment: "revoked" }), 0), null)
})
const cases: [string, boolean][] = [
  ["https://127.0.0.1:8444", true],
  ["https://localhost:8444", true],
  ["https://[::1]:8444", true],
  ["https://10.0.0.1:8444", false],
  ["https://noc.example.net", false],
  ["", false],
]
for (const [url, expected] of cases)
  test(`agents: the agent API URL ${url || "of no address"} is ${expected ? "" : "not "}for this machine alone`, () =>
    assert.equal(isLoopback(url), expected))
test("agents: the agent API URL is read from the command itself", () => {
  assert.equal(
    agentApiUrlOf("npm run agent -- --url https://10.0.0.1:8444 --token x"),
    "https://10.0.0.1:8444",
  )
  assert.equal(agentApiUrlOf("agent"), null)
})
test("agents: a countdown ends at zero", () => {
  assert.equal(countdown(552_000), "9 min 12 s")
  assert.equal(countdown(900), "1 s")
  assert.equal(countdown(-5), "0 s")
})
test("agents: a clock within two seconds is in sync", () => {
  assert.equal(isClockSkewed(makeAgent(1, { clockSkewMs: -1_500 })), false)
  assert.equal(isClockSkewed(makeAgent(1, { clockSkewMs: 4_000 })), true)
})
test("agents: the later word counts", () => {
  const loaded = makeAgent(1, { lastSeenAtMs: 10, devices: 1 })
  const streamed = new Map([[loaded.id, makeAgent(1, { lastSeenAtMs: 20, devices: 2 })]])
  assert.equal(latest([loaded], streamed)[0]?.devices, 2)
  assert.equal(latest([{ ...loaded, lastSeenAtMs: 30 }], streamed)[0]?.devices, 1)
})
