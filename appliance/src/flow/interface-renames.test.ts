/**
 * An interface that is renamed keeps its values, its link, its alerts and its incident. Items as an
 * agent sends them, through ingest and the pipeline, in a real database.
 */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../test/database.ts"
import {
  batchOf,
  eventOf,
  factsOf,
  interfaceOf,
  makeAgent,
  makeMonitored,
  NOW,
  pingOf,
} from "../../test/make-flow.ts"
import { makeClock, type SetClock, startPipeline } from "../../test/pipeline-rig.ts"
import { textOf } from "../messages/text.ts"
import { createSignal } from "../platform/signal.ts"
import type { InventoryChange } from "../registry/inventory/inventory.ts"
import { followRenames } from "./alerts/alerts.ts"
import { loadTopology } from "./alerts/store.ts"
import { createEvents, type Events } from "./events/events.ts"
import { type AgentIdentity, createIngest, type Ingest } from "./ingest/ingest.ts"
import type { Pipeline } from "./pipeline.ts"
import { createSeries } from "./series/series.ts"

let db: TestDatabase
let agent: AgentIdentity
let events: Events
let ingest: Ingest
let clock: SetClock
const changes = createSignal<InventoryChange>((error) => {
  throw error
})
before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  clock = makeClock()
  const series = createSeries({ jobs: db.dbs.jobs, clock })
  events = createEvents({ db: db.dbs.jobs, clock })
  ingest = createIngest({
    ...{ db: db.dbs.ingest, clock, changes },
    writers: [series.write, events.write, followRenames],
    counters: { items: () => undefined, batch: () => undefined },
  })
})
after(() => db.close())

type Port = { readonly name: string; readonly id?: string; readonly mac?: string; type?: string }
const facts = (device: string, atMs: number, ports: readonly Port[], over: object = {}) => ({
  ...factsOf(
    device,
    atMs,
    ports.map((port) => ({ dynamic: false, ...port })),
  ),
  ...over,
})
const accept = async (items: readonly object[], from = agent): Promise<void> => {
  const { ack } = await ingest.accept(from, batchOf(items, clock.now()))
  assert.deepEqual(ack.rejected, [])
}
const query = <T extends object>(text: string): Promise<T[]> =>
  db.dbs.ui.asOrg(db.org, async (tx) => [...(await tx.unsafe<T[]>(text))])
const portsOf = async (device: string) =>
  Object.fromEntries(
    (
      await query<{ id: number; name: string; gone: boolean }>(
        `select id, name, gone_at is not null as gone from inventory.interface where device_id = '${device}'`,
      )
    ).map(({ id, name, gone }) => [gone ? `-${name}` : name, id]),
  )
const valuesOf = async (id: number | undefined) =>
  (
    await query<{ rx: number }>(
      `select rx_bps::float8 as rx from series.interface_counters_raw where interface_id = ${id} order by ts`,
    )
  ).map(({ rx }) => rx)
const eventsOf = async (device: string, name: string | null) =>
  await db.dbs.ui.asOrg(db.org, async (tx) => {
    const filter = { device, interface: name, sinceMs: null, cursor: null }
    const page = await events.list(tx, db.org, { ...filter, limit: 50, withPersons: true })
    return page.items.map((each) => each.message)
  })

/** By name: the earlier names that rules may use for it. */
const earlierNamesOf = async (device: string) => {
  const topology = await db.dbs.ui.asOrg(db.org, (tx) => loadTopology(tx, db.org, 5_000))
  return Object.fromEntries(
    [...(topology.interfaces ?? [])].flatMap(([key, { earlierNames }]) =>
      key.startsWith(device) ? [[key.slice(device.length + 1), earlierNames]] : [],
    ),
  )
}

test("a renamed interface keeps its row, its values, its events and its link", async () => {
  const [device, other] = [await makeMonitored(db, agent), await makeMonitored(db, agent)]
  const before = [
    { name: "ether1", id: "*1", mac: "02:00:00:00:00:01" },
    { name: "ether2", id: "*2", mac: "02:00:00:00:00:02" },
  ]
  await accept([
    facts(device, NOW - 50_000, before),
    interfaceOf(device, NOW - 49_000, "ether1", { rxBps: 1 }),
    eventOf(device, NOW - 48_000, { interface: "ether1", message: "ether1 link down" }),
  ])
  const was = await portsOf(device)
  await query(
    `insert into inventory.link (org_id, a_device_id, a_interface, b_device_id)
     values ('${db.org}', '${device}', 'ether1', '${other}')`,
  )
  const after = [{ ...before[0], name: "uplink" }, ...before.slice(1)] as Port[]
  await accept([
    facts(device, NOW - 40_000, after),
    interfaceOf(device, NOW - 39_000, "uplink", { rxBps: 2 }),
    // Buffered by another agent while it had no connection: older than the name.
    interfaceOf(device, NOW - 45_000, "ether1", { rxBps: 3 }),
  ])
  assert.deepEqual(await portsOf(device), { uplink: was.ether1, ether2: was.ether2 })
  assert.deepEqual(await valuesOf(was.ether1), [1, 3, 2])
  const [link] = await query<{ a: string }>(
    `select a_interface as a from inventory.link where a_device_id = '${device}'`,
  )
  assert.equal(link?.a, "uplink")
  assert.deepEqual(await eventsOf(device, "uplink"), ["ether1 → uplink", "ether1 link down"])
  // Facts of before the rename, from another agent, change nothing.
  await accept([facts(device, NOW - 44_000, before)])
  assert.deepEqual(await portsOf(device), { uplink: was.ether1, ether2: was.ether2 })
  assert.deepEqual(await eventsOf(device, "ether1"), ["ether1 link down"], "by its text")
  assert.deepEqual(await earlierNamesOf(device), { uplink: ["ether1"], ether2: [] })
  await accept([
    facts(device, NOW - 30_000, [...after, { name: "ether1", id: "*3", mac: "02:00:00:00:00:03" }]),
  ])
  assert.deepEqual(await earlierNamesOf(device), { uplink: [], ether2: [], ether1: [] })
})

test("two interfaces swap their names, and each value and event goes to the right one", async () => {
  const device = await makeMonitored(db, agent)
  const [a, b] = [
    { name: "a", mac: "02:00:00:00:01:01" },
    { name: "b", mac: "02:00:00:00:01:02" },
  ]
  const down = (name: string, atMs: number) =>
    eventOf(device, atMs, { interface: name, message: `${name} down at ${NOW - atMs}` })
  await accept([facts(device, NOW - 50_000, [a, b]), down("a", NOW - 45_000)])
  const was = await portsOf(device)
  await accept([
    facts(device, NOW - 40_000, [
      { ...a, name: "b" },
      { ...b, name: "a" },
    ]),
    interfaceOf(device, NOW - 41_000, "a", { rxBps: 1 }),
    interfaceOf(device, NOW - 39_000, "a", { rxBps: 2 }),
    down("a", NOW - 35_000),
  ])
  assert.deepEqual(await portsOf(device), { a: was.b, b: was.a })
  assert.deepEqual([await valuesOf(was.a), await valuesOf(was.b)], [[1], [2]])
  assert.deepEqual(await eventsOf(device, "a"), ["a down at 35000", "b → a"])
  assert.deepEqual(await earlierNamesOf(device), { a: [], b: [] })
  assert.deepEqual(await eventsOf(device, "b"), ["a → b", "a down at 45000"])
})

test("values that came before the facts are moved to the renamed interface", async () => {
  const device = await makeMonitored(db, agent)
  const mac = "02:00:00:00:02:01"
  await accept([
    facts(device, NOW - 50_000, [{ name: "ether1", mac }]),
    interfaceOf(device, NOW - 49_000, "ether1", { rxBps: 1 }),
  ])
  const was = await portsOf(device)
  await accept([interfaceOf(device, NOW - 40_000, "wan", { rxBps: 2 })])
  assert.equal(Object.keys(await portsOf(device)).length, 2)
  await accept([facts(device, NOW - 30_000, [{ name: "wan", mac }])])
  assert.deepEqual(await portsOf(device), { wan: was.ether1 })
  assert.deepEqual(await valuesOf(was.ether1), [1, 2])
})

test("an interface that is made again as another type has a history of its own", async () => {
  const device = await makeMonitored(db, agent)
  await accept([
    facts(device, NOW - 50_000, [{ name: "tun", type: "gre", id: "*7" }]),
    interfaceOf(device, NOW - 49_000, "tun", { rxBps: 1 }),
  ])
  const was = await portsOf(device)
  await accept([
    facts(device, NOW - 40_000, [{ name: "tun", type: "eoip", id: "*9" }]),
    interfaceOf(device, NOW - 39_000, "tun", { rxBps: 2 }),
  ])
  const now = await portsOf(device)
  assert.notEqual(now.tun, was.tun)
  assert.equal(now[`-tun (removed, #${was.tun})`], was.tun)
  assert.deepEqual([await valuesOf(was.tun), await valuesOf(now.tun)], [[1], [2]])
  assert.deepEqual(await eventsOf(device, "tun"), [], "no interface was renamed")
})

test("SNMP in place of the API finds the same interfaces, and back", async () => {
  const device = await makeMonitored(db, agent)
  const api = [
    { name: "wlan1", type: "wlan", id: "*1", mac: "02:00:00:00:03:01" },
    { name: "v10", type: "vlan", id: "*2", mac: "02:00:00:00:03:01" },
  ]
  await accept([facts(device, NOW - 50_000, api)])
  const was = await portsOf(device)
  const snmp = api.map(({ id: _, ...port }, at) => ({ ...port, ifIndex: at + 5, type: "ether" }))
  await accept([facts(device, NOW - 40_000, snmp, { source: "snmp" })])
  assert.deepEqual(await portsOf(device), was)
  const renamed = [{ ...api[0], name: "hill" }, api[1]] as Port[]
  await accept([facts(device, NOW - 30_000, renamed)])
  assert.deepEqual(await portsOf(device), { hill: was.wlan1, v10: was.v10 })
})

const stopwatch = { pipeline: null as Pipeline | null }
after(() => stopwatch.pipeline?.stop())

test("alerts and the incident of a link stay with a renamed interface", async () => {
  const [near, far] = [
    await makeMonitored(db, agent, { name: "near", roles: ["core"] }),
    await makeMonitored(db, agent, { name: "far", roles: ["core"] }),
  ]
  await query(
    `insert into inventory.link (id, org_id, name, a_device_id, a_interface, b_device_id, b_interface)
     values ('${randomUUID()}', '${db.org}', 'near–far', '${near}', 'ether1', '${far}', 'ether1')`,
  )
  await query(`update agents.agent set enrolled_at = now() where id = '${agent.id}'`)
  const port = (name: string): Port => ({ name, id: "*1", mac: "02:00:00:00:04:01" })
  await accept([facts(near, NOW - 1, [port("ether1")])])
  const pipeline = await startPipeline(db, db.org, clock, { ingest, changes })
  stopwatch.pipeline = pipeline
  const poll = async (name: string, over: object): Promise<void> => {
    clock.nowMs += 10_000
    const atMs = clock.nowMs
    const items = [pingOf(near, atMs), pingOf(far, atMs), interfaceOf(near, atMs, name, over)]
    await pipeline.accept(agent, batchOf(items, atMs))
    await pipeline.evaluateTimers()
  }
  const open = async () =>
    (await pipeline.incidents.list(db.org, { state: "active", before: null, limit: 10 })).items.map(
      ({ id, title }) => [id, textOf(title)],
    )
  const alertsNow = () =>
    query<{ kind: string; interface: string; phase: string }>(
      `select id, kind, interface, phase from alerts.alert
       where device_id = '${near}' and kind in ('interface-down', 'interface-errors') order by kind`,
    )
  for (let times = 0; times < 34; times += 1) await poll("ether1", { errorsPs: 20 })
  const opened = await open()
  assert.equal(opened.length, 1)
  assert.match(String(opened[0]?.[1]), /near–far/)
  const before = await alertsNow()
  assert.deepEqual(
    before.map((alert) => [alert.kind, alert.interface, alert.phase]),
    [
      ["interface-down", "ether1", "ok"],
      ["interface-errors", "ether1", "degraded"],
    ],
  )

  const atMs = clock.nowMs + 5_000
  await pipeline.accept(agent, batchOf([facts(near, atMs, [port("uplink")])], atMs))
  for (let times = 0; times < 3; times += 1) await poll("uplink", { errorsPs: 20 })
  assert.deepEqual(await open(), opened, "the same incident")
  assert.deepEqual(
    await alertsNow(),
    before.map((alert) => ({ ...alert, interface: "uplink" })),
    "the same alert, under the new name",
  )
  await poll("uplink", { errorsPs: 20, running: false })
  const down = (await alertsNow()).find(({ kind }) => kind === "interface-down")
  assert.deepEqual([down?.interface, down?.phase], ["uplink", "down"])
  for (let times = 0; times < 60; times += 1) await poll("uplink", { errorsPs: 0 })
  assert.deepEqual(await open(), [], "it closes with the errors")
  const alerts = await alertsNow()
  assert.ok(alerts.every(({ phase }) => phase === "ok") && alerts.length === 2)
})
