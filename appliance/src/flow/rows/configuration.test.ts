/** Batches with hashes of configurations: what is stored of them, and which are events. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Event } from "@ispvm/wire"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { batchOf, makeAgent, makeMonitored, makeOrg, NOW } from "../../../test/make-flow.ts"
import { createEvents } from "../events/events.ts"
import { type AgentIdentity, createIngest, type Ingest } from "../ingest/ingest.ts"
import { createTableRows, type TableRows } from "./rows.ts"

let db: TestDatabase
let agent: AgentIdentity
let other: AgentIdentity
let rows: TableRows
let ingest: Ingest

before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  other = await makeAgent(db, db.org)
  const clock = { now: () => NOW }
  rows = createTableRows({ db: db.dbs.ui, jobs: db.dbs.jobs, clock })
  const events = createEvents({ db: db.dbs.jobs, clock })
  ingest = createIngest({
    db: db.dbs.ingest,
    clock,
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [events.write, rows.write],
    notice: rows.notice,
    counters: { items: () => undefined, batch: () => undefined },
  })
})
after(() => db.close())

const hashOf = (text: string): string => Buffer.from(text.padEnd(32, "-")).toString("hex")
type Values = Readonly<Record<string, unknown>>
const section = (key: string, hash: string | null, more: Values = {}) => ({
  key,
  values: {
    section: key,
    state: "read",
    ...(hash === null ? {} : { hash: hashOf(hash), basis: "b1", version: "7.18.2" }),
    rows: 2,
    isOrdered: key.startsWith("ip firewall"),
    ...more,
  },
})
/** A complete reading `minute` minutes after the first. */
const reading = (device: string, minute: number, ...sections: ReturnType<typeof section>[]) => {
  const atMs = NOW - 3_600_000 + minute * 60_000
  return {
    ...{ kind: "rows", device, atMs, source: "routeros-api", table: "configuration", isFull: true },
    ...{ part: 0, count: sections.length, gone: [] },
    rows: sections.map(({ key, values }) => ({ key, values: { readMs: atMs, ...values } })),
  }
}
/** The events of the batch, as they go to the rules. */
const send = async (item: object, from = agent): Promise<readonly Event[]> => {
  const { ack, accepted } = await ingest.accept(from, batchOf([item]))
  assert.deepEqual(ack.rejected, [])
  return accepted?.events ?? []
}
const sectionsOf = async (device: string) =>
  Object.fromEntries(
    ((await rows.configuration(db.org, device))?.sections ?? []).map((each) => [
      each.section,
      each,
    ]),
  )
const storedEvents = async (device: string) =>
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx<{ name: string; message: string }[]>`
      select name, message from events.event where device_id = ${device}`,
  )

test("the first reading is no change; another hash is an event with the names of its sections", async () => {
  const device = await makeMonitored(db, agent)
  const all = () => [section("ip firewall filter", "a"), section("user", "u"), section("snmp", "s")]
  assert.deepEqual(await send(reading(device, 0, ...all())), [])
  assert.deepEqual(await send(reading(device, 1, ...all())), [])
  const changed = [section("ip firewall filter", "A"), section("user", "U"), section("snmp", "s")]
  const [event, ...more] = await send(reading(device, 2, ...changed))
  assert.deepEqual(more, [])
  assert.equal(event?.name, "config-changed")
  assert.equal(event?.message, "ip firewall filter, user")
  assert.deepEqual(event?.attributes, { sections: "ip firewall filter, user", count: "2" })
  assert.deepEqual(await storedEvents(device), [
    { name: "config-changed", message: "ip firewall filter, user" },
  ])
  const stored = await sectionsOf(device)
  assert.equal(stored["ip firewall filter"]?.changedAtMs, NOW - 3_480_000)
  assert.equal(stored["ip firewall filter"]?.firstAtMs, NOW - 3_600_000)
  assert.equal(stored["ip firewall filter"]?.hash, hashOf("A"))
  assert.equal(stored.snmp?.changedAtMs, null)
  assert.equal(stored.snmp?.readAtMs, NOW - 3_480_000)
})

test("a batch that is repeated is one event, and an older reading changes nothing", async () => {
  const device = await makeMonitored(db, agent)
  await send(reading(device, 0, section("user", "1")))
  const batch = batchOf([reading(device, 5, section("user", "2"))])
  assert.equal((await ingest.accept(agent, batch)).accepted?.events.length, 1)
  assert.equal((await ingest.accept(agent, batch)).accepted, null)
  assert.deepEqual(await send(reading(device, 3, section("user", "1"))), [])
  assert.equal((await storedEvents(device)).length, 1)
  assert.deepEqual(await send(reading(device, 6, section("user", "2"))), [])
})

test("a section that was forbidden or failed for a while is compared with its last hash", async () => {
  const device = await makeMonitored(db, agent)
  await send(reading(device, 0, section("user", "1")))
  assert.deepEqual(
    await send(reading(device, 1, section("user", null, { state: "forbidden" }))),
    [],
  )
  assert.equal((await sectionsOf(device)).user?.state, "forbidden")
  assert.deepEqual(await send(reading(device, 2)), [])
  assert.deepEqual(await send(reading(device, 3, section("user", "1"))), [])
  assert.equal((await send(reading(device, 4, section("user", "2")))).length, 1)
})

test("hashes with another basis are not compared, whichever agent sends them", async () => {
  const device = await makeMonitored(db, agent)
  await send(reading(device, 0, section("user", "1")))
  assert.deepEqual(await send(reading(device, 1, section("user", "x", { basis: "b2" }))), [])
  assert.equal((await sectionsOf(device)).user?.changedAtMs, null)
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`update inventory.device set agent_id = ${other.id} where id = ${device}`,
  )
  assert.deepEqual(await send(reading(device, 2, section("user", "x", { basis: "b2" })), other), [])
  const events = await send(reading(device, 3, section("user", "y", { basis: "b2" })), other)
  assert.deepEqual(
    events.map(({ message }) => message),
    ["user"],
  )
})

test("what changes together with the release is stored, and is no event", async () => {
  const device = await makeMonitored(db, agent)
  await send(reading(device, 0, section("user", "1")))
  const later = section("user", "2", { version: "7.20" })
  assert.deepEqual(await send(reading(device, 1, later)), [])
  const { user } = await sectionsOf(device)
  assert.deepEqual([user?.changedAtMs, user?.withRelease], [NOW - 3_540_000, true])
  const [event] = await send(reading(device, 2, section("user", "3", { version: "7.20" })))
  assert.equal(event?.message, "user")
  assert.equal((await sectionsOf(device)).user?.withRelease, false)
})

test("an event names so many sections, and counts all", async () => {
  const device = await makeMonitored(db, agent)
  const names = Array.from({ length: 60 }, (_, n) => `menu ${String(n).padStart(2, "0")}`)
  await send(reading(device, 0, ...names.map((name) => section(name, "1"))))
  const [event] = await send(reading(device, 1, ...names.map((name) => section(name, "2"))))
  assert.equal(event?.attributes.count, "60")
  assert.match(event?.message ?? "", /^menu 00, .*menu 39, \+20$/)
})

test("another organisation sees nothing of it, and a device that is removed takes it along", async () => {
  const device = await makeMonitored(db, agent)
  await send(reading(device, 0, section("user", "1")))
  assert.equal(await rows.configuration(await makeOrg(db, "other"), device), null)
  await db.dbs.ui.asOrg(db.org, (tx) => tx`delete from inventory.device where id = ${device}`)
  const left = await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`select from tables.section where device_id = ${device}`,
  )
  assert.equal(left.count, 0)
})
