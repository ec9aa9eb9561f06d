import assert from "node:assert/strict"
import { test } from "node:test"
import type { Source } from "@ispvm/wire"
import { DeviceId } from "../../platform/ids.ts"
import { createReadingSamples, readingOf } from "./reading-samples.ts"

const DEVICE = DeviceId.parse("00000000-0000-4000-8000-00000000000d")
const [A, B] = ["agent-a", "agent-b"]
const BOTH = { routerosApi: { port: 8729, tls: true, fingerprint: null }, snmp: { port: 161 } }
const known = (more: object = {}) => ({
  ...{ key: 7, agentId: A, preferredAgentId: A, methods: BOTH as unknown },
  ...more,
})
const MINUTE_MS = 60_000
const NOTHING = { pings: [], interfaces: [], health: [], others: [] }
const port = (source: Source, atMs: number) => ({ device: DEVICE, source, atMs })
const pinged = (atMs: number) => ({
  ...{ device: DEVICE, atMs },
  icmp: { sent: 1, received: 1, rttUs: [1_000] } as never,
})

test("the first configured method is the preferred one, unless another is chosen", () => {
  const of = (source: Source, methods: unknown) =>
    readingOf(known({ methods }), A, { device: DEVICE, source, atMs: 1 })?.method ?? null
  assert.equal(of("routeros-api", BOTH), "preferred")
  assert.equal(of("snmp", BOTH), "fallback")
  assert.equal(of("snmp", { ...BOTH, preferred: "snmp" }), "preferred")
  assert.equal(of("routeros-api", { ...BOTH, preferred: "snmp" }), "fallback")
  assert.equal(of("snmp", { snmp: { port: 161 } }), "preferred")
  assert.equal(of("icmp", BOTH), "ping-only")
  assert.equal(of("icmp", {}), null)
})

test("another agent than the preferred one shows, and without a preference none does", () => {
  const of = (more: object, agent: string) =>
    readingOf(known(more), agent, { device: DEVICE, source: "snmp", atMs: 1 })?.isOtherAgent
  assert.equal(of({}, A), false)
  assert.equal(of({}, B), true)
  assert.equal(of({ preferredAgentId: null }, B), false)
})

test("a device has one sample a minute, of its own times", () => {
  const readings = createReadingSamples()
  const devices = new Map([[DEVICE, known()]])
  const at = (atMs: number) => {
    const made = readings.of(A, { ...NOTHING, interfaces: [port("routeros-api", atMs)] }, devices)
    readings.made(made)
    return made.map((sample) => [sample.atMs, sample.method, sample.deviceKey])
  }
  assert.deepEqual(at(0), [[0, "preferred", 7]])
  assert.deepEqual(at(10_000), [])
  assert.deepEqual(at(59_999), [])
  assert.deepEqual(at(60_000), [[60_000, "preferred", 7]])
})

test("a sample that was not stored is made again", () => {
  const readings = createReadingSamples()
  const devices = new Map([[DEVICE, known()]])
  const given = { ...NOTHING, interfaces: [port("snmp", 5)] }
  assert.equal(readings.of(A, given, devices).length, 1)
  assert.equal(readings.of(A, given, devices).length, 1)
})

test("ping alone counts when nothing else was read for a quarter of an hour, and of the holder", () => {
  const readings = createReadingSamples()
  const devices = new Map([[DEVICE, known()]])
  const probe = (agent: string, atMs: number) => {
    const made = readings.of(agent, { ...NOTHING, pings: [pinged(atMs)] }, devices)
    readings.made(made)
    return made.map(({ method }) => method)
  }
  readings.made(
    readings.of(A, { ...NOTHING, interfaces: [port("routeros-api", MINUTE_MS)] }, devices),
  )
  assert.deepEqual(probe(A, 10 * MINUTE_MS), [])
  assert.deepEqual(probe(B, 20 * MINUTE_MS), [])
  assert.deepEqual(probe(A, 20 * MINUTE_MS), ["ping-only"])
  const fresh = createReadingSamples()
  assert.deepEqual(fresh.of(A, { ...NOTHING, pings: [pinged(20 * MINUTE_MS)] }, devices), [])
})

test("a device that is gone has none", () => {
  const given = { ...NOTHING, interfaces: [port("snmp", 1)] }
  assert.deepEqual(createReadingSamples().of(A, given, new Map()), [])
})
