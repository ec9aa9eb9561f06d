/** Opens the database: embedded server or DATABASE_URL, roles, migrations, pools. */
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { FAMILIES } from "@ispvm/wire/families"
import type { Config } from "../config.ts"
import { chooseEngine, createFamilyTables } from "../flow/series/series.ts"
import type { Log } from "../platform/log.ts"
import { parseDatabaseUrl } from "../platform/postgres/database-url.ts"
import { type Dbs, openDbs } from "../platform/postgres/db.ts"
import { countMissing, migrate, readMigrations } from "../platform/postgres/migrate.ts"
import { type RunningPostgres, startPostgres } from "../platform/postgres/postgres.ts"
import {
  type Logins,
  prepareDatabase,
  prepareExternalDatabase,
} from "../platform/postgres/roles.ts"

const MIGRATIONS = join(import.meta.dirname, "../../migrations")
/** Of the embedded server. */
const DATABASE = "ispvm"

export type Database = {
  readonly dbs: Dbs
  /** What keeps it from serving; empty when nothing does. */
  readonly readiness: () => Promise<readonly string[]>
}

/** Everything opened is deferred to `stack`, so that a failed start leaves nothing running. */
export const openDatabase = async (
  config: Config,
  log: Log,
  stack: AsyncDisposableStack,
): Promise<Database> => {
  const info = (message: string) => log.info(message)
  const logins =
    config.DATABASE_URL === null
      ? await openEmbedded(config, log, stack)
      : await openExternal(config, config.DATABASE_URL, info)
  await migrate(logins.owner, MIGRATIONS, info)
  const storage = await chooseEngine(logins.owner, config.ISPVM_SERIES_ENGINE)
  if (storage.engine === "timescale")
    log.info(storage, "values over time are stored in hypertables of TimescaleDB")
  for (const table of await createFamilyTables(logins.owner, FAMILIES))
    info(`Tables of the metric family series.${table} made.`)
  const dbs = openDbs({ ...logins.app, onNotice: (message) => log.debug(message) })
  stack.defer(() => dbs.close())
  const files = readMigrations(MIGRATIONS)
  return {
    dbs,
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

const openEmbedded = async (
  config: Config,
  log: Log,
  stack: AsyncDisposableStack,
): Promise<Logins> => {
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
  return await prepareDatabase(
    (database) => server.connection("postgres", database),
    DATABASE,
    server.passwords,
  )
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

const openExternal = (
  config: Config,
  url: string,
  info: (message: string) => void,
): Promise<Logins> => {
  const defaults = { password: config.POSTGRES_PASSWORD ?? "", rootFile: config.PGSSLROOTCERT }
  return prepareExternalDatabase(parseDatabaseUrl(url, defaults), config.dataDir, info)
}
