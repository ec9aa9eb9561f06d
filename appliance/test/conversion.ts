/**
 * Partitions of a given size become hypertables while values are written, and what converts them is
 * killed again and again: the process, and the server's own. `npm run test:timescale -- --convert
 * SIZE` runs it on a Debian Postgres of its own. Prints what it saw; exits 1 if a value is lost,
 * doubled or changed.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { chooseEngine } from "../src/flow/series/series.ts"
import {
  isConnectionLost,
  openSql,
  retryIdempotent,
  type Sql,
} from "../src/platform/postgres/db.ts"
import { type TestDatabase, testDatabase } from "./database.ts"

const CHILD = join(import.meta.dirname, "conversion-child.ts")
const UNITS = { MB: 1_000_000, GB: 1_000_000_000 } as const
const DAYS = 13
const PORTS = 500
/** Of one statement. */
const ROWS = 1_000_000
const KILLS = 10
const WRITE_EVERY_MS = 200
/** At most 3.2 s apart: a crashed server reads its whole log. */
const RECOVERY_TRIES = 40

const parseSize = (text: string): number => {
  const [, amount, unit] = /^(\d{1,4})(MB|GB)$/.exec(text) ?? []
  if (amount === undefined || unit === undefined)
    throw new Error(`"${text}" is no size; expected a number and MB or GB, such as 500MB or 10GB`)
  return Number(amount) * UNITS[unit as keyof typeof UNITS]
}

const began = performance.now()
const say = (what: string, figure: string): void =>
  console.log(
    `${((performance.now() - began) / 1_000).toFixed(1).padStart(8)} s  ${what.padEnd(44)} ${figure}`,
  )
const mb = (bytes: number): string => `${Math.round(bytes / UNITS.MB).toLocaleString("en")} MB`

/** Bytes of the values with their indexes, wherever they are. */
const sizeOf = async (sql: Sql): Promise<number> => {
  const [row] = await sql<{ bytes: number }[]>`
    select sum(pg_total_relation_size(c.oid))::float8 as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and ((n.nspname = 'series' and c.relname ~ '^interface_counters_[0-9]+$')
      or n.nspname = 'series_chunk')`
  return row?.bytes ?? 0
}

/** Rows of the past days, ports by turns, as agents deliver them. */
const fill = async (sql: Sql, bytes: number): Promise<void> => {
  await sql`select ispvm.premake('interface_counters', now() - ${`${2 * DAYS} days`}::interval, now())`
  const perRow = 130
  const stepMs = (DAYS * 86_400_000) / Math.ceil(bytes / perRow)
  for (let first = 0; (await sizeOf(sql)) < bytes; first += ROWS)
    await sql`
      insert into series.interface_counters (ts, interface_id, running, rx_bps, tx_bps, rx_pps)
      select now() - i * ${`${stepMs} ms`}::interval, (i % ${PORTS})::int, true, i, (i * 7919) % 1000003, i % 997
      from generate_series(${first}::bigint, ${first + ROWS - 1}::bigint) i on conflict do nothing`
}

type Sums = { readonly n: number; readonly rx: string; readonly tx: string; readonly at: string }
/** Of the rows from before: what is written meanwhile has other ports. */
const sumsOf = async (sql: Sql): Promise<Sums> => {
  const [row] = await sql<Sums[]>`
    select count(*)::float8 as n, sum(rx_bps)::text as rx, sum(tx_bps * (interface_id + 1))::text as tx,
      sum(extract(epoch from ts))::text as at
    from series.interface_counters_raw where interface_id < ${PORTS}`
  if (row === undefined) throw new Error("no sums")
  return row
}

/** As the appliance writes, until `signal`: how long each insert took, and how many were stored. */
const writeOn = async (db: TestDatabase, signal: AbortSignal) => {
  const tookMs: number[] = []
  let stored = 0
  while (!signal.aborted) {
    const at = performance.now()
    try {
      await db.dbs.ingest.sql`
        insert into series.interface_counters (ts, interface_id, running, rx_bps)
        select clock_timestamp(), ${PORTS} + i, true, 1 from generate_series(1, 50) i on conflict do nothing`
      stored += 50
      tookMs.push(performance.now() - at)
    } catch (error) {
      // The server was killed; an agent delivers again.
      if (!isConnectionLost(error)) throw error
    }
    await delay(WRITE_EVERY_MS)
  }
  return { tookMs: tookMs.toSorted((one, other) => one - other), stored }
}

const startChild = (db: TestDatabase): ChildProcess =>
  spawn(process.execPath, [CHILD], {
    stdio: ["pipe", "inherit", "inherit"],
  }).on("spawn", function onSpawn(this: ChildProcess) {
    this.stdin?.end(JSON.stringify(db.owner))
  })

/** By turns the program that converts and the server process that works for it (which restarts all). */
const killOne = async (sql: Sql, child: ChildProcess, kill: number): Promise<string> => {
  if (kill % 2 === 0) {
    child.kill("SIGKILL")
    return "the converting process"
  }
  const [row] = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where application_name like '%conversion%' limit 1`
  if (row === undefined) return "nothing: it was between two connections"
  process.kill(row.pid, "SIGKILL")
  return "its server process; Postgres recovers"
}

const bytesLeft = (sql: Sql): Promise<number> =>
  retryIdempotent(async () => {
    const [row] = await sql<{ left: number }[]>`
      select (ispvm.storage_status() ->> 'bytesLeft')::float8 as left`
    return row?.left ?? 0
  }, RECOVERY_TRIES)

/** Runs the conversion to its end; answers what it took without the comparisons. */
const convertAll = async (db: TestDatabase, sql: Sql, total: number): Promise<void> => {
  let kills = 0
  for (;;) {
    const child = startChild(db)
    const ended = once(child, "exit")
    if (kills < KILLS) {
      const target = total * (1 - (kills + 0.5) / KILLS)
      while (child.exitCode === null && (await bytesLeft(sql)) > target) await delay(200)
      await delay(Math.random() * 1_000)
      const what = await killOne(sql, child, kills)
      const left = await bytesLeft(sql)
      say(`kill ${kills + 1} of ${KILLS}: ${what}`, `${mb(left)} left`)
      kills += 1
    }
    await ended
    if (child.exitCode === 0) return
  }
}

const main = async (): Promise<number> => {
  const bytes = parseSize(process.argv[2] ?? "")
  const db = await testDatabase({ engine: "plain" })
  const sql = openSql(db.superuser, { name: "measure", max: 2 })
  await fill(sql, bytes)
  const before = await sumsOf(sql)
  say("partitions filled", `${mb(await sizeOf(sql))}, ${before.n.toLocaleString("en")} rows`)
  const at = performance.now()
  const { version, edition, bytesLeft: total } = await chooseEngine(db.owner, "auto")
  say(
    `hypertables (TimescaleDB ${version}, ${edition})`,
    `${Math.round(performance.now() - at)} ms, no row copied`,
  )
  const stopping = new AbortController()
  const writing = writeOn(db, stopping.signal)
  const convertedAt = performance.now()
  await convertAll(db, sql, total)
  const seconds = (performance.now() - convertedAt) / 1_000
  stopping.abort()
  const { tookMs, stored } = await writing
  const p = (share: number): string =>
    `${Math.round(tookMs[Math.floor(tookMs.length * share)] ?? 0)} ms`
  say("converted", `${seconds.toFixed(1)} s, ${mb(bytes / seconds)}/s with all kills`)
  say(
    "inserts of 50 rows meanwhile",
    `${tookMs.length}: median ${p(0.5)}, p99 ${p(0.99)}, max ${p(0.9999)}`,
  )
  const after = await sumsOf(sql)
  const [fresh] = await sql<{ n: number }[]>`
    select count(*)::int as n from series.interface_counters where interface_id > ${PORTS}`
  const [rest] = await sql<{ left: string | null }[]>`
    select to_regclass('series.interface_counters_plain')::text as left`
  const isSame = JSON.stringify(before) === JSON.stringify(after)
  const isWhole = isSame && rest?.left === null && (fresh?.n ?? 0) >= stored
  say(
    "the same rows",
    isSame ? `yes: ${after.n.toLocaleString("en")}` : `NO: ${JSON.stringify({ before, after })}`,
  )
  say("rows written meanwhile", `${stored} acknowledged, ${fresh?.n} there`)
  say("old partitions left", rest?.left ?? "none")
  say("size", mb(await sizeOf(sql)))
  await sql.end()
  await db.close()
  return isWhole ? 0 : 1
}

process.exitCode = await main()
