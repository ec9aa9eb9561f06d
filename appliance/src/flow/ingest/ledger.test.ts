import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import type { Ack, Batch } from "@ispvm/wire"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { batchOf, eventOf, makeAgent, makeMonitored, NOW, pingOf } from "../../../test/make-flow.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { createEvents } from "../events/events.ts"
import { createSeries } from "../series/series.ts"
import { type AgentIdentity, createIngest, type Ingest } from "./ingest.ts"
import { checkLedger, contentOf, type LedgerRow, ledgerNames } from "./ledger.ts"

const buffer = randomUUID()
const full = { buffer, items: [{ a: 1 }] }
const other = { buffer, items: [{ a: 2 }] }
const empty = { buffer, items: [] }
const row = (
  name: string,
  batch: Pick<Batch, "items"> | null,
  ack: unknown = "ack",
): LedgerRow => ({
  buffer: name,
  content: batch === null ? null : contentOf(batch).content,
  ack,
})
const copies = ledgerNames(buffer)

const cases: [string, Pick<Batch, "buffer" | "items">, LedgerRow[], boolean, string, string][] = [
  ["a name nobody has used", full, [], true, "new", "new-name"],
  ["the same again", full, [row(buffer, full)], true, "known", "same-content"],
  [
    "the same again of an agent that names no boot",
    full,
    [row(buffer, full)],
    false,
    "known",
    "same-content",
  ],
  [
    "another content under a known name",
    other,
    [row(buffer, full)],
    true,
    "conflict",
    "other-content",
  ],
  [
    "a row of an earlier release proves nothing",
    full,
    [row(buffer, null)],
    true,
    "conflict",
    "no-content-on-record",
  ],
  ["an empty batch has nothing to lose", empty, [row(buffer, full)], true, "known", "empty-batch"],
  [
    "a full batch where an empty one is stored",
    full,
    [row(buffer, empty)],
    true,
    "conflict",
    "other-content",
  ],
  ["a copy that cannot rename", other, [row(buffer, full)], false, "new", "copy"],
  [
    "that copy again",
    other,
    [row(buffer, full), row(copies[1] ?? "", other)],
    false,
    "known",
    "same-content",
  ],
  [
    "more copies than are kept apart",
    other,
    copies.map((name) => row(name, full)),
    false,
    "conflict",
    "too-many-copies",
  ],
]
for (const [name, batch, rows, canRename, kind, reason] of cases)
  test(`the ledger: ${name} is ${kind}, ${reason}`, () => {
    const decision = checkLedger(batch, contentOf(batch).content, rows, canRename)
    assert.deepEqual([decision.kind, decision.reason], [kind, reason])
  })

test("names beside a buffer's own are UUIDs, all different, and always the same", () => {
  assert.equal(new Set(copies).size, copies.length)
  assert.deepEqual(ledgerNames(buffer), copies)
  for (const name of copies.slice(1))
    assert.match(name, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
})

let db: TestDatabase
let agent: AgentIdentity
let device: string
let ingest: Ingest
const outcomes: string[] = []
before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  device = await makeMonitored(db, agent)
  const clock = { now: () => NOW }
  const series = createSeries({ jobs: db.dbs.jobs, clock })
  ingest = createIngest({
    db: db.dbs.ingest,
    clock,
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [series.write, createEvents({ db: db.dbs.jobs, clock }).write],
    counters: { items: () => undefined, batch: (outcome) => outcomes.push(outcome) },
  })
})
after(() => db.close())

const boot = randomUUID()
const send = async (batch: Batch, by: string | null = boot): Promise<Ack | "conflict"> => {
  try {
    return (await ingest.accept(agent, batch, { boot: by })).ack
  } catch (error) {
    if (error instanceof HttpError && error.code === "buffer-conflict" && error.status === 409)
      return "conflict"
    throw error
  }
}
const events = async (): Promise<Set<string>> =>
  new Set(
    (await db.dbs.ui.asOrg(db.org, (tx) => tx<{ id: string }[]>`select id from events.event`)).map(
      ({ id }) => id,
    ),
  )

test("a restored agent: old names with new items are rejected, and under a new buffer id everything is stored once", async () => {
  const sentBefore = eventOf(device, NOW - 2_000)
  const lost = [eventOf(device, NOW - 1_000), pingOf(device, NOW - 900)]
  const first = batchOf([sentBefore, pingOf(device, NOW - 1_900)])
  const ack = await send(first)
  // From the snapshot: the same batch was unsent there, and new items joined it.
  const restored = { ...first, items: [...first.items, ...lost] }
  assert.equal(await send(restored), "conflict")
  assert.equal(outcomes.at(-1), "conflict")
  assert.deepEqual(await send(first), ack, "the one that is stored is still known, word for word")
  const renamed = await send({ ...restored, buffer: randomUUID(), number: 1 })
  assert.notEqual(renamed, "conflict")
  const stored = await events()
  assert.ok(stored.has(sentBefore.id) && stored.has(lost[0] && "id" in lost[0] ? lost[0].id : ""))
  const pings = await db.dbs.ui.sql<{ n: number }[]>`
    select count(*)::int as n from series.ping where agent_id = ${agent.key} and ts >= to_timestamp(${NOW - 1_950}::float8 / 1000)`
  assert.equal(pings[0]?.n, 2, "the old sample is not doubled")
})

test("batches of copies without a boot id are all stored, and each is recognised again", async () => {
  const one = batchOf([eventOf(device, NOW)])
  const two = { ...one, items: [eventOf(device, NOW)] }
  const acks = [await send(one, null), await send(two, null)]
  assert.equal(outcomes.at(-1), "copy")
  assert.deepEqual([await send(two, null), await send(one, null)], acks.toReversed())
  const stored = await events()
  for (const batch of [one, two])
    for (const item of batch.items) assert.ok(stored.has(Reflect.get(Object(item), "id")))
})
