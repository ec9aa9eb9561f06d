/** A shelf that forgets with its process: for tests, and as the plain statement of what disk.ts does. */
import { randomUUID } from "node:crypto"
import type { DeviceId } from "@ispvm/wire"
import {
  BATCH,
  type Dropped,
  type PendingBatch,
  type Segment,
  type SegmentStore,
} from "./buffer.ts"
import { countByDevice, droppedEvent, merge } from "./dropped.ts"

const bytesOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, segment) => sum + segment.json.length, 0)
const itemsOf = (segments: readonly Segment[]): unknown[] =>
  segments.flatMap((segment) => segment.items)

export const createMemoryStore = (maxBytes = 64 * 1024 * 1024): SegmentStore => {
  let buffer = randomUUID()
  const dropped = new Map<DeviceId, Dropped>()
  let waiting: Segment[] = []
  let begun: Segment[] = []
  const quarantined = new Map<number, Segment[]>()
  let number = 0
  let isOpen = false
  let droppedItems = 0

  const makeRoom = (): void => {
    while (bytesOf(waiting) > maxBytes) {
      const oldest = waiting.find((segment) => segment.isSamples) ?? waiting[0]
      if (oldest === undefined) return
      waiting = waiting.filter((segment) => segment !== oldest)
      droppedItems += oldest.items.length
      for (const more of countByDevice(oldest.json)) merge(dropped, more)
    }
  }
  const pendingBatch = (): PendingBatch => ({ buffer, number, items: itemsOf(begun) })
  const isBegun = (it: PendingBatch): boolean =>
    isOpen && it.buffer === buffer && it.number === number

  return {
    get buffer() {
      return buffer
    },
    append(segments) {
      waiting.push(...segments)
      makeRoom()
    },
    begin(nowMs) {
      if (isOpen) return pendingBatch()
      if (waiting.length === 0 && dropped.size === 0) return null
      for (const one of dropped.values()) {
        const items = [droppedEvent(nowMs, one)]
        waiting.unshift({ atMs: nowMs, isSamples: false, items, json: JSON.stringify(items) })
      }
      dropped.clear()
      begun = []
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const isTooMuch =
          itemsOf(begun).length + next.items.length > BATCH.items ||
          bytesOf(begun) + next.json.length > BATCH.jsonBytes
        if (begun.length > 0 && isTooMuch) break
        begun.push(next)
        waiting.shift()
      }
      number += 1
      isOpen = true
      return pendingBatch()
    },
    accept(it) {
      if (!isBegun(it)) return
      begun = []
      isOpen = false
    },
    quarantine(it) {
      if (!isBegun(it)) return
      quarantined.set(number, [...(quarantined.get(number) ?? []), ...begun])
      begun = []
    },
    restore(it) {
      if (!isBegun(it)) return
      begun = quarantined.get(number) ?? []
      quarantined.delete(number)
    },
    release(batchNumber) {
      waiting.unshift(...(quarantined.get(batchNumber) ?? []))
      quarantined.delete(batchNumber)
    },
    rename() {
      waiting.unshift(...begun)
      begun = []
      buffer = randomUUID()
      number = 0
      isOpen = false
      const quarantinedBefore = [...quarantined]
      quarantined.clear()
      for (const [batchNumber, segments] of quarantinedBefore)
        quarantined.set(-Math.abs(batchNumber), segments)
    },
    depth: () => ({
      batches: waiting.length + (isOpen ? 1 : 0),
      bytes: bytesOf(waiting) + bytesOf(begun),
      oldestAtMs: (begun[0] ?? waiting[0])?.atMs ?? null,
      droppedItems,
      quarantinedItems: itemsOf([...quarantined.values()].flat()).length,
    }),
    close: () => undefined,
  }
}
