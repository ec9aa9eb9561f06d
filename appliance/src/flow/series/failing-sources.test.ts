import assert from "node:assert/strict"
import { test } from "node:test"
import { AgentId, DeviceId, OrgId } from "../../platform/ids.ts"
import type { Accepted } from "../ingest/model.ts"
import { createFailingSources } from "./failing-sources.ts"

const DEVICE = DeviceId.parse("00000000-0000-4000-8000-00000000000a")
const accepted = (part: Partial<Accepted>): Accepted => ({
  org: OrgId.parse("00000000-0000-4000-8000-000000000001"),
  agent: { id: AgentId.parse("00000000-0000-4000-8000-0000000000aa"), key: 1, name: "agent-1" },
  router: null,
  receivedAtMs: 10_000,
  skewMs: 0,
  pings: [],
  interfaces: [],
  health: [],
  events: [],
  others: [],
  facts: [],
  ...part,
})
const event = (name: string, atMs: number, message = ""): Accepted["events"][number] => ({
  kind: "event",
  id: "00000000-0000-4000-8000-0000000000ee",
  device: DEVICE,
  name: name as Accepted["events"][number]["name"],
  atMs,
  source: "routeros-api",
  severity: "warning",
  interface: null,
  message,
  attributes: {},
})
const failed = (atMs: number, message = "wrong password") =>
  accepted({ events: [event("collect-failed", atMs, message)] })

test("a source that fails is known from its first failure on, until it works", () => {
  const sources = createFailingSources([])
  assert.equal(sources.of(DEVICE), null)
  assert.equal(sources.update(failed(1_000)), true)
  assert.equal(sources.update(failed(2_000)), false)
  assert.deepEqual(sources.of(DEVICE), {
    source: "routeros-api",
    message: "wrong password",
    sinceMs: 1_000,
  })
  assert.equal(sources.update(failed(3_000, "no answer")), true)
  assert.deepEqual([sources.of(DEVICE)?.message, sources.of(DEVICE)?.sinceMs], ["no answer", 1_000])
  assert.equal(sources.update(accepted({ events: [event("collect-works", 4_000)] })), true)
  assert.equal(sources.of(DEVICE), null)
})

test("a source that is no longer configured is not failing", () => {
  const sources = createFailingSources([
    { deviceId: DEVICE, source: "routeros-api", message: "no answer", sinceMs: 5 },
  ])
  assert.equal(sources.of(DEVICE)?.message, "no answer")
  assert.equal(sources.update(accepted({ events: [event("collect-ended", 4_000)] })), true)
  assert.equal(sources.of(DEVICE), null)
})

test("an answer from before the failure, delivered late, does not end it", () => {
  const sources = createFailingSources([])
  sources.update(failed(5_000))
  assert.equal(sources.update(accepted({ events: [event("collect-works", 4_000)] })), false)
  assert.equal(sources.of(DEVICE)?.sinceMs, 5_000)
})

test("an answer of another kind does not end a failure: ports may be unreadable while the CPU load is readable", () => {
  const sources = createFailingSources([])
  sources.update(failed(5_000))
  const health: Accepted["health"][number] = {
    kind: "health",
    device: DEVICE,
    deviceKey: 1,
    atMs: 6_000,
    source: "routeros-api",
    uptimeS: 1,
    cpuRatio: 0.1,
    memoryUsedByte: null,
    memoryTotalByte: null,
    diskUsedByte: null,
    diskTotalByte: null,
  }
  assert.equal(sources.update(accepted({ health: [health] })), false)
  assert.equal(sources.of(DEVICE)?.message, "wrong password")
})
