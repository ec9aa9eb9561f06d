import assert from "node:assert/strict"
import { test } from "node:test"
import { DeviceId, Item, LIMITS, type Rows } from "@ispvm/wire"
import type { TableReading } from "../collect/collector.ts"
import { RowSnapshots } from "./row-snapshots.ts"

const device = DeviceId.parse("0b7f6a57-3c3f-4d0c-9a43-5d3a3c7b1f10")
const START_MS = 1_789_000_000_000
type Session = { readonly key: string } & TableReading["rows"][number]["values"]
const reading = (atMs: number, sessions: readonly Session[]): TableReading => ({
  kind: "table",
  device,
  source: "routeros-api",
  atMs: START_MS + atMs,
  table: "sessions",
  rows: sessions.map(({ key, ...values }) => ({ key: String(key), values })),
})
const session = (number: number, changes: object = {}): Session => ({
  key: `*${number}`,
  user: `user-${number}`,
  address: "100.64.0.1",
  sinceMs: START_MS - 1_000,
  ...changes,
})
const valid = (items: readonly Rows[]): readonly Rows[] => {
  for (const item of items) Item.parse(item)
  return items
}

test("first all rows, then only what is new, changed or gone", () => {
  const snapshots = new RowSnapshots()
  const [full] = valid(snapshots.normalize(reading(0, [session(1), session(2)])))
  assert.deepEqual([full?.isFull, full?.count, full?.rows.length], [true, 2, 2])
  assert.deepEqual(snapshots.normalize(reading(10_000, [session(1), session(2)])), [])
  const [change] = valid(
    snapshots.normalize(reading(20_000, [session(2, { address: "100.64.0.9" }), session(3)])),
  )
  assert.deepEqual(
    [change?.isFull, change?.count, change?.rows.map(({ key }) => key), change?.gone],
    [false, 2, ["*2", "*3"], ["*1"]],
  )
})

test("an age that is read a second later is the same moment; slow drift is sent once", () => {
  const snapshots = new RowSnapshots()
  snapshots.normalize(reading(0, [session(1)]))
  const moved = (ms: number) => [session(1, { sinceMs: START_MS - 1_000 + ms })]
  assert.deepEqual(snapshots.normalize(reading(1, moved(20_000))), [])
  assert.deepEqual(snapshots.normalize(reading(2, moved(-20_000))), [])
  assert.equal(snapshots.normalize(reading(3, moved(31_000))).length, 1)
  assert.deepEqual(snapshots.normalize(reading(4, moved(40_000))), [])
})

test("a snapshot of all rows once a day, and after the device was forgotten", () => {
  const snapshots = new RowSnapshots()
  snapshots.normalize(reading(0, [session(1)]))
  const [unchanged] = snapshots.normalize(reading(86_399_000, [session(1)]))
  assert.deepEqual([unchanged?.isFull, unchanged?.rows, unchanged?.count], [false, [], 1])
  assert.equal(snapshots.normalize(reading(86_400_000, [session(1)]))[0]?.isFull, true)
  snapshots.forget(device)
  assert.equal(snapshots.normalize(reading(86_401_000, [session(1)]))[0]?.isFull, true)
})

test("20,000 sessions are 20 parts; 500 changes are one item", () => {
  const snapshots = new RowSnapshots()
  const all = Array.from({ length: 20_000 }, (_, number) => session(number))
  const full = valid(snapshots.normalize(reading(0, all)))
  assert.deepEqual(
    full.map(({ part, rows, count }) => [part, rows.length, count]),
    Array.from({ length: 20 }, (_, part) => [part, 1_000, 20_000]),
  )
  const later = [
    ...all.slice(500),
    ...Array.from({ length: 500 }, (_, number) => session(30_000 + number)),
  ]
  const [change, ...rest] = snapshots.normalize(reading(1_000, later))
  assert.deepEqual(
    [change?.rows.length, change?.gone.length, change?.count, rest.length],
    [500, 500, 20_000, 0],
  )
})

test("an empty table is sent, wrong values and repeated keys are left out", () => {
  const snapshots = new RowSnapshots()
  const [empty] = valid(snapshots.normalize(reading(0, [])))
  assert.deepEqual([empty?.isFull, empty?.count], [true, 0])
  const [odd] = valid(
    snapshots.normalize(
      reading(1, [
        session(1, { sinceMs: "x", user: "a\0", color: 1 }),
        session(1),
        session(2, { key: "" }),
      ]),
    ),
  )
  assert.deepEqual(odd?.rows, [{ key: "*1", values: { user: "a", address: "100.64.0.1" } }])
})

test("a redaction replaces values before they are compared and sent", () => {
  const snapshots = new RowSnapshots((_table, values) => ({ ...values, user: "hidden" }))
  const [full] = snapshots.normalize(reading(0, [session(1)]))
  assert.equal(full?.rows[0]?.values.user, "hidden")
  assert.deepEqual(snapshots.normalize(reading(1, [session(1, { user: "other" })])), [])
})

test("a part of a table fits a batch, however long a device's texts are", () => {
  const long = "ş".repeat(5_000)
  const texts = ["user", "address", "callerId", "service", "interface", "encoding", "comment"]
  const rows = Array.from({ length: 1_000 }, (_, number) =>
    session(number, Object.fromEntries(texts.map((name) => [name, long]))),
  )
  const [item] = valid(new RowSnapshots().normalize(reading(0, rows)))
  assert.equal(item?.rows.length, 1_000)
  assert.ok(Buffer.byteLength(JSON.stringify(item)) < LIMITS.batchBytes)
  const [short] = new RowSnapshots().normalize(
    reading(0, [session(1, { comment: "x".repeat(1_900) })]),
  )
  assert.equal(String(short?.rows[0]?.values.comment).length, 1_900)
})

test("changes that the device reports itself continue the last snapshot, and need one", () => {
  const snapshots = new RowSnapshots()
  const changes = (atMs: number, sessions: readonly Session[], gone: readonly string[]) =>
    snapshots.normalize({ ...reading(atMs, sessions), gone })
  assert.deepEqual(changes(0, [session(9)], []), [], "nothing was sent before")
  snapshots.normalize(reading(1, [session(1), session(2)]))
  const [item] = valid(changes(2, [session(2), session(3)], ["*1", "*8"]))
  assert.deepEqual(
    [item?.isFull, item?.count, item?.rows.map(({ key }) => key), item?.gone],
    [false, 2, ["*3"], ["*1"]],
  )
  assert.deepEqual(changes(3, [session(3)], ["*1"]), [], "known already")
  assert.deepEqual(snapshots.normalize(reading(4, [session(2), session(3)])), [])
})
