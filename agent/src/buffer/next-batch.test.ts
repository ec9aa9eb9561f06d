import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { after, test } from "node:test"
import { DeviceId, type Item } from "@ispvm/wire"
import fc from "fast-check"
import { createBuffer, type PendingBatch, type SegmentStore } from "./buffer.ts"
import { openDiskStore } from "./disk-store.ts"
import { FORMAT, formatOf } from "./sqlite-file.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-next-batch-"))
after(() => rmSync(folder, { recursive: true }))
const DEVICE = DeviceId.parse(randomUUID())
const sample = (atMs: number): Item => ({
  ...{ kind: "ping", device: DEVICE, atMs, answers: true, icmp: null, tcp: null, because: "round" },
})
const event = (atMs: number): Item => ({
  ...{ kind: "event", id: randomUUID(), device: DEVICE, name: "log", atMs, source: "syslog" },
  ...{ severity: "info", interface: null, message: "x", attributes: {} },
})
const facts = (atMs: number): Item => ({
  ...{ kind: "facts", device: DEVICE, atMs, source: "snmp", identity: `${atMs}`, vendor: null },
  ...{ board: null, version: null, architecture: null, serial: null, interfaces: null },
})

const OLD_MS = 1_000
const NOW_MS = 10_000_000
const open = (file: string): SegmentStore =>
  openDiskStore({
    ...{ file, maxBytes: 1e9, now: () => NOW_MS, redact: (items) => items },
    onBroken: () => assert.fail("broken"),
  })
const add = (store: SegmentStore, atMs: number, items: readonly Item[]): void => {
  const buffer = createBuffer({ store, now: () => atMs, onLost: () => assert.fail("lost") })
  buffer.add(items)
  buffer.flush()
}
const timesOf = ({ items }: PendingBatch): number[] => (items as Item[]).map(({ atMs }) => atMs)
const next = (store: SegmentStore, inFlight: readonly PendingBatch[]): PendingBatch =>
  store.begin(NOW_MS, inFlight) ?? assert.fail("none may go")

/** A backlog of 12,000 samples with facts and an event at its end, and new data. */
const afterOutage = (file = join(folder, `${randomUUID()}.sqlite`)) => {
  const store = open(file)
  store.useCompact()
  for (let from = 0; from < 12_000; from += 1_000)
    add(
      store,
      OLD_MS,
      Array.from({ length: 1_000 }, (_, n) => sample(from + n)),
    )
  add(store, OLD_MS, [facts(20_000), event(20_001)])
  add(store, NOW_MS, [sample(NOW_MS), facts(NOW_MS)])
  return store
}

test("after an outage new data is sent first, then facts and events, then samples; three at once", () => {
  const store = afterOutage()
  const live = next(store, [])
  assert.deepEqual(timesOf(live), [NOW_MS])
  const first = next(store, [live])
  assert.deepEqual(timesOf(first), [20_000, 20_001, NOW_MS], "facts keep their order")
  const samples = next(store, [live, first])
  assert.deepEqual([timesOf(samples)[0], samples.items.length], [0, 5_000])
  add(store, NOW_MS, [event(NOW_MS + 1), facts(NOW_MS + 2)])
  const all = [live, first, samples]
  assert.equal(store.begin(NOW_MS, all), null, "one batch of new data, two of the backlog")
  store.accept(live)
  const urgent = next(store, [first, samples])
  assert.deepEqual(timesOf(urgent), [NOW_MS + 1], "later facts wait for the earlier ones")
  store.close()
})

test("begun batches are the same after a restart, and are sent before others", () => {
  const file = join(folder, `${randomUUID()}.sqlite`)
  const store = afterOutage(file)
  const begun: PendingBatch[] = []
  for (let n = 0; n < 3; n += 1) begun.push(next(store, begun))
  const sections = begun.map(({ number, sections: bytes }) => [number, bytes])
  store.close()
  const later = open(file)
  const again: PendingBatch[] = []
  for (let n = 0; n < 3; n += 1) again.push(next(later, again))
  assert.deepEqual(
    again.map(({ number, sections: bytes }) => [number, bytes]),
    sections,
  )
  later.close()
})

test("whatever is acknowledged in whatever order, each item is sent once, and facts in order", () => {
  const step = fc.record({
    what: fc.constantFrom("add", "begin", "begin", "accept", "accept", "reopen"),
    at: fc.nat({ max: 5 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const file = join(folder, `${randomUUID()}.sqlite`)
      let store = afterOutage(file)
      let inFlight: PendingBatch[] = []
      const [out, numbers]: [Item[], number[]] = [[], []]
      let added = 12_004
      const accept = (batch: PendingBatch | undefined): void => {
        if (batch === undefined) return
        inFlight = inFlight.filter((one) => one !== batch)
        store.accept(batch)
        store.accept(batch)
        out.push(...(batch.items as Item[]))
        numbers.push(batch.number)
      }
      const begin = (): boolean => {
        const batch = store.begin(NOW_MS, inFlight)
        if (batch !== null) inFlight.push(batch)
        return batch !== null
      }
      for (const { what, at } of steps) {
        if (what === "begin") begin()
        else if (what === "accept") accept(inFlight[at % Math.max(1, inFlight.length)])
        else if (what === "reopen") {
          store.close()
          store = open(file)
          inFlight = []
        } else {
          add(store, NOW_MS, [facts(NOW_MS + added), sample(NOW_MS + added + 1)])
          added += 2
        }
      }
      while (inFlight.length > 0 || begin()) accept(inFlight[0])
      store.close()
      assert.equal(out.length, added)
      assert.equal(new Set(out.map(({ kind, atMs }) => `${kind} ${atMs}`)).size, added)
      const factTimes = out.flatMap(({ kind, atMs }) => (kind === "facts" ? [atMs] : []))
      assert.deepEqual(
        factTimes,
        factTimes.toSorted((a, b) => a - b),
      )
      assert.deepEqual(
        numbers.toSorted((a, b) => a - b),
        numbers.map((_, n) => n + 1),
      )
    }),
    { numRuns: 8 },
  )
})

const formatIn = (file: string): number => {
  const db = new DatabaseSync(file, { readOnly: true })
  const format = formatOf(db)
  db.close()
  return format
}

test("the release with format 2 refuses a file with several begun batches, and can use it later", () => {
  const file = join(folder, `${randomUUID()}.sqlite`)
  let store = afterOutage(file)
  const begun = [next(store, [])]
  store.close()
  assert.equal(formatIn(file), FORMAT.compact, "one begun batch is what it knows")
  store = open(file)
  begun.push(next(store, begun))
  store.close()
  assert.equal(formatIn(file), FORMAT.concurrent)
  const bytes = readFileSync(file)
  assert.equal(formatIn(file), FORMAT.concurrent)
  assert.deepEqual(readFileSync(file), bytes)
  store = open(file)
  for (const batch of begun) store.accept(batch)
  store.close()
  assert.equal(formatIn(file), FORMAT.compact)
})

test("an appliance that needs batches in order gets them oldest first and one at a time", () => {
  const store = afterOutage()
  const several = [next(store, [])]
  several.push(next(store, several))
  // It was replaced by an earlier release meanwhile.
  const numbers: number[] = []
  const times: number[] = []
  for (let batch = store.begin(NOW_MS); batch !== null; batch = store.begin(NOW_MS)) {
    assert.equal(store.begin(NOW_MS)?.number, batch.number, "the same until it is acknowledged")
    numbers.push(batch.number)
    if (batch.number > several.length) times.push(...timesOf(batch))
    store.accept(batch)
  }
  assert.deepEqual(
    numbers,
    numbers.map((_, n) => n + 1),
  )
  assert.deepEqual(
    times,
    Array.from({ length: 12_000 }, (_, n) => n),
  )
  store.close()
})

test("what an earlier release stored as JSON is sent before new data, in order, one at a time", () => {
  const store = open(join(folder, `${randomUUID()}.sqlite`))
  for (let from = 0; from < 7_000; from += 1_000)
    add(
      store,
      OLD_MS,
      Array.from({ length: 1_000 }, (_, n) => sample(from + n)),
    )
  store.useCompact()
  add(store, NOW_MS, [sample(NOW_MS)])
  const times: number[] = []
  for (const part of [5_000, 2_000, 1]) {
    const batch = next(store, [])
    assert.equal(batch.items.length, part)
    assert.equal(batch.sections === null, part > 1)
    assert.equal(store.begin(NOW_MS, [batch]), null)
    times.push(...timesOf(batch))
    store.accept(batch)
  }
  assert.deepEqual(times, [...Array.from({ length: 7_000 }, (_, n) => n), NOW_MS])
  store.close()
})
