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
import { DeviceId } from "@ispvm/wire"
import { BATCH, type Depth, type PendingBatch, type Segment, type SegmentStore } from "./buffer.ts"
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

/**
 * On a full disk SQLite cannot even delete: the log has to grow first, and to empty the log the file has to. So some room is
 * held by a file of nothing, given up in that moment and taken again once there is room: as much as the log has between two
 * checkpoints, and some more.
 */
const RESERVE_BYTES = 2 * 1024 * 1024
/** A rescue that did not help is not tried again at every item. */
const RECLAIM_EVERY_MS = 10_000
const createReserveFile = (file: string) => ({
  free: (): void => rmSync(file, { force: true }),
  allocate: (): void => {
    if (existsSync(file)) return
    try {
      writeFileSync(file, Buffer.alloc(RESERVE_BYTES), { mode: 0o600 })
    } catch {
      rmSync(file, { force: true }) // half of it would only be in the way
    }
  },
})
type ReserveFile = ReturnType<typeof createReserveFile>

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
      db.prepare("insert into meta (buffer, number, is_open, dropped) values (?, 0, 0, 0)").run(
        randomUUID(),
      )
    return db
  } catch (error) {
    db.close()
    if (isSqlite(error, "busy"))
      throw new DataInUse(`${file} is in use: is another agent running on this data?`, {
        cause: error,
      })
    throw error
  }
}

type Options = {
  readonly file: string
  readonly maxBytes: number
  readonly now: () => number
  /** The file was damaged and lies aside under this name; a new one has begun. */
  readonly onBroken: (brokenFile: string, error: unknown) => void
}

export const openDiskStore = ({ file, maxBytes, now, onBroken }: Options): SegmentStore => {
  const moveBrokenFile = (error: unknown): void => {
    const brokenFile = `${file}.broken-${now()}`
    renameSync(file, brokenFile)
    for (const tail of ["-wal", "-shm"]) rmSync(`${file}${tail}`, { force: true })
    onBroken(brokenFile, error)
  }
  const openOrBegin = (): DatabaseSync => {
    try {
      return openFile(file)
    } catch (error) {
      if (!isSqlite(error, "corrupt")) throw error
      moveBrokenFile(error)
      return openFile(file)
    }
  }

  const reserveFile = createReserveFile(`${file}.ballast`)
  let db: DatabaseSync
  try {
    db = openOrBegin()
  } catch (cause) {
    if (cause instanceof DataInUse) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `${file} cannot be used (${why}): is its folder writable, and is there room on its disk? ISPVM_AGENT_DATA_DIR names another one.`
    throw new DataUnusable(message, { cause })
  }
  let store = createStore(db, maxBytes, reserveFile, now)
  /** Damage found on the way: the file is set aside and the same step is done on a new one. */
  const guarded = <T>(step: () => T): T => {
    try {
      return step()
    } catch (error) {
      if (!isSqlite(error, "corrupt")) throw error
      db.close()
      moveBrokenFile(error)
      db = openFile(file)
      store = createStore(db, maxBytes, reserveFile, now)
      return step()
    }
  }
  return {
    get buffer() {
      return store.buffer
    },
    append: (segments) => guarded(() => store.append(segments)),
    begin: (nowMs) => guarded(() => store.begin(nowMs)),
    accept: (batch) => guarded(() => store.accept(batch)),
    quarantine: (batch) => guarded(() => store.quarantine(batch)),
    restore: (batch) => guarded(() => store.restore(batch)),
    release: (number) => guarded(() => store.release(number)),
    rename: () => guarded(() => store.rename()),
    depth: () => guarded(() => store.depth()),
    close: () => db.close(),
  }
}

const createStore = (
  db: DatabaseSync,
  maxBytes: number,
  reserveFile: ReserveFile,
  now: () => number,
): Omit<SegmentStore, "close"> => {
  const meta = () => db.prepare("select buffer, number, is_open, dropped from meta").get()
  let buffer = text(meta(), "buffer")
  const insert = db.prepare(
    "insert into slice (number, is_samples, at_ms, items, bytes, json) values (?, ?, ?, ?, ?, ?)",
  )
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
  const put = (number: number | null, segment: Segment): void => {
    const size = Buffer.byteLength(segment.json)
    insert.run(
      number,
      segment.isSamples ? 1 : 0,
      segment.atMs,
      segment.items.length,
      size,
      segment.json,
    )
    totals.added(size)
  }

  /** First what nobody will take any more, then the oldest samples, and only then the oldest of the rest. */
  const EVICTION_ORDER = [
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
      const evicted = EVICTION_ORDER.map((find) => find.get()).find((row) => row !== undefined)
      if (evicted === undefined) return
      for (const one of countByDevice(text(evicted, "json")))
        note.run(one.device, one.items, one.firstMs, one.lastMs)
      db.prepare("update meta set dropped = dropped + ?").run(num(evicted, "items"))
      erase.run(num(evicted, "id"))
      totals.removed({
        segments: 1,
        bytes: num(evicted, "bytes"),
        quarantinedItems: num(evicted, "aside") === 1 ? num(evicted, "items") : null,
      })
    }
  }

  /** What the disk has shown to hold; all that is allowed again once nothing is owed. */
  let roomBytes = maxBytes
  let reclaimedAtMs = Number.NEGATIVE_INFINITY
  reserveFile.allocate()
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
  const reclaimSpace = (): void => {
    reclaimedAtMs = now()
    reserveFile.free()
    db.exec("pragma wal_checkpoint(truncate)")
    roomBytes = Math.floor(totals.bytes() / 2)
    inTransaction(() => makeRoom(roomBytes))
    shrink()
    reserveFile.allocate()
  }
  const withRoom = <T>(step: () => T): T => {
    try {
      return step()
    } catch (error) {
      const hasJustTried = now() >= reclaimedAtMs && now() - reclaimedAtMs < RECLAIM_EVERY_MS
      if (!isSqlite(error, "full") || hasJustTried) throw error
      reclaimSpace()
      return step()
    }
  }

  const itemsOf = (number: number): unknown[] =>
    db
      .prepare("select json from slice where number = ? and aside = 0 order by id")
      .all(number)
      .flatMap((row): unknown[] => JSON.parse(text(row, "json")))

  const assign = (nowMs: number, number: number): boolean => {
    const dropped = db
      .prepare("select device, items, first_ms, last_ms from dropped order by device limit 500")
      .all()
    const events = dropped.map((row) => {
      const device = DeviceId.parse(text(row, "device"))
      return droppedEvent(nowMs, {
        device,
        items: num(row, "items"),
        firstMs: num(row, "first_ms"),
        lastMs: num(row, "last_ms"),
      })
    })
    if (events.length > 0) {
      put(number, { atMs: nowMs, isSamples: false, items: events, json: JSON.stringify(events) })
      for (const event of events)
        db.prepare("delete from dropped where device = ?").run(event.device)
    }
    let items = events.length
    let size = 0
    let last: number | null = null
    for (const row of db
      .prepare("select id, items, bytes from slice where number is null order by id limit 2000")
      .iterate()) {
      const isTooMuch =
        items + num(row, "items") > BATCH.items || size + num(row, "bytes") > BATCH.jsonBytes
      if (isTooMuch && last !== null) break
      items += num(row, "items")
      size += num(row, "bytes")
      last = num(row, "id")
    }
    if (last === null && events.length === 0) return false
    if (last !== null)
      db.prepare("update slice set number = ? where number is null and id <= ?").run(number, last)
    db.prepare("update meta set number = ?, is_open = 1").run(number)
    return true
  }
  const isBegun = (batch: PendingBatch): boolean => {
    const row = meta()
    return (
      batch.buffer === buffer && num(row, "is_open") === 1 && num(row, "number") === batch.number
    )
  }

  return {
    get buffer() {
      return buffer
    },
    append: (segments) =>
      withRoom(() =>
        inTransaction(() => {
          for (const segment of segments) put(null, segment)
          makeRoom(roomBytes)
        }),
      ),
    begin(nowMs) {
      const row = meta()
      if (num(row, "is_open") === 1)
        return { buffer, number: num(row, "number"), items: itemsOf(num(row, "number")) }
      const number = num(row, "number") + 1
      db.exec("pragma synchronous = full")
      try {
        if (!withRoom(() => inTransaction(() => assign(nowMs, number)))) return null
      } finally {
        db.exec("pragma synchronous = normal")
      }
      return { buffer, number, items: itemsOf(number) }
    },
    accept(batch) {
      if (!isBegun(batch)) return
      withRoom(() =>
        inTransaction(() => {
          const acceptedSql = "from slice where number = ? and aside = 0"
          const gone = db
            .prepare(`select count(*) as n, coalesce(sum(bytes), 0) as bytes ${acceptedSql}`)
            .get(batch.number)
          db.prepare(`delete ${acceptedSql}`).run(batch.number)
          totals.removed({
            segments: num(gone, "n"),
            bytes: num(gone, "bytes"),
            quarantinedItems: null,
          })
          db.exec("update meta set is_open = 0")
        }),
      )
      if (totals.bytes() > 0) return
      db.exec("pragma incremental_vacuum(1000)")
      roomBytes = maxBytes
      reserveFile.allocate()
    },
    quarantine: (batch) => {
      if (!isBegun(batch)) return
      db.prepare("update slice set aside = 1 where number = ?").run(batch.number)
      totals.recount()
    },
    restore: (batch) => {
      if (!isBegun(batch)) return
      db.prepare("update slice set aside = 0 where number = ?").run(batch.number)
      totals.recount()
    },
    release: (number) => {
      db.prepare("update slice set number = null, aside = 0 where number = ? and aside = 1").run(
        number,
      )
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
