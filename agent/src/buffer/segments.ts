/** Rows of the buffer file: segments that wait, and those that form a numbered batch. */
import type { DatabaseSync } from "node:sqlite"
import { DeviceId, type Item } from "@ispvm/wire"
import { BATCH, type PendingBatch, type Segment } from "./buffer.ts"
import { droppedEvent } from "./dropped.ts"
import {
  inflatedBytes,
  itemsIn,
  type Row,
  type StoredItems,
  sectionOf,
  storedAsJson,
  storedCompact,
} from "./stored-items.ts"
import { num, type Totals, text } from "./totals.ts"

/** Rows of tables count like items: a batch has a limit of values as well as of bytes. */
const weightOf = (items: Segment["items"]): number =>
  items.reduce(
    (sum, item) => sum + (item.kind === "rows" ? item.rows.length + item.gone.length + 1 : 1),
    0,
  )

export type Redact = (items: readonly Item[]) => readonly Item[]

export type Segments = {
  /** It waits. */
  readonly put: (segment: Segment) => void
  /** Gives the oldest waiting segments this number. False if there are none. */
  readonly assign: (number: number, nowMs: number) => boolean
  readonly pendingOf: (buffer: string, number: number) => PendingBatch
  /** Changes the items of this batch in those segments that were stored before a redaction. */
  readonly redact: (number: number, redact: Redact) => void
  /** Deletes the segments of an acknowledged batch. */
  readonly remove: (number: number) => void
}

const redactStored = (db: DatabaseSync, totals: Totals, number: number, redact: Redact): void => {
  const stored = db
    .prepare(
      "select id, bytes, json, data from slice where number = ? and id <= (select raw_to from redacted)",
    )
    .all(number)
  const update = db.prepare(
    "update slice set json = ?, data = ?, inflated = ?, bytes = ? where id = ?",
  )
  for (const row of stored) {
    const items = redact(itemsIn(row) as Item[])
    const { json, data, inflated, bytes } =
      sectionOf(row) === null ? storedAsJson(items) : storedCompact(items)
    update.run(json, data, inflated, bytes, num(row, "id"))
    totals.added(bytes)
    totals.removed({ segments: 1, bytes: num(row, "bytes"), quarantinedItems: null })
  }
}

/**
 * Id of the last waiting segment that fits a batch with `items` items; null if none waits. All of
 * its segments have the same form.
 */
const lastThatFits = (db: DatabaseSync, items: number): number | null => {
  let itemCount = items
  let size = 0
  let last: number | null = null
  let form: number | null = null
  const waiting = db.prepare(
    "select id, items, bytes, inflated, data is null as is_json from slice where number is null order by id limit 2000",
  )
  for (const row of waiting.iterate()) {
    itemCount += num(row, "items")
    size += inflatedBytes(row)
    const isTooMuch = itemCount > BATCH.items || size > BATCH.jsonBytes
    if (last !== null && (isTooMuch || num(row, "is_json") !== form)) break
    form = num(row, "is_json")
    last = num(row, "id")
  }
  return last
}

const pendingIn = (rows: readonly Row[], buffer: string, number: number): PendingBatch => {
  const sections = rows.flatMap((row) => sectionOf(row) ?? [])
  if (sections.length === 0 || sections.length < rows.length)
    return { buffer, number, items: rows.flatMap(itemsIn), sections: null }
  let items: readonly unknown[] | null = null
  return {
    buffer,
    number,
    sections,
    get items() {
      items ??= rows.flatMap(itemsIn)
      return items
    },
  }
}

/** `isCompact`: whether segments are stored by columns now. */
export const createSegments = (
  db: DatabaseSync,
  totals: Totals,
  isCompact: () => boolean,
): Segments => {
  const insert = db.prepare(
    "insert into slice (number, is_samples, at_ms, items, bytes, json, data, inflated) values (?, ?, ?, ?, ?, ?, ?, ?)",
  )
  const putAs = (stored: StoredItems, number: number | null, segment: Segment): void => {
    const { json, data, inflated, bytes } = stored
    const { isSamples, atMs, items } = segment
    insert.run(number, isSamples ? 1 : 0, atMs, weightOf(items), bytes, json, data, inflated)
    totals.added(bytes)
  }
  const stored = (items: readonly Item[], isJson: boolean): StoredItems =>
    isJson ? storedAsJson(items) : storedCompact(items)
  const firstWaiting = db.prepare(
    "select data is null as is_json from slice where number is null order by id limit 1",
  )
  /** The form of the next batch: that of the segment that waits longest. */
  const isNextJson = (): boolean => {
    const row = firstWaiting.get()
    return row === undefined ? !isCompact() : num(row, "is_json") === 1
  }

  /** Moves the counts of dropped items into events of this batch. Gives the number of events. */
  const putDroppedEvents = (number: number, nowMs: number, isJson: boolean): number => {
    const events = db
      .prepare("select device, items, first_ms, last_ms from dropped order by device limit 500")
      .all()
      .map((row) =>
        droppedEvent(nowMs, {
          device: DeviceId.parse(text(row, "device")),
          items: num(row, "items"),
          firstMs: num(row, "first_ms"),
          lastMs: num(row, "last_ms"),
        }),
      )
    if (events.length === 0) return 0
    const segment = { atMs: nowMs, isSamples: false, items: events }
    putAs(stored(events, isJson), number, segment)
    for (const event of events) db.prepare("delete from dropped where device = ?").run(event.device)
    return events.length
  }

  return {
    put: (segment) => putAs(stored(segment.items, !isCompact()), null, segment),
    assign: (number, nowMs) => {
      const events = putDroppedEvents(number, nowMs, isNextJson())
      const last = lastThatFits(db, events)
      if (last === null && events === 0) return false
      if (last !== null)
        db.prepare("update slice set number = ? where number is null and id <= ?").run(number, last)
      db.prepare("update meta set number = ?, is_open = 1").run(number)
      return true
    },
    pendingOf: (buffer, number) => {
      const select = "select json, data from slice where number = ? and aside = 0 order by id"
      return pendingIn(db.prepare(select).all(number), buffer, number)
    },
    redact: (number, redact) => redactStored(db, totals, number, redact),
    remove: (number) => {
      const accepted = "from slice where number = ? and aside = 0"
      const gone = db
        .prepare(`select count(*) as n, coalesce(sum(bytes), 0) as bytes ${accepted}`)
        .get(number)
      db.prepare(`delete ${accepted}`).run(number)
      totals.removed({
        segments: num(gone, "n"),
        bytes: num(gone, "bytes"),
        quarantinedItems: null,
      })
    },
  }
}
