import assert from "node:assert/strict"
import { after, afterEach, before, test } from "node:test"
import fc from "fast-check"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { ingestInto, makeAgent, makeMonitored, NOW, pingOf } from "../../../test/make-flow.ts"
import { openSql, type Sql } from "../../platform/postgres/db.ts"
import { createSeries, type Series } from "./series.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** The start of a day that is over, and before which everything is stored. */
const OLD_DAY = Math.floor(NOW / DAY) * DAY - 2 * DAY

let db: TestDatabase
let owner: ReturnType<typeof openSql>
let series: Series
const clock = { at: NOW, now: () => clock.at }

before(async () => {
  db = await testDatabase({ engine: "plain" })
  owner = openSql(db.owner, { name: "test", max: 2 })
  series = createSeries({ jobs: db.dbs.jobs, clock })
})
after(async () => {
  await owner.end()
  await db.close()
})

const at = (ms: number) => owner`to_timestamp(${ms}::float8 / 1000)`
const premake = (name: string, fromMs: number, toMs: number) =>
  owner`select ispvm.premake(${name}, ${at(fromMs)}, ${at(toMs)})`
/** Portions until there is nothing to do; the rows that they moved. */
const pack = async (nowMs = NOW): Promise<number> => {
  for (let moved = 0; ; ) {
    const [row] = await owner<{ did: number; more: boolean }[]>`
      select (a ->> 'did')::int as did, (a ->> 'more')::boolean as more
      from ispvm.run_housekeeping('pack', ${at(nowMs)}) a`
    moved += row?.did ?? 0
    if (row?.more !== true) return moved
  }
}
const countOf = async (name: string): Promise<number> => {
  const [row] = await owner<{ n: number }[]>`select count(*)::int as n from ${owner(name)}`
  return row?.n ?? 0
}
/** To the bit: `send` functions give what is stored, minus zero and NaN included. */
const stored = async (table: string): Promise<readonly string[]> => {
  const rows = await owner<{ row: string }[]>`
    select encode(record_send(r), 'hex') as row from ${owner(`series.${table}_raw`)} r order by 1`
  return rows.map(({ row }) => row)
}
/** No days, and as if nothing had been packed. */
const empty = async (): Promise<void> => {
  for (const table of ["ping", "interface_counters"]) {
    const days = await owner<{ child: string; packed: string | null }[]>`
      select child, packed from ispvm.stored_days() where series = ${table}`
    for (const { child, packed } of days)
      await owner`select ispvm.drop_day(${table}, ${child}, ${packed})`
  }
  await owner`delete from ispvm.dirty`
}
afterEach(empty)

const bps = fc.option(fc.oneof(fc.bigInt(0n, 1_000n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)))
const REALS = [
  "0",
  "-0",
  "NaN",
  "Infinity",
  "-Infinity",
  "1e-45",
  "3.4028235e38",
  "0.1",
  "16777216",
]
const real = fc.option(fc.constantFrom(...REALS))
const row = fc.record({
  port: fc.integer({ min: 1, max: 3 }),
  // Seconds, milliseconds or microseconds, over two days.
  us: fc.oneof(
    fc.integer({ min: 0, max: 47 }).map((n) => n * 3_600_000_000),
    fc.integer({ min: 0, max: 2 * 8_640 - 1 }).map((n) => n * 10_000_000),
    fc.integer({ min: 0, max: 2 * DAY - 1 }).map((n) => n * 1_000),
    fc.integer({ min: 0, max: 2 * DAY * 1_000 - 1 }),
  ),
  running: fc.boolean(),
  ...{ rx: bps, tx: bps, rxPps: real, txPps: real, errs: real, drops: real },
})
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never

const writePorts = async (rows: readonly Row[]): Promise<void> => {
  const texts = (name: keyof Row) =>
    rows.map((one) => (one[name] === null ? null : String(one[name])))
  await owner`
    insert into series.interface_counters (ts, interface_id, running, rx_bps, tx_bps, rx_pps, tx_pps, errs, drops)
    select ${at(OLD_DAY - DAY)} + us * interval '1 microsecond', port, running, rx, tx, rxp, txp, errs, drops
    from unnest(${texts("us")}::int8[], ${texts("port")}::int[], ${texts("running")}::boolean[],
      ${texts("rx")}::int8[], ${texts("tx")}::int8[], ${texts("rxPps")}::real[], ${texts("txPps")}::real[],
      ${texts("errs")}::real[], ${texts("drops")}::real[]) as x (us, port, running, rx, tx, rxp, txp, errs, drops)
    on conflict do nothing`
}

test("packed rows are the rows that were stored, to the bit, and so are rows of any range", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 400 }),
      fc.array(row, { maxLength: 30 }),
      fc.tuple(fc.integer({ min: 0, max: 48 * 60 }), fc.integer({ min: 1, max: 48 * 60 })),
      async (rows, late, [fromMin, minutes]) => {
        await empty()
        await premake("interface_counters", OLD_DAY - DAY, OLD_DAY + DAY - 1)
        await writePorts(rows)
        const before = await stored("interface_counters")
        const moved = await pack()
        assert.equal(moved, before.length)
        assert.equal(await countOf("series.interface_counters"), 0, "no plain row is left")
        assert.deepEqual(await stored("interface_counters"), before)

        await writePorts(rows)
        assert.deepEqual(await stored("interface_counters"), before, "a repeated row is skipped")
        await writePorts(late)
        const all = await stored("interface_counters")
        const from = at(OLD_DAY - DAY + fromMin * MINUTE)
        const to = at(OLD_DAY - DAY + (fromMin + minutes) * MINUTE)
        const [ranges] = await owner<{ wrong: number }[]>`
          select count(*)::int as wrong from (
            (select r::text from series.interface_counters_raw r where ts >= ${from} and ts < ${to}
              except all select b::text from series.interface_counters_between(${from}, ${to}) b)
            union all
            (select b::text from series.interface_counters_between(${from}, ${to}) b
              except all select r::text from series.interface_counters_raw r where ts >= ${from} and ts < ${to})) x`
        assert.equal(ranges?.wrong, 0)

        // When nothing later is accepted, what came late is packed as well.
        await pack(OLD_DAY + DAY + 81 * HOUR)
        assert.equal(await countOf("series.interface_counters"), 0)
        assert.deepEqual(await stored("interface_counters"), all)
      },
    ),
    { numRuns: 20 },
  )
})

const pingsOf = (device: string, fromMs: number, count: number, stepMs: number) =>
  Array.from({ length: count }, (_, i) =>
    pingOf(device, fromMs + i * stepMs, {
      icmp: { sent: 1, received: 1, rttUs: 100 + (i % 7), jitterUs: null },
    }),
  )
const rollups = async () => ({
  fives: [...(await owner`select * from series.ping_5m order by ts, target_id`)],
  hours: [...(await owner`select * from series.ping_1h order by ts, target_id`)],
})

test("answers, rollups and late values do not depend on what is packed", async () => {
  const agent = await makeAgent(db, db.org)
  const device = await makeMonitored(db, agent)
  const read = () =>
    db.dbs.ui.asOrg(db.org, (tx) =>
      series.read(tx, db.org, {
        ...{ device, family: "ping", points: 300 },
        ...{ fromMs: OLD_DAY + 6 * HOUR, toMs: OLD_DAY + 8 * HOUR },
      }),
    )
  await ingestInto(db, series, agent, pingsOf(device, OLD_DAY + 6 * HOUR, 500, 10_000))
  await owner`select ispvm.run_housekeeping('refresh')`
  const plain = [await read(), await rollups()]
  assert.equal(await pack(), 500)
  assert.equal(await countOf("series.ping"), 0)
  assert.deepEqual([await read(), await rollups()], plain)

  const late = pingsOf(device, OLD_DAY + 6 * HOUR + 3_000, 40, 10_000)
  await ingestInto(db, series, agent, [...pingsOf(device, OLD_DAY + 6 * HOUR, 20, 10_000), ...late])
  assert.equal(await countOf("series.ping"), 40, "repeated ones are not stored again")
  await owner`select ispvm.run_housekeeping('refresh')`
  const [hour] = await owner<{ n: number }[]>`
    select n from series.ping_1h where ts = ${at(OLD_DAY + 6 * HOUR)}`
  assert.equal(hour?.n, 400)
  const withLate = [await read(), await rollups()]
  await pack(OLD_DAY + DAY + 81 * HOUR)
  assert.equal(await countOf("series.ping"), 0)
  assert.deepEqual([await read(), await rollups()], withLate)
})

const writeOldDay = async (): Promise<readonly string[]> => {
  await premake("interface_counters", OLD_DAY, OLD_DAY + DAY - 1)
  await owner`
    insert into series.interface_counters (ts, interface_id, running, rx_bps)
    select ${at(OLD_DAY)} + n * interval '10 s', port, true, n from generate_series(0, 8639) n, generate_series(1, 2) port`
  return await stored("interface_counters")
}
const portion = async (sql: Sql = owner) => {
  const [answer] = await sql<{ did: number; more: boolean }[]>`
    select (a ->> 'did')::int as did, (a ->> 'more')::boolean as more
    from ispvm.run_housekeeping('pack', ${at(NOW)}) a`
  return answer ?? { did: 0, more: false }
}

test("a packer that is killed in the middle has moved a portion or not, and goes on", async () => {
  const before = await writeOldDay()
  assert.equal((await portion()).more, true)
  for (let kills = 0; kills < 4; kills += 1) {
    const victim = openSql(db.owner, { name: "victim", max: 1 })
    const [{ pid } = { pid: 0 }] = await victim<{ pid: number }[]>`select pg_backend_pid() as pid`
    const dying = victim
      .begin(async (tx) => {
        await tx`select ispvm.run_housekeeping('pack', to_timestamp(${NOW}::float8 / 1000))`
        await owner`select pg_terminate_backend(${pid})`
        await tx`select 1`
      })
      .then(
        () => "alive",
        () => "killed",
      )
    assert.equal(await dying, "killed")
    await victim.end()
    assert.deepEqual(await stored("interface_counters"), before)
    assert.ok((await portion()).did > 0)
    assert.deepEqual(await stored("interface_counters"), before)
  }
  assert.ok((await pack()) > 0)
  assert.equal(await countOf("series.interface_counters"), 0)
  assert.deepEqual(await stored("interface_counters"), before)
})

test("a snapshot from before the move sees each row once, however long it is read", async () => {
  const before = await writeOldDay()
  const backup = openSql(db.owner, { name: "backup", max: 1 })
  await backup.begin(async (tx) => {
    await tx`set transaction isolation level repeatable read read only`
    await tx`lock table ispvm.snapshot_guard in access share mode`
    await tx`select 1`
    await pack()
    assert.deepEqual(await stored("interface_counters"), before)
    const [seen] = await tx<{ n: number }[]>`
      select count(*)::int as n from series.interface_counters_raw`
    assert.equal(seen?.n, before.length)
  })
  await backup.end()
  const days = () => owner`
    select from ispvm.packed_partition
    where not is_packing and series = 'interface_counters' and lo = ${at(OLD_DAY)}`
  assert.equal((await days()).length, 0, "the space waits for the snapshot")
  await pack()
  assert.equal((await days()).length, 1)
  assert.deepEqual(await stored("interface_counters"), before)
})

test("a writer of late values and the packer of their day exclude each other", async () => {
  await writeOldDay()
  await portion()
  const writer = openSql(db.owner, { name: "writer", max: 1 })
  await writer.begin(async (tx) => {
    await tx`select ispvm.late('interface_counters', ${at(OLD_DAY)}, ${at(OLD_DAY + HOUR)})`
    assert.deepEqual(await portion(), { did: 0, more: false })
  })
  await writer.end()
  assert.ok((await portion()).did > 0)
})

test("packed rows go with their day, by retention or when the disk is full", async () => {
  await writeOldDay()
  await pack()
  const isThere = async () =>
    (await owner`select from ispvm.packed_partition`).length +
    (
      await owner`select from pg_inherits where inhparent = 'series.interface_counters_packed'::regclass`
    ).length
  assert.equal(await isThere(), 2)
  await owner`select ispvm.run_housekeeping('drop', ${at(OLD_DAY + 16 * DAY)})`
  assert.equal(await isThere(), 0)
  assert.equal(await countOf("series.interface_counters_raw"), 0)

  await writeOldDay()
  await pack()
  const [early] = await owner<{ bytes: number }[]>`
    select (ispvm.drop_early(${at(OLD_DAY + 5 * DAY)}) ->> 'bytes')::int as bytes`
  assert.ok((early?.bytes ?? 0) > 10_000)
  while (
    ((await owner`select (ispvm.drop_early(${at(OLD_DAY + 5 * DAY)}) ->> 'did')::int as did`)[0]
      ?.did ?? 0) === 1
  );
  assert.equal(await isThere(), 0)
})

test("a column that is added later is null in packed rows", async () => {
  await writeOldDay()
  await pack()
  await owner`select ispvm.series_extend('interface_counters', '{late_col}', '{int}')`
  const [row] = await owner<{ n: number; late: number }[]>`
    select count(*)::int as n, count(late_col)::int as late
    from series.interface_counters_between(${at(OLD_DAY)}, ${at(OLD_DAY + DAY)})`
  assert.deepEqual(row, { n: 17_280, late: 0 })
  await owner`update ispvm.packed_partition set is_packing = true`
  await owner`
    insert into series.interface_counters (ts, interface_id, running, late_col) values (${at(OLD_DAY + 5)}, 1, true, 7)`
  await pack()
  const [both] = await owner<{ n: number; sum: number }[]>`
    select count(*)::int as n, sum(late_col)::int as sum from series.interface_counters_raw`
  assert.deepEqual(both, { n: 17_281, sum: 7 })
})
