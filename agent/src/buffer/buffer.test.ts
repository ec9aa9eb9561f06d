import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { DeviceId, Event, type Item } from "@ispvm/wire"
import fc from "fast-check"
import { createMemoryStore } from "../../test/memory-store.ts"
import { BATCH, createBuffer, type SegmentStore } from "./buffer.ts"
import { openDiskStore } from "./disk-store.ts"
import { DataInUse, DataUnusable } from "./sqlite-file.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-buffer-"))
after(() => rmSync(folder, { recursive: true }))
const DEVICE = DeviceId.parse(randomUUID())
const sample = (atMs: number): Item => ({
  kind: "ping",
  device: DEVICE,
  atMs,
  answers: true,
  icmp: null,
  tcp: "accepted",
  because: "round",
})
const event = (atMs: number): Item => ({
  kind: "event",
  id: randomUUID(),
  device: DEVICE,
  name: "log",
  atMs,
  source: "syslog",
  severity: "info",
  interface: null,
  message: "x",
  attributes: {},
})

const disk = (
  file = join(folder, `${randomUUID()}.sqlite`),
  maxBytes = 1e9,
  onBroken: (brokenFile: string) => void = () => assert.fail("broken"),
) => openDiskStore({ file, maxBytes, now: () => 1_000, redact: (items) => items, onBroken })
const open = (store: SegmentStore) =>
  createBuffer({
    store,
    now: () => 1_000,
    onLost: (_, error) => assert.fail(String(error)),
    sealAfterMs: 5,
  })
const add = (store: SegmentStore, ...items: Item[]): void => {
  const buffer = open(store)
  buffer.add(items)
  buffer.flush()
}

const compact = (maxBytes?: number): SegmentStore => {
  const store = disk(undefined, maxBytes)
  store.useCompact()
  return store
}

for (const [kind, make] of [
  ["memory", createMemoryStore],
  ["disk", () => disk()],
  ["compact", () => compact()],
] as const) {
  test(`${kind}: numbers have no gap and a batch is the same until it is accepted`, () => {
    const store = make()
    assert.equal(store.begin(1), null)
    add(store, sample(1))
    const first = store.begin(1)
    add(store, sample(2))
    assert.deepEqual(store.begin(2), first, "what came later is not in it")
    assert.ok(first !== null)
    store.accept(first)
    store.accept(first)
    assert.deepEqual([store.begin(3)?.number, store.begin(3)?.items], [2, [sample(2)]])
    store.close()
  })

  test(`${kind}: under a new buffer id all unacknowledged items are sent again, from number 1`, () => {
    const store = make()
    const buffer = open(store)
    for (const at of [1, 2, 3]) {
      buffer.add([sample(at)])
      buffer.flush()
      const batch = buffer.begin()
      assert.ok(batch !== null)
      if (at === 1) store.accept(batch)
      if (at === 2) {
        buffer.reject(batch)
        store.accept(batch)
      }
    }
    const before = buffer.begin()
    assert.ok(before !== null)
    buffer.rename()
    buffer.add([sample(4)])
    buffer.flush()
    const first = buffer.begin()
    assert.deepEqual([first?.number, first?.items], [1, [sample(3), sample(4)]])
    assert.notEqual(first?.buffer, before.buffer)
    store.accept(before)
    assert.deepEqual(buffer.begin(), first, "an answer to the old name settles nothing")
    for (const number of [1, 2]) {
      const batch = buffer.begin()
      if (batch !== null) store.accept(batch)
      buffer.add([sample(10 + number)])
      buffer.flush()
    }
    assert.deepEqual(
      [buffer.begin()?.number, buffer.begin()?.items.length],
      [3, 1],
      "what lies aside is no part of a new number",
    )
    assert.equal(buffer.depth().quarantinedItems, 1)
    store.close()
  })

  test(`${kind}: an unusable batch is sent empty under its number, and is restored if that was not the reason`, () => {
    const store = make()
    const buffer = open(store)
    buffer.add([sample(1)])
    buffer.flush()
    const batch = buffer.begin()
    assert.ok(batch !== null)
    assert.equal(buffer.reject(batch), "quarantined")
    assert.deepEqual(buffer.begin(), { ...batch, items: [], sections: null })
    assert.equal(buffer.depth().quarantinedItems, 1)
    assert.equal(buffer.reject(batch), "restored")
    assert.deepEqual(buffer.begin(), batch)
    assert.equal(buffer.depth().quarantinedItems, 0)
    store.close()
  })

  test(`${kind}: items quarantined by mistake return to the backlog, before later ones`, () => {
    const store = make()
    add(store, sample(1))
    const first = store.begin(1)
    assert.ok(first)
    store.quarantine(first)
    store.accept(first)
    add(store, sample(2))
    store.release(7)
    assert.equal(store.depth().quarantinedItems, 1)
    store.release(first.number)
    assert.deepEqual(store.begin(1)?.items, [sample(1), sample(2)])
    assert.equal(store.depth().quarantinedItems, 0)
    store.close()
  })

  test(`${kind}: a backlog is joined into batches within the limit of the contract`, () => {
    const store = make()
    for (let i = 0; i < 12; i += 1)
      add(store, ...Array.from({ length: 1_000 }, (_, n) => sample(i * 1_000 + n)))
    const sizes: number[] = []
    for (let batch = store.begin(1); batch !== null; batch = store.begin(1)) {
      sizes.push(batch.items.length)
      store.accept(batch)
    }
    assert.equal(
      sizes.reduce((sum, size) => sum + size),
      12_000,
    )
    assert.ok(sizes.every((size) => size <= BATCH.items) && sizes.length <= 4)
    store.close()
  })
}

for (const [kind, make] of [
  ["memory", (maxBytes: number) => createMemoryStore(maxBytes)],
  ["disk", (maxBytes: number) => disk(undefined, maxBytes)],
  ["compact", (maxBytes: number) => compact(maxBytes)],
] as const)
  test(`${kind}: a full buffer drops the oldest samples, keeps events, and reports what was dropped`, () => {
    const store = make(3_000)
    add(store, event(1))
    for (let i = 2; i < 60; i += 1) add(store, sample(i))
    assert.ok(store.depth().bytes <= 3_000)
    const items = (store.begin(9)?.items ?? []).map((item) =>
      typeof item === "object" ? item : null,
    ) as Item[]
    const droppedEvents = items.flatMap((item) =>
      item.kind === "event" && item.name === "samples-dropped" ? [item] : [],
    )
    const keptSamples = items.filter(({ kind }) => kind === "ping")
    assert.equal(items.filter((item) => item.kind === "event" && item.name === "log").length, 1)
    assert.equal(Number(droppedEvents[0]?.attributes.items) + keptSamples.length, 58)
    assert.equal(store.depth().droppedItems, Number(droppedEvents[0]?.attributes.items))
    assert.equal(droppedEvents[0]?.attributes.firstMs, "2")
    assert.deepEqual(Event.parse(droppedEvents[0]), droppedEvents[0])
    store.close()
  })

test("disk: segments, the begun batch and the quarantine survive a restart", () => {
  const file = join(folder, "restart.sqlite")
  const before = disk(file)
  add(before, sample(1), event(2))
  const batch = before.begin(1)
  add(before, sample(3))
  before.close()
  const later = disk(file)
  assert.equal(later.buffer, before.buffer)
  assert.deepEqual(later.begin(2), batch)
  if (batch !== null) later.accept(batch)
  assert.deepEqual(later.begin(2)?.items, [sample(3)])
  later.close()
})

test("disk: a second agent on the same data is rejected with a reason", () => {
  const file = join(folder, "twice.sqlite")
  const first = disk(file)
  assert.throws(() => disk(file), DataInUse)
  first.close()
})

test("disk: the error for a folder that is not writable says what to do", () => {
  const file = join(folder, `${randomUUID()}.txt`)
  writeFileSync(file, "no folder")
  const isNamed = (error: unknown) =>
    error instanceof DataUnusable && /ISPVM_AGENT_DATA_DIR/.test(error.message)
  assert.throws(() => disk(join(file, "buffer.sqlite")), isNamed)
})

test("disk: a damaged file is renamed and a new buffer begins", () => {
  const file = join(folder, "damaged.sqlite")
  const before = disk(file)
  for (let i = 0; i < 200; i += 1) add(before, sample(i))
  before.close()
  const bytes = readFileSync(file)
  bytes.fill(0x55, 0, 8_192)
  writeFileSync(file, bytes)
  const broken: string[] = []
  const later = disk(file, 1e9, (brokenFile) => broken.push(brokenFile))
  assert.notEqual(later.buffer, before.buffer)
  assert.equal(later.begin(1), null)
  add(later, sample(1))
  assert.equal(later.begin(1)?.number, 1)
  later.close()
  assert.equal(broken.length, 1)
  assert.ok(readdirSync(folder).some((name) => name.startsWith("damaged.sqlite.broken-")))
})

test("urgent items are ready at once, others within the sealing time", async () => {
  const store = createMemoryStore()
  const buffer = createBuffer({
    store,
    now: () => 1,
    onLost: () => assert.fail("lost"),
    sealAfterMs: 60_000,
  })
  const ready = new Promise<void>((resolve) => buffer.onReady(resolve))
  buffer.add([sample(1)])
  buffer.add([event(2)], "now")
  await ready
  assert.equal(buffer.begin()?.items.length, 2)
})

test("after any steps, disk and memory hold the same, each item is sent exactly once, numbers have no gap", () => {
  const step = fc.constantFrom("add", "begin", "accept", "reopen")
  const steps = fc.array(step, { maxLength: 40 })
  fc.assert(
    fc.property(steps, fc.boolean(), (list, isCompact) => {
      const file = join(folder, `${randomUUID()}.sqlite`)
      let onDisk = disk(file)
      if (isCompact) onDisk.useCompact()
      const inMemory = createMemoryStore()
      let added = 0
      const out: unknown[] = []
      let lastNumber = 0
      for (const one of list) {
        if (one === "add") {
          added += 1
          add(onDisk, sample(added))
          add(inMemory, sample(added))
        } else if (one === "reopen") {
          onDisk.close()
          onDisk = disk(file)
        } else {
          const batch = onDisk.begin(1)
          const same = inMemory.begin(1)
          assert.deepEqual([batch?.number, batch?.items], [same?.number, same?.items])
          if (one === "accept" && batch !== null && same !== null) {
            assert.equal(batch.number, lastNumber + 1)
            lastNumber = batch.number
            out.push(...batch.items)
            onDisk.accept(batch)
            inMemory.accept(same)
          }
        }
      }
      for (let batch = onDisk.begin(1); batch !== null; batch = onDisk.begin(1)) {
        out.push(...batch.items)
        onDisk.accept(batch)
      }
      onDisk.close()
      assert.deepEqual(
        out,
        Array.from({ length: added }, (_, i) => sample(i + 1)),
      )
    }),
    { numRuns: 20 },
  )
})

test("disk: on a full disk the buffer uses what there is, and still delivers", (t) => {
  const small = mkdtempSync(join(folder, "full-"))
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=24m", "none", small]).status !== 0)
    return t.skip("no right to mount a small disk: 1 case did not run")
  let nowMs = 0
  let lost = 0
  const store = openDiskStore({
    redact: (items) => items,
    file: join(small, "b.sqlite"),
    maxBytes: 1e9,
    now: () => (nowMs += 1_000),
    onBroken: () => assert.fail("broken"),
  })
  const buffer = createBuffer({ store, now: () => 1_000, onLost: (items) => (lost += items) })
  const long = (atMs: number): Item => ({ ...event(atMs), message: "x".repeat(4_000) }) as Item
  for (let i = 1; i <= 100; i += 1) {
    buffer.add(Array.from({ length: 100 }, (_, j) => long(i * 1_000 + j)))
    buffer.flush()
  }
  const { bytes, droppedItems } = buffer.depth()
  let last: unknown
  for (let batch = buffer.begin(); batch !== null; batch = buffer.begin()) {
    last = batch.items.at(-1) ?? last
    buffer.accept(batch)
  }
  const left = buffer.depth()
  store.close()
  spawnSync("umount", [small])
  assert.ok(
    bytes > 1e6 && droppedItems > 1_000 && lost < 1_000,
    JSON.stringify({ bytes, droppedItems, lost }),
  )
  assert.equal(Event.parse(last).atMs, 100_099)
  assert.equal(left.batches, 0)
})
