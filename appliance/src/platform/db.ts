/** Connections. Three pools, so that a slow screen never delays an agent's batch; every one logs in as a role that owns nothing. */
import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as delay } from "node:timers/promises"
import type Postgres from "postgres"
import { type Connection, parseDatabaseUrl } from "./database-url.ts"
import type { OrgId } from "./ids.ts"
import { postgres } from "./postgres-client.ts"

// int8 comes back as a JS number by the pools' `types` (ids, byte counts and bit/s stay far below 2^53); numeric is cast in SQL.
export type Sql = Postgres.Sql<{ bigint: number }>
/** What store functions take first: a transaction that already works for one organisation. */
export type Tx = Postgres.TransactionSql<{ bigint: number }>

export type Db = {
  /** Outside any organisation: sees only tables without row-level security. */
  readonly sql: Sql
  /** One transaction that works for `org` alone: sets `app.org_id` for its length. Retried once where the connection was lost before it began. */
  readonly asOrg: <T>(org: OrgId, work: (tx: Tx) => Promise<T>) => Promise<T>
}
/** `ui` has a statement timeout of 15 s, `ingest` keeps synchronous_commit on, `jobs` is for ticks and clean-up. */
export type Dbs = { readonly ui: Db; readonly ingest: Db; readonly jobs: Db; readonly close: () => Promise<void> }

export type DbsOptions = (Connection | { readonly appUrl: string }) & {
  /** What the server says besides answers (NOTICE, WARNING); silent by default, since the client's own default is the console. */
  readonly onNotice?: (message: string) => void
}

/**
 * Every pool has a statement timeout, also those whose work may take long: after a lost connection the client has been seen to leave
 * a statement half sent, and only the server can end that.
 *
 * Opened lazily: the first query connects. `close` waits for what runs, at most 5 s.
 */
export const openDbs = (options: DbsOptions): Dbs => {
  const connection = "appUrl" in options ? parseDatabaseUrl(options.appUrl) : options
  const open = (name: string, max: number, settings: Record<string, string | number>): Db => {
    const sql = openSql(connection, { name, max, settings, onNotice: options.onNotice })
    return { sql, asOrg: (org, work) => asOrg(sql, org, work) }
  }
  const ui = open("ui", 6, { statement_timeout: 15_000 })
  const ingest = open("ingest", 2, { synchronous_commit: "on", statement_timeout: 30_000 })
  const jobs = open("jobs", 2, { statement_timeout: 120_000 })
  return {
    ui,
    ingest,
    jobs,
    close: async () => {
      await Promise.all([ui, ingest, jobs].map(({ sql }) => sql.end({ timeout: 5 })))
    },
  }
}

type SqlOptions = {
  readonly name: string
  readonly max: number
  readonly settings?: Record<string, string | number>
  readonly onNotice?: ((message: string) => void) | undefined
}

/** One pool. Start-up code uses it with `max: 1`, everything else takes what `openDbs` gives. */
export const openSql = (connection: Connection, { name, max, settings, onNotice }: SqlOptions): Sql => {
  const { at, database, user, password } = connection
  const place =
    at.kind === "socket"
      ? { path: `${at.directory}/.s.PGSQL.${at.port}` }
      : { host: at.host, port: at.port, ssl: at.tls === "disable" ? false : at.tls, socket: () => dial(at.host, at.port) }
  return postgres({
    ...place,
    database,
    user,
    password,
    max,
    connect_timeout: 10,
    // The cache of prepared statements of a connection is never emptied: it ends with the connection.
    max_lifetime: 30 * 60,
    onnotice: (notice) => onNotice?.(`${notice.severity}: ${notice.message}`),
    connection: { application_name: `ispvm ${name}`, TimeZone: "UTC", ...settings },
    types: { bigint: { to: 20, from: [20], serialize: (value: number) => String(value), parse: (text: string) => Number(text) } },
  })
}

/** Nagle's algorithm and delayed acknowledgements together stall a batch by 40 ms: measured, 7 times fewer rows a second. */
const dial = async (host: string, port: number) => {
  const socket = connect({ host, port, noDelay: true, timeout: 10_000 })
  socket.once("timeout", () => socket.destroy(new Error(`no answer from ${host}:${port} within 10 s`)))
  await once(socket, "connect")
  socket.setTimeout(0)
  socket.removeAllListeners("timeout")
  return socket
}

const LOST = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "57P01",
  "57P02",
  "57P03",
])
/** True where the server went away: what is idempotent may be tried again. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && LOST.has(error.code)

/**
 * Runs `unit` again where the connection was lost, after 0.1, 0.2, 0.4 … s. Only for units that change nothing when run twice.
 * A restart of the server takes about 1.5 s to be seen through.
 */
export const retryIdempotent = async <T>(unit: () => Promise<T>, tries = 6, signal?: AbortSignal): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await unit()
    } catch (error) {
      if (attempt >= tries || !isConnectionLost(error)) throw error
      await delay(50 * 2 ** attempt, undefined, signal ? { signal } : {})
    }
  }
}

const asOrg = async <T>(sql: Sql, org: OrgId, work: (tx: Tx) => Promise<T>): Promise<T> => {
  let begun = false
  const run = () =>
    sql.begin(async (tx) => {
      await tx`select set_config('app.org_id', ${org}, true)`
      begun = true
      return { value: await work(tx) }
    })
  try {
    return (await run()).value
  } catch (error) {
    if (begun || !isConnectionLost(error)) throw error
    await delay(200)
    return (await run()).value
  }
}
