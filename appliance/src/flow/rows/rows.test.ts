import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { batchOf, makeAgent, makeMonitored, makeOrg, NOW } from "../../../test/make-flow.ts"
import { type AgentIdentity, createIngest, type Ingest } from "../ingest/ingest.ts"
import { createTableRows, type TableRows } from "./rows.ts"
import { countSeen, markUnseenGone, writeSnapshot } from "./rows-store.ts"

const DAY_MS = 86_400_000
let db: TestDatabase
let agent: AgentIdentity
let rows: TableRows
let ingest: Ingest
let nowMs = NOW

before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  const clock = { now: () => nowMs }
  rows = createTableRows({ db: db.dbs.ui, jobs: db.dbs.jobs, clock })
  ingest = createIngest({
    db: db.dbs.ingest,
    clock,
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [rows.write],
    counters: { items: () => undefined, batch: () => undefined },
  })
})
after(() => db.close())

const entry = (number: number, values: object = {}) => ({
  key: `*${String(number).padStart(6, "0")}`,
  values: { user: `user-${number}`, address: `100.64.0.${number % 250}`, ...values },
})
const itemOf = (device: string, atMs: number, changes: object) => ({
  kind: "rows",
  device,
  atMs: NOW - 100_000 + atMs,
  source: "routeros-api",
  table: "sessions",
  isFull: false,
  part: 0,
  rows: [],
  gone: [],
  ...changes,
})
const send = async (...items: readonly object[]) => {
  const { ack } = await ingest.accept(agent, batchOf(items))
  return ack.rejected.map(({ message }) => message)
}
const list = (device: string, query: object = {}) =>
  rows.list(db.org, {
    device,
    table: "sessions",
    search: null,
    cursor: null,
    limit: 1_000,
    withGone: false,
    withPersons: true,
    ...query,
  })
const usersOf = async (device: string, query: object = {}) =>
  (await list(device, query)).rows.map(({ cells }) => cells.user)

test("the tables of a device, with the age and size of each source", async () => {
  const device = await makeMonitored(db, agent)
  assert.deepEqual(await rows.tablesOf(db.org, device), [])
  await send(
    itemOf(device, 0, { isFull: true, count: 2, rows: [entry(1), entry(2)] }),
    itemOf(device, 500, { isFull: true, count: 0, table: "leases" }),
  )
  const found = await rows.tablesOf(db.org, device)
  assert.deepEqual(
    found?.map(({ name, stored, atMs }) => [name, stored, atMs]),
    [
      ["leases", 0, NOW - 99_500],
      ["sessions", 2, NOW - 100_000],
    ],
  )
  assert.equal(await rows.tablesOf(await makeOrg(db, "of no tables"), device), null)
})

test("a snapshot, then changes: what exists, since when, and what is gone", async () => {
  const device = await makeMonitored(db, agent)
  assert.deepEqual(
    await send(itemOf(device, 0, { isFull: true, count: 3, rows: [entry(1), entry(2), entry(3)] })),
    [],
  )
  await send(
    itemOf(device, 1_000, {
      count: 3,
      rows: [entry(2, { address: "100.64.9.9" }), entry(4)],
      gone: ["*000001"],
    }),
  )
  const { rows: stored, snapshots } = await list(device, { withGone: true })
  const start = NOW - 100_000
  assert.deepEqual(
    stored.map(({ key, firstSeenAtMs, changedAtMs, goneAtMs }) => [
      key,
      firstSeenAtMs - start,
      changedAtMs - start,
      goneAtMs === null ? null : goneAtMs - start,
    ]),
    [
      ["*000001", 0, 0, 1_000],
      ["*000002", 0, 1_000, null],
      ["*000003", 0, 0, null],
      ["*000004", 1_000, 1_000, null],
    ],
  )
  assert.deepEqual(await usersOf(device), ["user-2", "user-3", "user-4"])
  const [snapshot] = snapshots
  assert.deepEqual([snapshot?.reported, snapshot?.stored, snapshot?.differsSinceMs], [3, 3, null])
})

test("what is in no part of a snapshot is gone; if a part is lost, nothing is", async () => {
  const device = await makeMonitored(db, agent)
  const all = Array.from({ length: 1_500 }, (_, number) => entry(number))
  const parts = (atMs: number, from: number) => [
    itemOf(device, atMs, {
      isFull: true,
      count: 1_500 - from,
      rows: all.slice(from, from + 1_000),
    }),
    itemOf(device, atMs, {
      isFull: true,
      part: 1,
      count: 1_500 - from,
      rows: all.slice(from + 1_000),
    }),
  ]
  await send(...parts(0, 0))
  assert.equal((await list(device, { limit: 2_000 })).rows.length, 1_500)
  await send(...parts(1_000, 100))
  assert.equal((await list(device, { limit: 2_000 })).rows.length, 1_400)
  const [, lastPart] = parts(2_000, 200)
  await send(lastPart ?? {})
  const { rows: stored, snapshots } = await list(device, { limit: 2_000 })
  assert.equal(stored.length, 1_400)
  assert.notEqual(snapshots[0]?.differsSinceMs, null)
  await send(...parts(3_000, 200))
  const { snapshots: repaired } = await list(device)
  assert.deepEqual([repaired[0]?.stored, repaired[0]?.differsSinceMs], [1_300, null])
})

test("a lost item shows as a difference; an older batch changes nothing", async () => {
  const device = await makeMonitored(db, agent)
  await send(itemOf(device, 5_000, { isFull: true, count: 1, rows: [entry(1)] }))
  await send(itemOf(device, 6_000, { count: 9, rows: [entry(2)] }))
  assert.notEqual((await list(device)).snapshots[0]?.differsSinceMs, null)
  await send(itemOf(device, 4_000, { count: 0, gone: ["*000001"] }))
  assert.deepEqual(await usersOf(device), ["user-1", "user-2"])
})

test("rows from before the clock was set back keep nothing out", async () => {
  const device = await makeMonitored(db, agent)
  nowMs = NOW + DAY_MS
  await send(itemOf(device, DAY_MS, { isFull: true, count: 2, rows: [entry(1), entry(2)] }))
  nowMs = NOW
  await send(itemOf(device, 1_000, { isFull: true, count: 2, rows: [entry(2), entry(3)] }))
  await send(itemOf(device, 2_000, { count: 1, gone: ["*000003"] }))
  assert.deepEqual(await usersOf(device), ["user-2"])
})

test("pages follow each other, and a search finds parts of searched columns", async () => {
  const device = await makeMonitored(db, agent)
  const all = Array.from({ length: 25 }, (_, number) => entry(number, { service: "pppoe" }))
  await send(itemOf(device, 0, { isFull: true, count: 25, rows: all }))
  const first = await list(device, { limit: 20 })
  const second = await list(device, { limit: 20, cursor: first.next })
  assert.deepEqual([first.rows.length, second.rows.length, second.next], [20, 5, null])
  assert.deepEqual(await usersOf(device, { search: "USER-7" }), ["user-7"])
  assert.deepEqual(await usersOf(device, { search: "pppoe" }), [])
  assert.deepEqual(await usersOf(device, { search: "user_" }), [])
  const found = await rows.find(db.org, "user-13", 10, true)
  assert.ok(found.some(({ deviceId, name }) => deviceId === device && name === "sessions"))
})

test("another organisation sees nothing, and rows that are gone are deleted after a week", async () => {
  const device = await makeMonitored(db, agent)
  await send(itemOf(device, 0, { isFull: true, count: 1, rows: [entry(77)] }))
  const other = await makeOrg(db, "other tables")
  assert.deepEqual(await rows.find(other, "user-77", 10, true), [])
  await send(itemOf(device, 1_000, { count: 0, gone: ["*000077"] }))
  nowMs = NOW + 6 * DAY_MS
  await rows.prune(db.org)
  assert.deepEqual(await usersOf(device, { withGone: true }), ["user-77"])
  nowMs = NOW + 8 * DAY_MS
  await rows.prune(db.org)
  assert.deepEqual(await usersOf(device, { withGone: true }), [])
  nowMs = NOW
})

test("rows that are gone do not pile up, however many there are", async () => {
  const device = await makeMonitored(db, agent)
  const insert = (name: string, count: number, days: number) =>
    db.dbs.jobs.asOrg(
      db.org,
      (tx) => tx`
        insert into tables.row (org_id, device_id, name, source, key, cells, words, first_seen_at, changed_at, seen_at, gone_at)
        select ${db.org}, ${device}, ${name}, 'snmp', n::text, '{}', '', at, at, at, at
        from generate_series(1, ${count}::int) n,
          (select to_timestamp(${(NOW - days * DAY_MS) / 1_000}::float8) as at) as moment`,
    )
  await insert("arp", 12_000, 8)
  await insert("hosts", 22_500, 1)
  await insert("leases", 9_000, 1)
  assert.equal(await rows.prune(db.org), 24_500)
  assert.equal(await rows.prune(db.org), 0)
})

test("rows of an unknown table or column are rejected by name, and cost nothing else", async () => {
  const device = await makeMonitored(db, agent)
  const rejected = await send(
    itemOf(device, 0, { isFull: true, count: 1, table: "colors" }),
    itemOf(device, 0, { isFull: true, count: 1, rows: [entry(1, { color: "red" })] }),
    itemOf(device, 1_000, { isFull: true, count: 1, rows: [entry(5)] }),
  )
  assert.equal(rejected.length, 2)
  assert.match(rejected[1] ?? "", /rows\.0\.values\.color/)
  assert.deepEqual(await usersOf(device), ["user-5"])
})

test("without permission nobody's name is shown, in a cursor, or found", async () => {
  const device = await makeMonitored(db, agent)
  const people = [1, 2, 3].map((number) =>
    entry(number, { user: `person-${number}`, interface: `<pppoe-person-${number}>` }),
  )
  const named = {
    key: "person-4 at 100.64.9.9",
    values: { user: "person-4", address: "100.64.9.9" },
  }
  await send(itemOf(device, 0, { isFull: true, count: 4, rows: [...people, named] }))
  const hidden = { withPersons: false }
  const page = await list(device, hidden)
  assert.deepEqual(
    page.rows.map(({ cells }) => [cells.user, cells.interface, cells.address]),
    [
      ["•••", "•••", "100.64.0.1"],
      ["•••", "•••", "100.64.0.2"],
      ["•••", "•••", "100.64.0.3"],
      ["•••", undefined, "100.64.9.9"],
    ],
  )
  assert.doesNotMatch(JSON.stringify(page), /person/)
  assert.deepEqual(await usersOf(device, { ...hidden, search: "person-2" }), [])
  assert.deepEqual(await usersOf(device, { search: "person-2" }), ["person-2"])
  assert.deepEqual(await usersOf(device, { ...hidden, search: "100.64.0.2" }), ["•••"])
  assert.deepEqual(await rows.find(db.org, "person-2", 10, false), [])
  assert.equal((await rows.find(db.org, "100.64.9.9", 10, false))[0]?.cells.user, "•••")
  const keys: string[] = []
  let cursor: string | null = null
  do {
    const part: Awaited<ReturnType<typeof list>> = await list(device, {
      ...hidden,
      limit: 1,
      cursor,
    })
    keys.push(...part.rows.map(({ cells }) => String(cells.address)))
    cursor = part.next
    assert.doesNotMatch(Buffer.from(cursor ?? "", "base64url").toString(), /person/)
  } while (cursor !== null)
  assert.deepEqual(keys, ["100.64.0.1", "100.64.0.2", "100.64.0.3", "100.64.9.9"])
})

test("a report of a table reads rows of its device alone, while nothing is known of how many there are", async () => {
  const device = await makeMonitored(db, agent)
  await send(itemOf(device, 0, { isFull: true, count: 1, rows: [entry(1)] }))
  const read = await db.dbs.ingest.asOrg(db.org, async (tx) => {
    await tx`
      insert into inventory.device (org_id, name, address, methods)
      select ${db.org}, 'many-' || n, '10.1.' || n / 250 || '.' || n % 250, '{}' from generate_series(1, 2000) n`
    await tx`
      insert into tables.row (org_id, device_id, name, source, key, cells, words, first_seen_at, changed_at, seen_at)
      select org_id, id, 'sessions', 'routeros-api', n, '{}', '', now(), now(), now()
      from inventory.device, generate_series(1, 10) n where name like 'many-%'`
    const fetched = async () => {
      const [row] = await tx<{ rows: number }[]>`
        select (idx_tup_fetch + seq_tup_read)::int as rows from pg_stat_xact_user_tables
        where schemaname = 'tables' and relname = 'row'`
      return row?.rows ?? 0
    }
    const before = await fetched()
    const moment = {
      ...{ org: db.org, device, name: "sessions", atMs: NOW },
      source: "routeros-api",
    } as const
    await countSeen(tx, moment)
    await writeSnapshot(tx, moment, { reported: 0, isFull: true, isPart: false })
    await markUnseenGone(tx, moment)
    return (await fetched()) - before
  })
  assert.ok(read > 0 && read < 100, `${read} rows are read`)
})
