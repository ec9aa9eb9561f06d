/** The buffer's SQLite file: opening it, its schema, and the errors that have a meaning here. */
import { randomUUID } from "node:crypto"
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { num, text } from "./totals.ts"

/**
 * Names of earlier releases: a `slice` is a segment, `aside` means in quarantine. Segments up to
 * `raw_to` were stored before the last change of the redaction. `begun`: batches that have a number
 * and are not acknowledged; `meta.is_open` says for earlier releases whether there is one.
 */
const SCHEMA = `
  create table if not exists meta (buffer text not null, number integer not null, is_open integer not null, dropped integer not null) strict;
  create table if not exists slice (
    id integer primary key autoincrement, number integer, aside integer not null default 0, is_samples integer not null,
    at_ms integer not null, items integer not null, bytes integer not null, json text not null) strict;
  create index if not exists slice_number on slice (number) where number is not null;
  create index if not exists slice_samples on slice (id) where number is null and is_samples = 1;
  create index if not exists slice_aside on slice (id) where aside = 1;
  create table if not exists redaction (raw_to integer not null) strict;
  create table if not exists redacted (raw_to integer not null) strict;
  create table if not exists begun (number integer primary key, is_live integer not null) strict;
  create table if not exists dropped (device text primary key, items integer not null, first_ms integer not null, last_ms integer not null) strict;`

/**
 * Format 1 has segments as JSON. Format 2 also has them as sections, in `data` with an empty `json`.
 * A file becomes one of format 2 when the appliance has said that it accepts them. It is one of
 * format 3 while it has several begun batches, of which earlier releases would know only the last.
 */
export const FORMAT = { json: 1, compact: 2, concurrent: 3 } as const

/** `raw_to` is in `redacted`; `redaction` has it as well for earlier releases, in format 1. */
const migrate = (db: DatabaseSync): void => {
  const columns = db.prepare("select name from pragma_table_info('slice')").all()
  if (!columns.some((row) => text(row, "name") === "data"))
    db.exec("alter table slice add column data blob; alter table slice add column inflated integer")
  // A segment of an earlier release may have facts or rows.
  if (!columns.some((row) => text(row, "name") === "in_order"))
    db.exec("alter table slice add column in_order integer not null default 1")
  db.exec(
    `create index if not exists slice_first on slice (id) where number is null and (in_order = 1 or is_samples = 0);
    create index if not exists slice_json on slice (id) where data is null and aside = 0`,
  )
  if (formatOf(db) < FORMAT.concurrent)
    db.exec("delete from begun; insert into begun select number, 1 from meta where is_open = 1")
  if (formatOf(db) === FORMAT.json)
    db.exec(`insert into redaction select 0 where not exists (select 1 from redaction);
      delete from redacted; insert into redacted select raw_to from redaction;`)
}

export const formatOf = (db: DatabaseSync): number =>
  Math.max(FORMAT.json, num(db.prepare("pragma user_version").get(), "user_version"))

const LATER =
  "a later release of the agent wrote it. Install that release again: it holds readings that this one cannot read, and nothing of it was changed."
/**
 * Makes the file one of format 2. Earlier releases would not find the sections, so the first thing
 * that they do with a file is made to fail: they then report this reason and stop. Releases that
 * know format 2 refuse a later one by its number.
 */
export const useCompactFormat = (db: DatabaseSync): void => {
  db.exec(`delete from redaction;
    create trigger if not exists later before insert on redaction begin select raise(abort, '${LATER}'); end;
    pragma user_version = ${FORMAT.compact}`)
}

/** No batch is begun any more: releases with format 2 can use the file again. */
export const noteDelivered = (db: DatabaseSync): void => {
  if (formatOf(db) < FORMAT.concurrent) return
  const begun = db.prepare("select 1 from begun limit 1").get()
  if (begun === undefined) db.exec(`pragma user_version = ${FORMAT.compact}`)
}

/** SQLITE_CORRUPT, SQLITE_NOTADB; SQLITE_FULL; SQLITE_BUSY. */
const CODES = { corrupt: new Set([11, 26]), full: new Set([13]), busy: new Set([5]) } as const
export const isSqliteError = (error: unknown, which: keyof typeof CODES): boolean =>
  error instanceof Error &&
  "errcode" in error &&
  typeof error.errcode === "number" &&
  CODES[which].has(error.errcode & 0xff)

/** Another process has this data open. */
export class DataInUse extends Error {
  override readonly name = "DataInUse"
}

/** The folder cannot be written, or its disk is full or broken. */
export class DataUnusable extends Error {
  override readonly name = "DataUnusable"
}

/** A later release wrote it, in a format that this one does not know. */
const refuseLater = (db: DatabaseSync, file: string): void => {
  if (formatOf(db) > FORMAT.concurrent) throw new DataUnusable(`${file} cannot be used: ${LATER}`)
}

/** Opens or creates the file. Throws `DataInUse`, `DataUnusable`, or the error of SQLite (see `isSqliteError`). */
export const openSqliteFile = (file: string): DatabaseSync => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(file)
  try {
    refuseLater(db, file)
    // Exclusive before WAL: no other process can read, and SQLite needs no -shm file.
    db.exec(
      "pragma auto_vacuum = incremental; pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 256",
    )
    const check = text(db.prepare("pragma quick_check(1)").get(), "quick_check")
    if (check !== "ok") throw Object.assign(new Error(`damaged: ${check}`), { errcode: 11 })
    db.exec(`begin immediate; ${SCHEMA}`)
    migrate(db)
    db.exec("commit")
    if (db.prepare("select 1 from meta").get() === undefined)
      db.prepare("insert into meta (buffer, number, is_open, dropped) values (?, 0, 0, 0)").run(
        randomUUID(),
      )
    return db
  } catch (error) {
    db.close()
    if (isSqliteError(error, "busy"))
      throw new DataInUse(`${file} is in use. Does another agent use this data folder?`, {
        cause: error,
      })
    throw error
  }
}
