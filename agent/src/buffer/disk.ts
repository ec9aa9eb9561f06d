/**
 * The shelf on disk: one SQLite file, one process (a second one is refused the lock).
 *
 * WAL with synchronous=NORMAL: a killed process loses nothing; a power cut may undo the last commits, and what was sealed in
 * them was not acknowledged either. One commit must survive even that: the one that gives a batch its number, or the number
 * could come back with other items in it and be taken for a repeat. So that one alone is flushed (FULL).
 */
import { randomUUID } from "node:crypto"
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { DeviceId } from "../wire/wire.ts"
import { BATCH, type Depth, type Owed, type Shelf, type Slice } from "./buffer.ts"
import { countByDevice, droppedEvent } from "./dropped.ts"
import { createTotals, num, text } from "./totals.ts"

const SCHEMA = `
  create table if not exists meta (buffer text not null, number integer not null, is_open integer not null, dropped integer not null) strict;
  create table if not exists slice (
    id integer primary key autoincrement, number integer, aside integer not null default 0, is_samples integer not null,
    at_ms integer not null, items integer not null, bytes integer not null, json text not null) strict;
  create index if not exists slice_number on slice (number) where number is not null;
  create index if not exists slice_samples on slice (id) where number is null and is_samples = 1;
  create index if not exists slice_aside on slice (id) where aside = 1;
  create table if not exists dropped (device text primary key, items integer not null, first_ms integer not null, last_ms integer not null) strict;`

/** SQLITE_CORRUPT, SQLITE_NOTADB; SQLITE_FULL; SQLITE_BUSY. */
const CODES = { corrupt: new Set([11, 26]), full: new Set([13]), busy: new Set([5]) } as const
const isSqlite = (error: unknown, which: keyof typeof CODES): boolean =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" && CODES[which].has(error.errcode & 0xff)

/** Another process has this data open. */
export class DataInUse extends Error {
  override readonly name = "DataInUse"
}

/** The folder cannot be written, or its disk is full or broken. */
export class DataUnusable extends Error {
  override readonly name = "DataUnusable"
}

/**
 * On a full disk SQLite cannot even delete: the log has to grow first, and to empty the log the file has to. So some room is
 * held by a file of nothing, given up in that moment and taken again once there is room: as much as the log has between two
 * checkpoints, and some more.
 */
const BALLAST_BYTES = 2 * 1024 * 1024
/** A rescue that did not help is not tried again at every item. */
const RESCUE_EVERY_MS = 10_000
const createBallast = (file: string) => ({
  give: (): void => rmSync(file, { force: true }),
  take: (): void => {
    if (existsSync(file)) return
    try {
      writeFileSync(file, Buffer.alloc(BALLAST_BYTES), { mode: 0o600 })
    } catch {
      rmSync(file, { force: true }) // half of it would only be in the way
    }
  },
})
type Ballast = ReturnType<typeof createBallast>

const openFile = (file: string): DatabaseSync => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(file)
  try {
    // Exclusive before WAL: then no other process can read along, and no -shm file is needed.
    db.exec(
      "pragma auto_vacuum = incremental; pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 256",
    )
    const check = text(db.prepare("pragma quick_check(1)").get(), "quick_check")
    if (check !== "ok") throw Object.assign(new Error(`damaged: ${check}`), { errcode: 11 })
    db.exec(`begin immediate; ${SCHEMA}; commit`)
    if (db.prepare("select 1 from meta").get() === undefined)
      db.prepare("insert into meta (buffer, number, is_open, dropped) values (?, 0, 0, 0)").run(randomUUID())
    return db
  } catch (error) {
    db.close()
    if (isSqlite(error, "busy"))
      throw new DataInUse(`${file} is in use: is another agent running on this data?`, { cause: error })
    throw error
  }
}

type Options = {
  readonly file: string
  readonly mostBytes: number
  readonly now: () => number
  /** The file was damaged and lies aside under this name; a new one has begun. */
  readonly onBroken: (asideFile: string, error: unknown) => void
}

export const openDisk = ({ file, mostBytes, now, onBroken }: Options): Shelf => {
  const setFileAside = (error: unknown): void => {
    const asideFile = `${file}.broken-${now()}`
    renameSync(file, asideFile)
    for (const tail of ["-wal", "-shm"]) rmSync(`${file}${tail}`, { force: true })
    onBroken(asideFile, error)
  }
  const openOrBegin = (): DatabaseSync => {
    try {
      return openFile(file)
    } catch (error) {
      if (!isSqlite(error, "corrupt")) throw error
      setFileAside(error)
      return openFile(file)
    }
  }

  const ballast = createBallast(`${file}.ballast`)
  let db: DatabaseSync
  try {
    db = openOrBegin()
  } catch (cause) {
    if (cause instanceof DataInUse) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `${file} cannot be used (${why}): is its folder writable, and is there room on its disk? ISPVM_AGENT_DATA_DIR names another one.`
    throw new DataUnusable(message, { cause })
  }
  let shelf = shelfOf(db, mostBytes, ballast, now)
  /** Damage found on the way: the file is set aside and the same step is done on a new one. */
  const guarded = <T>(step: () => T): T => {
    try {
      return step()
    } catch (error) {
      if (!isSqlite(error, "corrupt")) throw error
      db.close()
      setFileAside(error)
      db = openFile(file)
      shelf = shelfOf(db, mostBytes, ballast, now)
      return step()
    }
  }
  return {
    get buffer() {
      return shelf.buffer
    },
    append: (slices) => guarded(() => shelf.append(slices)),
    begin: (nowMs) => guarded(() => shelf.begin(nowMs)),
    accept: (owed) => guarded(() => shelf.accept(owed)),
    setAside: (owed) => guarded(() => shelf.setAside(owed)),
    takeBack: (owed) => guarded(() => shelf.takeBack(owed)),
    release: (number) => guarded(() => shelf.release(number)),
    rename: () => guarded(() => shelf.rename()),
    depth: () => guarded(() => shelf.depth()),
    close: () => db.close(),
  }
}

const shelfOf = (db: DatabaseSync, mostBytes: number, ballast: Ballast, now: () => number): Omit<Shelf, "close"> => {
  const meta = () => db.prepare("select buffer, number, is_open, dropped from meta").get()
  let buffer = text(meta(), "buffer")
  const insert = db.prepare("insert into slice (number, is_samples, at_ms, items, bytes, json) values (?, ?, ?, ?, ?, ?)")
  const totals = createTotals(db)

  const inTransaction = <T>(work: () => T): T => {
    const before = totals.read()
    db.exec("begin immediate")
    try {
      const result = work()
      db.exec("commit")
      return result
    } catch (error) {
      if (db.isTransaction) db.exec("rollback")
      totals.restore(before)
      throw error
    }
  }
  const put = (number: number | null, slice: Slice): void => {
    const size = Buffer.byteLength(slice.json)
    insert.run(number, slice.isSamples ? 1 : 0, slice.atMs, slice.items.length, size, slice.json)
    totals.added(size)
  }

  /** First what nobody will take any more, then the oldest samples, and only then the oldest of the rest. */
  const VICTIMS = [
    "select id, aside, items, bytes, json from slice where aside = 1 order by id limit 1",
    "select id, aside, items, bytes, json from slice where number is null and is_samples = 1 order by id limit 1",
    "select id, aside, items, bytes, json from slice where number is null order by id limit 1",
  ].map((sql) => db.prepare(sql))
  const erase = db.prepare("delete from slice where id = ?")
  const note =
    db.prepare(`insert into dropped (device, items, first_ms, last_ms) values (?, ?, ?, ?) on conflict (device) do update set
    items = items + excluded.items, first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)`)
  const makeRoom = (downTo: number): void => {
    while (totals.bytes() > downTo) {
      const victim = VICTIMS.map((find) => find.get()).find((row) => row !== undefined)
      if (victim === undefined) return
      for (const one of countByDevice(text(victim, "json"))) note.run(one.device, one.items, one.firstMs, one.lastMs)
      db.prepare("update meta set dropped = dropped + ?").run(num(victim, "items"))
      erase.run(num(victim, "id"))
      totals.removed({
        slices: 1,
        bytes: num(victim, "bytes"),
        asideItems: num(victim, "aside") === 1 ? num(victim, "items") : null,
      })
    }
  }

  /** What the disk has shown to hold; all that is allowed again once nothing is owed. */
  let roomBytes = mostBytes
  let rescuedAtMs = Number.NEGATIVE_INFINITY
  ballast.take()
  /** A little at a time, for moving pages takes room in the log as well; where there is none, the pages are used again later. */
  const shrink = (): void => {
    try {
      db.exec("pragma wal_checkpoint(truncate)")
      while (num(db.prepare("pragma freelist_count").get(), "freelist_count") > 0)
        db.exec("pragma incremental_vacuum(256); pragma wal_checkpoint(truncate)")
    } catch (error) {
      if (!isSqlite(error, "full")) throw error
    }
  }
  /** The disk has less room than we are allowed: live with half of what we hold, and give the rest back to it. */
  const rescue = (): void => {
    rescuedAtMs = now()
    ballast.give()
    db.exec("pragma wal_checkpoint(truncate)")
    roomBytes = Math.floor(totals.bytes() / 2)
    inTransaction(() => makeRoom(roomBytes))
    shrink()
    ballast.take()
  }
  const withRoom = <T>(step: () => T): T => {
    try {
      return step()
    } catch (error) {
      const hasJustTried = now() >= rescuedAtMs && now() - rescuedAtMs < RESCUE_EVERY_MS
      if (!isSqlite(error, "full") || hasJustTried) throw error
      rescue()
      return step()
    }
  }

  const itemsOf = (number: number): unknown[] =>
    db
      .prepare("select json from slice where number = ? and aside = 0 order by id")
      .all(number)
      .flatMap((row): unknown[] => JSON.parse(text(row, "json")))

  const assign = (nowMs: number, number: number): boolean => {
    const dropped = db.prepare("select device, items, first_ms, last_ms from dropped order by device limit 500").all()
    const events = dropped.map((row) => {
      const device = DeviceId.parse(text(row, "device"))
      return droppedEvent(nowMs, { device, items: num(row, "items"), firstMs: num(row, "first_ms"), lastMs: num(row, "last_ms") })
    })
    if (events.length > 0) {
      put(number, { atMs: nowMs, isSamples: false, items: events, json: JSON.stringify(events) })
      for (const event of events) db.prepare("delete from dropped where device = ?").run(event.device)
    }
    let items = events.length
    let size = 0
    let last: number | null = null
    for (const row of db.prepare("select id, items, bytes from slice where number is null order by id limit 2000").iterate()) {
      const isTooMuch = items + num(row, "items") > BATCH.items || size + num(row, "bytes") > BATCH.jsonBytes
      if (isTooMuch && last !== null) break
      items += num(row, "items")
      size += num(row, "bytes")
      last = num(row, "id")
    }
    if (last === null && events.length === 0) return false
    if (last !== null) db.prepare("update slice set number = ? where number is null and id <= ?").run(number, last)
    db.prepare("update meta set number = ?, is_open = 1").run(number)
    return true
  }
  const isBegun = (owed: Owed): boolean => {
    const row = meta()
    return owed.buffer === buffer && num(row, "is_open") === 1 && num(row, "number") === owed.number
  }

  return {
    get buffer() {
      return buffer
    },
    append: (slices) =>
      withRoom(() =>
        inTransaction(() => {
          for (const slice of slices) put(null, slice)
          makeRoom(roomBytes)
        }),
      ),
    begin(nowMs) {
      const row = meta()
      if (num(row, "is_open") === 1) return { buffer, number: num(row, "number"), items: itemsOf(num(row, "number")) }
      const number = num(row, "number") + 1
      db.exec("pragma synchronous = full")
      try {
        if (!withRoom(() => inTransaction(() => assign(nowMs, number)))) return null
      } finally {
        db.exec("pragma synchronous = normal")
      }
      return { buffer, number, items: itemsOf(number) }
    },
    accept(owed) {
      if (!isBegun(owed)) return
      withRoom(() =>
        inTransaction(() => {
          const settled = "from slice where number = ? and aside = 0"
          const gone = db.prepare(`select count(*) as n, coalesce(sum(bytes), 0) as bytes ${settled}`).get(owed.number)
          db.prepare(`delete ${settled}`).run(owed.number)
          totals.removed({ slices: num(gone, "n"), bytes: num(gone, "bytes"), asideItems: null })
          db.exec("update meta set is_open = 0")
        }),
      )
      if (totals.bytes() > 0) return
      db.exec("pragma incremental_vacuum(1000)")
      roomBytes = mostBytes
      ballast.take()
    },
    setAside: (owed) => {
      if (!isBegun(owed)) return
      db.prepare("update slice set aside = 1 where number = ?").run(owed.number)
      totals.recount()
    },
    takeBack: (owed) => {
      if (!isBegun(owed)) return
      db.prepare("update slice set aside = 0 where number = ?").run(owed.number)
      totals.recount()
    },
    release: (number) => {
      db.prepare("update slice set number = null, aside = 0 where number = ? and aside = 1").run(number)
      totals.recount()
    },
    rename() {
      const renamed = randomUUID()
      db.exec("pragma synchronous = full") // after a power cut the old name must not come back
      try {
        withRoom(() =>
          inTransaction(() => {
            db.exec("update slice set number = null where aside = 0")
            // Numbers begin anew: what lies aside under an old one must not be taken for a part of a new one.
            db.exec("update slice set number = -abs(number) where aside = 1")
            db.prepare("update meta set buffer = ?, number = 0, is_open = 0").run(renamed)
          }),
        )
      } finally {
        db.exec("pragma synchronous = normal")
      }
      buffer = renamed
    },
    depth: (): Depth => ({ ...totals.depth(), droppedItems: num(meta(), "dropped") }),
  }
}
