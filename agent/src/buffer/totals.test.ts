import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import fc from "fast-check"
import { DeviceId, type Item } from "../wire/wire.ts"
import type { Shelf, Slice } from "./buffer.ts"
import { openDisk } from "./disk.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-totals-"))
after(() => rmSync(folder, { recursive: true }))
const DEVICE = DeviceId.parse(randomUUID())
const slice = (atMs: number, count: number): Slice => {
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
  return { atMs, isSamples: true, items, json: JSON.stringify(items) }
}
const open = (file: string, mostBytes: number): Shelf =>
  openDisk({ file, mostBytes, now: () => 1_000, onBroken: () => assert.fail("broken") })

test("the running totals are what a count of the file says, after any steps and in a full buffer", () => {
  const steps = fc.array(fc.constantFrom("append", "begin", "accept", "aside", "back", "release", "rename"), { maxLength: 40 })
  fc.assert(
    fc.property(steps, (list) => {
      const file = join(folder, `${randomUUID()}.sqlite`)
      let shelf = open(file, 12_000)
      let atMs = 0
      for (const step of list) {
        const owed = step === "append" ? null : shelf.begin(atMs)
        atMs += 10
        if (step === "append") shelf.append([slice(atMs, 1 + (atMs % 7))])
        else if (step === "rename") shelf.rename()
        else if (step === "release" && owed !== null) shelf.release(owed.number - 1)
        else if (step === "aside" && owed !== null) shelf.setAside(owed)
        else if (step === "back" && owed !== null) shelf.takeBack(owed)
        else if (step === "accept" && owed !== null) shelf.accept(owed)
      }
      const kept = shelf.depth()
      shelf.close()
      shelf = open(file, 12_000)
      assert.deepEqual(kept, shelf.depth())
      shelf.close()
    }),
    { numRuns: 15 },
  )
})

test("a full buffer of 16 times the size takes an item, and tells its depth, at the same cost", () => {
  const usPerStep = (mostBytes: number): number => {
    const shelf = open(join(folder, `${randomUUID()}.sqlite`), mostBytes)
    const one = slice(0, 20)
    const count = Math.ceil(mostBytes / one.json.length) + 1
    shelf.append(Array.from({ length: count }, (_, n) => ({ ...one, atMs: n })))
    const before = process.cpuUsage()
    for (let n = 0; n < 100; n += 1) {
      shelf.append([{ ...one, atMs: count + n }])
      shelf.depth()
    }
    const { user, system } = process.cpuUsage(before)
    shelf.close()
    return (user + system) / 100
  }
  usPerStep(1_000_000)
  const [small, large] = [usPerStep(1_500_000), usPerStep(24_000_000)]
  assert.ok(large < small * 4, `${small} µs a step, ${large} µs in the larger buffer`)
})
