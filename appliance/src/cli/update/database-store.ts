/** What an update asks the database. */
import type { Sql } from "../../platform/postgres/db.ts"
import { countMissing, readMigrations } from "../../platform/postgres/migrate.ts"
import { openInstalledDatabase, readInstalled } from "../installed.ts"

const databaseBytes = async (sql: Sql): Promise<number> => {
  const [row] = await sql<{ bytes: number }[]>`
    select pg_database_size(current_database())::float8 as bytes`
  return row?.bytes ?? 0
}

const withDatabase = async <T>(
  read: (sql: Sql) => Promise<T>,
  installed = readInstalled(),
): Promise<T> => {
  const dbs = openInstalledDatabase(installed)
  try {
    return await read(dbs.jobs.sql)
  } finally {
    await dbs.close()
  }
}

/** Throws where the database does not answer. */
export const readDatabaseBytes = (installed = readInstalled()): Promise<number> =>
  withDatabase(databaseBytes, installed)

/**
 * Why a release cannot work with the database as it is; null: it can. Throws where the database
 * does not answer.
 */
export const incompatibilityOf = (
  migrationsFolder: string,
  version: string,
): Promise<string | null> =>
  withDatabase(async (sql) => {
    await databaseBytes(sql)
    return await countMissing(sql, readMigrations(migrationsFolder), version).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
  })
