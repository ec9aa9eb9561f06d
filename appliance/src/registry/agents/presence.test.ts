import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import type { Heartbeat } from "@ispvm/agent/wire"
import { AgentId, OrgId } from "../../platform/ids.ts"
import { createPresence } from "./presence.ts"

const agent = { id: AgentId.parse(randomUUID()), org: OrgId.parse(randomUUID()) }
const beat = (atMs: number): Heartbeat => ({
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

test("the skew is the agent's clock minus ours, and a batch does not forget it", () => {
  const presence = createPresence()
  presence.hear(agent, 1_000, beat(4_000))
  presence.hear(agent, 2_000, null)
  assert.equal(presence.of(agent.id)?.clockSkewMs, 3_000)
  assert.equal(presence.of(agent.id)?.lastSeenAtMs, 2_000)
})

test("an agent is back when it is first heard, and again after a silence", () => {
  const presence = createPresence()
  assert.deepEqual(
    [0, 2_000, 6_000, 10_001, 11_000].map((atMs) => presence.hear(agent, atMs, beat(atMs))),
    [true, false, false, true, false],
  )
  assert.equal(presence.of(agent.id)?.heardSinceMs, 10_001)
})

test("falling silent is told once, and again only after it was heard", () => {
  const presence = createPresence()
  presence.hear(agent, 0, null)
  assert.equal(presence.fallenSilent(4_000).length, 0)
  assert.equal(presence.fallenSilent(4_001).length, 1)
  assert.equal(presence.fallenSilent(20_000).length, 0)
  presence.hear(agent, 30_000, null)
  assert.equal(presence.fallenSilent(40_001).length, 1)
})

test("it is written at once, then at most every ten seconds, and only when there is news", () => {
  const presence = createPresence()
  presence.hear(agent, 0, beat(0))
  assert.equal(presence.takeDue(0).length, 1)
  presence.hear(agent, 2_000, beat(2_000))
  assert.equal(presence.takeDue(9_999).length, 0)
  assert.equal(presence.takeDue(10_000).length, 1)
  assert.equal(presence.takeDue(60_000).length, 0)
  presence.hear(agent, 61_000, beat(61_000))
  presence.hear(agent, 62_000, beat(62_000))
  assert.equal(presence.takeDue(62_000, true).length, 1)
})

test("a clock set back does not keep what was heard unwritten", () => {
  const presence = createPresence()
  presence.hear(agent, 10_000_000, null)
  assert.equal(presence.takeDue(10_000_000).length, 1)
  presence.hear(agent, 9_000_000, null)
  assert.equal(presence.takeDue(9_000_000).length, 1)
})
