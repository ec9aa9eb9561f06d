/** A segment store in memory: the minimum of what buffer/disk-store.ts does. */
import { randomUUID } from "node:crypto"
import type { DeviceId } from "@ispvm/wire"
import {
  BATCH,
  type Depth,
  type Dropped,
  type PendingBatch,
  type Segment,
  type SegmentStore,
} from "../src/buffer/buffer.ts"
import { countByDevice, droppedEvent, merge } from "../src/buffer/dropped.ts"

const bytesOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, segment) => sum + JSON.stringify(segment.items).length, 0)
const itemsOf = (segments: readonly Segment[]): unknown[] =>
  segments.flatMap((segment) => segment.items)

class MemoryStore implements SegmentStore {
  buffer: string = randomUUID()
  readonly #maxBytes: number
  readonly #dropped = new Map<DeviceId, Dropped>()
  readonly #quarantined = new Map<number, Segment[]>()
  #waiting: Segment[] = []
  #begun: Segment[] = []
  #number = 0
  #isOpen = false
  #droppedItems = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  append(segments: readonly Segment[]): void {
    this.#waiting.push(...segments)
    while (bytesOf(this.#waiting) > this.#maxBytes) {
      const oldest = this.#waiting.find((segment) => segment.isSamples) ?? this.#waiting[0]
      if (oldest === undefined) return
      this.#waiting = this.#waiting.filter((segment) => segment !== oldest)
      this.#droppedItems += oldest.items.length
      for (const more of countByDevice(oldest.items)) merge(this.#dropped, more)
    }
  }

  begin(nowMs: number, inFlight: readonly PendingBatch[] = []): PendingBatch | null {
    const isSent = (batch: PendingBatch) =>
      batch.buffer === this.buffer && batch.number === this.#number
    if (this.#isOpen) return inFlight.some(isSent) ? null : this.#pendingBatch()
    if (this.#waiting.length === 0 && this.#dropped.size === 0) return null
    for (const one of this.#dropped.values()) {
      const items = [droppedEvent(nowMs, one)]
      this.#waiting.unshift({ atMs: nowMs, isSamples: false, inOrder: false, items })
    }
    this.#dropped.clear()
    this.#begun = []
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const isTooMuch =
        itemsOf(this.#begun).length + next.items.length > BATCH.items ||
        bytesOf([...this.#begun, next]) > BATCH.jsonBytes
      if (this.#begun.length > 0 && isTooMuch) break
      this.#begun.push(next)
      this.#waiting.shift()
    }
    this.#number += 1
    this.#isOpen = true
    return this.#pendingBatch()
  }

  accept(batch: PendingBatch): void {
    if (!this.#isBegun(batch)) return
    this.#begun = []
    this.#isOpen = false
  }

  quarantine(batch: PendingBatch): void {
    if (!this.#isBegun(batch)) return
    const before = this.#quarantined.get(this.#number) ?? []
    this.#quarantined.set(this.#number, [...before, ...this.#begun])
    this.#begun = []
  }

  restore(batch: PendingBatch): void {
    if (!this.#isBegun(batch)) return
    this.#begun = this.#quarantined.get(this.#number) ?? []
    this.#quarantined.delete(this.#number)
  }

  release(batchNumber: number): void {
    this.#waiting.unshift(...(this.#quarantined.get(batchNumber) ?? []))
    this.#quarantined.delete(batchNumber)
  }

  rename(): void {
    this.#waiting.unshift(...this.#begun)
    this.#begun = []
    this.buffer = randomUUID()
    this.#number = 0
    this.#isOpen = false
    const before = [...this.#quarantined]
    this.#quarantined.clear()
    for (const [number, segments] of before) this.#quarantined.set(-Math.abs(number), segments)
  }

  /** Keeps its items as they are: only a store on disk redacts them. */
  redact(): void {
    this.rename()
  }

  /** Keeps items as they are, so they are sent as JSON. */
  useCompact(): void {
    return
  }

  depth(): Depth {
    return {
      batches: this.#waiting.length + (this.#isOpen ? 1 : 0),
      bytes: bytesOf(this.#waiting) + bytesOf(this.#begun),
      oldestAtMs: (this.#begun[0] ?? this.#waiting[0])?.atMs ?? null,
      droppedItems: this.#droppedItems,
      quarantinedItems: itemsOf([...this.#quarantined.values()].flat()).length,
    }
  }

  close(): void {
    this.#waiting = []
  }

  #pendingBatch(): PendingBatch {
    return {
      buffer: this.buffer,
      number: this.#number,
      items: itemsOf(this.#begun),
      sections: null,
    }
  }

  #isBegun({ buffer, number }: PendingBatch): boolean {
    return this.#isOpen && buffer === this.buffer && number === this.#number
  }
}

export const createMemoryStore = (maxBytes = 64 * 1024 * 1024): SegmentStore =>
  new MemoryStore(maxBytes)
