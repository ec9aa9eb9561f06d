import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { after, test } from "node:test"
import { DeviceId, type Item } from "@ispvm/wire"
import { createBuffer, type SegmentStore } from "./buffer.ts"
import { openDiskStore } from "./disk-store.ts"
import type { Redact } from "./segments.ts"
import { DataUnusable } from "./sqlite-file.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-compact-"))
after(() => rmSync(folder, { recursive: true }))
const newFile = (): string => join(folder, `${randomUUID()}.sqlite`)
const DEVICE = DeviceId.parse(randomUUID())
const sample = (atMs: number): Item => ({
  kind: "ping",
  device: DEVICE,
  atMs,
  answers: true,
  icmp: { sent: 1, received: 1, rttUs: 900 + (atMs % 100), jitterUs: null },
  tcp: null,
  because: "round",
})
const event = (atMs: number, message: string): Item => ({
  ...{ kind: "event", id: randomUUID(), device: DEVICE, name: "log", atMs, source: "syslog" },
  ...{ severity: "info", interface: null, message, attributes: { topics: "system,info" } },
})
const open = (file: string, redact: Redact = (items) => items) =>
  openDiskStore({
    ...{ file, maxBytes: 1e9, now: () => 1_000, redact },
    onBroken: () => assert.fail("broken"),
  })
const add = (store: SegmentStore, ...items: Item[]): void => {
  const buffer = createBuffer({ store, now: () => 1_000, onLost: () => assert.fail("lost") })
  buffer.add(items)
  buffer.flush()
}
const begun = (store: SegmentStore) => store.begin(1) ?? assert.fail("nothing waits")

test("a begun batch is the same bytes after a restart, and its items come back as they were", () => {
  const file = newFile()
  const store = open(file)
  store.useCompact()
  const items = [...Array.from({ length: 300 }, (_, n) => sample(n)), event(5, "ş")]
  add(store, ...items)
  const before = begun(store)
  assert.equal(before.sections?.length, 2)
  assert.deepEqual(new Set(before.items), new Set(items))
  add(store, sample(1))
  store.close()
  const later = open(file)
  const again = begun(later)
  assert.deepEqual([again.number, again.sections], [before.number, before.sections])
  add(later, sample(2))
  later.accept(again)
  assert.deepEqual(begun(later).items, [sample(1), sample(2)])
  later.close()
})

test("a batch has one form: what an earlier release stored is sent before, as JSON", () => {
  const store = open(newFile())
  add(store, sample(1))
  add(store, sample(2))
  store.useCompact()
  add(store, sample(3))
  const first = begun(store)
  assert.deepEqual([first.sections, first.items], [null, [sample(1), sample(2)]])
  store.accept(first)
  const second = begun(store)
  assert.deepEqual([second.number, second.sections?.length], [2, 1])
  store.close()
})

test("what was stored before a redaction is redacted before it is sent, in either form", () => {
  const store = open(newFile(), (items) =>
    items.map((item) => (item.kind === "event" ? { ...item, message: "hidden" } : item)),
  )
  add(store, event(1, "a name"))
  store.useCompact()
  add(store, event(2, "a name"))
  const { buffer } = store
  store.redact()
  assert.notEqual(store.buffer, buffer)
  for (const isCompact of [false, true]) {
    const batch = begun(store)
    assert.equal(batch.sections !== null, isCompact)
    assert.doesNotMatch(JSON.stringify(batch.items), /a name/)
    assert.match(JSON.stringify(batch.items), /hidden/)
    store.accept(batch)
  }
  add(store, event(3, "after it"))
  assert.match(JSON.stringify(begun(store).items), /after it/)
  store.close()
})

/** What the release before did first with a file. */
const FIRST_STEPS = `begin immediate;
  create table if not exists meta (buffer text not null, number integer not null, is_open integer not null, dropped integer not null) strict;
  create table if not exists slice (
    id integer primary key autoincrement, number integer, aside integer not null default 0, is_samples integer not null,
    at_ms integer not null, items integer not null, bytes integer not null, json text not null) strict;
  create table if not exists redaction (raw_to integer not null) strict;
  insert into redaction select 0 where not exists (select 1 from redaction); commit`

test("the release before refuses a file with sections, names the reason and changes nothing", () => {
  const file = newFile()
  const store = open(file)
  add(store, sample(1))
  store.close()
  const asJson = new DatabaseSync(file)
  asJson.exec(FIRST_STEPS)
  asJson.close()
  const upgraded = open(file)
  upgraded.useCompact()
  upgraded.useCompact()
  add(upgraded, sample(2))
  upgraded.close()
  const bytes = readFileSync(file)
  const earlier = new DatabaseSync(file)
  assert.throws(() => earlier.exec(FIRST_STEPS), /a later release of the agent wrote it/)
  earlier.close()
  assert.deepEqual(readFileSync(file), bytes)
  const again = open(file)
  assert.deepEqual(begun(again).items, [sample(1)])
  again.close()
})

test("a file of a later release is refused with the reason, and nothing of it is changed", () => {
  const file = newFile()
  const store = open(file)
  add(store, sample(1))
  store.close()
  const later = new DatabaseSync(file)
  later.exec("pragma user_version = 4")
  later.close()
  const bytes = readFileSync(file)
  assert.throws(
    () => open(file),
    (error) => error instanceof DataUnusable && /a later release/.test(error.message),
  )
  assert.deepEqual(readFileSync(file), bytes)
})

test("an item takes less than 40 bytes of a full buffer, and a twentieth of its JSON", () => {
  const store = open(newFile())
  store.useCompact()
  const devices = Array.from({ length: 50 }, () => DeviceId.parse(randomUUID()))
  const items = devices.flatMap((device) =>
    Array.from({ length: 20 }, (_, n) => ({ ...sample(1_795_348_800_000 + 1_000 * n), device })),
  )
  add(store, ...items)
  const { bytes } = store.depth()
  store.close()
  assert.ok(bytes < 40 * items.length && bytes < JSON.stringify(items).length / 20, `${bytes}`)
})
