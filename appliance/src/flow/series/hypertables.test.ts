/**
 * Raw values in hypertables, and their way there from partitions. Needs a server with TimescaleDB,
 * which the embedded one is not: `npm run test:timescale` runs this file on one.
 */
import assert from "node:assert/strict"
import { before, type TestContext, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { defineFamily, FAMILIES, gauge } from "@ispvm/wire/families"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import {
  asOwner,
  ingestInto,
  interfaceOf,
  makeAgent,
  makeMonitored,
  NOW,
  pingOf,
} from "../../../test/make-flow.ts"
import { storedSeries } from "../../../test/series-storage.ts"
import { openSql, type Sql } from "../../platform/postgres/db.ts"
import { chooseEngine } from "./engine-store.ts"
import { createFamilyTables } from "./families/tables-store.ts"
import { createSeries } from "./series.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let isThere = false
before(async () => {
  const db = await testDatabase()
  isThere = (await chooseEngine(db.owner, "plain")).engine === "timescale"
  await db.close()
})

type World = { readonly db: TestDatabase; readonly owner: Sql }
/** A database with partitions, as an appliance without TimescaleDB leaves it. */
const onTimescale = (name: string, run: (world: World, t: TestContext) => Promise<void>): void =>
  void test(name, async (t) => {
    if (!isThere) return t.skip("this server has no TimescaleDB: npm run test:timescale")
    const db = await testDatabase({ engine: "plain" })
    const owner = openSql(db.owner, { name: "test", max: 1 })
    try {
      await run({ db, owner }, t)
    } finally {
      await owner.end()
      await db.close()
    }
  })

const adopt = ({ db }: World) => chooseEngine(db.owner, "auto")
const clock = { at: NOW, now: () => clock.at }
const seriesOf = ({ db }: World) => {
  clock.at = NOW
  return createSeries({ jobs: db.dbs.jobs, clock })
}
/** All that a reader sees: raw values and both rollups. */
const readAll = async ({ db }: World) => {
  const sql = db.dbs.ui.sql
  return {
    raw: [...(await sql`select * from series.ping_raw order by ts, target_id, agent_id`)],
    fives: [...(await sql`select * from series.ping_5m order by ts, target_id, agent_id`)],
    hours: [...(await sql`select * from series.ping_1h order by ts, target_id, agent_id`)],
  }
}
const countOf = async (owner: Sql, table: string): Promise<number> => {
  const [row] = await owner<{ n: number }[]>`select count(*)::int as n from ${owner(table)}`
  return row?.n ?? 0
}
const isTable = async (owner: Sql, name: string): Promise<boolean> => {
  const [row] = await owner<{ is: boolean }[]>`select to_regclass(${name}) is not null as is`
  return row?.is === true
}
const convert = async (owner: Sql): Promise<boolean> => {
  const [row] = await owner<{ more: boolean }[]>`
    select (ispvm.run_housekeeping('convert') ->> 'more')::boolean as more`
  return row?.more === true
}

onTimescale("rows from before the change stay readable, and move in the background", async (w) => {
  const { db, owner } = w
  const agent = await makeAgent(db, db.org)
  const device = await makeMonitored(db, agent)
  const series = seriesOf(w)
  const items = Array.from({ length: 300 }, (_, i) => pingOf(device, NOW - i * 10 * MINUTE))
  await ingestInto(db, series, agent, items)
  await series.runHousekeeping()
  const asPartitions = await readAll(w)
  assert.equal(asPartitions.raw.length, 300)

  const storage = await adopt(w)
  assert.equal(storage.engine, "timescale")
  assert.ok(storage.bytesLeft > 0)
  assert.match(storage.edition ?? "", /^(?:apache|timescale)$/)
  assert.equal(await countOf(owner, "series.ping"), 0, "nothing was copied")
  assert.deepEqual(await readAll(w), asPartitions)
  await assert.rejects(db.dbs.jobs.sql`select from series.ping_plain`, /permission denied/)
  assert.equal(await isTable(owner, "series.device_health_plain"), false, "empty ones go at once")

  await ingestInto(db, series, agent, items.slice(0, 200))
  assert.deepEqual(await readAll(w), asPartitions, "a repeated row is the same row")
  await ingestInto(db, series, agent, [
    pingOf(device, NOW - DAY - 1_000),
    pingOf(device, NOW + 1_000),
  ])
  assert.equal(await countOf(owner, "series.ping"), 2, "new rows and late ones go to the new table")
  await series.runHousekeeping()
  const during = await readAll(w)
  assert.equal(during.raw.length, 302)

  for (let round = 0; round < 3; round += 1) await series.runHousekeeping()
  assert.deepEqual(await readAll(w), during)
  assert.equal(await isTable(owner, "series.ping_plain"), false)
  assert.equal(await countOf(owner, "ispvm.conversion"), 0)
  const packed = await countOf(owner, "series.ping_packed")
  assert.ok(packed > 0, "what was packed stays so")
  assert.ok((await countOf(owner, "series.ping")) + packed < 302)
  assert.equal((await adopt(w)).bytesLeft, 0, "the next start changes nothing")
})

onTimescale(
  "a conversion killed at any moment goes on, and no row is lost or doubled",
  async (w) => {
    const { db, owner } = w
    const admin = openSql(db.superuser, { name: "test", max: 1 })
    const rows = 300_000
    await owner`select ispvm.premake('ping', now() - interval '2 days', now())`
    await admin`insert into series.ping (ts, target_id, agent_id, rtt_us, answers)
    select now() - i * interval '500 ms', i % 5, 1, i, true from generate_series(1, ${rows}::int) i`
    await adopt(w)
    let kills = 0
    for (let isMore = true; isMore; ) {
      const killed = openSql(db.owner, { name: "killed", max: 1 })
      const running = convert(killed)
      await delay(kills < 8 ? kills * 40 : 0)
      if (kills < 8) {
        kills += 1
        await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%killed%'`
      }
      isMore = await running.catch(() => true)
      await killed.end()
    }
    const [sum] = await owner<{ n: number; rtt: number }[]>`
    select count(*)::int as n, sum(rtt_us)::float8 as rtt from series.ping_raw`
    assert.deepEqual({ ...sum }, { n: rows, rtt: (rows * (rows + 1)) / 2 })
    await convert(owner)
    assert.equal(await isTable(owner, "series.ping_plain"), false)
    assert.equal(await countOf(owner, "series.ping"), rows)
    await admin.end()
  },
)

onTimescale("old partitions expire before they are converted", async (w) => {
  const { db, owner } = w
  const agent = await makeAgent(db, db.org)
  const device = await makeMonitored(db, agent)
  const series = seriesOf(w)
  await ingestInto(db, series, agent, [pingOf(device, NOW - 2 * DAY)])
  await adopt(w)
  const drop = (atMs: number) => owner<{ did: number }[]>`
    select (ispvm.run_housekeeping('drop', to_timestamp(${atMs}::float8 / 1000)) ->> 'did')::int as did`
  assert.equal((await drop(NOW + 10 * DAY))[0]?.did, 0, "its hours are not stored yet")
  clock.at = NOW + 5 * HOUR
  await owner`select ispvm.run_housekeeping('close', to_timestamp(${clock.at}::float8 / 1000))`
  for (let call = 0; call < 6; call += 1) await owner`select ispvm.run_housekeeping('refresh')`
  assert.equal((await drop(NOW + 10 * DAY))[0]?.did, 1)
  await convert(owner)
  assert.equal(await isTable(owner, "series.ping_plain"), false)
  assert.equal((await readAll(w)).hours.length, 1)
})

onTimescale("a chunk that somebody reads is dropped in the next round", async (w) => {
  const { db, owner } = w
  const agent = await makeAgent(db, db.org)
  const device = await makeMonitored(db, agent)
  const series = seriesOf(w)
  await adopt(w)
  await ingestInto(db, series, agent, [pingOf(device, NOW - 2 * DAY)])
  clock.at = NOW + 16 * DAY
  const ranges = async () => (await storedSeries(db, "ping")).ranges.length
  assert.equal(await ranges(), 1)
  await db.dbs.ui.sql.begin(async (tx) => {
    await tx`select count(*) from series.ping`
    for (let round = 0; round < 3; round += 1) await series.runHousekeeping()
    assert.equal(await ranges(), 1)
  })
  await series.runHousekeeping()
  assert.equal(await ranges(), 0)
  assert.equal(await countOf(owner, "series.ping_1h_m"), 1)
})

onTimescale("the program's role reads no chunk and changes no hypertable", async (w) => {
  const { db } = w
  const agent = await makeAgent(db, db.org)
  const device = await makeMonitored(db, agent)
  await adopt(w)
  // The program's role makes a chunk by its insert.
  await ingestInto(db, seriesOf(w), agent, [
    pingOf(device, NOW),
    interfaceOf(device, NOW, "ether1"),
  ])
  const sql = db.dbs.jobs.sql
  for (const name of ["ping", "interface_counters"]) {
    const { engine, ranges } = await storedSeries(db, name)
    assert.equal(engine, "timescale")
    assert.ok(ranges.length > 0)
    for (const { table } of ranges)
      await assert.rejects(sql`select from ${sql(table)}`, /permission denied for schema/)
  }
  await assert.rejects(sql`select public.drop_chunks('series.ping', now())`, /must be owner/)
  await assert.rejects(sql`delete from series.ping`, /permission denied/)
  await assert.rejects(sql`select ispvm.adopt_timescale()`, /permission denied/)
  await assert.rejects(sql`alter table series.ping add column x int`, /must be owner/)
})

onTimescale("columns are added while old partitions are left; rollups stay plain", async (w) => {
  const { db, owner } = w
  const agent = await makeAgent(db, db.org)
  const device = await makeMonitored(db, agent)
  const row = {
    name: "queue-length",
    title: "Queue",
    description: "How many packets wait",
    key: { by: "device" },
    fields: { packets: gauge("queue.packets", "count", "packets that wait", { isWhole: true }) },
    charts: [{ title: "Queue", metrics: ["queue.packets"] }],
  } as const
  const fields = { ...row.fields, bytes: gauge("queue.bytes", "byte", "bytes that wait") }
  await createFamilyTables(db.owner, [defineFamily(row)])
  await owner`insert into series.queue_length (ts, device_key, packets) values (now(), 1, 7)`
  await adopt(w)
  await createFamilyTables(db.owner, [defineFamily({ ...row, fields })])
  const read = async () => [
    ...(await db.dbs.ui.sql`select packets, bytes from series.queue_length_raw`),
  ]
  assert.deepEqual(await read(), [{ packets: 7, bytes: null }])
  while (await convert(owner));
  await convert(owner)
  assert.deepEqual(await read(), [{ packets: 7, bytes: null }])
  assert.equal(await isTable(owner, "series.queue_length_plain"), false)

  const made = defineFamily({ ...row, name: "queue-depth" })
  await createFamilyTables(db.owner, [made])
  assert.equal((await storedSeries(db, "queue_depth")).engine, "timescale")
  assert.equal((await storedSeries(db, "queue_depth_1h_m")).engine, "plain")
  assert.deepEqual(await createFamilyTables(db.owner, FAMILIES), [])
  await ingestInto(db, seriesOf(w), agent, [pingOf(device, NOW)])
  const { n } = await asOwner<{ n: number }>(
    db,
    "select count(*)::int as n from ispvm.rollup where engine <> 'plain'",
  )
  assert.equal(n, 0)
})
