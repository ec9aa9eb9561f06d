import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import type { Ack, Batch } from "@ispvm/wire"
import { decodeBatch, encodeBatch, encodeSection } from "@ispvm/wire/compact"
import fc from "fast-check"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeInventory } from "../../../test/make.ts"
import {
  batchOf,
  eventOf,
  factsOf,
  interfaceOf,
  makeAgent,
  makeMonitored,
  makeOrg,
  NOW,
  pingOf,
  sensorOf,
} from "../../../test/make-flow.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { createEvents } from "../events/events.ts"
import { createSeries } from "../series/series.ts"
import { type AgentIdentity, createIngest, type Ingest } from "./ingest.ts"
import type { Accepted } from "./model.ts"

let db: TestDatabase
let agent: AgentIdentity
let device: string
const counted: Record<string, number> = {}
const changed: string[] = []
const crash = { next: false }

const makeIngest = (): Ingest => {
  const clock = { now: () => NOW }
  const series = createSeries({ jobs: db.dbs.jobs, clock })
  const events = createEvents({ db: db.dbs.jobs, clock })
  return createIngest({
    db: db.dbs.ingest,
    clock,
    changes: { emit: ({ what }) => changed.push(what), on: () => () => undefined },
    writers: [
      async () => {
        const id = vanish.device
        vanish.device = ""
        if (id !== "") await makeInventory(db).removeDevice(makeActor(db.org), id)
      },
      series.write,
      events.write,
      async () => {
        if (!crash.next) return
        crash.next = false
        throw new Error("the lights went out")
      },
    ],
    counters: {
      items: (outcome, count) => {
        counted[outcome] = (counted[outcome] ?? 0) + count
      },
      batch: (outcome) => {
        counted[`batch ${outcome}`] = (counted[`batch ${outcome}`] ?? 0) + 1
      },
    },
  })
}
let ingest: Ingest
const vanish = { device: "" }
const accept = (batch: Batch, by = agent) => ingest.accept(by, batch)
const count = async (table: string): Promise<number> =>
  await db.dbs.ui.asOrg(
    db.org,
    async (tx) =>
      (await tx<{ n: number }[]>`select count(*)::int as n from ${tx(table)}`)[0]?.n ?? -1,
  )
const reasons = (ack: Ack): string[] =>
  ack.rejected.map(({ index, reason }) => `${index} ${reason}`)

before(async () => {
  db = await testDatabase()
  ingest = makeIngest()
  agent = await makeAgent(db, db.org)
  device = await makeMonitored(db, agent)
})
after(() => db.close())

test("a batch with every kind of item is stored, and its ack counts the items", async () => {
  const { ack, accepted } = await accept(
    batchOf([
      pingOf(device, NOW),
      interfaceOf(device, NOW, "ether1"),
      sensorOf(device, NOW, "temperature", "°C", 41),
      eventOf(device, NOW),
      factsOf(device, NOW, []),
    ]),
  )
  assert.deepEqual(ack.rejected, [])
  assert.equal(ack.accepted, 5)
  assert.equal(accepted?.pings.length, 1)
  assert.equal(accepted?.interfaces[0]?.interface, "ether1")
  assert.equal(typeof accepted?.interfaces[0]?.interfaceId, "number")
  assert.ok((await count("events.event")) >= 1)
})

/** As the listener decodes it. */
const compacted = ({ buffer, number, sentAtMs, items }: Batch): Batch =>
  decodeBatch(encodeBatch({ buffer, number, sentAtMs }, [encodeSection(items)]), {
    items: 5_000,
    values: 500_000,
    inflatedBytes: 8_000_000,
  })

test("a compact batch gets the answer of the same items as JSON, and the same one again", async () => {
  const other = await makeMonitored(db, agent)
  const items = (of: string): unknown[] => [
    pingOf(of, NOW - 9_000),
    pingOf(of, NOW - 9_000),
    pingOf(of, NOW - 9_000, { answers: false }),
    pingOf(of, NOW - 8_000, { icmp: { sent: 1, received: 2, rttUs: 1, jitterUs: null } }),
    interfaceOf(of, NOW - 9_000, "ether1"),
    interfaceOf(of, NOW - 8_000, "ether1", { rxBps: -1 }),
    interfaceOf(of, NOW - 8_000, "ether1", { extra: 1 }),
    sensorOf(of, NOW - 9_000, "temperature", "°C", 41),
    { kind: "of-a-later-release", device: of, atMs: NOW, source: "snmp", value: 1 },
    eventOf(of, NOW),
    factsOf(of, NOW, []),
    pingOf(randomUUID(), NOW),
    "no object",
  ]
  const asJson = await accept(batchOf(items(device)))
  const batch = compacted(batchOf(items(other)))
  const asColumns = await accept(batch)
  const plain = (ack: Ack) => ({
    accepted: ack.accepted,
    rejected: ack.rejected.map((one) => ({
      ...one,
      message: one.message.replace(/[0-9a-f-]{36}/, "ID"),
    })),
  })
  assert.deepEqual(plain(asColumns.ack), plain(asJson.ack))
  assert.equal(asColumns.ack.rejected.length, 7)
  const again = await accept(structuredClone(batch))
  assert.equal(JSON.stringify(again.ack), JSON.stringify(asColumns.ack))
  assert.equal(again.accepted, null)
  const changed = compacted({ ...batch, items: batch.items.slice(1) })
  await assert.rejects(
    ingest.accept(agent, changed, { boot: randomUUID() }),
    (error) => error instanceof HttpError && error.code === "buffer-conflict",
  )
})

test("a repeated batch gets the same answer, and is not passed on", async () => {
  const batch = batchOf([
    pingOf(device, NOW - 1_000),
    { kind: "ping", oops: 1 },
    pingOf(randomUUID(), NOW),
  ])
  const first = await accept(batch)
  const before = await count("series.ping")
  const again = await accept(batch)
  assert.equal(JSON.stringify(again.ack), JSON.stringify(first.ack))
  assert.notEqual(first.accepted, null)
  assert.equal(again.accepted, null)
  assert.equal(await count("series.ping"), before)
})

test("a batch that comes twice at once is stored once", async () => {
  const batch = batchOf([pingOf(device, NOW - 2_000)])
  const both = await Promise.all([accept(batch), accept(batch)])
  assert.deepEqual(both[0]?.ack, both[1]?.ack)
  assert.equal(both.filter(({ accepted }) => accepted !== null).length, 1)
})

test("a crash before the commit stores nothing, and the repeated batch is accepted", async () => {
  const batch = batchOf([pingOf(device, NOW - 3_000), eventOf(device, NOW - 3_000)])
  const before = [
    await count("series.ping"),
    await count("events.event"),
    await count("ingest.batch"),
  ]
  crash.next = true
  await assert.rejects(accept(batch), /the lights went out/)
  assert.deepEqual(
    [await count("series.ping"), await count("events.event"), await count("ingest.batch")],
    before,
  )
  const { accepted } = await accept(batch)
  assert.equal(accepted?.pings.length, 1)
})

test("a device that is removed while its batch is being stored is unknown, and affects nothing else", async () => {
  const doomed = await makeMonitored(db, agent)
  vanish.device = doomed
  const { ack, accepted } = await accept(
    batchOf([pingOf(doomed, NOW - 8_000), pingOf(device, NOW - 8_000)]),
  )
  assert.deepEqual(reasons(ack), ["0 unknown-device"])
  assert.equal(accepted?.pings.length, 1)
})

test("probes are accepted as far back as they are kept, everything else as far back as its raw values", async () => {
  const days = (n: number) => NOW - n * 86_400_000
  const { ack } = await accept(
    batchOf([
      pingOf(device, days(2)),
      interfaceOf(device, days(13), "ether1"),
      pingOf(device, days(13)),
    ]),
  )
  assert.deepEqual(reasons(ack), ["2 too-old"])
})

test("each rejected item is named by its position and reason, and the rest is stored", async () => {
  const other = await makeAgent(db, db.org)
  const theirs = await makeMonitored(db, other)
  const same = pingOf(device, NOW - 4_000)
  const batch = batchOf([
    "not an object",
    pingOf(randomUUID(), NOW),
    pingOf(theirs, NOW),
    pingOf(device, NOW - 4 * 86_400_000),
    pingOf(device, NOW + 6 * 60_000),
    same,
    same,
    { ...same, answers: false },
    { ...pingOf(device, NOW - 4_001), icmp: { sent: 1, received: 2, rttUs: 1, jitterUs: null } },
    { ...interfaceOf(device, NOW - 4_000, "ether1"), rxBps: 1e300 },
    { ...pingOf(device, NOW - 4_002), extra: true },
  ])
  const { ack, accepted } = await accept(batch)
  assert.deepEqual(reasons(ack), [
    "0 malformed",
    "1 unknown-device",
    "2 not-yours",
    "3 too-old",
    "4 in-the-future",
    "7 conflict",
    "8 malformed",
    "9 malformed",
    "10 malformed",
  ])
  assert.equal(ack.accepted, 2)
  assert.equal(accepted?.pings.length, 1)
  assert.match(ack.rejected[7]?.message ?? "", /rxBps/)
  const stored = await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx<{ reason: string }[]>`
      select reason from ingest.quarantine where agent_id = ${agent.id} order by id desc limit 4`,
  )
  assert.deepEqual(stored.map(({ reason }) => reason).sort(), [
    "in-the-future",
    "not-yours",
    "too-old",
    "unknown-device",
  ])
  assert.ok((counted.conflict ?? 0) >= 1)
  assert.ok((counted.double ?? 0) >= 1)
})

test("a device of another organisation is unknown here, and no batch can speak for its agent", async () => {
  const stranger = await makeOrg(db, "Stranger")
  const theirAgent = await makeAgent(db, stranger)
  const theirDevice = await makeMonitored(db, theirAgent)
  const { ack } = await accept(batchOf([pingOf(theirDevice, NOW)]))
  assert.deepEqual(reasons(ack), ["0 unknown-device"])
  const own = await accept(batchOf([pingOf(theirDevice, NOW)]), theirAgent)
  assert.equal(own.ack.accepted, 1)
  const seen = await db.dbs.ui.asOrg(
    stranger,
    (tx) => tx`select from ingest.batch where agent_id = ${agent.id}`,
  )
  assert.equal(seen.length, 0)
})

test("an interface is created if values arrive before facts; that of a session never is", async () => {
  await accept(
    batchOf([
      interfaceOf(device, NOW - 5_000, "sfp-new"),
      interfaceOf(device, NOW - 5_000, "<pppoe-anna>"),
      interfaceOf(device, NOW - 5_000, "l2tp-x"),
      factsOf(device, NOW, [{ name: "l2tp-x", dynamic: true }]),
    ]),
  )
  const rows = await db.dbs.ui.asOrg(
    db.org,
    (tx) =>
      tx<
        { name: string }[]
      >`select name from inventory.interface where device_id = ${device} and gone_at is null order by name`,
  )
  assert.ok(rows.some(({ name }) => name === "sfp-new"))
  assert.ok(!rows.some(({ name }) => name.includes("pppoe") || name === "l2tp-x"))
  assert.ok(changed.includes("interface"))
})

test("what Postgres cannot store costs only its own item, and can be named in the ack", async () => {
  const batch = batchOf([
    { ...eventOf(device, NOW), message: "a\0b" },
    { ...eventOf(device, NOW), attributes: { "k\0\uD800": "\uDC00" } },
    { ...pingOf(device, NOW - 6_000), "un\0known\uD800": 1 },
    { ...interfaceOf(device, NOW - 6_000, "tiny"), errorsPs: 1e-300 },
    sensorOf(device, NOW - 6_000, "small", "V", 5e-324),
  ])
  const { ack } = await accept(batch)
  assert.deepEqual(reasons(ack), ["0 malformed", "1 malformed", "2 malformed"])
  assert.equal(JSON.stringify((await accept(batch)).ack), JSON.stringify(ack))
})

test("whatever an agent sends, the answer is an ack that accounts for every item", async () => {
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.record({
      kind: fc.constantFrom("ping", "event", "facts", "sensor"),
      device: fc.constant(device),
      atMs: fc.maxSafeNat(),
    }),
    fc.record({
      kind: fc.constant("sensor"),
      device: fc.constant(device),
      sensor: fc.string({ minLength: 1, maxLength: 8, unit: "binary" }),
      atMs: fc.integer({ min: NOW - 20 * 86_400_000, max: NOW + 600_000 }),
      source: fc.constant("snmp"),
      unit: fc.constantFrom("V", "W"),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { maxLength: 12 }), async (items) => {
      const { ack } = await accept(batchOf(items))
      assert.equal(ack.accepted + ack.rejected.length, items.length)
    }),
    { numRuns: 20 },
  )
})

test("however batches are repeated and interleaved, each sample is stored once", async () => {
  const fresh = await makeMonitored(db, agent)
  let round = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 8 }), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 10 }),
      async (contents, order) => {
        round += 1
        const startMs = NOW - round * 100_000
        const batches = contents.map((slots) =>
          batchOf(slots.map((slot) => pingOf(fresh, startMs + slot * 1_000))),
        )
        const sent = [...order.map((n) => batches[n % batches.length]), ...batches].filter(
          (batch) => batch !== undefined,
        )
        const acks = new Map<string, string>()
        for (const { ack } of await Promise.all(sent.map((batch) => accept(batch)))) {
          const text = JSON.stringify(ack)
          assert.equal(acks.get(ack.buffer) ?? text, text)
          acks.set(ack.buffer, text)
        }
        const rows = await db.dbs.ui.sql<{ at: number }[]>`
          select (extract(epoch from p.ts) * 1000)::float8 as at from series.ping p
          where p.agent_id = ${agent.key} and p.ts >= to_timestamp(${startMs}::float8 / 1000)
            and p.ts < to_timestamp(${startMs + 100_000}::float8 / 1000)
            and p.target_id = ${(await target(fresh)) ?? 0} order by 1`
        const truth = [...new Set(contents.flat())]
          .sort((a, b) => a - b)
          .map((slot) => startMs + slot * 1_000)
        assert.deepEqual(
          rows.map(({ at }) => at),
          truth,
        )
      },
    ),
    { numRuns: 25 },
  )
})

const target = async (id: string): Promise<number | undefined> =>
  (
    await db.dbs.ui.asOrg(
      db.org,
      (tx) => tx<{ id: number }[]>`select id from inventory.target where device_id = ${id}`,
    )
  )[0]?.id

test("the ledger drops what an agent can no longer repeat, and nothing else", async () => {
  const buffer = randomUUID()
  for (const number of [1, 2]) await accept({ ...batchOf([]), buffer, number })
  await accept({ ...batchOf([]), buffer, number: 1_002 })
  await ingest.prune(db.org)
  const stored = await db.dbs.ui.asOrg(
    db.org,
    (tx) =>
      tx<{ number: number }[]>`select number from ingest.batch where buffer = ${buffer} order by 1`,
  )
  assert.deepEqual(
    stored.map(({ number }) => number),
    [1_002],
  )
})

test("the newest ten thousand rejected items are kept", async () => {
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`
      insert into ingest.quarantine (org_id, agent_id, received_at, reason, item)
      select ${db.org}, ${agent.id}, to_timestamp(${NOW}::float8 / 1000) - i * interval '1 second', 'too-old', '{}' from generate_series(1, 10100) i`,
  )
  assert.ok((await ingest.prune(db.org)) >= 100)
  assert.equal(await count("ingest.quarantine"), 10_000)
})

test("accepted items have the type that later stages read", async () => {
  const { accepted } = await accept(batchOf([pingOf(device, NOW - 7_000)], NOW + 2_500))
  const read: Accepted | null = accepted
  assert.equal(read?.skewMs, 2_500)
  assert.equal(read?.agent?.key, agent.key)
})
