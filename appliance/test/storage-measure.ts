/**
 * What values over time cost: bytes on disk, and the time of three queries, on an embedded server of
 * its own beside a plain table of its own there. Prints one line of JSON. `npm run bench -- storage`
 * and `npm run bench -- queries` run it.
 *   node appliance/test/storage-measure.ts PORTS TARGETS DAYS LATEST
 */
import { join } from "node:path"
import { createSeries } from "../src/flow/series/series.ts"
import { createHostClock } from "../src/platform/clock.ts"
import type { Sql } from "../src/platform/postgres/db.ts"
import { type FilledDatabase, fillDatabase, type Sizes } from "./storage-fill.ts"

const DAY_MS = 86_400_000
const RUNS = 15
const POINTS = 600

const bytesOf = async (sql: Sql, pattern: string): Promise<number> => {
  const [row] = await sql<{ bytes: number }[]>`
    select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname = 'series' and c.relname ~ ${pattern}`
  return row?.bytes ?? 0
}

/** A sample is one value that is not null. */
const COUNTS = {
  ping: "count(sent) + count(received) + count(rtt_us) + count(jitter_us) + count(answers)",
  interface_counters:
    "count(running) + count(rx_bps) + count(tx_bps) + count(rx_pps) + count(tx_pps) + count(errs) + count(drops)",
} as const

const storedOf = async (sql: Sql, table: keyof typeof COUNTS) => {
  const [counts] = await sql<{ rows: number; samples: number }[]>`
    select count(*)::float8 as rows, (${sql.unsafe(COUNTS[table])})::float8 as samples
    from ${sql(`series.${table}_raw`)}`
  return {
    ...(counts ?? { rows: 0, samples: 0 }),
    rawBytes: await bytesOf(sql, `^${table}_(packed_)?[0-9]+$`),
    rollupBytes: await bytesOf(sql, `^${table}_(5m|1h)_m_[0-9]+$`),
  }
}

/** The rates received of all ports as rows of (series, time, value), written with COPY. */
const makeReference = async ({ sql, folder }: FilledDatabase) => {
  const file = join(folder, "reference.copy")
  await sql.unsafe(
    `copy (select interface_id, ts, rx_bps::float8 from series.interface_counters_raw) to '${file}' (format binary)`,
  )
  await sql`create table reference (series int not null, time timestamptz not null, value float8, primary key (series, time))`
  const began = performance.now()
  await sql.unsafe(`copy reference from '${file}' (format binary)`)
  const loadMs = performance.now() - began
  await sql`vacuum (analyze) reference`
  const [row] = await sql<{ rows: number; bytes: number }[]>`
    select count(*)::float8 as rows, pg_total_relation_size('reference')::float8 as bytes from reference`
  await sql`create table reference_last as select n as series, now() as time, n::float8 as value from generate_series(1, 100000) n`
  await sql`vacuum (analyze) reference_last`
  return { rows: row?.rows ?? 0, bytes: row?.bytes ?? 0, loadMs }
}

/** Milliseconds of each run after a first one, whose caches are cold. */
const timesOf = async (work: () => Promise<unknown>): Promise<number[]> => {
  await work()
  const times: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return times
}

/** As the API reads them, through the pool of pages; then the same of the plain table. */
const measureQueries = async ({ dbs, sql, org, device, port, fromMs, toMs }: FilledDatabase) => {
  const series = createSeries({ jobs: dbs.jobs, clock: createHostClock(() => undefined) })
  const day = { fromMs: toMs - DAY_MS + 3_600_000 * 5, toMs: toMs + 3_600_000 * 3 }
  const at = (ms: number) => sql`to_timestamp(${ms}::float8 / 1000)`
  const request = { family: "interface", device, interface: port, points: POINTS, ...day }
  return {
    day: await timesOf(() => dbs.ui.asOrg(org, (tx) => series.read(tx, org, request))),
    p95: await timesOf(() =>
      dbs.ui.asOrg(org, (tx) => series.p95(tx, org, { device, interface: port, fromMs, toMs })),
    ),
    last: await timesOf(
      () => sql`select count(*), sum(rx_bps), max(ts) from series.interface_last`,
    ),
    dayReference: await timesOf(
      () => sql`select date_bin('150 s', time, '2000-01-03'), avg(value), min(value), max(value) from reference
        where series = ${port} and time >= ${at(day.fromMs)} and time < ${at(day.toMs)} group by 1 order by 1`,
    ),
    p95Reference: await timesOf(
      () => sql`select percentile_cont(0.95) within group (order by value) from reference
        where series = ${port} and time >= ${at(fromMs)} and time < ${at(toMs)}`,
    ),
    lastReference: await timesOf(
      () => sql`select count(*), sum(value), max(time) from reference_last`,
    ),
  }
}

const [ports = 0, targets = 0, days = 0, latest = 0] = process.argv.slice(2).map(Number)
const sizes: Sizes = { ports, targets, days, latest }
const db = await fillDatabase(sizes, (what) => console.error(what))
try {
  const stored = {
    ping: await storedOf(db.sql, "ping"),
    interface: await storedOf(db.sql, "interface_counters"),
  }
  const reference = await makeReference(db)
  const queries = await measureQueries(db)
  console.log(JSON.stringify({ stored, reference, queries }))
} finally {
  await db.close()
}
