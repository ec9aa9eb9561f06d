/**
 * Which waiting segments become the next batch. As long as all of them fit into one batch, that is
 * all of them, and one batch is sent at a time. With more there is a backlog: new data is sent
 * before it, and of the backlog events, facts and tables before samples. What an earlier release
 * stored as JSON is sent before all of this, in its order and one batch at a time.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite"
import { BATCH } from "./buffer.ts"
import { inflatedBytes } from "./stored-items.ts"
import { num, type Totals } from "./totals.ts"

/** Segments this recent are new data. */
const LIVE_MS = 5_000
/** How many batches are begun at once while there is a backlog. */
const MAX_BEGUN = { live: 1, backlog: 2 } as const
const MAX_SEGMENTS = 2_000

export type Begun = { readonly number: number; readonly isLive: boolean }
/** The segments of `where` with these ids. */
type Taken = {
  readonly where: string
  readonly first: number
  readonly last: number
  readonly items: number
  readonly isJson: boolean
}
export type Chosen = { readonly isLive: boolean; readonly take: (items: number) => Taken | null }

const QUEUES = {
  all: "number is null",
  /** Without what has to keep its order: a batch with such items is being sent. */
  unordered: "number is null and in_order = 0",
  first: "number is null and (in_order = 1 or is_samples = 0)",
  samples: "number is null and is_samples = 1 and in_order = 0",
} as const
type Queue = keyof typeof QUEUES

const createTake = (db: DatabaseSync, where: string) => {
  const waiting = db.prepare(
    `select id, items, bytes, inflated, data is null as is_json from slice
      where ${where} and id >= ? order by id limit ${MAX_SEGMENTS}`,
  )
  /** All of its segments have the same form. */
  return (from: number, itemsBefore: number): Taken | null => {
    let [items, size] = [0, 0]
    let taken: Taken | null = null
    for (const row of waiting.iterate(from)) {
      items += num(row, "items")
      size += inflatedBytes(row)
      const isJson = num(row, "is_json") === 1
      const isTooMuch = itemsBefore + items > BATCH.items || size > BATCH.jsonBytes
      if (taken !== null && (isTooMuch || taken.isJson !== isJson)) break
      taken = { where, first: from, last: num(row, "id"), items, isJson }
    }
    return taken
  }
}

/** The id of the oldest segment of the last seconds; null: there is none. */
const firstLive = (newest: StatementSync, nowMs: number): number | null => {
  let first: number | null = null
  for (const row of newest.iterate()) {
    // A clock that was set back makes no segment new.
    if (Math.abs(nowMs - num(row, "at_ms")) > LIVE_MS) break
    first = num(row, "id")
  }
  return first
}

export type NextBatch = {
  /**
   * Null: no further batch may be begun. `nowMs`: null where the appliance needs batches in order.
   */
  readonly choose: (begun: readonly Begun[], nowMs: number | null) => Chosen | null
}

export const createNextBatch = (db: DatabaseSync, totals: Totals): NextBatch => {
  const takes = Object.fromEntries(
    Object.entries(QUEUES).map(([queue, where]) => [queue, createTake(db, where)]),
  ) as Readonly<Record<Queue, ReturnType<typeof createTake>>>
  const newest = db.prepare(
    `select id, at_ms from slice where ${QUEUES.unordered} order by id desc limit ${MAX_SEGMENTS}`,
  )
  const orderedBegun = db.prepare(
    "select 1 from slice where number is not null and aside = 0 and in_order = 1 limit 1",
  )
  const json = db.prepare("select 1 from slice where data is null and aside = 0 limit 1")
  const of = (queue: Queue, isLive: boolean, from = 0): Chosen => ({
    isLive,
    take: (items) => takes[queue](from, items),
  })
  return {
    choose: (begun, nowMs) => {
      if (nowMs === null || json.get() !== undefined)
        return begun.length > 0 ? null : of("all", false)
      const live = begun.filter(({ isLive }) => isLive).length
      const isOrderedBegun = begun.length > 0 && orderedBegun.get() !== undefined
      if (totals.queuedItems() <= BATCH.items)
        return live > 0 ? null : of(isOrderedBegun ? "unordered" : "all", true)
      const from = live < MAX_BEGUN.live ? firstLive(newest, nowMs) : null
      if (from !== null) return of("unordered", true, from)
      if (begun.length - live >= MAX_BEGUN.backlog) return null
      if (!isOrderedBegun && takes.first(0, 0) !== null) return of("first", false)
      return of("samples", false)
    },
  }
}
