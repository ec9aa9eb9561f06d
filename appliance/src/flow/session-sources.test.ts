/** Sessions and addresses as agents report them, from the database to the two ends of a session. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../test/database.ts"
import { batchOf, makeAgent, makeMonitored, makeOrg, NOW } from "../../test/make-flow.ts"
import { DeviceId, LinkId, type OrgId } from "../platform/ids.ts"
import { openAlerts } from "./alerts/alerts.ts"
import { createLinkCosts } from "./alerts/link-costs.ts"
import { findSessionEnds } from "./alerts/session-ends.ts"
import { peerOf } from "./alerts/sessions.ts"
import { buildTopology } from "./alerts/topology.ts"
import { type AgentIdentity, createIngest } from "./ingest/ingest.ts"
import { createTableRows } from "./rows/rows.ts"
import { createSeries } from "./series/series.ts"
import { readCosts, readSessions } from "./session-sources.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

const clock = { now: () => NOW }
const send = async (agent: AgentIdentity, items: readonly object[]): Promise<void> => {
  const rows = createTableRows({ db: db.dbs.ui, jobs: db.dbs.jobs, clock })
  const series = createSeries({ jobs: db.dbs.jobs, clock })
  const ingest = createIngest({
    db: db.dbs.ingest,
    clock,
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [rows.write, series.write],
    counters: { items: () => undefined, batch: () => undefined },
  })
  const { ack } = await ingest.accept(agent, batchOf(items))
  assert.deepEqual(ack.rejected, [])
}
const rowsOf = (device: string, table: string, rows: readonly (readonly [string, object])[]) => ({
  ...{ kind: "rows", device, atMs: NOW - 5_000, source: "routeros-api", table, isFull: true },
  ...{ part: 0, count: rows.length, gone: [] },
  rows: rows.map(([key, values]) => ({ key, values })),
})
const UNKNOWN = { prefixesReceived: null, prefixesSent: null, uptimeS: null, remoteAs: null }
const bgp = (device: string, peer: string) => ({
  ...{ kind: "bgp", device, atMs: NOW - 5_000, source: "snmp", peer },
  ...{ state: "established", disabled: false, ...UNKNOWN },
})
const ospf = (device: string, neighbour: string) => ({
  ...{ kind: "ospf", device, atMs: NOW - 5_000, source: "snmp", neighbour },
  ...{ state: "full", stateChanges: null, adjacencyS: null },
})
const endsIn = async (org: OrgId) =>
  findSessionEnds(await db.dbs.jobs.asOrg(org, (tx) => readSessions(tx, org, NOW)))

test("one end is read by the API, the other by SNMP: its names are addresses", async () => {
  const agent = await makeAgent(db, db.org)
  const a = await makeMonitored(db, agent, { name: "A", address: "10.255.0.1" })
  const b = await makeMonitored(db, agent, { name: "B", address: "10.255.0.2" })
  await send(agent, [
    rowsOf(a, "addresses", [
      ["lo 10.255.0.1/32", { address: "10.255.0.1/32", interface: "lo" }],
      ["ether1 10.0.0.1/30", { address: "10.0.0.1/30", interface: "ether1", isDisabled: false }],
      ["ether9 10.0.9.1/30", { address: "10.0.9.1/30", interface: "ether9", isDisabled: true }],
    ]),
    rowsOf(a, "bgp-peers", [
      ["to-b", { name: "to-b", remoteAddress: "10.255.0.2", remoteAs: 65_002, localAs: 65_001 }],
    ]),
    rowsOf(a, "ospf-neighbours", [
      [
        "10.255.0.2 ether1 10.0.0.2 default",
        { routerId: "10.255.0.2", interface: "ether1", address: "10.0.0.2", state: "Full" },
      ],
    ]),
    bgp(b, "10.255.0.1"),
    bgp(b, "10.0.9.1"),
    ospf(b, "10.255.0.1 10.0.0.1"),
  ])
  const ends = await endsIn(db.org)
  const [one, other] = [DeviceId.parse(a), DeviceId.parse(b)]
  assert.equal(ends.find(one, "bgp", "to-b")?.other?.name, "10.255.0.1")
  assert.equal(ends.find(other, "bgp", "10.255.0.1")?.other?.name, "to-b")
  assert.equal(ends.find(other, "bgp", "10.0.9.1")?.other, null, "its address is switched off")
  assert.equal(ends.find(one, "ospf", "10.255.0.2 ether1")?.other?.name, "10.255.0.1 10.0.0.1")
  assert.equal(ends.find(other, "ospf", "10.255.0.1 10.0.0.1")?.other?.device, a)
})

test("devices of another organisation are no other end", async () => {
  const [own, foreign] = [await makeOrg(db, "Own"), await makeOrg(db, "Foreign")]
  const agent = await makeAgent(db, own)
  const a = await makeMonitored(db, agent, { name: "A", address: "10.255.0.1" })
  await send(agent, [bgp(a, "10.255.0.2")])
  const other = await makeAgent(db, foreign)
  const b = await makeMonitored(db, other, { name: "B", address: "10.255.0.2" })
  await send(other, [bgp(b, "10.255.0.1")])
  const found = (await endsIn(own)).find(DeviceId.parse(a), "bgp", "10.255.0.2")
  assert.deepEqual([found?.own.name, found?.other], ["10.255.0.2", null])
})

test("a neighbour of IS-IS is named by its system: the link at its interface has the other end", async () => {
  const agent = await makeAgent(db, db.org)
  const a = await makeMonitored(db, agent, { name: "C", address: "10.255.0.3" })
  const name = "1921.6800.1004 ether1"
  await send(agent, [
    {
      ...{ kind: "isis", device: a, atMs: NOW - 5_000, source: "routeros-api" },
      ...{ neighbour: name, state: "up" },
    },
  ])
  const one = DeviceId.parse(a)
  const { own } = (await endsIn(db.org)).find(one, "isis", name) ?? {}
  assert.deepEqual([own?.interface, own?.remoteAddress], ["ether1", null])
  const other = DeviceId.parse("00000000-0000-4000-8000-00000000000d")
  const device = (id: DeviceId, called: string) => ({
    ...{ id, name: called, roles: [], agentId: null, siteId: null, reportsEveryS: null },
  })
  const ends = {
    a: { deviceId: one, interface: "ether1" },
    b: { deviceId: other, interface: "e9" },
  }
  const topology = buildTopology(
    [device(one, "C"), device(other, "D")],
    [{ id: LinkId.parse("00000000-0000-4000-8000-00000000000e"), name: "C–D", ...ends }],
    [],
    [],
  )
  const ports = [{ device: one, interface: own?.interface ?? "" }]
  const session = { id: "s", protocol: "isis", ends: [one], ports } as const
  assert.deepEqual(peerOf(topology, session, one), { id: other, name: "D" })
  assert.equal(peerOf(topology, { ...session, ports: [] }, one), null)
})

test("costs of routing are those of interfaces in use, else of a template of one interface", async () => {
  const agent = await makeAgent(db, db.org)
  const a = await makeMonitored(db, agent, { name: "E", address: "10.255.0.5" })
  const row = (kind: string, name: string, cost: number, more: object = {}) =>
    [`${kind} ${name}`, { kind, name, cost, ...more }] as const
  await send(agent, [
    rowsOf(a, "routing-instances", [
      row("ospf interface", "ether1", 10),
      row("ospf interface template", "ether1", 99),
      row("ospf interface", "10.0.0.1", 20, { network: "10.0.0.1%ether2" }),
      row("ospf interface template", "ether3", 30),
      row("ospf interface template", "ether4,ether5", 40),
      row("ospf interface", "ether6", 50, { isDisabled: true }),
      row("ldp interface", "ether7", 60),
    ]),
  ])
  const costs = createLinkCosts(async (tx, org) =>
    (await readCosts(tx, org)).filter(({ device }) => device === a),
  )
  const load = (atMs: number) => db.dbs.jobs.asOrg(db.org, (tx) => costs.load(tx, db.org, atMs))
  assert.ok(costs.isDue(NOW))
  assert.equal(await load(NOW), true)
  assert.deepEqual(
    [...costs.now()].map(([port, cost]) => [port.slice(a.length + 1), cost]).toSorted(),
    [
      ["ether1", 10],
      ["ether2", 20],
      ["ether3", 30],
    ],
  )
  const known = costs.now()
  assert.ok(!costs.isDue(NOW + 60_000))
  assert.equal(await load(NOW + 600_000), false)
  assert.equal(costs.now(), known, "the same object while nothing changes")
  const alerts = await openAlerts(db.dbs.jobs, db.org, NOW, { readCosts })
  await alerts.reload(NOW)
  await alerts.loadCosts(NOW)
  const { linkCosts } = alerts.topology()
  assert.equal(linkCosts?.get(`${a}/ether2`), 20)
  await alerts.reload(NOW)
  assert.equal(alerts.topology().linkCosts, linkCosts, "a change of the inventory keeps them")
})
