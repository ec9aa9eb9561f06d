/**
 * A database for a test file: a clone of a migrated template, on one embedded server that all test processes of this user share,
 * or on the server that ISPVM_TEST_POSTGRES names.
 * The first process starts it, the last one to end stops it; one left by a killed run is adopted by the next.
 */
import { createHash, randomUUID } from "node:crypto"
import { join } from "node:path"
import { FAMILIES } from "@ispvm/wire/families"
import { chooseEngine, createFamilyTables, type WantedEngine } from "../src/flow/series/series.ts"
import { OrgId } from "../src/platform/ids.ts"
import { type Connection, databaseUrl } from "../src/platform/postgres/database-url.ts"
import { type Dbs, openDbs, openSql, type Sql } from "../src/platform/postgres/db.ts"
import { describeProcess, withLock } from "../src/platform/postgres/lock.ts"
import { migrate, readMigrations } from "../src/platform/postgres/migrate.ts"
import {
  type RunningPostgres,
  readPasswords,
  startPostgres,
} from "../src/platform/postgres/postgres.ts"
import { prepareDatabase } from "../src/platform/postgres/roles.ts"
import { createOrg } from "../src/registry/orgs/orgs.ts"
import { testEngine, testServerFolder, testServersFolder } from "./config.ts"
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

const EXTERNAL = testServerFolder()
const FOLDER = EXTERNAL ?? join(testServersFolder(), `ispvm-test-${process.getuid?.() ?? "all"}`)
const users = createUsers(FOLDER)

/** With an organisation, unless the test is about an appliance that nobody has claimed. */
export const testDatabase = async ({
  isSetUp = true,
  engine = testEngine(),
}: {
  readonly isSetUp?: boolean
  readonly engine?: WantedEngine
} = {}): Promise<TestDatabase> => {
  const server = await useServer()
  const name = `t_${process.pid}_${randomUUID().replaceAll("-", "").slice(0, 12)}`
  const admin = openAdmin(server)
  try {
    const template = await templateOf(server, admin.sql, engine)
    await admin.sql.unsafe(
      `create database ${name} template ${template} strategy file_copy owner ispvm_owner`,
    )
  } catch (error) {
    await admin.close()
    throw error
  }
  let isDropped = false
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
      if (isDropped) return
      isDropped = true
      try {
        await admin.sql.unsafe(`drop database if exists ${name} with (force)`)
      } finally {
        await admin.close()
      }
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

/** A server that somebody else has started and will stop. */
const externalServer = (directory: string): RunningPostgres => {
  const passwords = readPasswords(directory, true)
  return {
    passwords,
    connection: (role, database) => ({
      at: { kind: "socket", directory, port: 5432 },
      database,
      user: role,
      password: passwords[role],
    }),
    adopted: true,
    directory,
    isAlive: () => true,
    stop: async () => undefined,
    stopNow: () => undefined,
  }
}

const begin = async (): Promise<RunningPostgres> => {
  if (EXTERNAL !== null) return externalServer(EXTERNAL)
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
        // Its worker would visit hundreds of databases that live for seconds.
        autovacuum: "off",
        // Thousands are for passwords that somebody may guess; each connection computes them on both sides.
        scram_iterations: "1",
      },
    })
    process.once("exit", () => users.leave(() => server.stopNow()))
    return server
  })
}

let adminOfAll: { readonly sql: ReturnType<typeof openSql>; users: number } | undefined
/** One connection for all databases that are open in this process: to connect costs more than to make a database. */
const openAdmin = (server: RunningPostgres) => {
  adminOfAll ??= {
    sql: openSql(server.connection("postgres", "postgres"), { name: "test", max: 1 }),
    users: 0,
  }
  const own = adminOfAll
  own.users += 1
  return {
    sql: own.sql,
    close: async () => {
      own.users -= 1
      if (own.users > 0) return
      if (adminOfAll === own) adminOfAll = undefined
      await own.sql.end()
    },
  }
}

/** Looked for once a process: it stays as long as the server. */
const templates = new Map<WantedEngine, Promise<string>>()
const templateOf = (server: RunningPostgres, admin: Sql, engine: WantedEngine): Promise<string> => {
  const made =
    templates.get(engine) ??
    withLock(join(FOLDER, "template.lock"), 120_000, () => makeTemplate(server, admin, engine))
  templates.set(engine, made)
  made.catch(() => templates.delete(engine))
  return made
}

/** Named for what is in it, so that changed migrations and metric families make a new one. */
const makeTemplate = async (
  server: RunningPostgres,
  admin: Sql,
  engine: WantedEngine,
): Promise<string> => {
  const digest = createHash("sha256")
  for (const { sha256 } of readMigrations(MIGRATIONS)) digest.update(sha256)
  digest.update(JSON.stringify(FAMILIES.map(({ fields, storage }) => [fields, storage])))
  digest.update(engine)
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
  await chooseEngine(owner, engine)
  await createFamilyTables(owner, FAMILIES)
  // Without connections: a background worker of the server would keep it from being copied.
  await admin.unsafe(`alter database ${name} is_template true allow_connections false`)
  return name
}
