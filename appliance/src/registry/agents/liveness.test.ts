import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import type { Heartbeat } from "@ispvm/wire"
import { AgentId, OrgId } from "../../platform/ids.ts"
import { createLiveness } from "./liveness.ts"

const agent = { id: AgentId.parse(randomUUID()), org: OrgId.parse(randomUUID()) }
const heartbeat = (atMs: number): Heartbeat => ({
  protocol: 1,
  atMs,
  version: "0",
  startedAtMs: 0,
  hostname: "h",
  revision: "",
  devices: 0,
  bufferBatches: 0,
  bufferBytes: 0,
  oldestBufferedAtMs: null,
  capabilities: { icmp: true, syslogPort: null },
  notes: [],
})

test("the skew is the agent's clock minus the appliance's, and a batch does not reset it", () => {
  const liveness = createLiveness()
  liveness.receive(agent, 1_000, heartbeat(4_000))
  liveness.receive(agent, 2_000, null)
  assert.equal(liveness.of(agent.id)?.clockSkewMs, 3_000)
  assert.equal(liveness.of(agent.id)?.lastSeenAtMs, 2_000)
})

test("an agent is back with its first sign of life, and again after it was offline", () => {
  const liveness = createLiveness()
  assert.deepEqual(
    [0, 2_000, 6_000, 10_001, 11_000].map((atMs) => liveness.receive(agent, atMs, heartbeat(atMs))),
    [true, false, false, true, false],
  )
  assert.equal(liveness.of(agent.id)?.onlineSinceMs, 10_001)
})

test("going offline is announced once, and again only after the agent was back", () => {
  const liveness = createLiveness()
  liveness.receive(agent, 0, null)
  assert.equal(liveness.goneOffline(4_000).length, 0)
  assert.equal(liveness.goneOffline(4_001).length, 1)
  assert.equal(liveness.goneOffline(20_000).length, 0)
  liveness.receive(agent, 30_000, null)
  assert.equal(liveness.goneOffline(40_001).length, 1)
})

test("liveness is stored at once, then at most every ten seconds, and only when it changed", () => {
  const liveness = createLiveness()
  liveness.receive(agent, 0, heartbeat(0))
  assert.equal(liveness.takeDue(0).length, 1)
  liveness.receive(agent, 2_000, heartbeat(2_000))
  assert.equal(liveness.takeDue(9_999).length, 0)
  assert.equal(liveness.takeDue(10_000).length, 1)
  assert.equal(liveness.takeDue(60_000).length, 0)
  liveness.receive(agent, 61_000, heartbeat(61_000))
  liveness.receive(agent, 62_000, heartbeat(62_000))
  assert.equal(liveness.takeDue(62_000, true).length, 1)
})

test("a clock set back does not delay the storing of liveness", () => {
  const liveness = createLiveness()
  liveness.receive(agent, 10_000_000, null)
  assert.equal(liveness.takeDue(10_000_000).length, 1)
  liveness.receive(agent, 9_000_000, null)
  assert.equal(liveness.takeDue(9_000_000).length, 1)
})
