/** A shelf that forgets with its process: for tests, and as the plain statement of what disk.ts does. */
import { randomUUID } from "node:crypto"
import type { DeviceId } from "../wire/wire.ts"
import { BATCH, type Dropped, type Owed, type Shelf, type Slice } from "./buffer.ts"
import { countByDevice, droppedEvent, merge } from "./dropped.ts"

const bytesOf = (slices: readonly Slice[]): number => slices.reduce((sum, slice) => sum + slice.json.length, 0)
const itemsOf = (slices: readonly Slice[]): unknown[] => slices.flatMap((slice) => slice.items)

export const memoryShelf = (mostBytes = 64 * 1024 * 1024): Shelf => {
  let buffer = randomUUID()
  const dropped = new Map<DeviceId, Dropped>()
  let waiting: Slice[] = []
  let begun: Slice[] = []
  const aside = new Map<number, Slice[]>()
  let number = 0
  let isOpen = false
  let droppedItems = 0

  const makeRoom = (): void => {
    while (bytesOf(waiting) > mostBytes) {
      const oldest = waiting.find((slice) => slice.isSamples) ?? waiting[0]
      if (oldest === undefined) return
      waiting = waiting.filter((slice) => slice !== oldest)
      droppedItems += oldest.items.length
      for (const more of countByDevice(oldest.json)) merge(dropped, more)
    }
  }
  const owed = (): Owed => ({ buffer, number, items: itemsOf(begun) })
  const isBegun = (it: Owed): boolean => isOpen && it.buffer === buffer && it.number === number

  return {
    get buffer() {
      return buffer
    },
    append(slices) {
      waiting.push(...slices)
      makeRoom()
    },
    begin(nowMs) {
      if (isOpen) return owed()
      if (waiting.length === 0 && dropped.size === 0) return null
      for (const one of dropped.values()) {
        const items = [droppedEvent(nowMs, one)]
        waiting.unshift({ atMs: nowMs, isSamples: false, items, json: JSON.stringify(items) })
      }
      dropped.clear()
      begun = []
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const isTooMuch =
          itemsOf(begun).length + next.items.length > BATCH.items || bytesOf(begun) + next.json.length > BATCH.jsonBytes
        if (begun.length > 0 && isTooMuch) break
        begun.push(next)
        waiting.shift()
      }
      number += 1
      isOpen = true
      return owed()
    },
    accept(it) {
      if (!isBegun(it)) return
      begun = []
      isOpen = false
    },
    setAside(it) {
      if (!isBegun(it)) return
      aside.set(number, [...(aside.get(number) ?? []), ...begun])
      begun = []
    },
    takeBack(it) {
      if (!isBegun(it)) return
      begun = aside.get(number) ?? []
      aside.delete(number)
    },
    release(settled) {
      waiting.unshift(...(aside.get(settled) ?? []))
      aside.delete(settled)
    },
    rename() {
      waiting.unshift(...begun)
      begun = []
      buffer = randomUUID()
      number = 0
      isOpen = false
      const asideBefore = [...aside]
      aside.clear()
      for (const [settled, slices] of asideBefore) aside.set(-Math.abs(settled), slices)
    },
    depth: () => ({
      batches: waiting.length + (isOpen ? 1 : 0),
      bytes: bytesOf(waiting) + bytesOf(begun),
      oldestAtMs: (begun[0] ?? waiting[0])?.atMs ?? null,
      droppedItems,
      asideItems: itemsOf([...aside.values()].flat()).length,
    }),
    close: () => undefined,
  }
}
