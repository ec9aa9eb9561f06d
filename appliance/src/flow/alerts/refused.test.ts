import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { AgentId, AlertId, DeviceId, OrgId } from "../../platform/ids.ts"
import { createBook, type Seen } from "./book.ts"
import { watch } from "./watched.ts"

const device = DeviceId.parse(randomUUID())
const agent = AgentId.parse(randomUUID())
const other = AgentId.parse(randomUUID())
const START = 1_000_000

const open = () => {
  const book = createBook({ org: OrgId.parse(randomUUID()), newId: () => AlertId.parse(randomUUID()) })
  const agents = [agent, other].map((id) => ({ id, name: "a", deviceId: null, siteId: null }))
  book.rewatch(
    watch([{ id: device, name: "r", roles: [], agentId: agent, siteId: null, reportsEveryS: null }], [], agents, []),
    START,
  )
  let nowMs = START
  return {
    state: () => {
      const { phase, reason } = book.of("device-unreachable", device)?.state ?? { phase: null, reason: null }
      return [phase, reason]
    },
    take: (answers: boolean | null, over: Partial<Seen> = {}): void => {
      nowMs += 1_000
      const icmp = { sent: 5, received: answers === true ? 5 : 0, rttUs: answers === true ? 900 : null, jitterUs: null }
      const probe = { atMs: nowMs, answers: answers === true, icmp, tcp: answers === true ? null : ("silent" as const) }
      const ping = { kind: "ping" as const, device, targetId: 1, because: "confirm" as const, ...probe }
      const pings = answers === null ? [] : [ping]
      const by = { id: agent, key: 1, name: "a" }
      book.observe({ agent: by, router: null, receivedAtMs: nowMs, skewMs: 0, pings, interfaces: [], events: [], ...over }, nowMs)
    },
  }
}

test("a device whose readings are refused is unknown at once, for that reason, until one is taken again", () => {
  const { state, take } = open()
  take(true)
  assert.deepEqual(state(), ["ok", "answers"])
  take(null, { refused: [{ device, port: null }] })
  assert.deepEqual(state(), ["unknown", "samples-refused"])
  take(true)
  assert.deepEqual(state(), ["ok", "answers"])
})

test("refused readings of a device that another agent was given change nothing", () => {
  const { state, take } = open()
  take(true)
  take(null, { refused: [{ device, port: null }], agent: { id: other, key: 2, name: "b" } })
  assert.deepEqual(state(), ["ok", "answers"])
})

test("what a second machine with the agent's identity cannot reach is not down", () => {
  const { state, take } = open()
  take(true)
  for (let n = 0; n < 10; n += 1) take(false, { isSecond: true })
  take(null, { isSecond: true, refused: [{ device, port: null }] })
  assert.deepEqual(state(), ["ok", "answers"])
  for (let n = 0; n < 3; n += 1) take(false)
  assert.deepEqual(state(), ["down", "confirmed-silent"])
})
