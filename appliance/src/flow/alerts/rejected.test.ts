import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { AgentId, AlertId, DeviceId, OrgId } from "../../platform/ids.ts"
import { type AlertInput, createAlertEngine } from "./engine.ts"
import { buildTopology } from "./topology.ts"

const device = DeviceId.parse(randomUUID())
const agent = AgentId.parse(randomUUID())
const other = AgentId.parse(randomUUID())
const START = 1_000_000

const open = () => {
  const engine = createAlertEngine({
    org: OrgId.parse(randomUUID()),
    newId: () => AlertId.parse(randomUUID()),
  })
  const agents = [agent, other].map((id) => ({ id, name: "a", deviceId: null, siteId: null }))
  engine.updateTopology(
    buildTopology(
      [{ id: device, name: "r", roles: [], agentId: agent, siteId: null, reportsEveryS: null }],
      [],
      agents,
      [],
    ),
    START,
  )
  let nowMs = START
  return {
    state: () => {
      const { phase, reason } = engine.of("device-unreachable", device)?.state ?? {
        phase: null,
        reason: null,
      }
      return [phase, reason]
    },
    observe: (answers: boolean | null, over: Partial<AlertInput> = {}): void => {
      nowMs += 1_000
      const icmp = {
        sent: 5,
        received: answers === true ? 5 : 0,
        rttUs: answers === true ? 900 : null,
        jitterUs: null,
      }
      const probe = {
        atMs: nowMs,
        answers: answers === true,
        icmp,
        tcp: answers === true ? null : ("silent" as const),
      }
      const ping = {
        kind: "ping" as const,
        device,
        targetId: 1,
        because: "confirm" as const,
        ...probe,
      }
      const pings = answers === null ? [] : [ping]
      const by = { id: agent, key: 1, name: "a" }
      engine.observe(
        {
          agent: by,
          router: null,
          receivedAtMs: nowMs,
          skewMs: 0,
          pings,
          interfaces: [],
          events: [],
          ...over,
        },
        nowMs,
      )
    },
  }
}

test("a device whose readings are rejected is unknown at once, for that reason, until one is accepted again", () => {
  const { state, observe } = open()
  observe(true)
  assert.deepEqual(state(), ["ok", "answers"])
  observe(null, { rejected: [{ device, port: null }] })
  assert.deepEqual(state(), ["unknown", "samples-rejected"])
  observe(true)
  assert.deepEqual(state(), ["ok", "answers"])
})

test("rejected readings of a device that was moved to another agent change nothing", () => {
  const { state, observe } = open()
  observe(true)
  observe(null, { rejected: [{ device, port: null }], agent: { id: other, key: 2, name: "b" } })
  assert.deepEqual(state(), ["ok", "answers"])
})

test("what a second machine with the same agent identity cannot reach is not down", () => {
  const { state, observe } = open()
  observe(true)
  for (let n = 0; n < 10; n += 1) observe(false, { isSecond: true })
  observe(null, { isSecond: true, rejected: [{ device, port: null }] })
  assert.deepEqual(state(), ["ok", "answers"])
  for (let n = 0; n < 3; n += 1) observe(false)
  assert.deepEqual(state(), ["down", "probes-unanswered"])
})
