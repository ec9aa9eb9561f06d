import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { DeviceId, type Item } from "@ispvm/wire"
import fc from "fast-check"
import type { Segment, SegmentStore } from "./buffer.ts"
import { openDiskStore } from "./disk-store.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-totals-"))
after(() => rmSync(folder, { recursive: true }))
const DEVICE = DeviceId.parse(randomUUID())
const segment = (atMs: number, count: number): Segment => {
  const items = Array.from(
    { length: count },
    (_, n): Item => ({
      kind: "ping",
      device: DEVICE,
      atMs: atMs + n,
      answers: true,
      icmp: null,
      tcp: "accepted",
      because: "round",
    }),
  )
  return { atMs, isSamples: true, inOrder: false, items }
}
const open = (file: string, maxBytes: number): SegmentStore =>
  openDiskStore({
    ...{ file, maxBytes, now: () => 1_000, redact: (items) => items },
    onBroken: () => assert.fail("broken"),
  })

const STEPS = [
  ...(["append", "begin", "accept", "quarantine", "restore", "release", "rename"] as const),
]
const take = (store: SegmentStore, step: (typeof STEPS)[number], atMs: number): void => {
  const batch = step === "append" ? null : store.begin(atMs)
  if (step === "append") store.append([segment(atMs, 1 + (atMs % 7))])
  else if (step === "rename") store.rename()
  else if (batch === null || step === "begin") return
  else if (step === "release") store.release(batch.number - 1)
  else store[step](batch)
}

test("the running totals equal a count of the file, after any steps and in a full buffer", () => {
  const steps = fc.array(fc.constantFrom(...STEPS), { maxLength: 40 })
  fc.assert(
    fc.property(steps, (list) => {
      const file = join(folder, `${randomUUID()}.sqlite`)
      let store = open(file, 12_000)
      let atMs = 0
      for (const step of list) {
        take(store, step, atMs)
        atMs += 10
      }
      const depth = store.depth()
      store.close()
      store = open(file, 12_000)
      assert.deepEqual(depth, store.depth())
      store.close()
    }),
    { numRuns: 15 },
  )
})

test("a full buffer of 16 times the size adds an item and gives its depth at the same cost", () => {
  const usPerStep = (maxBytes: number): number => {
    const store = open(join(folder, `${randomUUID()}.sqlite`), maxBytes)
    const one = segment(0, 20)
    const count = Math.ceil(maxBytes / JSON.stringify(one.items).length) + 1
    store.append(Array.from({ length: count }, (_, n) => ({ ...one, atMs: n })))
    const before = process.cpuUsage()
    for (let n = 0; n < 100; n += 1) {
      store.append([{ ...one, atMs: count + n }])
      store.depth()
    }
    const { user, system } = process.cpuUsage(before)
    store.close()
    return (user + system) / 100
  }
  usPerStep(1_000_000)
  const [small, large] = [usPerStep(1_500_000), usPerStep(24_000_000)]
  assert.ok(large < small * 4, `${small} µs a step, ${large} µs in the larger buffer`)
})
