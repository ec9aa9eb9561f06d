import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { DeviceId, type Item } from "@ispvm/wire"
import { createBuffer, type SegmentStore } from "./buffer.ts"
import { openDiskStore } from "./disk-store.ts"
import { rowsToJoin } from "./join-segments.ts"
import type { Redact } from "./segments.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-join-"))
after(() => rmSync(folder, { recursive: true }))
const DEVICES = Array.from({ length: 50 }, () => DeviceId.parse(randomUUID()))
/** One segment: a probe of each device. */
const round = (second: number): Item[] =>
  DEVICES.map((device, n) => ({
    ...{ kind: "ping", device, atMs: 1_795_348_800_000 + second * 1_000 + n, answers: true },
    icmp: { sent: 1, received: 1, rttUs: 900 + ((n * 7 + second) % 100), jitterUs: null },
    ...{ tcp: null, because: "round" },
  }))
const event = (atMs: number): Item => ({
  ...{ kind: "event", id: randomUUID(), device: DEVICES[0] ?? assert.fail(), name: "log", atMs },
  ...{ source: "syslog", severity: "info", interface: null, message: `line ${atMs}` },
  attributes: {},
})
const open = (redact: Redact = (items) => items, file = join(folder, `${randomUUID()}.sqlite`)) => {
  const store = openDiskStore({
    ...{ file, maxBytes: 1e9, now: () => 1, redact, onBroken: () => assert.fail("broken") },
  })
  store.useCompact()
  return store
}
const add = (store: SegmentStore, items: readonly Item[]): void => {
  const buffer = createBuffer({
    store,
    now: () => 1,
    onLost: (_, error) => assert.fail(`${error}`),
  })
  buffer.add(items)
  buffer.flush()
}
const drain = (store: SegmentStore): { readonly items: unknown[]; readonly sections: number[] } => {
  const items: unknown[] = []
  const sections: number[] = []
  for (let batch = store.begin(1); batch !== null; batch = store.begin(1)) {
    items.push(...batch.items)
    sections.push(batch.sections?.length ?? 0)
    store.accept(batch)
  }
  return { items, sections }
}

test("a backlog is joined to large segments, in order, and takes a fraction of the space", () => {
  const store = open()
  const rounds = Array.from({ length: 200 }, (_, second) => round(second))
  add(store, rounds[0] ?? [])
  const begun = store.begin(1) ?? assert.fail()
  const { bytes } = store.depth()
  for (const items of rounds.slice(1)) add(store, items)
  const depth = store.depth()
  assert.ok(depth.batches < 60, `${depth.batches} segments`)
  assert.ok(depth.bytes < 200 * bytes * 0.5, `${depth.bytes} bytes, ${bytes} of one segment`)
  assert.deepEqual(store.begin(1)?.sections, begun.sections, "a begun batch is not joined")
  const { items, sections } = drain(store)
  assert.deepEqual(items, rounds.flat())
  assert.ok(sections.length < 8 && store.depth().bytes === 0, `${sections}`)
  store.close()
})

test("few segments wait as they are, and events are not joined with samples", () => {
  const store = open()
  for (let second = 0; second < 40; second += 1)
    add(store, [...round(second).slice(0, 2), event(second)])
  assert.equal(store.depth().batches, 80)
  for (let second = 40; second < 400; second += 1)
    add(store, [...round(second).slice(0, 2), event(second)])
  assert.ok(store.depth().batches < 400)
  const { items } = drain(store)
  assert.equal(items.length, 1_200)
  assert.equal(new Set(items.map((item) => JSON.stringify(item))).size, 1_200)
  store.close()
})

test("what was stored before a redaction is not joined with what was stored after it", () => {
  let redacted = 0
  const store = open((items) => {
    redacted += items.length
    return items
  })
  for (let second = 0; second < 30; second += 1) add(store, round(second))
  store.redact()
  for (let second = 30; second < 130; second += 1) add(store, round(second))
  assert.equal(drain(store).items.length, 130 * 50)
  assert.equal(redacted, 30 * 50)
  store.close()
})

test("rows are joined up to a full segment, or when there are many", () => {
  const rows = (count: number, items: number) =>
    Array.from({ length: count }, (_, id) => ({ id, items, bytes: 100, inflated: 1_000 }))
  assert.equal(rowsToJoin(rows(24, 100)).length, 0)
  assert.equal(rowsToJoin(rows(26, 100)).length, 25)
  assert.equal(rowsToJoin(rows(256, 1)).length, 256)
  assert.equal(rowsToJoin(rows(3, 2_600)).length, 1)
})
