/** Opens the database: embedded server or DATABASE_URL, roles, migrations, pools. */
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { FAMILIES } from "@ispvm/wire/families"
import type { Config } from "../config.ts"
import { chooseEngine, createFamilyTables } from "../flow/series/series.ts"
import { MIGRATING_STATUS } from "../machine/update-state.ts"
import type { Log } from "../platform/log.ts"
import { type Connection, parseDatabaseUrl } from "../platform/postgres/database-url.ts"
import { type Dbs, openDbs } from "../platform/postgres/db.ts"
import { countMissing, migrate, readMigrations } from "../platform/postgres/migrate.ts"
import { type RunningPostgres, startPostgres } from "../platform/postgres/postgres.ts"
import { prepareDatabase, prepareExternalDatabase } from "../platform/postgres/roles.ts"

export const MIGRATIONS = join(import.meta.dirname, "../../migrations")
/** Of the embedded server. */
const DATABASE = "ispvm"

/** Whose connections work as whom: `admin` may create databases, or is the user of DATABASE_URL. */
export type Server = {
  readonly owner: Connection
  readonly app: Connection
  readonly admin: Connection
}
export type Database = {
  readonly dbs: Dbs
  readonly server: Server
  /** What keeps it from serving; empty when nothing does. */
  readonly readiness: () => Promise<readonly string[]>
}

/** Everything opened is deferred to `stack`, so that a failed start leaves nothing running. */
export const openDatabase = async (
  config: Config,
  log: Log,
  stack: AsyncDisposableStack,
  report: (status: string) => Promise<void> = async () => undefined,
): Promise<Database> => {
  const info = (message: string) => log.info(message)
  const logins = await openServer(config, log, stack)
  const began = () => report(MIGRATING_STATUS)
  const step = (message: string) => {
    info(message)
    void began()
  }
  const applied = await migrate(logins.owner, MIGRATIONS, step, began)
  if (applied.length > 0) await report("Starting")
  const storage = await chooseEngine(logins.owner, config.ISPVM_SERIES_ENGINE)
  if (storage.engine === "timescale")
    log.info(storage, "values over time are stored in hypertables of TimescaleDB")
  await createFamilyTables(logins.owner, FAMILIES, (table) => {
    info(`Tables of the metric family series.${table} made.`)
    void report("Making tables")
  })
  const dbs = openDbs({ ...logins.app, onNotice: (message) => log.debug(message) })
  stack.defer(() => dbs.close())
  const files = readMigrations(MIGRATIONS)
  return {
    dbs,
    server: logins,
    readiness: async () => {
      try {
        const missing = await countMissing(dbs.ui.sql, files)
        return missing === 0 ? [] : [`${missing} migrations have not run`]
      } catch (error) {
        log.warn({ err: error }, "not ready: the database does not answer")
        return ["the database does not answer"]
      }
    },
  }
}

/** The server and its roles; no tables yet. */
export const openServer = (
  config: Config,
  log: Log,
  stack: AsyncDisposableStack,
): Promise<Server> =>
  config.DATABASE_URL === null
    ? openEmbedded(config, log, stack)
    : openExternal(config, config.DATABASE_URL, (message) => log.info(message))

/** For a command: an embedded server that runs already stays as it is, another is stopped again. */
export const openRunningServer = async (
  config: Config,
  log: Log,
  stack: AsyncDisposableStack,
): Promise<Server> => {
  if (config.DATABASE_URL !== null) return await openServer(config, log, stack)
  const { dataDir, ISPVM_DB_USER: user } = config
  const info = (message: string) => log.info(message)
  const server = await startPostgres({ dataDir, user, info })
  if (!server.adopted) stack.defer(() => server.stop())
  return await embeddedLogins(server)
}

const embeddedLogins = async (server: RunningPostgres): Promise<Server> => {
  const admin = (database: string) => server.connection("postgres", database)
  return {
    ...(await prepareDatabase(admin, DATABASE, server.passwords)),
    admin: admin(DATABASE),
  }
}

const openEmbedded = async (
  config: Config,
  log: Log,
  stack: AsyncDisposableStack,
): Promise<Server> => {
  const start = () =>
    startPostgres({
      dataDir: config.dataDir,
      user: config.ISPVM_DB_USER,
      info: (message) => log.info(message),
    })
  const server = await start()
  stack.defer(() => server.stop())
  if (server.adopted) log.info("The database of an earlier run was still there and is used on.")
  stack.defer(keepRunning(server, start, log))
  return await embeddedLogins(server)
}

const CHECK_MS = 2_000
/** A killed server is started again on the same socket; the pools reconnect by themselves. */
const keepRunning = (
  server: RunningPostgres,
  start: () => Promise<unknown>,
  log: Log,
): (() => Promise<void>) => {
  const stopping = new AbortController()
  const monitor = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(CHECK_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted || server.isAlive()) continue
      try {
        log.error("the database has ended by itself; it is started again")
        await start()
      } catch (error) {
        log.error({ err: error }, "the database does not start; tried again")
      }
    }
  }
  const monitoring = monitor()
  return async () => {
    stopping.abort()
    await monitoring
  }
}

const openExternal = async (
  config: Config,
  url: string,
  info: (message: string) => void,
): Promise<Server> => {
  const defaults = { password: config.POSTGRES_PASSWORD ?? "", rootFile: config.PGSSLROOTCERT }
  const admin = parseDatabaseUrl(url, defaults)
  return { ...(await prepareExternalDatabase(admin, config.dataDir, info)), admin }
}
