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

test("a router's last report still proves that it was alive once an agent probes it", () => {
  const engine = createAlertEngine({
    org: OrgId.parse(randomUUID()),
    newId: () => AlertId.parse(randomUUID()),
  })
  const START_MS = 1_000_000
  const common = { receivedAtMs: START_MS, skewMs: 0, pings: [], interfaces: [], events: [] }
  engine.updateTopology(topologyWith(null, 60), START_MS)
  engine.observe({ agent: null, router: device, ...common }, START_MS)
  engine.updateTopology(topologyWith(agent, 60), START_MS + 1_000)
  const atMs = START_MS + 2_000
  const icmp = { sent: 6, received: 0, rttUs: null, jitterUs: null }
  const ping = {
    kind: "ping",
    device,
    atMs,
    answers: false,
    icmp,
    tcp: "silent",
    because: "missed",
  } as const
  engine.observe(
    { agent: { id: agent }, router: null, ...common, receivedAtMs: atMs, pings: [ping] },
    atMs,
  )
  const alert = engine.of("device-unreachable", device)
  assert.deepEqual([alert?.state.phase, alert?.answeredAtMs], ["down", START_MS])
})

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
    push() // the agent cannot reach it; it reports itself all the while
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
