/**
 * Child of `bench -- fleet --zabbix`, within its namespace: a Zabbix server with a Postgres of its
 * own reads the same devices at the same intervals, and prints a figure as JSON.
 *   node fleet-zabbix.ts ORDER
 * Hosts and items are written into its tables before it starts, as an import would. Probes are
 * `icmpping` and `icmppingsec`; counters are SNMP items of one interface each host, read together;
 * octets and packets have "change per second", as its templates have them. A trigger fires after
 * three lost probes.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { gunzipSync } from "node:zlib"
import type { Connection } from "@ispvm/appliance/platform/postgres/database-url"
import { openSql, type Sql } from "@ispvm/appliance/platform/postgres/db"
import { type RunningPostgres, startPostgres } from "@ispvm/appliance/platform/postgres/postgres"
import { environment } from "../config.ts"
import { Child } from "../simulator/child.ts"
import type { FleetOrder, ZabbixFigure } from "./fleet.ts"
import { addressOf, COMMUNITY, nameOf } from "./fleet-address.ts"
import { DETECTION_LIMIT_MS, deadOf, prepareDead, setDead } from "./fleet-dead.ts"
import { since, usageOf, usageOfPostgres } from "./process-usage.ts"

const [given = ""] = process.argv.slice(2)
const order: FleetOrder = JSON.parse(given)
const SQL_FOLDER = "/usr/share/zabbix-server-pgsql"
const START_MS = 120_000
const SEEN_MS = 600_000
const SEEN_SHARE = 0.99
const WARM_MS = 45_000
const LOOK_EVERY_MS = 100
const DATABASE = "zabbix"

const print = (text: string): void => console.error(`  ${text}`)
const dir = mkdtempSync(join(tmpdir(), "ispvm-fleet-zabbix-"))
chmodSync(dir, 0o755)

/** Columns that our agent reads of a port every 10 s, by name, object and whether it is a counter. */
const COLUMNS = [
  ["in", "1.3.6.1.2.1.31.1.1.1.6", true],
  ["out", "1.3.6.1.2.1.31.1.1.1.10", true],
  ["in.packets", "1.3.6.1.2.1.31.1.1.1.7", true],
  ["out.packets", "1.3.6.1.2.1.31.1.1.1.11", true],
  ["in.errors", "1.3.6.1.2.1.2.2.1.14", true],
  ["out.errors", "1.3.6.1.2.1.2.2.1.20", true],
  ["in.discards", "1.3.6.1.2.1.2.2.1.13", true],
  ["out.discards", "1.3.6.1.2.1.2.2.1.19", true],
  ["admin", "1.3.6.1.2.1.2.2.1.7", false],
  ["oper", "1.3.6.1.2.1.2.2.1.8", false],
] as const
/** Zabbix's own numbers: of kinds of items, values, interfaces and steps. */
const TYPE = {
  simple: 3,
  snmp: 20,
  float: 0,
  unsigned: 3,
  snmpInterface: 2,
  perSecond: 10,
} as const
const PROBE_EVERY = "1s"
const COUNTERS_EVERY = "10s"
const FIRST_ID = 1_000_000
const [PING, PING_TIME] = ["icmpping[,1]", "icmppingsec[,1]"]

const prepare = async (sql: Sql): Promise<void> => {
  const all = Array.from({ length: order.devices }, (_, device) => device)
  const hosts = all.map((device) => FIRST_ID + device)
  await sql`
    insert into hosts (hostid, host, name)
    select * from unnest(${hosts}::bigint[], ${all.map(nameOf)}::text[], ${all.map(nameOf)}::text[])`
  await sql`
    insert into hosts_groups (hostgroupid, hostid, groupid)
    select id, id, 2 from unnest(${hosts}::bigint[]) as id`
  await sql`
    insert into interface (interfaceid, hostid, main, type, useip, ip, port)
    select id, id, 1, ${TYPE.snmpInterface}::int, 1, ip, '161'
    from unnest(${hosts}::bigint[], ${all.map(addressOf)}::text[]) as given (id, ip)`
  await sql`
    insert into interface_snmp (interfaceid, version, bulk, community)
    select id, 2, 1, ${COMMUNITY}::text from unnest(${hosts}::bigint[]) as id`
  const items: { host: number; key: string; oid: string; isCounter: boolean }[] = hosts.flatMap(
    (host) => [
      ...[PING, PING_TIME].map((key) => ({ host, key, oid: "", isCounter: false })),
      ...Array.from({ length: order.ports }, (_, at) => at + 1).flatMap((port) =>
        COLUMNS.map(([name, oid, isCounter]) => ({
          ...{ host, key: `${name}[ether${port}]`, oid: `${oid}.${port}`, isCounter },
        })),
      ),
    ],
  )
  await sql`
    insert into items (itemid, hostid, interfaceid, type, name, key_, snmp_oid, delay, value_type)
    select id, host, host, case oid when '' then ${TYPE.simple}::int else ${TYPE.snmp}::int end,
      key, key, oid,
      case oid when '' then ${PROBE_EVERY}::text else ${COUNTERS_EVERY}::text end,
      case key when ${PING_TIME}::text then ${TYPE.float}::int else ${TYPE.unsigned}::int end
    from unnest(${items.map((_, at) => FIRST_ID + at)}::bigint[],
      ${items.map(({ host }) => host)}::bigint[], ${items.map(({ key }) => key)}::text[],
      ${items.map(({ oid }) => oid)}::text[]) as given (id, host, key, oid)`
  await sql`
    insert into item_rtdata (itemid) select itemid from items where itemid >= ${FIRST_ID}::bigint`
  await sql`
    insert into item_preproc (item_preprocid, itemid, step, type)
    select id, id, 1, ${TYPE.perSecond}::int
    from unnest(${items.flatMap(({ isCounter }, at) => (isCounter ? [FIRST_ID + at] : []))}::bigint[])
      as id`
  await sql`
    insert into triggers (triggerid, expression, description, priority)
    select hostid, '{' || hostid || '}=0', 'does not answer', 4
    from hosts where hostid >= ${FIRST_ID}::bigint`
  await sql`
    insert into functions (functionid, itemid, triggerid, name, parameter)
    select hostid, itemid, hostid, 'max', '$,#3' from items where key_ = ${PING}::text`
}

const POOL = { name: "zabbix", max: 2, unitMs: null, answerTimeoutMs: null } as const

/** A database with Zabbix's tables and what it brings along. */
const makeDatabase = async (server: RunningPostgres): Promise<ReturnType<typeof openSql>> => {
  const admin = openSql(server.connection("postgres", "postgres"), POOL)
  await admin.unsafe(`create database ${DATABASE}`)
  await admin.end()
  const sql = openSql(server.connection("postgres", DATABASE), POOL)
  for (const name of ["schema", "images", "data"])
    await sql.unsafe(gunzipSync(readFileSync(join(SQL_FOLDER, `${name}.sql.gz`))).toString())
  return sql
}

const settingsOf = (connection: Connection): string => {
  const { at, user, password } = connection
  if (at.kind !== "socket") throw new Error("expected a socket")
  return Object.entries({
    ...{ LogFile: join(dir, "server.log"), PidFile: join(dir, "server.pid"), SocketDir: dir },
    ...{ DBHost: at.directory, DBPort: at.port, DBName: DATABASE, DBUser: user },
    ...{ DBPassword: password, AllowUnsupportedDBVersions: 1, AllowRoot: 1 },
    ...{ ListenIP: "127.0.0.1", FpingLocation: "/usr/bin/fping", HousekeepingFrequency: 0 },
    ...{ StartPollers: 20, StartPingers: 10, StartDiscoverers: 0, StartHTTPPollers: 0 },
    ...{ CacheSize: "256M", HistoryCacheSize: "128M", HistoryIndexCacheSize: "32M" },
    ...{ TrendCacheSize: "64M", ValueCacheSize: "128M", Timeout: 3 },
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join("")
}

const seen = async (sql: Sql): Promise<number> => {
  const [row] = await sql<{ n: number }[]>`
    select count(distinct itemid)::int as n from history_uint
    where itemid in (select itemid from items where key_ = ${PING}::text)`
  return row?.n ?? 0
}
/** Of our items; it has some of its own. */
const stored = async (sql: Sql): Promise<number> => {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from (
      select itemid from history_uint union all select itemid from history
    ) as every where itemid >= ${FIRST_ID}::bigint`
  return row?.n ?? 0
}
const until = async (
  what: string,
  limitMs: number,
  done: () => Promise<boolean>,
): Promise<void> => {
  for (const end = Date.now() + limitMs; !(await done()); await wait(2_000))
    if (Date.now() > end) throw new Error(`waited too long: ${what}`)
}

const detections = async (sql: Sql): Promise<(number | null)[]> => {
  await prepareDead()
  const took: (number | null)[] = []
  for (const device of deadOf(order)) {
    const began = performance.now()
    await setDead(device, true)
    let tookMs: number | null = null
    while (tookMs === null && performance.now() - began < DETECTION_LIMIT_MS) {
      const rows = await sql`
        select 1 from problem
        where objectid = ${FIRST_ID + device}::bigint and source = 0 and r_eventid is null`
      if (rows.length > 0) tookMs = performance.now() - began
      else await wait(LOOK_EVERY_MS)
    }
    took.push(tookMs)
    await setDead(device, false)
    await wait(2_000)
  }
  return took
}

const measure = async (): Promise<ZabbixFigure> => {
  const routers = fork(join(import.meta.dirname, "fleet-routers.ts"), [
    ...[`${order.devices}`, `${order.ports}`],
  ])
  await once(routers, "message")
  const server = await startPostgres({
    ...{ dataDir: join(dir, "data"), user: null, info: () => undefined },
  })
  print("loading Zabbix's tables …")
  const sql = await makeDatabase(server)
  await prepare(sql)
  writeFileSync(join(dir, "zabbix.conf"), settingsOf(server.connection("postgres", DATABASE)), {
    mode: 0o600,
  })
  const zabbix = new Child({
    ...{ name: "zabbix", logFile: join(dir, "start.log"), env: environment() },
    command: ["zabbix_server", "--foreground", "--config", join(dir, "zabbix.conf")],
  })
  try {
    print("starting Zabbix …")
    await until("the first value", START_MS, async () => (await seen(sql)) > 0)
    const beganMs = Date.now()
    await until("all devices", SEEN_MS, async () => (await seen(sql)) >= SEEN_SHARE * order.devices)
    print(`all have answered after ${Math.round((Date.now() - beganMs) / 1_000)} s; warming up …`)
    await wait(WARM_MS)
    const usage = () => ({
      server: usageOf(zabbix.process.pid ?? 0, "fping"),
      postgres: usageOfPostgres(dir),
    })
    print(`measuring for ${order.seconds} s …`)
    const storedBefore = await stored(sql)
    const [before, began] = [usage(), performance.now()]
    await wait(order.seconds * 1_000)
    const [after, seconds] = [usage(), (performance.now() - began) / 1_000]
    const valuesPerS = ((await stored(sql)) - storedBefore) / seconds
    print("dead routers …")
    return {
      ...{ devices: order.devices, seconds, valuesPerS },
      server: since(before.server.own, after.server.own),
      fping: since(before.server.named, after.server.named),
      postgres: since(before.postgres, after.postgres),
      detectionMs: await detections(sql),
    }
  } finally {
    await zabbix.stop()
    await sql.end()
    await server.stop()
    routers.disconnect()
  }
}

let failed = false
try {
  console.log(JSON.stringify(await measure()))
} catch (error) {
  failed = true
  console.error(error)
  const log = join(dir, "server.log")
  if (existsSync(log)) console.error(readFileSync(log, "utf8").split("\n").slice(-15).join("\n"))
}
rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
