import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import { FAMILIES } from "@ispvm/wire/families"
import fc from "fast-check"
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
import type { Tx } from "../../platform/postgres/db.ts"
import type { AgentIdentity } from "../ingest/ingest.ts"
import { createSeries, type Series } from "./series.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let db: TestDatabase
let agent: AgentIdentity
let series: Series
const clock = { at: NOW, now: () => clock.at }
const asOrg = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.dbs.ui.asOrg(db.org, work)
const write = (items: readonly object[], by = agent) => ingestInto(db, series, by, items)
const read = (device: string, family: string, fromMs: number, toMs: number, over: object = {}) =>
  asOrg((tx) => series.read(tx, db.org, { device, family, fromMs, toMs, points: 600, ...over }))
const columnsOf = ({ items }: Awaited<ReturnType<typeof read>>) => items[0]?.columns ?? {}
/** Whatever `ispvm.series` says of the engine. */
const tables = async (name: string): Promise<number> =>
  (await db.dbs.ui.sql`select from pg_inherits where inhparent = ${`series.${name}`}::regclass`)
    .length
const partitions = async (name: string): Promise<number> =>
  (await storedSeries(db, name)).ranges.length

before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  series = createSeries({
    jobs: db.dbs.jobs,
    clock,
  })
})
beforeEach(() => {
  clock.at = NOW
})
after(() => db.close())

test("rollups agree with the raw values: live, stored, and after late values", async () => {
  const device = await makeMonitored(db, agent)
  const compare = async (when: string): Promise<void> => {
    for (const width of ["5m", "1h"] as const) {
      const step = width === "5m" ? "5 minutes" : "1 hour"
      const truth = await db.dbs.ui.sql`
        select ispvm.bin(${step}::interval, ts) as ts, target_id, agent_id, count(*)::int as n, sum(coalesce(sent, 1))::int as sent,
          sum(coalesce(received, answers::int))::int as received,
          count(rtt_us)::int as rtt_n, sum(rtt_us)::int as rtt_sum, min(rtt_us) as rtt_min, max(rtt_us) as rtt_max
        from series.ping_raw group by 1, 2, 3 order by 2, 3, 1`
      const rows = await db.dbs.ui.sql`
        select ts, target_id, agent_id, n, sent::int, received::int, rtt_n, rtt_sum::int, rtt_min, rtt_max
        from ${db.dbs.ui.sql(`series.ping_${width}`)} order by 2, 3, 1`
      assert.deepEqual([...rows], [...truth], `${width} ${when}`)
    }
  }
  const sample = fc.record({
    // Raw ones are dropped with the day that is three days old; five hours on, that may be the day after the oldest of these.
    ageMin: fc.integer({ min: 0, max: 2 * 24 * 60 }),
    received: fc.constantFrom(0, 1),
    rttUs: fc.integer({ min: 100, max: 9_999 }),
  })
  await asOrg((tx) => tx`select ispvm.run_housekeeping('premake')`)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(sample, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 3 }),
      async (batches) => {
        for (const samples of batches) {
          await write(
            [...new Map(samples.map((l) => [l.ageMin, l])).values()].map(
              ({ ageMin, received, rttUs }) =>
                pingOf(device, NOW - ageMin * MINUTE, {
                  icmp: { sent: 1, received, rttUs: received === 1 ? rttUs : null, jitterUs: null },
                }),
            ),
          )
          await series.runHousekeeping()
          await compare("after a round")
        }
      },
    ),
    { numRuns: 8 },
  )
  clock.at = NOW + 5 * HOUR // all of it closed and stored
  await series.runHousekeeping()
  await series.runHousekeeping()
  await compare("when all is stored")
  await write([
    pingOf(device, NOW - 2 * DAY - 1, {
      icmp: { sent: 5, received: 4, rttUs: 50, jitterUs: null },
    }),
  ])
  await series.runHousekeeping()
  await compare("after a late value")
})

test("a value late by days finds its partition and its hour", async () => {
  const device = await makeMonitored(db, agent)
  const at = NOW - 9 * DAY
  const before = await partitions("interface_counters")
  await write(
    Array.from({ length: 12 }, (_, i) =>
      interfaceOf(device, at + i * 1_000, "ether1", { rxBps: 100 }),
    ),
  )
  assert.equal(await partitions("interface_counters"), before + 1)
  await series.runHousekeeping()
  const hour = () =>
    db.dbs.ui.sql<{ n: number; max: number }[]>`
      select n, rx_max as max from series.interface_counters_1h where ts >= to_timestamp(${at}::float8 / 1000) - interval '1 hour'
        and ts < to_timestamp(${at}::float8 / 1000) + interval '1 hour' and rx_min = 100`
  assert.deepEqual([...(await hour())], [{ n: 12, max: 100 }])
  await write([interfaceOf(device, at + 30_000, "ether1", { rxBps: 900 })])
  await series.runHousekeeping()
  assert.deepEqual([...(await hour())], [{ n: 13, max: 900 }])
})

test("while a writer is at work no bucket that it may write into is called complete", async () => {
  const closed = async () =>
    (
      await asOwner<{ at: number }>(
        db,
        "select extract(epoch from closed_until)::float8 as at from ispvm.rollup where name = 'ping_5m'",
      )
    ).at
  clock.at = NOW + 10 * HOUR
  const was = await closed()
  await asOrg(async (tx) => {
    await tx`select ispvm.late('ping', now(), now())`
    await series.runHousekeeping()
    assert.equal(await closed(), was)
  })
  await series.runHousekeeping()
  assert.ok((await closed()) > was)
})

/** Of all families. */
const ROLLUPS = FAMILIES.flatMap(({ storage }) => storage.rollups).length

test("a housekeeping step says what it did, and does it once", async () => {
  // Past every day that the tests before this one may have made ahead, whatever the time of day.
  const runStep = async (step: string, atMs = NOW + 4 * DAY) => {
    const [row] = await db.dbs.jobs.sql<{ did: number; more: boolean }[]>`
      select (t ->> 'did')::int as did, (t ->> 'more')::boolean as more from ispvm.run_housekeeping(${step}, to_timestamp(${atMs}::float8 / 1000)) as t`
    return { did: row?.did, more: row?.more }
  }
  const arrears = async () =>
    (
      await asOwner<{ n: number }>(
        db,
        "select count(*)::int as n from ispvm.rollup where stored_until < closed_until",
      )
    ).n
  await runStep("premake", NOW)
  const before = await partitions("device_health")
  await runStep("premake")
  const { engine, ranges } = await storedSeries(db, "device_health")
  // That day's partition, and two more; chunks are made by the first row.
  assert.equal(ranges.length, before + (engine === "plain" ? 3 : 0))
  assert.deepEqual(await runStep("premake"), { did: 0, more: false })
  assert.equal((await runStep("close")).did, ROLLUPS)
  assert.deepEqual(await runStep("close"), { did: 0, more: false })
  assert.equal(await arrears(), ROLLUPS)
  let calls = 1
  while ((await runStep("refresh")).more) calls += 1
  assert.ok(calls > 1, "a day a call")
  assert.equal(await arrears(), 0)
  await assert.rejects(runStep("dance"), /no step dance/)
})

test("housekeeping skips series that are maintained elsewhere", async () => {
  const device = await makeMonitored(db, agent)
  const marked = () => asOwner<{ n: number }>(db, "select count(*)::int as n from ispvm.dirty")
  // The first row of a day makes its chunk, whatever housekeeping does.
  await write([pingOf(device, NOW - 5 * HOUR)])
  await series.runHousekeeping()
  await asOwner(
    db,
    "with r as (update ispvm.rollup set engine = 'other-' || engine), s as (update ispvm.series set engine = 'other-' || engine) select 1",
  )
  try {
    const before = [await tables("ping"), (await marked()).n]
    await write([pingOf(device, NOW - 5 * HOUR + 1_000)])
    clock.at = NOW + 30 * DAY
    await series.runHousekeeping()
    assert.deepEqual([await tables("ping"), (await marked()).n], before)
  } finally {
    await asOwner(
      db,
      "with r as (update ispvm.rollup set engine = substr(engine, 7)), s as (update ispvm.series set engine = substr(engine, 7)) select 1",
    )
  }
})

test("raw values are dropped past their time, a whole partition at once, and their hours stay", async () => {
  const device = await makeMonitored(db, agent)
  const at = NOW - DAY
  await write([pingOf(device, at)])
  clock.at = NOW + 16 * DAY
  for (let round = 0; round < 3; round += 1) await series.runHousekeeping()
  const rows = await db.dbs.ui
    .sql`select from series.ping_raw where ts <= to_timestamp(${NOW}::float8 / 1000)`
  assert.equal(rows.length, 0)
  const old = await read(device, "ping", at - HOUR, at + HOUR)
  assert.equal(columnsOf(old)["ping.rtt_ms"]?.filter((value) => value !== null)[0], 1.5)
  const { engine, ranges } = await storedSeries(db, "ping")
  for (const { fromMs } of ranges) assert.ok(fromMs > clock.at - 15 * DAY)
  if (engine === "plain") assert.ok((ranges.at(-1)?.toMs ?? 0) > clock.at + 2 * DAY)
})
