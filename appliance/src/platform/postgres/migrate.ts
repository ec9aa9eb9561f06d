/**
 * Brings the tables to this build's state: forward only, one transaction a file, in the order of the files' names.
 * What has run is remembered with its SHA-256, so that an edited file and a database newer than this build are refused.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import pg from "pg"
import type { Connection } from "./database-url.ts"
import { openSql, type Sql, type Tx } from "./db.ts"

export type Migration = { readonly name: string; readonly sha256: string; readonly text: string }
type Applied = { readonly name: string; readonly sha256: string }

export const readMigrations = (folder: string): readonly Migration[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => {
      if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name))
        throw new Error(`${join(folder, name)}: expected a name like 0001-what-it-does.sql`)
      const text = readFileSync(join(folder, name), "utf8")
      return { name, text, sha256: createHash("sha256").update(text).digest("hex") }
    })

/** Decides what is still to run; throws where the database and this build cannot belong together. */
export const plan = (
  files: readonly Migration[],
  applied: readonly Applied[],
): readonly Migration[] => {
  for (const [index, was] of applied.entries()) {
    const file = files[index]
    if (file === undefined || file.name > was.name) {
      throw new Error(
        files.some(({ name }) => name > was.name)
          ? `The database has the migration ${was.name}, which this build does not know: it was made by another build.`
          : `The database is newer than this build: it has the migration ${was.name}. Start the build that made it, or a later one.`,
      )
    }
    if (file.name < was.name) {
      throw new Error(
        `The migration ${file.name} comes before ${was.name}, which has run already: give it the next free number.`,
      )
    }
    if (file.sha256 !== was.sha256) {
      throw new Error(
        `The migration ${file.name} was changed after it had run here: bring the file back, and write a new one.`,
      )
    }
  }
  return files.slice(applied.length)
}

/** Names of what ran now. Two starts at once wait for each other. */
export const migrate = async (
  owner: Connection,
  folder: string,
  info: (message: string) => void = () => undefined,
): Promise<readonly string[]> => {
  const files = readMigrations(folder)
  // One connection: the lock belongs to it.
  const sql = openSql(owner, { name: "migrate", max: 1, settings: { lock_timeout: 60_000 } })
  try {
    await sql`select pg_advisory_lock(1769239149)`
    await createAppliedTable(sql)
    const open = plan(files, await readApplied(sql))
    for (const file of open) {
      const startedMs = performance.now()
      await apply(sql, file)
      info(`Migration ${file.name} applied in ${Math.round(performance.now() - startedMs)} ms.`)
    }
    if (open.length > 0) await letOwnerRead(sql)
    return open.map(({ name }) => name)
  } finally {
    await sql.end()
  }
}

/** For readiness: how many of this build's migrations the database lacks. Asked as the program's role. */
export const countMissing = async (sql: Sql, files: readonly Migration[]): Promise<number> =>
  plan(files, await readApplied(sql)).length

const createAppliedTable = async (sql: Sql): Promise<void> => {
  const [there] = await sql<
    { there: boolean }[]
  >`select to_regclass('migrations.applied') is not null as there`
  if (there?.there !== true) await sql.begin(makeAppliedTable)
}
const makeAppliedTable = async (tx: Tx): Promise<void> => {
  await tx`create schema if not exists migrations`
  await tx`create table if not exists migrations.applied (
    name text primary key, sha256 text not null, applied_at timestamptz not null default now())`
  await tx`grant usage on schema migrations to ispvm_app`
  await tx`grant select on migrations.applied to ispvm_app`
}

/** Runs `files` in the caller's transaction, whatever has run before: a restore chooses them. */
export const runMigrations = async (tx: Tx, files: readonly Migration[]): Promise<void> => {
  await makeAppliedTable(tx)
  for (const file of files) await runFile(tx, file)
  await letOwnerRead(tx)
}

/** Backups read every row as the owner, whom forced row-level security binds (migration 0030). */
const letOwnerRead = async (tx: Tx): Promise<void> => {
  const [there] = await tx<{ there: boolean }[]>`
    select to_regproc('backup.let_owner_read') is not null as there`
  if (there?.there === true) await tx`select backup.let_owner_read()`
}

const readApplied = (sql: Sql): Promise<Applied[]> =>
  sql<Applied[]>`select name, sha256 from migrations.applied order by name collate "C"`

const apply = (sql: Sql, file: Migration): Promise<void> => sql.begin((tx) => runFile(tx, file))

const runFile = async (tx: Tx, { name, text, sha256 }: Migration): Promise<void> => {
  try {
    await tx.unsafe(text)
    await tx`insert into migrations.applied (name, sha256) values (${name}, ${sha256})`
  } catch (cause) {
    throw new Error(
      `Migration ${name}${lineOf(cause, text)}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    )
  }
}

/** The server counts characters from 1 over the whole file. */
const lineOf = (cause: unknown, text: string): string => {
  if (!(cause instanceof pg.DatabaseError)) return ""
  if (cause.position === undefined) return cause.where ? ` (in ${cause.where.split("\n")[0]})` : ""
  return `, line ${[...text].slice(0, Number(cause.position) - 1).filter((character) => character === "\n").length + 1}`
}
