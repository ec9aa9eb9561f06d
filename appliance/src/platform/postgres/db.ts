/** Connections. Three pools, so that a slow screen never delays an agent's batch; every one logs in as a role that owns nothing. */
import { setTimeout as delay } from "node:timers/promises"
import { backOffMs } from "../back-off.ts"
import type { OrgId } from "../ids.ts"
import { type Connection, parseDatabaseUrl } from "./database-url.ts"
import { isConnectionLost } from "./errors.ts"
import { openPool, type Pool, type PoolOptions } from "./pool.ts"
import type { Sql, Tx } from "./sql.ts"

export { hasSqlState, isConnectionLost } from "./errors.ts"
export type { Sql, Tx } from "./sql.ts"

export type Db = {
  /** Outside any organisation: sees only tables without row-level security. */
  readonly sql: Sql
  /** One transaction that works for `org` alone: sets `app.org_id` for its length. Retried once where the connection was lost before it began. */
  readonly asOrg: <T>(org: OrgId, work: (tx: Tx) => Promise<T>) => Promise<T>
}
/** `ui` has a statement timeout of 15 s, `ingest` keeps synchronous_commit on, `jobs` is for ticks and clean-up. */
export type Dbs = {
  readonly ui: Db
  readonly ingest: Db
  readonly jobs: Db
  /** Of `platform/jobs` alone: a long job on the pool above never delays the queue itself. */
  readonly queue: Db
  readonly close: () => Promise<void>
}

export type DbsOptions = (Connection | { readonly appUrl: string }) & {
  /** What the server says besides answers (NOTICE, WARNING); silent by default, since the client's own default is the console. */
  readonly onNotice?: (message: string) => void
  /** Tests shorten them. */
  readonly limits?: {
    readonly statementMs: number
    readonly unitMs: number
    readonly lifeMs: number
  }
}

/** An answer takes longer than the statement only by the way: then nobody will answer any more. */
const ANSWER_GRACE_MS = 10_000
/** The cache of prepared statements of a connection is never emptied: it ends with the connection. */
const LIFE_MS = 30 * 60_000
/**
 * Plans are made for the tables as they are. One that was kept from when they were empty took 1,360
 * ms to find the ports of 2,000 links. (Ingest sets this for each batch.)
 */
const PLAN_AT_HAND = { plan_cache_mode: "force_custom_plan" }
/**
 * A page's statements take milliseconds: to start workers for one costs more than they save, and
 * the other core is needed for what comes in.
 */
const NO_WORKERS = { max_parallel_workers_per_gather: 0 }

/**
 * Nothing waits for ever: a statement is ended by the server, a silent connection and a transaction that takes too long by us.
 * Opened lazily: the first query connects. `close` waits for what runs, at most 5 s.
 */
export const openDbs = ({ limits, onNotice, ...options }: DbsOptions): Dbs => {
  const connection = "appUrl" in options ? parseDatabaseUrl(options.appUrl) : options
  const open = (
    name: string,
    max: number,
    statementMs: number,
    unitMs: number,
    settings: PoolOptions["settings"] = {},
  ) => {
    const statement = limits?.statementMs ?? statementMs
    return openDb(connection, {
      lifeMs: limits?.lifeMs ?? LIFE_MS,
      name,
      max,
      settings: { ...settings, statement_timeout: statement },
      unitMs: limits?.unitMs ?? unitMs,
      answerTimeoutMs: statement + (limits === undefined ? ANSWER_GRACE_MS : 0),
      onNotice,
    })
  }
  const ui = open("ui", 6, 15_000, 60_000, { ...PLAN_AT_HAND, ...NO_WORKERS })
  const ingest = open("ingest", 2, 30_000, 120_000, { synchronous_commit: "on" })
  const jobs = open("jobs", 2, 120_000, 600_000, PLAN_AT_HAND)
  const queue = open("queue", 3, 60_000, 600_000)
  return {
    ui,
    ingest,
    jobs,
    queue,
    close: async () => {
      await Promise.all([ui, ingest, jobs, queue].map((db) => db.close()))
    },
  }
}

const openDb = (connection: Connection, options: PoolOptions) => {
  const sql = openPool(connection, options)
  return {
    sql,
    asOrg: <T>(org: OrgId, work: (tx: Tx) => Promise<T>) => asOrg(sql, org, work),
    close: () => sql.end(),
  }
}

/** One pool. Start-up code uses it with `max: 1`, everything else takes what `openDbs` gives. */
export const openSql: (connection: Connection, options: PoolOptions) => Pool = openPool

const RETRY = { firstMs: 100, longestMs: 3_200 } as const
/**
 * Runs `unit` again where the connection was lost, after 0.1, 0.2, 0.4 … s. Only for units that change nothing when run twice.
 * A restart of the server takes about 1.5 s to be seen through.
 */
export const retryIdempotent = async <T>(
  unit: () => Promise<T>,
  tries = 6,
  signal?: AbortSignal,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await unit()
    } catch (error) {
      if (attempt >= tries || !isConnectionLost(error)) throw error
      await delay(backOffMs(attempt, RETRY), undefined, signal ? { signal } : {})
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
