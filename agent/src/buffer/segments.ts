/** Rows of the buffer file: segments that wait, and those that form a numbered batch. */
import type { DatabaseSync } from "node:sqlite"
import { DeviceId, type Item } from "@ispvm/wire"
import { BATCH, type Segment } from "./buffer.ts"
import { droppedEvent } from "./dropped.ts"
import { num, type Totals, text } from "./totals.ts"

/** Rows of tables count like items: a batch has a limit of values as well as of bytes. */
const weightOf = (items: Segment["items"]): number =>
  items.reduce(
    (sum, item) => sum + (item.kind === "rows" ? item.rows.length + item.gone.length + 1 : 1),
    0,
  )

export type Redact = (items: readonly Item[]) => readonly Item[]

export type Segments = {
  /** `number` is null for a segment that waits. */
  readonly put: (number: number | null, segment: Segment) => void
  /** Gives the oldest waiting segments this number. False if there are none. */
  readonly assign: (number: number, nowMs: number) => boolean
  readonly itemsOf: (number: number) => unknown[]
  /** Changes the items of this batch in those segments that were stored before a redaction. */
  readonly redact: (number: number, redact: Redact) => void
  /** Deletes the segments of an acknowledged batch. */
  readonly remove: (number: number) => void
}

const redactStored = (db: DatabaseSync, totals: Totals, number: number, redact: Redact): void => {
  const stored = db
    .prepare(
      "select id, bytes, json from slice where number = ? and id <= (select raw_to from redaction)",
    )
    .all(number)
  const update = db.prepare("update slice set json = ?, bytes = ? where id = ?")
  for (const row of stored) {
    const json = JSON.stringify(redact(JSON.parse(text(row, "json")) as Item[]))
    const size = Buffer.byteLength(json)
    update.run(json, size, num(row, "id"))
    totals.added(size)
    totals.removed({ segments: 1, bytes: num(row, "bytes"), quarantinedItems: null })
  }
}

/** Id of the last waiting segment that fits a batch with `items` items; null if none waits. */
const lastThatFits = (db: DatabaseSync, items: number): number | null => {
  let itemCount = items
  let size = 0
  let last: number | null = null
  const waiting = db.prepare(
    "select id, items, bytes from slice where number is null order by id limit 2000",
  )
  for (const row of waiting.iterate()) {
    itemCount += num(row, "items")
    size += num(row, "bytes")
    if ((itemCount > BATCH.items || size > BATCH.jsonBytes) && last !== null) break
    last = num(row, "id")
  }
  return last
}

export const createSegments = (db: DatabaseSync, totals: Totals): Segments => {
  const insert = db.prepare(
    "insert into slice (number, is_samples, at_ms, items, bytes, json) values (?, ?, ?, ?, ?, ?)",
  )
  const put = (number: number | null, { isSamples, atMs, items, json }: Segment): void => {
    const size = Buffer.byteLength(json)
    insert.run(number, isSamples ? 1 : 0, atMs, weightOf(items), size, json)
    totals.added(size)
  }

  /** Moves the counts of dropped items into events of this batch. Gives the number of events. */
  const putDroppedEvents = (number: number, nowMs: number): number => {
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
    put(number, { atMs: nowMs, isSamples: false, items: events, json: JSON.stringify(events) })
    for (const event of events) db.prepare("delete from dropped where device = ?").run(event.device)
    return events.length
  }

  return {
    put,
    assign: (number, nowMs) => {
      const events = putDroppedEvents(number, nowMs)
      const last = lastThatFits(db, events)
      if (last === null && events === 0) return false
      if (last !== null)
        db.prepare("update slice set number = ? where number is null and id <= ?").run(number, last)
      db.prepare("update meta set number = ?, is_open = 1").run(number)
      return true
    },
    itemsOf: (number) =>
      db
        .prepare("select json from slice where number = ? and aside = 0 order by id")
        .all(number)
        .flatMap((row): unknown[] => JSON.parse(text(row, "json"))),
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
