/**
 * The size of the buffer file as running totals. The size is read several times a second, and
 * counting a full buffer each time took half a core.
 */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite"
import type { Depth } from "./buffer.ts"

type Row = Readonly<Record<string, SQLOutputValue>>
export const num = (row: Row | undefined, column: string): number => Number(row?.[column] ?? 0)
export const text = (row: Row | undefined, column: string): string => String(row?.[column] ?? "")

/**
 * `segments` counts what waits for delivery, `bytes` everything, `quarantinedItems` the quarantine,
 * `queuedItems` what has no number yet.
 */
type Counts = {
  readonly segments: number
  readonly bytes: number
  readonly waitingBytes: number
  readonly quarantinedItems: number
  readonly queuedItems: number
}
/** `quarantinedItems` is null if the segments waited for delivery. */
type Removed = {
  readonly segments: number
  readonly bytes: number
  readonly quarantinedItems: number | null
  readonly queuedItems: number
}

export type Totals = {
  readonly bytes: () => number
  readonly queuedItems: () => number
  readonly added: (bytes: number, queuedItems: number) => void
  /** So many items have a number now. */
  readonly begun: (items: number) => void
  readonly removed: (removed: Removed) => void
  readonly read: () => Counts
  /** Undoes changes after a rollback. */
  readonly restore: (counts: Counts) => void
  /** Reads the whole file: for rare steps that move many segments. */
  readonly recount: () => void
  readonly depth: () => Omit<Depth, "droppedItems">
}

export const createTotals = (db: DatabaseSync): Totals => {
  const all =
    db.prepare(`select coalesce(sum(aside = 0), 0) as slices, coalesce(sum(bytes), 0) as bytes,
    coalesce(sum(bytes) filter (where aside = 0), 0) as waiting, coalesce(sum(items) filter (where aside = 1), 0) as aside_items,
    coalesce(sum(items) filter (where number is null), 0) as queued from slice`)
  const first = db.prepare("select at_ms from slice where aside = 0 order by id limit 1")
  const count = (): Counts => {
    const row = all.get()
    return {
      segments: num(row, "slices"),
      bytes: num(row, "bytes"),
      waitingBytes: num(row, "waiting"),
      quarantinedItems: num(row, "aside_items"),
      queuedItems: num(row, "queued"),
    }
  }
  let counts = count()
  /** Undefined: not known, to be read again. */
  let oldestAtMs: number | null | undefined
  const oldest = (): number | null => {
    if (oldestAtMs === undefined) {
      const row = first.get()
      oldestAtMs = row === undefined ? null : num(row, "at_ms")
    }
    return oldestAtMs
  }
  return {
    bytes: () => counts.bytes,
    queuedItems: () => counts.queuedItems,
    begun: (items) => {
      counts = { ...counts, queuedItems: counts.queuedItems - items }
    },
    added: (bytes, queuedItems) => {
      const { segments, waitingBytes } = counts
      counts = {
        ...counts,
        segments: segments + 1,
        bytes: counts.bytes + bytes,
        waitingBytes: waitingBytes + bytes,
        queuedItems: counts.queuedItems + queuedItems,
      }
      if (oldestAtMs === null) oldestAtMs = undefined
    },
    removed: ({ segments, bytes, quarantinedItems, queuedItems }) => {
      const rest = {
        ...counts,
        bytes: counts.bytes - bytes,
        queuedItems: counts.queuedItems - queuedItems,
      }
      counts =
        quarantinedItems === null
          ? {
              ...rest,
              segments: counts.segments - segments,
              waitingBytes: counts.waitingBytes - bytes,
            }
          : { ...rest, quarantinedItems: counts.quarantinedItems - quarantinedItems }
      oldestAtMs = undefined
    },
    read: () => counts,
    restore: (before) => {
      counts = before
      oldestAtMs = undefined
    },
    recount: () => {
      counts = count()
      oldestAtMs = undefined
    },
    depth: () => ({
      batches: counts.segments,
      bytes: counts.waitingBytes,
      oldestAtMs: oldest(),
      quarantinedItems: counts.quarantinedItems,
    }),
  }
}
