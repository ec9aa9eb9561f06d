/**
 * Keeps items until the appliance has acknowledged them.
 *
 *   add -> open segment -(250 ms, full, or urgent)-> store -> begin -> batch N in flight
 *       -> accept, reject, or begin again
 *
 * A segment has no number. A batch gets its number when it is first begun, and keeps number and
 * items until it is acknowledged. Segments can therefore be joined (after an outage) or dropped
 * (when full), and the numbers still have no gap. After an outage, several batches are begun at
 * once, and new data before the backlog (`next-batch.ts`).
 */
import { type DeviceId, type Item, LIMITS } from "@ispvm/wire"

/** `now`: an event, or a probe or poll that may show a change of status. */
export type Urgency = "soon" | "now"
export type PendingBatch = {
  readonly buffer: string
  readonly number: number
  /** Read from `sections` when it is needed. */
  readonly items: readonly unknown[]
  /** The bytes of a compact batch, as stored; null: the batch is stored as JSON, or is empty. */
  readonly sections: readonly Uint8Array[] | null
}
export type Depth = {
  readonly batches: number
  readonly bytes: number
  readonly oldestAtMs: number | null
  /** Items the appliance never got: dropped because the buffer was full, and in quarantine. */
  readonly droppedItems: number
  readonly quarantinedItems: number
}

/**
 * Items stored together. Samples may be dropped if the buffer is full; events and facts go last.
 * `inOrder`: facts and rows of tables, of which a later one must not arrive first.
 */
export type Segment = {
  readonly atMs: number
  readonly isSamples: boolean
  readonly inOrder: boolean
  readonly items: readonly Item[]
}
/** Dropped items of one device. */
export type Dropped = {
  readonly device: DeviceId
  readonly items: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Where segments are stored: disk-store.ts; in tests also in memory. Each call is atomic. */
export type SegmentStore = {
  readonly buffer: string
  append(segments: readonly Segment[]): void
  /**
   * A begun batch that is not in `inFlight`, or the next one; null: none may be sent. Without
   * `inFlight`, batches are sent in order and one at a time.
   */
  begin(nowMs: number, inFlight?: readonly PendingBatch[]): PendingBatch | null
  /** The batch is acknowledged: delete it. Does nothing unless this batch is begun. */
  accept(batch: PendingBatch): void
  /** Moves the items to quarantine. The number is sent empty, so that no number is missing. */
  quarantine(batch: PendingBatch): void
  /** Takes the items back: the empty batch was rejected as well, so they were not the reason. */
  restore(batch: PendingBatch): void
  /** Returns the quarantined items of an acknowledged batch to the queue, under a later number. */
  release(number: number): void
  /**
   * Starts a new buffer id: what is not acknowledged is sent again, oldest first, from number 1.
   */
  rename(): void
  /** What is stored by now is redacted before it is sent, under a new buffer id. */
  redact(): void
  /** From now on segments are stored by columns. What is stored as JSON is sent as JSON. */
  useCompact(): void
  depth(): Depth
  close(): void
}

export const BATCH = { items: LIMITS.batchItems, jsonBytes: 3 * 1024 * 1024 } as const
/** Urgent items wait for others of the same moment, so that a hundred of them are one write. */
const SEAL = { afterMs: 250, urgentMs: 3, items: 1_000 } as const

export type Buffer = {
  add(items: readonly Item[], urgency?: Urgency): void
  /** `inFlight`: as for the store; only where the appliance accepts batches in any order. */
  begin(inFlight?: readonly PendingBatch[]): PendingBatch | null
  accept(batch: PendingBatch): void
  /** The appliance rejects this batch permanently. */
  reject(batch: PendingBatch): "quarantined" | "restored"
  /** Returns the items quarantined under this number to the backlog: they were not the fault. */
  release(number: number): void
  /**
   * The appliance has other content under this batch's identity, because this buffer was copied or
   * restored. Everything not acknowledged gets a new buffer id and is sent again.
   */
  rename(): void
  /**
   * The redaction has changed: what waits is redacted before it is sent. What was sent without an
   * acknowledgement is sent again so, under a new buffer id.
   */
  redact(): void
  /** The appliance accepts compact batches. May be called with each of its answers. */
  useCompact(): void
  depth(): Depth
  /** `listener` is called whenever there is a new batch to begin. */
  onReady(listener: () => void): void
  /** Stores the open segment: the last step before the store is closed. */
  flush(): void
}

type Options = {
  readonly store: SegmentStore
  readonly now: () => number
  /** Reports items that could not be stored at all (a full or broken disk). */
  readonly onLost: (items: number, error: unknown) => void
  readonly sealAfterMs?: number
}

/**
 * Size of a segment's JSON. A segment is never split, and the facts of a few large routers together
 * would exceed a batch.
 */
const SEGMENT_CHARS = 1024 * 1024
/** More than the JSON of a sample, whose texts are names. */
const SAMPLE_CHARS = 400
const charsOf = (item: Item): number =>
  item.kind === "event" || item.kind === "facts" || item.kind === "rows"
    ? JSON.stringify(item).length
    : SAMPLE_CHARS

const segmentsOf = (
  atMs: number,
  { isSamples, inOrder }: Pick<Segment, "isSamples" | "inOrder">,
  items: readonly Item[],
): Segment[] => {
  const segments: Segment[] = []
  let part: Item[] = []
  let chars = 0
  const closeSegment = (): void => {
    if (part.length > 0) segments.push({ atMs, isSamples, inOrder, items: part })
    part = []
    chars = 0
  }
  for (const item of items) {
    const size = charsOf(item)
    if (chars + size > SEGMENT_CHARS) closeSegment()
    part.push(item)
    chars += size
  }
  closeSegment()
  return segments
}
/** In the order in which they are stored. */
const CLASSES = [
  { isSamples: false, inOrder: true, of: (item: Item) => item.kind === "facts" },
  { isSamples: false, inOrder: false, of: (item: Item) => item.kind === "event" },
  { isSamples: true, inOrder: true, of: (item: Item) => item.kind === "rows" },
  { isSamples: true, inOrder: false, of: (item: Item) => !IS_OTHER.has(item.kind) },
] as const
const IS_OTHER: ReadonlySet<string> = new Set(["facts", "event", "rows"])

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
        store.append(CLASSES.flatMap((one) => segmentsOf(now(), one, part.filter(one.of))))
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
    begin: (inFlight) => store.begin(now(), inFlight),
    accept(batch) {
      if (emptied === batch.number) emptied = null
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
    redact() {
      seal()
      emptied = null
      store.redact()
    },
    useCompact: () => store.useCompact(),
    depth: () => store.depth(),
    onReady: (listener) => {
      listeners.push(listener)
    },
    flush: seal,
  }
}
