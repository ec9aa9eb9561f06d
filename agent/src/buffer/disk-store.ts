/**
 * The segment store on disk: one SQLite file, used by one process at a time.
 *
 * WAL with synchronous=NORMAL: a killed process loses nothing. A power failure may undo the last
 * commits, whose items were not acknowledged. The commit that gives a batch its number must survive
 * even that: otherwise the number could return with other items and count as a repeat. Only this
 * commit is flushed (FULL).
 */
import { randomUUID } from "node:crypto"
import { renameSync, rmSync } from "node:fs"
import type { DatabaseSync } from "node:sqlite"
import type { Depth, PendingBatch, SegmentStore } from "./buffer.ts"
import { createJoiner } from "./join-segments.ts"
import { type Begun, createNextBatch } from "./next-batch.ts"
import { createReserveFile, type ReserveFile } from "./reserve-file.ts"
import { createSegments, type Redact } from "./segments.ts"
import { createSpace } from "./space.ts"
import {
  DataInUse,
  DataUnusable,
  FORMAT,
  formatOf,
  isSqliteError,
  noteDelivered,
  openSqliteFile,
  useCompactFormat,
} from "./sqlite-file.ts"
import { createTotals, num, type Totals, text } from "./totals.ts"

type Options = {
  readonly file: string
  readonly maxBytes: number
  readonly now: () => number
  /** The redaction in force, for what was stored before it. */
  readonly redact: Redact
  /** The file was damaged and is renamed to `brokenFile`; a new file is in use. */
  readonly onBroken: (brokenFile: string, error: unknown) => void
}
type StoreOptions = Pick<Options, "maxBytes" | "now" | "redact"> & {
  readonly db: DatabaseSync
  readonly reserveFile: ReserveFile
}

/** Throws `DataInUse` and `DataUnusable`. */
export const openDiskStore = (options: Options): SegmentStore => {
  const { file, maxBytes, now, redact } = options
  const reserveFile = createReserveFile(`${file}.ballast`)
  const open = (db: DatabaseSync) => ({
    db,
    store: createStore({ db, maxBytes, now, redact, reserveFile }),
  })
  let current = open(openOrReplace(options))
  /** If the file turns out to be damaged, repeats the step on a new file. */
  const guarded = <T>(step: () => T): T => {
    try {
      return step()
    } catch (error) {
      if (!isSqliteError(error, "corrupt")) throw error
      current.db.close()
      moveBrokenFile(options, error)
      current = open(openSqliteFile(file))
      return step()
    }
  }
  return {
    get buffer() {
      return current.store.buffer
    },
    append: (segments) => guarded(() => current.store.append(segments)),
    begin: (nowMs, inFlight) => guarded(() => current.store.begin(nowMs, inFlight)),
    accept: (batch) => guarded(() => current.store.accept(batch)),
    quarantine: (batch) => guarded(() => current.store.quarantine(batch)),
    restore: (batch) => guarded(() => current.store.restore(batch)),
    release: (number) => guarded(() => current.store.release(number)),
    rename: () => guarded(() => current.store.rename()),
    redact: () => guarded(() => current.store.redact()),
    useCompact: () => guarded(() => current.store.useCompact()),
    depth: () => guarded(() => current.store.depth()),
    close: () => current.db.close(),
  }
}

const moveBrokenFile = ({ file, now, onBroken }: Options, error: unknown): void => {
  const brokenFile = `${file}.broken-${now()}`
  renameSync(file, brokenFile)
  for (const suffix of ["-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true })
  onBroken(brokenFile, error)
}

const replaceBroken = (options: Options, cause: unknown): DatabaseSync => {
  const { file } = options
  try {
    if (!isSqliteError(cause, "corrupt")) throw cause
    moveBrokenFile(options, cause)
    return openSqliteFile(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const message =
      `${file} cannot be used (${why}). Check that its folder is writable and its disk is not ` +
      "full. ISPVM_AGENT_DATA_DIR selects another folder."
    throw new DataUnusable(message, { cause: error })
  }
}

const openOrReplace = (options: Options): DatabaseSync => {
  const { file } = options
  try {
    return openSqliteFile(file)
  } catch (cause) {
    if (cause instanceof DataInUse || cause instanceof DataUnusable) throw cause
    return replaceBroken(options, cause)
  }
}

/** A commit that is on disk even after a power failure. */
const flushed = <T>(db: DatabaseSync, work: () => T): T => {
  db.exec("pragma synchronous = full")
  try {
    return work()
  } finally {
    db.exec("pragma synchronous = normal")
  }
}

/** On a rollback, the totals return to what they were. */
const createTransactions =
  (db: DatabaseSync, totals: Totals) =>
  <T>(work: () => T): T => {
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

const RELEASE = "update slice set number = null, aside = 0 where number = ? and aside = 1"
const begunIn = (db: DatabaseSync): readonly Begun[] =>
  db
    .prepare("select number, is_live from begun order by number")
    .all()
    .map((row) => ({ number: num(row, "number"), isLive: num(row, "is_live") === 1 }))

const createStore = ({ db, redact, ...options }: StoreOptions): Omit<SegmentStore, "close"> => {
  const meta = () => db.prepare("select buffer, number, is_open, dropped from meta").get()
  let buffer = text(meta(), "buffer")
  const totals = createTotals(db)
  const inTransaction = createTransactions(db, totals)
  const space = createSpace({ db, totals, inTransaction, ...options })
  let isCompact = formatOf(db) >= FORMAT.compact
  const nextBatch = createNextBatch(db, totals)
  const segments = createSegments(db, totals, () => isCompact)
  const joiner = createJoiner(db, totals, () => isCompact)
  const write = <T>(work: () => T): T => space.withRoom(() => inTransaction(work))
  const isBegun = (batch: PendingBatch): boolean =>
    batch.buffer === buffer && begunIn(db).some(({ number }) => number === batch.number)
  const setQuarantined = (batch: PendingBatch, aside: 0 | 1): void => {
    if (!isBegun(batch)) return
    db.prepare("update slice set aside = ? where number = ?").run(aside, batch.number)
    totals.recount()
  }

  return {
    get buffer() {
      return buffer
    },
    append: (added) =>
      write(() => {
        for (const segment of added) {
          segments.put(segment)
          joiner.onStored()
        }
        space.evict()
      }),
    begin(nowMs, inFlight) {
      const open = begunIn(db)
      const idle = notSent(open, inFlight ?? [], buffer)
      if (idle !== undefined) return segments.pendingOf(buffer, idle.number)
      const number = num(meta(), "number") + 1
      const chosen = nextBatch.choose(open, inFlight === undefined || !isCompact ? null : nowMs)
      const assign = (): boolean => {
        if (chosen === null || !segments.assign(number, nowMs, chosen)) return false
        segments.redact(number, redact)
        if (open.length > 0) db.exec(`pragma user_version = ${FORMAT.concurrent}`)
        return true
      }
      if (chosen === null || !flushed(db, () => write(assign))) return null
      return segments.pendingOf(buffer, number)
    },
    accept(batch) {
      if (!isBegun(batch)) return
      write(() => {
        segments.remove(batch.number)
        endBegun(db, batch.number)
      })
      if (totals.bytes() === 0) space.onEmpty()
    },
    quarantine: (batch) => setQuarantined(batch, 1),
    restore: (batch) => setQuarantined(batch, 0),
    release: (number) => {
      db.prepare(RELEASE).run(number)
      totals.recount()
    },
    rename() {
      buffer = flushed(db, () => write(() => renumber(db, totals)))
    },
    redact() {
      if (totals.bytes() === 0) return
      buffer = flushed(db, () => write(() => renumberRaw(db, totals)))
    },
    useCompact() {
      if (isCompact) return
      flushed(db, () => write(() => useCompactFormat(db)))
      isCompact = true
    },
    depth: (): Depth => ({ ...totals.depth(), droppedItems: num(meta(), "dropped") }),
  }
}

const notSent = (begun: readonly Begun[], inFlight: readonly PendingBatch[], buffer: string) => {
  const numbers = new Set(
    inFlight.filter((one) => one.buffer === buffer).map(({ number }) => number),
  )
  return begun.find(({ number }) => !numbers.has(number))
}

const endBegun = (db: DatabaseSync, number: number): void => {
  db.prepare("delete from begun where number = ?").run(number)
  db.exec("update meta set is_open = exists (select 1 from begun)")
  noteDelivered(db)
}

/** Gives the buffer a new id, which is returned, and starts again with number 1. */
const renumber = (db: DatabaseSync, totals: Totals): string => {
  const renamed = randomUUID()
  db.exec("update slice set number = null where aside = 0")
  // Old numbers of quarantined segments must not match new ones.
  db.exec("update slice set number = -abs(number) where aside = 1")
  db.exec("delete from begun")
  db.prepare("update meta set buffer = ?, number = 0, is_open = 0").run(renamed)
  noteDelivered(db)
  totals.recount()
  return renamed
}
/** What is stored by now is redacted before it is sent. */
const renumberRaw = (db: DatabaseSync, totals: Totals): string => {
  for (const table of ["redaction", "redacted"])
    db.exec(`update ${table} set raw_to = (select coalesce(max(id), 0) from slice)`)
  return renumber(db, totals)
}
