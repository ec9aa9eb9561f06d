/**
 * A database for a test file: a clone of a migrated template, on one embedded server that all test processes of this user share.
 * The first process starts it, the last one to end stops it; one left by a killed run is adopted by the next.
 */
import { createHash, randomUUID } from "node:crypto"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { FAMILIES } from "@ispvm/wire/families"
import { createFamilyTables } from "../src/flow/series/series.ts"
import { OrgId } from "../src/platform/ids.ts"
import { type Connection, databaseUrl } from "../src/platform/postgres/database-url.ts"
import { type Dbs, openDbs, openSql, type Sql } from "../src/platform/postgres/db.ts"
import { describeProcess, withLock } from "../src/platform/postgres/lock.ts"
import { migrate, readMigrations } from "../src/platform/postgres/migrate.ts"
import { type RunningPostgres, startPostgres } from "../src/platform/postgres/postgres.ts"
import { prepareDatabase } from "../src/platform/postgres/roles.ts"
import { createOrg } from "../src/registry/orgs/orgs.ts"
import { createUsers } from "./leaving.ts"

export const MIGRATIONS = join(import.meta.dirname, "..", "migrations")

export type TestDatabase = {
  readonly dbs: Dbs
  readonly org: OrgId
  /** As the program's role. */
  readonly url: string
  /** As the tables' owner, and as the server's superuser: for what only tests may do. */
  readonly owner: Connection
  readonly superuser: Connection
  /** The passwords of the server's roles, for a whole appliance that is to log in as them. */
  readonly passwordsFile: string
  readonly close: () => Promise<void>
}

const FOLDER = join(tmpdir(), `ispvm-test-${process.getuid?.() ?? "all"}`)
const users = createUsers(FOLDER)

/** With an organisation, unless the test is about an appliance that nobody has claimed. */
export const testDatabase = async (
  { isSetUp }: { readonly isSetUp: boolean } = { isSetUp: true },
): Promise<TestDatabase> => {
  const server = await useServer()
  const name = `t_${process.pid}_${randomUUID().replaceAll("-", "").slice(0, 12)}`
  const admin = openSql(server.connection("postgres", "postgres"), { name: "test", max: 1 })
  try {
    const template = await withLock(join(FOLDER, "template.lock"), 120_000, () =>
      makeTemplate(server, admin),
    )
    await admin.unsafe(`create database ${name} template ${template} owner ispvm_owner`)
  } finally {
    await admin.end()
  }
  const app = server.connection("ispvm_app", name)
  const dbs = openDbs(app)
  const { id } = isSetUp
    ? await dbs.ui.sql.begin((tx) => createOrg(tx, "Test"))
    : { id: randomUUID() }
  return {
    dbs,
    org: OrgId.parse(id),
    url: databaseUrl(app),
    owner: server.connection("ispvm_owner", name),
    superuser: server.connection("postgres", name),
    passwordsFile: join(FOLDER, "database.json"),
    close: async () => {
      await dbs.close()
      const last = openSql(server.connection("postgres", "postgres"), { name: "test", max: 1 })
      await last.unsafe(`drop database if exists ${name} with (force)`)
      await last.end()
    },
  }
}

/** The server itself, for tests of what comes before the first table. */
export const testServer = (): Promise<RunningPostgres> => useServer()

let running: Promise<RunningPostgres> | undefined // one a process: this file is the tests' own platform, not a module of the program

const useServer = (): Promise<RunningPostgres> => {
  running ??= begin()
  return running
}

const begin = async (): Promise<RunningPostgres> => {
  await users.enter()
  return await withLock(join(FOLDER, "start.lock"), 120_000, async () => {
    const server = await startPostgres({
      dataDir: FOLDER,
      user: null,
      info: () => undefined,
      settings: {
        fsync: "off",
        synchronous_commit: "off",
        full_page_writes: "off",
        max_connections: "300",
        wal_level: "minimal",
        max_wal_senders: "0",
      },
    })
    process.once("exit", () => users.leave(() => server.stopNow()))
    return server
  })
}

/** Named for what is in it, so that changed migrations and metric families make a new one. */
const makeTemplate = async (server: RunningPostgres, admin: Sql): Promise<string> => {
  const digest = createHash("sha256")
  for (const { sha256 } of readMigrations(MIGRATIONS)) digest.update(sha256)
  digest.update(JSON.stringify(FAMILIES.map(({ fields, storage }) => [fields, storage])))
  const name = `template_${digest.digest("hex").slice(0, 16)}`
  const databases = await admin<
    { name: string; whole: boolean }[]
  >`select datname as name, datistemplate as whole from pg_database`
  if (databases.some((database) => database.name === name && database.whole)) return name
  for (const { name: old } of databases) {
    const dead = /^t_(\d+)_/.exec(old)
    if (old === name || (dead !== null && describeProcess(Number(dead[1])) === null))
      await admin.unsafe(`drop database ${old} with (force)`)
  }
  const { owner } = await prepareDatabase(
    (database) => server.connection("postgres", database),
    name,
    server.passwords,
  )
  await migrate(owner, MIGRATIONS)
  await createFamilyTables(owner, FAMILIES)
  await admin.unsafe(`alter database ${name} is_template true`)
  return name
}
