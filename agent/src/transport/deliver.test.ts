import assert from "node:assert/strict"
import { test } from "node:test"
import { pino } from "pino"
import { createBuffer } from "../buffer/buffer.ts"
import { memoryShelf } from "../buffer/memory.ts"
import { type Batch, DeviceId, type Item } from "../wire/wire.ts"
import { backoffMs } from "./backoff.ts"
import { createDelivery } from "./deliver.ts"
import { parseRetryAfter } from "./request.ts"
import type { Sent, Uplink } from "./uplink.ts"

const device = DeviceId.parse("00000000-0000-4000-8000-000000000001")
const sample = (atMs: number): Item => ({
  kind: "ping",
  device,
  atMs,
  answers: true,
  icmp: null,
  tcp: "accepted",
  because: "round",
})
const acked = ({ buffer, number, items }: Batch): Sent => ({
  kind: "acked",
  ack: { protocol: 1, buffer, number, accepted: items.length, rejected: [] },
})
const later: Sent = { kind: "later", retryAfterMs: null, code: "unreachable", message: "no" }
const unusable: Sent = { kind: "unusable", code: "malformed", message: "no" }
const notUsed = (): never => assert.fail("not asked for here")

/** Delivers until the buffer is empty; time passes only in pauses, which are kept. */
const run = async (answer: (batch: Batch, tries: number) => Sent, batches: readonly (readonly Item[])[]) => {
  const buffer = createBuffer({ shelf: memoryShelf(), now: () => 1, onLost: notUsed })
  const stop = new AbortController()
  const sent: Batch[] = []
  const pauses: number[] = []
  let nowMs = 0
  let inFlight = 0
  const uplink: Uplink = {
    async send(batch) {
      assert.equal(++inFlight, 1, "one batch at a time")
      sent.push(batch)
      const outcome = answer(batch, sent.length)
      await null
      inFlight -= 1
      return outcome
    },
    heartbeat: notUsed,
    assignment: notUsed,
    tasks: notUsed,
    result: notUsed,
    renew: notUsed,
    close: notUsed,
  }
  const pause = async (ms: number): Promise<void> => {
    pauses.push(ms)
    nowMs += ms
    const next = waiting.shift()
    if (next !== undefined) buffer.add(next)
    else if (buffer.depth().batches === 0) stop.abort()
    buffer.flush()
  }
  const waiting = [...batches]
  buffer.add(waiting.shift() ?? [])
  buffer.flush()
  const delivery = createDelivery({
    buffer,
    uplink: () => uplink,
    now: () => nowMs,
    random: () => 1,
    pause,
    log: pino({ level: "silent" }),
  })
  await delivery.run(stop.signal)
  return { sent, pauses, counts: delivery.counts, depth: buffer.depth() }
}

test("batches go out in order, each until it is acknowledged", async () => {
  const { sent, counts } = await run(
    (batch, tries) => (tries === 2 || tries === 3 ? later : acked(batch)),
    [[sample(1)], [sample(2)]],
  )
  assert.deepEqual(
    sent.map(({ number }) => number),
    [1, 2, 2, 2],
  )
  assert.deepEqual(sent.at(-1)?.items, [sample(2)])
  assert.deepEqual([counts.delivered, counts.failures, counts.trouble], [2, 2, null])
})

test("failures wait longer and longer, thirty seconds at most", async () => {
  const { pauses } = await run((batch, tries) => (tries < 10 ? later : acked(batch)), [[sample(1)]])
  assert.deepEqual(pauses.slice(0, 9), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test("the appliance's own word on when to come again is kept", async () => {
  const busy: Sent = { ...later, retryAfterMs: 7_000 }
  const { pauses } = await run((batch, tries) => (tries === 1 ? busy : acked(batch)), [[sample(1)]])
  assert.equal(pauses[0], 7_000)
})

test("a batch that is called unusable three times is set aside, and the queue goes on without a missing number", async () => {
  const isBad = ({ items }: Batch) => JSON.stringify(items).includes('"atMs":1,')
  const { sent, counts, depth } = await run((batch) => (isBad(batch) ? unusable : acked(batch)), [[sample(1)], [sample(2)]])
  assert.deepEqual(
    sent.map(({ number, items }) => [number, items.length]),
    [
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 0],
      [2, 1],
    ],
  )
  assert.deepEqual([counts.setAside, depth.asideItems], [1, 1])
})

test("where even an empty batch is refused, nothing was wrong with the items: they are taken back", async () => {
  const { sent, counts, depth } = await run((batch, tries) => (tries <= 4 ? unusable : acked(batch)), [[sample(1)]])
  assert.deepEqual(
    sent.map(({ number, items }) => [number, items.length]),
    [
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 0],
      [1, 1],
    ],
  )
  assert.deepEqual([counts.setAside, depth.asideItems, depth.batches], [0, 0, 0])
})

test("rejected items are counted and not sent again", async () => {
  const reject = (batch: Batch): Sent => ({
    kind: "acked",
    ack: {
      protocol: 1,
      buffer: batch.buffer,
      number: batch.number,
      accepted: 0,
      rejected: [{ index: 0, reason: "not-yours", message: "" }],
    },
  })
  const { sent, counts } = await run(reject, [[sample(1)]])
  assert.deepEqual([sent.length, counts.rejected], [1, 1])
})

test("back-off is spread between half and whole, and never beyond its most", () => {
  const backoff = { firstMs: 100, mostMs: 1_000 }
  assert.deepEqual(
    [backoffMs(1, backoff, () => 0), backoffMs(1, backoff, () => 1), backoffMs(99, backoff, () => 1)],
    [50, 100, 1_000],
  )
})

test("Retry-After is seconds or a date, bounded", () => {
  const nowMs = Date.parse("2026-11-22T12:00:00Z")
  const cases: [string | undefined, number | null][] = [
    [undefined, null],
    ["3", 3_000],
    ["Sun, 22 Nov 2026 12:00:05 GMT", 5_000],
    ["Sun, 22 Nov 2026 11:00:00 GMT", 0],
    ["99999999", 3_600_000],
    ["soon", null],
  ]
  for (const [header, expected] of cases) assert.equal(parseRetryAfter(header, nowMs), expected, header)
})
