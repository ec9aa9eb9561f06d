/**
 * A database of known values over time, for measuring what they cost: on an embedded server of its
 * own with the settings of an appliance. The same figures for the same sizes in every run.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { FAMILIES } from "@ispvm/wire/families"
import { createFamilyTables } from "../src/flow/series/series.ts"
import { OrgId } from "../src/platform/ids.ts"
import type { Connection } from "../src/platform/postgres/database-url.ts"
import { type Dbs, openDbs, openSql, type Sql } from "../src/platform/postgres/db.ts"
import { migrate } from "../src/platform/postgres/migrate.ts"
import { startPostgres } from "../src/platform/postgres/postgres.ts"
import { prepareDatabase } from "../src/platform/postgres/roles.ts"
import { createOrg } from "../src/registry/orgs/orgs.ts"
import { testServersFolder } from "./config.ts"
import { MIGRATIONS } from "./database.ts"
import { makeActor, makeDevice, makeInventory } from "./make.ts"

export type Sizes = {
  readonly ports: number
  readonly targets: number
  readonly days: number
  /** Rows of latest values of interfaces. */
  readonly latest: number
}
export type FilledDatabase = {
  readonly dbs: Dbs
  readonly org: OrgId
  /** The superuser's. */
  readonly sql: Sql
  readonly owner: Connection
  /** A device that has all ports of `Sizes`, and the number of its busiest. */
  readonly device: string
  readonly port: number
  /** `toMs` is excluded, and in the past: all buckets of it are stored. */
  readonly fromMs: number
  readonly toMs: number
  /** A folder that the server may write. */
  readonly folder: string
  readonly close: () => Promise<void>
}

export const PORT_STEP_S = 10
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** 0 ≤ x < 1, the same for the same numbers. */
const NOISE = `create function noise(a bigint, b bigint) returns float8 language sql immutable parallel safe
  as $$ select ((hashint8extended(a, b) & 4294967295)::float8 / 4294967296) $$`

/**
 * Of ten ports six are idle but for a keep-alive now and then, three have a daily curve of some
 * Mbit/s with noise, one carries a Gbit/s. Ports of a device are read at one moment, some
 * milliseconds off the even step.
 */
const fillPorts = (sql: Sql, first: number, ports: number, fromMs: number, steps: number) => sql`
  insert into series.interface_counters (ts, interface_id, running, rx_bps, tx_bps, rx_pps, tx_pps, errs, drops)
  select to_timestamp((${fromMs}::float8 + 10000 * step + floor(40 * noise(step, 1))) / 1000),
    ${first}::int + port, port % 10 <> 5,
    rate, (rate * (0.1 + 0.2 * noise(step, 1000 + port)))::bigint,
    ((rate / 6400)::bigint / 10.0)::real, ((rate / 9600)::bigint / 10.0)::real,
    0, case when rate > 900000000 then floor(10 * noise(step, 2000 + port)) / 10.0 else 0 end
  from generate_series(0, ${steps - 1}::bigint) step, generate_series(0, ${ports - 1}::int) port,
    lateral (select case
      when port % 10 = 5 then 0
      when port % 10 > 3 then case when noise(step, port) < 0.2 then floor(2000 * noise(step, 3000 + port)) else 0 end
      else (case when port % 10 = 0 then 1e9 else 2e7 end) * (0.55 - 0.45 * cos(step * 10 * 2 * pi() / 86400))
        * (0.8 + 0.4 * noise(step, port)) end::bigint as rate) r
  order by step, port on conflict do nothing`

/** A probe of one packet a second; one of 200 is lost, round trips have a floor and a long tail. */
const fillTargets = (sql: Sql, targets: number, fromMs: number, seconds: number) => sql`
  insert into series.ping (ts, target_id, agent_id, sent, received, rtt_us, jitter_us, answers)
  select to_timestamp((${fromMs}::float8 + 1000 * step + floor(15 * noise(step, target))) / 1000), target, 1, 1,
    (not lost)::int, case when not lost
      then (500 + 3000 * noise(target, 1) - 200 * ln(1 - noise(step, 1000 + target)))::int end, null, not lost
  from generate_series(0, ${seconds - 1}::bigint) step, generate_series(1, ${targets}::int) target,
    lateral (select noise(step, 2000 + target) < 0.005 as lost) l
  order by step, target on conflict do nothing`

const prepare = async (sql: Sql, name: string, fromMs: number, toMs: number): Promise<void> => {
  await sql`
    select ispvm.premake(${name}, to_timestamp(${fromMs}::float8 / 1000), to_timestamp(${toMs}::float8 / 1000)),
      ispvm.late(${name}, to_timestamp(${fromMs}::float8 / 1000), to_timestamp(${toMs}::float8 / 1000))`
}

/** Ports of one device, as its inventory has them; answers the number of the first. */
const makePorts = async (sql: Sql, org: OrgId, device: string, ports: number): Promise<number> => {
  const [row] = await sql<{ first: number }[]>`
    with made as (
      insert into inventory.interface (org_id, device_id, name, type)
      select ${org}, ${device}, 'ether' || n, 'ether' from generate_series(1, ${ports}::int) n returning id)
    select min(id) as first from made`
  return row?.first ?? 1
}

/** As housekeeping does it, until nothing is left. */
const runStep = async (sql: Sql, step: "refresh" | "pack"): Promise<void> => {
  for (let more = true; more; ) {
    const [row] = await sql<{ answer: { more: boolean } }[]>`
      select ispvm.run_housekeeping(${step}) as answer`
    more = row?.answer.more ?? false
  }
}

const openServer = async () => {
  const folder = mkdtempSync(join(testServersFolder(), "ispvm-measure-"))
  chmodSync(folder, 0o755)
  const server = await startPostgres({ dataDir: folder, user: null, info: () => undefined })
  process.once("exit", () => server.stopNow())
  const { owner, app } = await prepareDatabase(
    (database) => server.connection("postgres", database),
    "ispvm",
    server.passwords,
  )
  await migrate(owner, MIGRATIONS)
  await createFamilyTables(owner, FAMILIES)
  const sql = openSql(server.connection("postgres", "ispvm"), { name: "measure", max: 1 })
  const dbs = openDbs(app)
  const close = async () => {
    await dbs.close()
    await sql.end()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { owner, sql, dbs, close, folder: server.directory }
}

/** Values of whole hours up to four hours ago, with all rollups stored and old days packed. `say` reports progress. */
export const fillDatabase = async (
  { ports, targets, days, latest }: Sizes,
  say: (what: string) => void,
): Promise<FilledDatabase> => {
  const server = await openServer()
  const { sql, dbs } = server
  const { id } = await dbs.ui.sql.begin((tx) => createOrg(tx, "Measured"))
  const org = OrgId.parse(id)
  const { id: device } = await makeInventory({ dbs }).createDevice(makeActor(org), makeDevice())
  const port = await makePorts(sql, org, device, ports)
  const toMs = Math.floor(Date.now() / HOUR_MS - 4) * HOUR_MS
  const fromMs = toMs - days * DAY_MS
  await sql.unsafe(NOISE)
  await prepare(sql, "interface_counters", fromMs, toMs - 1)
  await prepare(sql, "ping", fromMs, toMs - 1)
  const stepsADay = DAY_MS / 1_000 / PORT_STEP_S
  for (let day = 0; day < days; day += 1) {
    say(`day ${day + 1} of ${days}`)
    await fillPorts(sql, port, ports, fromMs + day * DAY_MS, stepsADay)
    await fillTargets(sql, targets, fromMs + day * DAY_MS, DAY_MS / 1_000)
  }
  say("rollups")
  await runStep(sql, "refresh")
  say("packed rows")
  await runStep(sql, "pack")
  await sql`set session_replication_role = replica`
  await sql`
    insert into series.interface_last (interface_id, ts, running, disabled, rx_bps, tx_bps, rx_pps, tx_pps, errs, drops)
    select 1000000 + n, now(), true, false, n, n, n, n, 0, 0 from generate_series(1, ${latest}::int) n`
  await sql`set session_replication_role = origin`
  await sql`vacuum (analyze)`
  await sql`checkpoint`
  return { ...server, org, device, port, fromMs, toMs }
}
