import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { AgentId, AlertId, DeviceId, OrgId } from "../../platform/ids.ts"
import { createBook } from "./book.ts"
import { watch } from "./watched.ts"

const device = DeviceId.parse(randomUUID())
const agent = AgentId.parse(randomUUID())
const watchedBy = (agentId: AgentId | null, reportsEveryS: number | null) =>
  watch(
    [{ id: device, name: "r", roles: [], agentId, siteId: null, reportsEveryS }],
    [],
    agentId === null ? [] : [{ id: agentId, name: "a", deviceId: null, siteId: null }],
    [],
  )

test("a router whose agent is taken away has its full time to report, and one that is let go is missed by nobody", () => {
  const book = createBook({ org: OrgId.parse(randomUUID()), newId: () => AlertId.parse(randomUUID()) })
  const phase = () => book.of("device-unreachable", device)?.state.phase
  let nowMs = 1_000_000
  const pass = (ms: number): void => {
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      nowMs += 500
      if (book.of("agent-silent", agent) !== undefined) book.heard(agent, nowMs)
      book.tick(nowMs)
    }
  }
  const push = (): void => {
    const none = { pings: [], interfaces: [], events: [] }
    book.observe({ agent: null, router: device, receivedAtMs: nowMs, skewMs: 0, ...none }, nowMs)
  }
  book.rewatch(watchedBy(null, 60), nowMs)
  push()
  book.rewatch(watchedBy(agent, 60), nowMs)
  for (let minute = 0; minute < 5; minute += 1) {
    push() // the agent cannot reach it; it tells of itself all the while
    pass(60_000)
  }
  assert.equal(phase(), "unknown")
  book.rewatch(watchedBy(null, 60), nowMs)
  pass(60_000)
  assert.equal(phase(), "unknown")
  push()
  assert.equal(phase(), "ok")
  pass(151_000)
  assert.equal(phase(), "down")
  book.rewatch(watchedBy(null, null), nowMs)
  assert.equal(phase(), undefined)
})
