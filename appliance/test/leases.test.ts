/** Leases of a device that several agents may read: decided, stored, and used by ingest. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { PingSample } from "@ispvm/wire"
import { createIngest, type Ingest } from "../src/flow/ingest/ingest.ts"
import { createSeries } from "../src/flow/series/series.ts"
import { type AgentId, DeviceId } from "../src/platform/ids.ts"
import type { KnownAgent } from "../src/registry/agents/agents.ts"
import { createLeases, type LeaseChange, type Leases } from "../src/registry/agents/leases.ts"
import { readReading } from "../src/registry/agents/reading.ts"
import { monitoredDevices } from "../src/registry/agents/store.ts"
import { type TestDatabase, testDatabase } from "./database.ts"
import { makeActor, makeDevice, makeInventory } from "./make.ts"
import { batchOf, interfaceOf, makeAgent, makeOrg, NOW, pingOf } from "./make-flow.ts"

let db: TestDatabase
let one: KnownAgent
let other: KnownAgent
let device: DeviceId
let leases: Leases
let ingest: Ingest
let nowMs = NOW
const clock = { now: () => nowMs }
const seen = new Map<AgentId, { lastSeenAtMs: number; onlineSinceMs: number }>()
const moves: LeaseChange[] = []
const confirmed: AgentId[] = []
const counted: Record<string, number> = {}

const open = (): Leases => {
  const made = createLeases({
    db: db.dbs.jobs,
    clock,
    seenOf: (agent) => seen.get(agent) ?? null,
    onAssigned: (org) => made.touch(org),
    confirm: (agent) => void confirmed.push(agent),
    onError: (error) => {
      throw error
    },
  })
  made.changes.on((change) => moves.push(change))
  return made
}
/** Time passes; agents that are alive send, and reach the device or not. */
const pass = async (ms: number, alive: readonly KnownAgent[], reaching = alive): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 500) {
    nowMs += 500
    for (const { id } of alive) {
      const was = seen.get(id)
      const isBack = was === undefined || nowMs - was.lastSeenAtMs > 4_000
      seen.set(id, { lastSeenAtMs: nowMs, onlineSinceMs: isBack ? nowMs : was.onlineSinceMs })
      leases.noteProbes({
        org: db.org,
        agent: { id },
        pings: [{ ...probe(reaching.some((agent) => agent.id === id)), device }],
      })
    }
    await leases.tick()
  }
}
const probe = (answers: boolean): PingSample => ({
  kind: "ping",
  device,
  atMs: nowMs,
  tcp: null,
  because: "round",
  answers,
  icmp: answers
    ? { sent: 1, received: 1, rttUs: 900, jitterUs: null }
    : { sent: 6, received: 0, rttUs: null, jitterUs: null },
})
const holder = async () =>
  (await readReading({ db: db.dbs.ui, isOnline: () => true }, db.org, device)).agents.find(
    ({ isHolder }) => isHolder,
  )?.id
const last = () => moves.at(-1)?.reason
const send = async (by: KnownAgent, items: readonly unknown[]) =>
  (await ingest.accept(by, batchOf(items, nowMs))).ack
const stored = async (table: string): Promise<number> =>
  await db.dbs.ui.asOrg(
    db.org,
    async (tx) =>
      (await tx<{ n: number }[]>`select count(*)::int as n from ${tx(table)}`)[0]?.n ?? -1,
  )

before(async () => {
  db = await testDatabase()
  one = await makeAgent(db, db.org)
  other = await makeAgent(db, db.org)
  const input = makeDevice({
    agentId: one.id,
    agentFallback: "listed",
    fallbackAgentIds: [other.id],
    methods: { routerosApi: null, snmp: { port: 161 }, icmp: true, tcpPort: null },
  })
  const { id } = await makeInventory(db).createDevice(makeActor(db.org), input)
  device = DeviceId.parse(id)
  await db.dbs.ui.asOrg(db.org, (tx) => tx`update agents.agent set enrolled_at = now()`)
  const series = createSeries({ jobs: db.dbs.jobs, clock })
  ingest = createIngest({
    db: db.dbs.ingest,
    clock,
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [series.write],
    counters: {
      items: (outcome, count) => {
        counted[outcome] = (counted[outcome] ?? 0) + count
      },
      batch: () => undefined,
    },
  })
  leases = open()
})
after(() => db.close())

test("the preferred agent holds the lease, and the other one only probes", async () => {
  await pass(10_000, [one, other])
  assert.equal(await holder(), one.id)
  const rows = await db.dbs.ui.asOrg(db.org, (tx) => monitoredDevices(tx, db.org, null))
  const reads = new Map(rows.map((row) => [row.agent, row.reads]))
  assert.deepEqual([reads.get(one.id), reads.get(other.id)], [true, false])
})

test("of an offline holder, the other agent takes over within 15 s, and no moment counts twice", async () => {
  const cutMs = nowMs
  await pass(15_000, [other])
  assert.equal(await holder(), other.id)
  assert.equal(last(), "agent-offline")
  const takenMs = moves.at(-1)?.atMs ?? 0
  assert.ok(takenMs - cutMs <= 9_000, `${takenMs - cutMs} ms`)
  // Both have read all the time: the first one has kept it, because it is cut off.
  const times = Array.from({ length: 15 }, (_, at) => cutMs + at * 1_000 + 100)
  const samples = (shift: number) => times.map((ms) => interfaceOf(device, ms + shift, "ether1"))
  const ackOfOther = await send(other, samples(7))
  nowMs += 1
  const ackOfOne = await send(one, samples(0))
  assert.deepEqual([ackOfOther.rejected, ackOfOne.rejected], [[], []])
  assert.equal(await stored("series.interface_counters"), times.length, "each moment once")
  assert.equal(counted.double, times.length)
})

test("probes of both are stored, and those of the holder decide", async () => {
  const before = await stored("series.ping")
  assert.deepEqual((await send(one, [pingOf(device, nowMs - 5)])).rejected, [])
  assert.deepEqual((await send(other, [pingOf(device, nowMs - 3)])).rejected, [])
  assert.equal(await stored("series.ping"), before + 2)
  assert.equal(leases.decides(db.org, one.id, probe(true)), false)
  assert.equal(leases.decides(db.org, other.id, probe(true)), true)
})

test("the preferred agent gets the lease back after it was stable, and reads beside before", async () => {
  await pass(58_000, [one, other])
  assert.equal(await holder(), other.id)
  await pass(10_000, [one, other])
  const rows = await db.dbs.ui.asOrg(db.org, (tx) => monitoredDevices(tx, db.org, one.id))
  assert.equal(rows[0]?.reads, true, "reads beside the holder")
  assert.equal(await holder(), other.id)
  await pass(25_000, [one, other])
  assert.equal(await holder(), one.id)
  assert.equal(last(), "preferred-is-back")
})

test("a holder that cannot reach the device is no outage while another agent reaches it", async () => {
  confirmed.length = 0
  await pass(1_000, [one, other], [other])
  assert.equal(leases.decides(db.org, one.id, probe(false)), false)
  assert.deepEqual(confirmed, [other.id], "the other one is asked to confirm")
  await pass(5_000, [one, other], [other])
  assert.equal(await holder(), other.id)
  assert.equal(last(), "device-not-reached")
  confirmed.length = 0
  await pass(6_000, [one, other], [])
  assert.equal(
    leases.decides(db.org, other.id, probe(false)),
    true,
    "nobody reaches it: it is down",
  )
})

test("without any agent the lease stays, and so it does after a restart of the appliance", async () => {
  const was = moves.length
  await pass(30_000, [])
  leases = open()
  await pass(7_000, [])
  assert.equal(moves.length, was)
  await pass(3_000, [one])
  assert.equal(await holder(), one.id, "the first one that is back reads it")
})

test("a device with one agent again has no lease; agents of other organisations never have one", async () => {
  const inventory = makeInventory(db)
  await inventory.changeDevice(makeActor(db.org), device, {
    agentFallback: "none",
    agentId: one.id,
  })
  leases.touch(db.org)
  await pass(20_000, [other])
  assert.equal(await holder(), one.id)
  const { leases: spans } = await readReading(
    { db: db.dbs.ui, isOnline: () => true },
    db.org,
    device,
  )
  assert.ok(spans.every(({ toMs }) => toMs !== null))
  const org = await makeOrg(db, "Other")
  const foreign = await makeAgent(db, org)
  await assert.rejects(
    inventory.changeDevice(makeActor(db.org), device, {
      agentFallback: "listed",
      fallbackAgentIds: [foreign.id],
    }),
  )
  const ack = await send(foreign, [interfaceOf(device, nowMs, "ether1")])
  assert.equal(ack.rejected[0]?.reason, "unknown-device")
})
