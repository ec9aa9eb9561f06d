/** Keeps the buffer within its limit and within what the disk can hold. */
import type { DatabaseSync } from "node:sqlite"
import { countByDevice } from "./dropped.ts"
import type { ReserveFile } from "./reserve-file.ts"
import { isSqliteError } from "./sqlite-file.ts"
import { itemsIn, type Row } from "./stored-items.ts"
import { num, type Totals } from "./totals.ts"

/** After a reclaim that did not help, the next item must not start another one. */
const RECLAIM_EVERY_MS = 10_000

/** Quarantined segments first, then the oldest samples, and the oldest of the rest last. */
const EVICTION_ORDER = [
  "select id, aside, items, bytes, json, data from slice where aside = 1 order by id limit 1",
  "select id, aside, items, bytes, json, data from slice where number is null and is_samples = 1 order by id limit 1",
  "select id, aside, items, bytes, json, data from slice where number is null order by id limit 1",
]
const NOTE_DROPPED = `insert into dropped (device, items, first_ms, last_ms) values (?, ?, ?, ?) on conflict (device) do update set
  items = items + excluded.items, first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)`

type Deps = {
  readonly db: DatabaseSync
  readonly totals: Totals
  readonly inTransaction: <T>(work: () => T) => T
  readonly reserveFile: ReserveFile
  readonly maxBytes: number
  readonly now: () => number
}
export type Space = {
  /** Drops segments until the buffer is within its limit. Runs inside the caller's transaction. */
  readonly evict: () => void
  /** Runs `step`; if the disk is full, frees space and runs it once more. */
  readonly withRoom: <T>(step: () => T) => T
  /** The buffer is empty: it may use its whole limit again. */
  readonly onEmpty: () => void
}

/** Of a damaged segment, none. */
const readable = (row: Row): readonly unknown[] => {
  try {
    return itemsIn(row)
  } catch {
    return []
  }
}

const createEviction = ({ db, totals }: Deps) => {
  const order = EVICTION_ORDER.map((sql) => db.prepare(sql))
  const erase = db.prepare("delete from slice where id = ?")
  const note = db.prepare(NOTE_DROPPED)
  return (downToBytes: number): void => {
    while (totals.bytes() > downToBytes) {
      const evicted = order.map((find) => find.get()).find((row) => row !== undefined)
      if (evicted === undefined) return
      for (const one of countByDevice(readable(evicted)))
        note.run(one.device, one.items, one.firstMs, one.lastMs)
      db.prepare("update meta set dropped = dropped + ?").run(num(evicted, "items"))
      erase.run(num(evicted, "id"))
      totals.removed({
        segments: 1,
        bytes: num(evicted, "bytes"),
        quarantinedItems: num(evicted, "aside") === 1 ? num(evicted, "items") : null,
        queuedItems: num(evicted, "aside") === 1 ? 0 : num(evicted, "items"),
      })
    }
  }
}

/** In small steps, because moving pages needs space in the log. Without space, pages stay free. */
const shrink = (db: DatabaseSync): void => {
  try {
    db.exec("pragma wal_checkpoint(truncate)")
    while (num(db.prepare("pragma freelist_count").get(), "freelist_count") > 0)
      db.exec("pragma incremental_vacuum(256); pragma wal_checkpoint(truncate)")
  } catch (error) {
    if (!isSqliteError(error, "full")) throw error
  }
}

export const createSpace = (deps: Deps): Space => {
  const { db, totals, inTransaction, reserveFile, maxBytes, now } = deps
  const evictTo = createEviction(deps)
  /** What the disk has been able to hold. */
  let roomBytes = maxBytes
  let reclaimedAtMs = Number.NEGATIVE_INFINITY
  reserveFile.allocate()

  /** The disk has less space than the limit: keep half of the buffer and free the rest. */
  const reclaim = (): void => {
    reclaimedAtMs = now()
    reserveFile.free()
    db.exec("pragma wal_checkpoint(truncate)")
    roomBytes = Math.floor(totals.bytes() / 2)
    inTransaction(() => evictTo(roomBytes))
    shrink(db)
    reserveFile.allocate()
  }
  return {
    evict: () => evictTo(roomBytes),
    withRoom: (step) => {
      try {
        return step()
      } catch (error) {
        const hasJustTried = now() >= reclaimedAtMs && now() - reclaimedAtMs < RECLAIM_EVERY_MS
        if (!isSqliteError(error, "full") || hasJustTried) throw error
        reclaim()
        return step()
      }
    },
    onEmpty: () => {
      db.exec("pragma incremental_vacuum(1000)")
      roomBytes = maxBytes
      reserveFile.allocate()
    },
  }
}
