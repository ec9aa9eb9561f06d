import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { AgentId, AlertId, DeviceId, OrgId } from "../../platform/ids.ts"
import { createAlertEngine } from "./engine.ts"
import { buildTopology } from "./topology.ts"

const device = DeviceId.parse(randomUUID())
const agent = AgentId.parse(randomUUID())
const topologyWith = (agentId: AgentId | null, reportsEveryS: number | null) =>
  buildTopology(
    [{ id: device, name: "r", roles: [], agentId, siteId: null, reportsEveryS }],
    [],
    agentId === null ? [] : [{ id: agentId, name: "a", deviceId: null, siteId: null }],
    [],
  )

test("a router that loses its agent has its full time to report, and one that no longer reports itself is not missed", () => {
  const engine = createAlertEngine({
    org: OrgId.parse(randomUUID()),
    newId: () => AlertId.parse(randomUUID()),
  })
  const phase = () => engine.of("device-unreachable", device)?.state.phase
  let nowMs = 1_000_000
  const pass = (ms: number): void => {
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      nowMs += 500
      if (engine.of("agent-offline", agent) !== undefined) engine.markAgentSeen(agent, nowMs)
      engine.evaluateTimers(nowMs)
    }
  }
  const push = (): void => {
    const none = { pings: [], interfaces: [], events: [] }
    engine.observe({ agent: null, router: device, receivedAtMs: nowMs, skewMs: 0, ...none }, nowMs)
  }
  engine.updateTopology(topologyWith(null, 60), nowMs)
  push()
  engine.updateTopology(topologyWith(agent, 60), nowMs)
  for (let minute = 0; minute < 5; minute += 1) {
    push() // the agent cannot reach it; it tells of itself all the while
    pass(60_000)
  }
  assert.equal(phase(), "unknown")
  engine.updateTopology(topologyWith(null, 60), nowMs)
  pass(60_000)
  assert.equal(phase(), "unknown")
  push()
  assert.equal(phase(), "ok")
  pass(151_000)
  assert.equal(phase(), "down")
  engine.updateTopology(topologyWith(null, null), nowMs)
  assert.equal(phase(), undefined)
})
