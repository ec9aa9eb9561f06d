/**
 * Brings the tables to this build's state: forward only, all pending files in one transaction, in the order of their names.
 * What has run is remembered with its SHA-256, so that an edited file is rejected, and with the oldest release that can still
 * work on the tables, so that after a rollback the earlier release runs on them (docs/update.md).
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import pg from "pg"
import { z } from "zod"
import type { Connection } from "./database-url.ts"
import { openSql, type Sql, type Tx } from "./db.ts"

export type Migration = {
  readonly name: string
  readonly sha256: string
  readonly text: string
  /** The oldest release that runs on the tables after it; null: none before its own. */
  readonly runsFrom: string | null
}
export type Applied = Pick<Migration, "name" | "sha256" | "runsFrom">

const EVERY_RELEASE = "0.0.0"
const KIND = /^-- (?:(expand)|contract after (\d+\.\d+\.\d+))$/m

/**
 * What a file says of itself in a line of its own: `-- expand` only adds, and every release runs on
 * it; `-- contract after 0.3.0` removes what releases since 0.3.0 no longer use.
 */
export const runsFromOf = (text: string): string | null => {
  const [, expand, release] = KIND.exec(text) ?? []
  return expand === undefined ? (release ?? null) : EVERY_RELEASE
}

/** Of `1.2.3`, with or without a suffix. */
const numbersOf = (version: string): readonly number[] =>
  (/^\d+\.\d+\.\d+/.exec(version)?.[0] ?? EVERY_RELEASE).split(".").map(Number)
export const isReleaseAtLeast = (version: string, least: string): boolean => {
  const [own, other] = [numbersOf(version), numbersOf(least)]
  const at = own.findIndex((number, index) => number !== other[index])
  return at === -1 || (own[at] ?? 0) > (other[at] ?? 0)
}

export const readMigrations = (folder: string): readonly Migration[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => {
      if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name))
        throw new Error(`${join(folder, name)}: expected a name like 0001-what-it-does.sql`)
      const text = readFileSync(join(folder, name), "utf8")
      const sha256 = createHash("sha256").update(text).digest("hex")
      return { name, text, sha256, runsFrom: runsFromOf(text) }
    })

/** A later release has left it: this one runs on the tables if that release says so. */
const checkLater = (was: Applied, release: string): void => {
  if (was.runsFrom !== null && isReleaseAtLeast(release, was.runsFrom)) return
  const since = was.runsFrom === null ? "" : ` Releases since ${was.runsFrom} run on it.`
  throw new Error(
    `The database is newer than this build: it has the migration ${was.name}, which this build, ${release}, cannot work with. Start the build that made it, or a later one.${since}`,
  )
}

/** Decides what is still to run; throws where the database and this build cannot belong together. */
export const plan = (
  files: readonly Migration[],
  applied: readonly Applied[],
  release: string,
): readonly Migration[] => {
  for (const [index, was] of applied.entries()) {
    const file = files[index]
    if (file === undefined) {
      checkLater(was, release)
      continue
    }
    if (file.name > was.name) {
      throw new Error(
        `The database has the migration ${was.name}, which this build does not know: it was made by another build.`,
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

const THIS_RELEASE: string = z
  .object({ version: z.string() })
  .parse(
    JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8")),
  ).version

/**
 * Names of what ran now. Two starts at once wait for each other. One transaction for all: where one
 * of them fails, the tables are as the release before left them, and that release can be started.
 */
export const migrate = async (
  owner: Connection,
  folder: string,
  info: (message: string) => void = () => undefined,
  /** Before the first one, where there is one. */
  onBegin: () => Promise<void> = async () => undefined,
): Promise<readonly string[]> => {
  const files = readMigrations(folder)
  // One connection: the lock belongs to it.
  const sql = openSql(owner, { name: "migrate", max: 1, settings: { lock_timeout: 60_000 } })
  try {
    await sql`select pg_advisory_lock(1769239149)`
    await createAppliedTable(sql)
    const open = plan(files, await readApplied(sql), THIS_RELEASE)
    if (open.length > 0) {
      await onBegin()
      await sql.begin((tx) => applyAll(tx, open, info))
    }
    return open.map(({ name }) => name)
  } finally {
    await sql.end()
  }
}

/** For readiness: how many of a build's migrations the database lacks. Asked as the program's role. */
export const countMissing = async (
  sql: Sql,
  files: readonly Migration[],
  release = THIS_RELEASE,
): Promise<number> => plan(files, await readApplied(sql), release).length

const createAppliedTable = async (sql: Sql): Promise<void> => {
  const [there] = await sql<{ columns: number }[]>`
    select count(*)::int as columns from pg_attribute
    where attrelid = to_regclass('migrations.applied') and attname in ('name', 'runs_from')`
  if (there?.columns !== 2) await sql.begin(makeAppliedTable)
}
const makeAppliedTable = async (tx: Tx): Promise<void> => {
  await tx`create schema if not exists migrations`
  await tx`create table if not exists migrations.applied (
    name text primary key, sha256 text not null, applied_at timestamptz not null default now())`
  await tx`alter table migrations.applied add column if not exists runs_from text`
  await tx`grant usage on schema migrations to ispvm_app`
  await tx`grant select on migrations.applied to ispvm_app`
}

/** Runs `files` in the caller's transaction, whatever has run before: a restore chooses them. */
export const runMigrations = async (tx: Tx, files: readonly Migration[]): Promise<void> => {
  await makeAppliedTable(tx)
  await applyAll(tx, files, () => undefined)
}

/** Backups read every row as the owner, whom forced row-level security binds (migration 0030). */
const letOwnerRead = async (tx: Tx): Promise<void> => {
  const [there] = await tx<{ there: boolean }[]>`
    select to_regproc('backup.let_owner_read') is not null as there`
  if (there?.there === true) await tx`select backup.let_owner_read()`
}

const readApplied = (sql: Sql): Promise<Applied[]> => sql<Applied[]>`
  select name, sha256, runs_from as "runsFrom" from migrations.applied order by name collate "C"`

const applyAll = async (
  tx: Tx,
  files: readonly Migration[],
  info: (message: string) => void,
): Promise<void> => {
  for (const file of files) {
    const startedMs = performance.now()
    await apply(tx, file)
    info(`Migration ${file.name} applied in ${Math.round(performance.now() - startedMs)} ms.`)
  }
  await letOwnerRead(tx)
}

const apply = async (tx: Tx, { name, text, sha256, runsFrom }: Migration): Promise<void> => {
  try {
    await tx.unsafe(text)
    await tx`insert into migrations.applied (name, sha256, runs_from) values (${name}, ${sha256}, ${runsFrom})`
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
