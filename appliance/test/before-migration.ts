/** A database as it was before one migration, for tests of what the migration does with stored rows. */
import { randomUUID } from "node:crypto"
import { copyFileSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openSql, type Sql } from "../src/platform/postgres/db.ts"
import { migrate, readMigrations } from "../src/platform/postgres/migrate.ts"
import { prepareDatabase } from "../src/platform/postgres/roles.ts"
import { MIGRATIONS, testServer } from "./database.ts"

export type OldDatabase = {
  /** As the superuser, and as the tables' owner. */
  readonly sql: Sql
  readonly owner: Sql
  /** Applies this migration and all after it; answers the names of those that were applied. */
  readonly migrate: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

/** `migration`: its number. */
export const databaseBefore = async (migration: string): Promise<OldDatabase> => {
  const name = `before_${migration}_${randomUUID().replaceAll("-", "").slice(0, 12)}`
  const folder = mkdtempSync(join(tmpdir(), "ispvm-before-"))
  const server = await testServer()
  const connect = (database: string) => server.connection("postgres", database)
  const logins = await prepareDatabase(connect, name, server.passwords)
  for (const file of readMigrations(MIGRATIONS).filter((one) => one.name < migration))
    copyFileSync(join(MIGRATIONS, file.name), join(folder, file.name))
  await migrate(logins.owner, folder)
  const sql = openSql(connect(name), { name: "test", max: 1 })
  const owner = openSql(logins.owner, { name: "test", max: 1 })
  return {
    sql,
    owner,
    migrate: () => migrate(logins.owner, MIGRATIONS),
    close: async () => {
      await Promise.all([sql.end(), owner.end()])
      rmSync(folder, { recursive: true, force: true })
      const admin = openSql(connect("postgres"), { name: "test", max: 1 })
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
