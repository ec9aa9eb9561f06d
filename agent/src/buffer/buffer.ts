/**
 * What is owed to the appliance, until it has said that it has it.
 *
 *   add -> open slice -(250 ms, or full, or at once)-> shelf -> begin -> batch N on its way -> accept | reject, or begun again
 *
 * Slices have no number: a batch gets its number when it is first begun, and keeps number and items until it is settled.
 * So slices can be joined (after an outage) or dropped (when full) and the numbers still have no gap.
 */
import { type DeviceId, type Item, LIMITS } from "@ispvm/wire"

/** `now`: an event, or a look that may be the news somebody waits for. */
export type Urgency = "soon" | "now"
export type PendingBatch = {
  readonly buffer: string
  readonly number: number
  readonly items: readonly unknown[]
}
export type Depth = {
  readonly batches: number
  readonly bytes: number
  readonly oldestAtMs: number | null
  /** Items the appliance never got: dropped for want of room, and set aside as unusable. */
  readonly droppedItems: number
  readonly quarantinedItems: number
}

/** Items sealed together. `isSamples`: may be dropped when room is short; events and facts go last. */
export type Segment = {
  readonly atMs: number
  readonly isSamples: boolean
  readonly items: readonly Item[]
  readonly json: string
}
/** What was dropped of one device. */
export type Dropped = {
  readonly device: DeviceId
  readonly items: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Where slices lie: disk.ts in earnest, memory.ts in tests. Each call is whole or has not happened. */
export type SegmentStore = {
  readonly buffer: string
  append(segments: readonly Segment[]): void
  begin(nowMs: number): PendingBatch | null
  /** The batch is settled: forget it. Nothing happens for a batch that is not the begun one. */
  accept(batch: PendingBatch): void
  /** Put its items aside; the same number goes out empty, so that no number is missing. */
  quarantine(batch: PendingBatch): void
  /** Take them back: the number's emptiness was refused as well, so they were not the reason. */
  restore(batch: PendingBatch): void
  /** A settled batch that lies aside goes back into the queue, under a number still to come. */
  release(number: number): void
  /** A new buffer id: what is not settled goes out again, oldest first, numbered from 1. */
  rename(): void
  depth(): Depth
  close(): void
}

export const BATCH = { items: LIMITS.batchItems, jsonBytes: 3 * 1024 * 1024 } as const
/** Urgent items wait for their fellows of the same moment, so that a hundred at once are one write. */
export const SEAL = { afterMs: 250, urgentMs: 3, items: 1_000 } as const

export type Buffer = {
  add(items: readonly Item[], urgency?: Urgency): void
  begin(): PendingBatch | null
  accept(batch: PendingBatch): void
  /** The appliance will never take this batch as it is. */
  reject(batch: PendingBatch): "quarantined" | "restored"
  /** What was set aside under this number is owed again: the fault was not its own. */
  release(number: number): void
  /**
   * The appliance has another content under the name of the batch at hand, because this buffer was copied or restored: all that is
   * not settled gets a new buffer id and is sent again.
   */
  rename(): void
  depth(): Depth
  /** Called whenever there is something new to begin. */
  onReady(listener: () => void): void
  /** Puts what is open on the shelf: the last step before the shelf is closed. */
  flush(): void
}

type Options = {
  readonly store: SegmentStore
  readonly now: () => number
  /** Told of items that could not be kept at all (a full or broken disk). */
  readonly onLost: (items: number, error: unknown) => void
  readonly sealAfterMs?: number
}

/** Of a slice's JSON. A slice travels whole, and facts of a few large routers together would be more than a batch may hold. */
const SEGMENT_CHARS = 1024 * 1024

const segmentsOf = (atMs: number, isSamples: boolean, items: readonly Item[]): Segment[] => {
  const segments: Segment[] = []
  let part: { readonly item: Item; readonly json: string }[] = []
  let chars = 0
  const closeSegment = (): void => {
    if (part.length === 0) return
    const json = `[${part.map((one) => one.json).join(",")}]`
    segments.push({ atMs, isSamples, items: part.map((one) => one.item), json })
    part = []
    chars = 0
  }
  for (const item of items) {
    const json = JSON.stringify(item)
    if (chars + json.length > SEGMENT_CHARS) closeSegment()
    part.push({ item, json })
    chars += json.length + 1
  }
  closeSegment()
  return segments
}
const isSample = (item: Item): boolean => item.kind !== "event" && item.kind !== "facts"

export const createBuffer = ({
  store,
  now,
  onLost,
  sealAfterMs = SEAL.afterMs,
}: Options): Buffer => {
  let open: Item[] = []
  let timer: NodeJS.Timeout | null = null
  let emptied: number | null = null
  const listeners: (() => void)[] = []

  const seal = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (open.length === 0) return
    const items = open
    open = []
    try {
      for (let from = 0; from < items.length; from += BATCH.items / 2) {
        const part = items.slice(from, from + BATCH.items / 2)
        const events = part.filter((item) => !isSample(item))
        store.append([
          ...segmentsOf(now(), false, events),
          ...segmentsOf(now(), true, part.filter(isSample)),
        ])
      }
    } catch (error) {
      onLost(items.length, error)
    }
    for (const listener of listeners) listener()
  }

  let isUrgent = false
  const sealWithin = (ms: number): void => {
    if (timer !== null && (isUrgent || ms > SEAL.urgentMs)) return
    if (timer !== null) clearTimeout(timer)
    isUrgent = ms <= SEAL.urgentMs
    timer = setTimeout(seal, ms)
  }

  return {
    add(items, urgency = "soon") {
      for (const item of items) open.push(item)
      if (open.length >= SEAL.items) seal()
      else if (open.length > 0) sealWithin(urgency === "now" ? SEAL.urgentMs : sealAfterMs)
    },
    begin: () => store.begin(now()),
    accept(batch) {
      emptied = null
      store.accept(batch)
    },
    reject(batch) {
      if (emptied === batch.number) {
        emptied = null
        store.restore(batch)
        return "restored"
      }
      emptied = batch.number
      store.quarantine(batch)
      return "quarantined"
    },
    release: (number) => store.release(number),
    rename() {
      emptied = null
      store.rename()
    },
    depth: () => store.depth(),
    onReady: (listener) => {
      listeners.push(listener)
    },
    flush: seal,
  }
}
