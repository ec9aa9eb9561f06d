/**
 * Joins small segments of a backlog to large ones, by columns. A segment of a quarter of a second
 * writes the ids of its devices and the names of its columns again; a large one writes them once.
 */
import type { DatabaseSync } from "node:sqlite"
import type { Item } from "@ispvm/wire"
import { inflatedBytes, itemsIn, type Row, storedCompact } from "./stored-items.ts"
import { num, type Totals } from "./totals.ts"

/**
 * Two joined segments are a batch; joining one takes about 10 ms. `bytes` are inflated. `segments`:
 * so many are joined even if they have fewer items.
 */
const JOINED = { items: 2_500, bytes: 1024 * 1024, segments: 256 } as const
/** How many segments are stored before it is tried again. */
const EVERY = 32

export type Joiner = {
  /** Call after a segment was stored, in its transaction. */
  readonly onStored: () => void
}

/** The first of `rows` that make a full segment; empty if there are not enough yet. */
export const rowsToJoin = (rows: readonly Row[]): readonly Row[] => {
  let [items, bytes] = [0, 0]
  for (const [index, row] of rows.entries()) {
    items += num(row, "items")
    bytes += inflatedBytes(row)
    if (items > JOINED.items || bytes > JOINED.bytes) return rows.slice(0, Math.max(index, 1))
  }
  return rows.length >= JOINED.segments ? rows : []
}

/** Items of a damaged segment cannot be read: it stays as it is. */
const itemsOfAll = (rows: readonly Row[]): Item[] | null => {
  try {
    return rows.flatMap(itemsIn) as Item[]
  } catch {
    return null
  }
}

const createJoin = (db: DatabaseSync, totals: Totals, isSamples: 0 | 1, inOrder: 0 | 1) => {
  // What was stored before a redaction and after it is not joined.
  const which = `number is null and is_samples = ${isSamples} and in_order = ${inOrder} and data is not null
    and id > (select raw_to from redacted)`
  const waiting = db.prepare(`select id, items, bytes, inflated from slice
    where ${which} and id > ? order by id limit ${JOINED.segments}`)
  const stored = db.prepare(
    `select json, data from slice where ${which} and id between ? and ? order by id`,
  )
  const lastJson = db.prepare("select max(id) as id from slice where data is null")
  const update = db.prepare(
    "update slice set items = ?, bytes = ?, inflated = ?, data = ? where id = ?",
  )
  const erase = db.prepare("delete from slice where id = ?")
  /** What is joined already, or is JSON of an earlier release, ends here. */
  let joinedTo: number | null = null
  const join = (rows: readonly Row[]): void => {
    const ids = rows.map((row) => num(row, "id"))
    const [first, ...others] = ids
    const items = itemsOfAll(stored.all(first ?? 0, ids.at(-1) ?? 0))
    if (items === null) return
    const { data, inflated, bytes } = storedCompact(items)
    const sum = (name: string): number => rows.reduce((total, row) => total + num(row, name), 0)
    update.run(sum("items"), bytes, inflated, data, first ?? 0)
    for (const id of others) erase.run(id)
    const queuedItems = sum("items")
    const removed = { segments: rows.length, bytes: sum("bytes"), quarantinedItems: null }
    totals.removed({ ...removed, queuedItems })
    totals.added(bytes, queuedItems)
  }
  return (): void => {
    joinedTo ??= num(lastJson.get(), "id")
    for (let rows = rowsToJoin(waiting.all(joinedTo)); rows.length > 0; ) {
      if (rows.length > 1) join(rows)
      joinedTo = num(rows.at(-1), "id")
      rows = rowsToJoin(waiting.all(joinedTo))
    }
  }
}

/** `isCompact`: whether segments are stored by columns now; only such are joined. */
export const createJoiner = (
  db: DatabaseSync,
  totals: Totals,
  isCompact: () => boolean,
): Joiner => {
  const joins = ([0, 1] as const).flatMap((isSamples) =>
    ([0, 1] as const).map((inOrder) => createJoin(db, totals, isSamples, inOrder)),
  )
  let stored = 0
  return {
    onStored: () => {
      stored += 1
      if (stored % EVERY === 0 && isCompact()) for (const join of joins) join()
    },
  }
}
