/** Lists from memory are those that the database would give, whatever was sent and changed. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import fc from "fast-check"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeInventory } from "../../../test/make.ts"
import {
  batchOf,
  eventOf,
  factsOf,
  healthOf,
  interfaceOf,
  makeAgent,
  makeMonitored,
  makeOrg,
  NOW,
  pingOf,
} from "../../../test/make-flow.ts"
import { createEvents } from "../../flow/events/events.ts"
import { type AgentIdentity, createIngest } from "../../flow/ingest/ingest.ts"
import type { Accepted } from "../../flow/ingest/model.ts"
import { createLatestMemory, createSeries } from "../../flow/series/series.ts"
import type { OrgId } from "../../platform/ids.ts"
import { createSignal } from "../../platform/signal.ts"
import type { InventoryChange } from "../../registry/inventory/inventory.ts"
import { createFleet } from "./fleet.ts"
import type { EntityStatus } from "./present.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

/** Two fleets on one database: one reads latest values from it, the other one from memory. */
const makeWorld = async (org: OrgId) => {
  const agents = [await makeAgent(db, org), await makeAgent({ ...db }, org)] as const
  const state = { nowMs: NOW }
  const clock = { now: () => state.nowMs }
  const series = createSeries({ jobs: db.dbs.jobs, clock })
  const memory = createLatestMemory({ clock })
  const changes = createSignal<InventoryChange>((error) => {
    throw error
  })
  changes.on((change) => memory.markStale(change.org))
  const stored: Accepted[] = []
  const ingest = createIngest({
    ...{ db: db.dbs.ingest, clock, changes },
    writers: [series.write, async (_, accepted) => void stored.push(accepted)],
    counters: { items: () => undefined, batch: () => undefined },
  })
  const status: EntityStatus["status"] = {
    status: "ok",
    reason: "online",
    message: { code: "status.up", params: { by: "probes" } },
    sinceMs: NOW,
  }
  const statusOf = (): EntityStatus => ({ status, incidentId: null })
  const deps = {
    ...{ db: db.dbs.ui, clock, series, inventory: makeInventory(db), agents: async () => [] },
    events: createEvents({ db: db.dbs.jobs, clock }),
    statuses: () => ({ device: statusOf, link: statusOf }),
    incidents: async () => ({ open: [], quietSinceMs: NOW }),
  }
  const fromDatabase = createFleet(deps)
  const fromMemory = createFleet({ ...deps, latest: memory })
  const shown = async (fleet: typeof fromMemory) => {
    const { devices, links } = await fleet.topology(org)
    const { rttMs, trafficBps } = await fleet.overview(org, true)
    return rounded({ devices, links, rttMs, trafficBps })
  }
  return {
    agents,
    state,
    memory,
    emit: (id: string) => changes.emit({ org, what: "device", id }),
    send: async (agent: AgentIdentity, items: readonly object[]) => {
      const { ack } = await ingest.accept(agent, batchOf(items, state.nowMs))
      assert.deepEqual(ack.rejected, [])
      for (const accepted of stored.splice(0)) memory.add(accepted)
    },
    compare: async (message: string) =>
      assert.deepEqual(await shown(fromMemory), await shown(fromDatabase), message),
    memoryShown: () => shown(fromMemory),
  }
}

/** Sums of fractions differ in their last digits, and a method's last answer is stored now and then. */
const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, each) =>
      key === "lastAtMs" ? null : typeof each === "number" ? Number(each.toPrecision(9)) : each,
    ),
  )

const makeDevices = async (world: Awaited<ReturnType<typeof makeWorld>>) => {
  const [one, other] = world.agents
  const ids = [
    await makeMonitored(db, one),
    await makeMonitored(db, one, {
      agentFallback: "listed",
      fallbackAgentIds: [other.id],
    }),
    await makeMonitored(db, one),
  ]
  const [a = "", b = ""] = ids
  await makeInventory(db).createLink(makeActor(one.org), {
    ...{ name: null, capacityBps: 1e9, medium: "fibre" },
    a: { deviceId: a, interface: "ether1" },
    b: { deviceId: b, interface: "bridge1" },
  })
  return ids
}

const step = fc.record({
  device: fc.nat(2),
  agoMs: fc.nat(150_000),
  kind: fc.constantFrom("ping", "lost", "tcp", "health", "port", "bridge", "fails", "works"),
  value: fc.nat(1_000_000),
  isOther: fc.boolean(),
  laterMs: fc.constantFrom(0, 700, 15_000, 61_000, 1_000_000),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const itemOf = ({ kind, value }: Step, device: string, atMs: number): object => {
  switch (kind) {
    case "ping":
      return pingOf(device, atMs, {
        icmp: { sent: 3, received: 1, rttUs: value + 1, jitterUs: null },
      })
    case "lost":
      return pingOf(device, atMs, {
        answers: false,
        icmp: { sent: 1, received: 0, rttUs: null, jitterUs: null },
      })
    case "tcp":
      return pingOf(device, atMs, { icmp: null, tcp: "accepted" })
    case "health":
      return healthOf(device, atMs, {
        cpuRatio: (value % 1_000) / 1_000,
        memoryUsedByte: value % 1_024,
      })
    case "port":
      return interfaceOf(device, atMs, "ether1", { rxBps: value + 0.4, txBps: null })
    case "bridge":
      return interfaceOf(device, atMs, "bridge1", { rxBps: value, txBps: 5 })
    case "fails":
      return eventOf(device, atMs, {
        ...{ name: "collect-failed", source: "snmp", message: `no answer ${value}` },
      })
    case "works":
      return eventOf(device, atMs, { name: "collect-works", source: "snmp", message: "" })
  }
}

test("lists from memory are those from the database, in every history of batches", async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const world = await makeWorld(await makeOrg(db, "Histories"))
      const [one, other] = world.agents
      const ids = await makeDevices(world)
      const facts = [
        { name: "ether1", dynamic: false },
        { name: "bridge1", dynamic: false, type: "bridge" },
      ]
      await world.send(
        one,
        ids.map((id) => factsOf(id, NOW, facts)),
      )
      for (const each of steps) {
        world.state.nowMs += each.laterMs
        const device = ids[each.device] ?? ""
        const atMs = world.state.nowMs - each.agoMs
        // A device has one agent that reads it, or those of its list.
        const isOther = each.isOther && each.device === 1 && each.kind !== "fails"
        await world.send(isOther ? other : one, [itemOf(each, device, atMs)])
        await world.compare(JSON.stringify(each))
        compared += 1
      }
    }),
    { numRuns: 6 },
  )
  assert.ok(compared > 0, `${compared} lists were compared`)
})

test("what is stored while memory reads its rows is neither lost nor counted twice", async () => {
  const world = await makeWorld(await makeOrg(db, "Race"))
  const [one] = world.agents
  const [a = ""] = await makeDevices(world)
  const lost = (atMs: number) =>
    pingOf(a, atMs, {
      answers: false,
      icmp: { sent: 1, received: 0, rttUs: null, jitterUs: null },
    })
  await world.send(one, [pingOf(a, NOW - 4_000), lost(NOW - 3_000)])
  await Promise.all([world.memoryShown(), world.send(one, [lost(NOW - 2_000)])])
  await world.compare("a batch beside the first read")
})

test("a change of the inventory shows in the next list, and other organisations see nothing", async () => {
  const world = await makeWorld(await makeOrg(db, "Mine"))
  const stranger = await makeWorld(await makeOrg(db, "Stranger"))
  const [one] = world.agents
  const [a = ""] = await makeDevices(world)
  await stranger.memoryShown()
  await world.send(one, [interfaceOf(a, NOW - 1_000, "ether7", { rxBps: 7, txBps: 9 })])
  await world.compare("a port that no list had")
  await db.dbs.ui.asOrg(
    one.org,
    (tx) => tx`update inventory.interface set type = 'bridge' where device_id = ${a}`,
  )
  world.emit(a)
  await world.compare("a port that became a bridge")
  assert.deepEqual(await stranger.memoryShown(), {
    ...{ devices: [], links: [], rttMs: null, trafficBps: null },
  })
})

test("what another program has written is found while lists are read", async () => {
  const world = await makeWorld(await makeOrg(db, "Two programs"))
  const [one] = world.agents
  const [a = ""] = await makeDevices(world)
  await world.send(one, [pingOf(a, NOW - 1_000)])
  await world.memoryShown()
  await db.dbs.ui.asOrg(
    one.org,
    (tx) => tx`update inventory.device set note = 'by hand' where id = ${a}`,
  )
  const isShown = async () => JSON.stringify(await world.memoryShown()).includes("by hand")
  assert.equal(await isShown(), false, "answered from memory")
  world.state.nowMs += 1_000
  // Each answer starts a check, and none waits for it.
  for (let tries = 0; !(await isShown()); tries += 1) {
    assert.ok(tries < 200, "it was never shown")
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await db.dbs.ui.asOrg(
    one.org,
    (tx) => tx`update inventory.device set note = 'and again' where id = ${a}`,
  )
  world.state.nowMs += 10_000
  await world.compare("after ten seconds without a check, the answer waits for one")
})
