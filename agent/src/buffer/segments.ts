/** Rows of the buffer file: segments that wait, and those that form a numbered batch. */
import type { DatabaseSync } from "node:sqlite"
import { DeviceId, type Item } from "@ispvm/wire"
import type { PendingBatch, Segment } from "./buffer.ts"
import { droppedEvent } from "./dropped.ts"
import type { Chosen } from "./next-batch.ts"
import {
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
  /** Gives the chosen segments this number. False if there are none. */
  readonly assign: (number: number, nowMs: number, chosen: Chosen) => boolean
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
    totals.added(bytes, 0)
    const before = { segments: 1, bytes: num(row, "bytes"), quarantinedItems: null }
    totals.removed({ ...before, queuedItems: 0 })
  }
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
    "insert into slice (number, is_samples, in_order, at_ms, items, bytes, json, data, inflated) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  )
  const putAs = (stored: StoredItems, number: number | null, segment: Segment): void => {
    const { json, data, inflated, bytes } = stored
    const { isSamples, inOrder, atMs } = segment
    const items = weightOf(segment.items)
    const classes = [isSamples ? 1 : 0, inOrder ? 1 : 0] as const
    insert.run(number, ...classes, atMs, items, bytes, json, data, inflated)
    totals.added(bytes, number === null ? items : 0)
  }
  const stored = (items: readonly Item[], isJson: boolean): StoredItems =>
    isJson ? storedAsJson(items) : storedCompact(items)
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
    const segment = { atMs: nowMs, isSamples: false, inOrder: false, items: events }
    putAs(stored(events, isJson), number, segment)
    for (const event of events) db.prepare("delete from dropped where device = ?").run(event.device)
    return events.length
  }

  return {
    put: (segment) => putAs(stored(segment.items, !isCompact()), null, segment),
    assign: (number, nowMs, { isLive, take }) => {
      const first = take(0)
      const events = putDroppedEvents(number, nowMs, first?.isJson ?? !isCompact())
      // Their events take room in the batch.
      const taken = events === 0 ? first : take(events)
      if (taken === null && events === 0) return false
      if (taken !== null) {
        const { where, first, last, items } = taken
        const update = `update slice set number = ? where ${where} and id between ? and ?`
        db.prepare(update).run(number, first, last)
        totals.begun(items)
      }
      db.prepare("insert into begun (number, is_live) values (?, ?)").run(number, isLive ? 1 : 0)
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
        queuedItems: 0,
      })
    },
  }
}
