import assert from "node:assert/strict"
import { test } from "node:test"
import { type Batch, DeviceId, type Item } from "@ispvm/wire"
import { pino } from "pino"
import { createMemoryStore } from "../../test/memory-store.ts"
import { createBuffer, type SegmentStore } from "../buffer/buffer.ts"
import { backoffMs } from "./backoff.ts"
import { createBatchVersion } from "./batch-version.ts"
import { createDelivery } from "./deliver.ts"
import { parseRetryAfter } from "./request.ts"
import type { SendResult, Uplink } from "./uplink.ts"

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
const acked = ({ buffer, number, items }: Batch): SendResult => ({
  kind: "acked",
  ack: { protocol: 1, buffer, number, accepted: items.length, rejected: [] },
})
const retry: SendResult = { kind: "retry", retryAfterMs: null, code: "unreachable", message: "no" }
const unusable: SendResult = { kind: "unusable", code: "malformed", message: "no" }
const notUsed = (): never => assert.fail("not asked for here")

/** Delivers until the buffer is empty; time passes only in pauses, which are recorded. */
const run = async (
  answer: (batch: Batch, tries: number) => SendResult,
  batches: readonly (readonly Item[])[],
  store: SegmentStore = createMemoryStore(),
) => {
  const buffer = createBuffer({ store, now: () => 1, onLost: notUsed })
  const problems: string[] = []
  const stop = new AbortController()
  const sent: Batch[] = []
  const pauses: number[] = []
  let nowMs = 0
  let inFlight = 0
  const uplink: Uplink = {
    async send(batch) {
      if ("sections" in batch) return notUsed()
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
    packagePiece: notUsed,
    close: notUsed,
  }
  const pause = async (ms: number): Promise<void> => {
    pauses.push(ms)
    nowMs += ms
    if (delivery.counts.problem !== null) problems.push(delivery.counts.problem.message)
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
    version: createBatchVersion(notUsed),
    now: () => nowMs,
    random: () => 1,
    pause,
    log: pino({ level: "silent" }),
  })
  await delivery.run(stop.signal)
  return { sent, pauses, problems, counts: delivery.counts, depth: buffer.depth() }
}

test("batches are sent in order, each until it is acknowledged", async () => {
  const { sent, counts } = await run(
    (batch, tries) => (tries === 2 || tries === 3 ? retry : acked(batch)),
    [[sample(1)], [sample(2)]],
  )
  assert.deepEqual(
    sent.map(({ number }) => number),
    [1, 2, 2, 2],
  )
  assert.deepEqual(sent.at(-1)?.items, [sample(2)])
  assert.deepEqual([counts.delivered, counts.failures, counts.problem], [2, 2, null])
})

test("failures wait longer each time, thirty seconds at most", async () => {
  const { pauses } = await run((batch, tries) => (tries < 10 ? retry : acked(batch)), [[sample(1)]])
  assert.deepEqual(
    pauses.slice(0, 9),
    [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000],
  )
})

test("the appliance's Retry-After is kept", async () => {
  const busy: SendResult = { ...retry, retryAfterMs: 7_000 }
  const { pauses } = await run((batch, tries) => (tries === 1 ? busy : acked(batch)), [[sample(1)]])
  assert.equal(pauses[0], 7_000)
})

test("a batch that is unusable three times is quarantined, and the queue continues without a missing number", async () => {
  const isBad = ({ items }: Batch) => JSON.stringify(items).includes('"atMs":1,')
  const { sent, counts, depth } = await run(
    (batch) => (isBad(batch) ? unusable : acked(batch)),
    [[sample(1)], [sample(2)]],
  )
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
  assert.deepEqual([counts.quarantined, depth.quarantinedItems], [1, 1])
})

test("if even an empty batch is rejected, the items were not the reason and are restored", async () => {
  const { sent, counts, depth } = await run(
    (batch, tries) => (tries <= 4 ? unusable : acked(batch)),
    [[sample(1)]],
  )
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
  assert.deepEqual([counts.quarantined, depth.quarantinedItems, depth.batches], [0, 0, 0])
})

const failed: SendResult = { kind: "retry", retryAfterMs: null, code: "failed", message: "no" }
const holds = ({ items }: Batch, atMs: number) => JSON.stringify(items).includes(`"atMs":${atMs},`)

test("a batch at which the appliance fails for ten minutes is quarantined, and does not block the queue", async () => {
  const { sent, pauses, counts, depth } = await run(
    (batch) => (holds(batch, 1) ? failed : acked(batch)),
    [[sample(1)], ...Array.from({ length: 30 }, (_, i) => [sample(i + 2)])],
  )
  const tries = sent.filter((batch) => batch.number === 1 && batch.items.length > 0).length
  assert.ok(
    tries >= 20 && pauses.slice(0, tries - 1).reduce((sum, ms) => sum + ms, 0) >= 570_000,
    `${tries} tries`,
  )
  assert.deepEqual([counts.quarantined, depth.quarantinedItems, depth.batches], [1, 1, 0])
})

test("if the appliance also fails at the next batch, the first one is restored, and all are delivered", async () => {
  let until = 0
  const { sent, counts, depth } = await run(
    (batch, tries) => {
      if (batch.items.length === 0) until = tries + 5
      return batch.items.length > 0 && (until === 0 || tries <= until) ? failed : acked(batch)
    },
    [[sample(1)], ...Array.from({ length: 40 }, (_, i) => [sample(i + 2)])],
  )
  const arrived = new Set(
    sent.slice(until).flatMap(({ items }) => items.map((item) => JSON.stringify(item))),
  )
  assert.ok(arrived.has(JSON.stringify(sample(1))))
  assert.deepEqual([counts.quarantined, depth.quarantinedItems, depth.batches], [0, 0, 0])
})

const rename: SendResult = { kind: "rename", code: "buffer-conflict", message: "another content" }

test("a copied buffer gets a new id at once, and loses nothing", async () => {
  const { sent, pauses, counts, depth } = await run(
    (batch, tries) => (tries === 2 ? rename : acked(batch)),
    [[sample(1)], [sample(2)], [sample(3)]],
  )
  const [first, conflicted, again, next] = sent
  assert.deepEqual(
    [conflicted?.number, again?.number, again?.items, next?.number],
    [2, 1, [sample(2)], 2],
  )
  assert.ok(
    first?.buffer === conflicted?.buffer &&
      again?.buffer !== conflicted?.buffer &&
      next?.buffer === again?.buffer,
  )
  assert.ok(
    pauses.every((ms) => ms <= 50),
    "nothing waits for a back-off",
  )
  assert.deepEqual(
    [counts.renamed, counts.delivered, counts.problem, depth.batches],
    [1, 3, null, 0],
  )
})

test("an appliance that repeatedly requires a new id is not flooded", async () => {
  const { pauses, counts } = await run(
    (batch, tries) => (tries <= 4 ? rename : acked(batch)),
    [[sample(1)]],
  )
  assert.deepEqual(pauses.slice(0, 3), [1_000, 2_000, 4_000])
  assert.deepEqual([counts.renamed, counts.delivered, counts.quarantined], [4, 1, 0])
})

test("a quarantined suspect returns to the backlog before the id changes", async () => {
  let until = 0
  const { sent, counts, depth } = await run(
    (batch) => {
      if (until === 0 && batch.items.length > 0) return failed
      until += 1
      return until === 2 ? rename : acked(batch)
    },
    [[sample(1)], ...Array.from({ length: 30 }, (_, i) => [sample(i + 2)])],
  )
  const renamed = sent.findIndex(({ buffer }) => buffer !== sent[0]?.buffer)
  assert.ok(sent.slice(renamed).some((batch) => holds(batch, 1)))
  assert.deepEqual([counts.quarantined, depth.quarantinedItems, depth.batches], [0, 0, 0])
})

test("a proxy's 500, or an unavailable database, is waited for without a limit", async () => {
  for (const code of ["http-500", "unavailable"]) {
    const { counts } = await run(
      (batch, tries) => (tries < 60 ? { ...retry, code } : acked(batch)),
      [[sample(1)]],
    )
    assert.deepEqual([counts.quarantined, counts.delivered], [0, 1], code)
  }
})

test("a buffer that cannot be read is a reported problem, and delivery continues when it works again", async () => {
  const store = createMemoryStore()
  let tries = 0
  const begin = store.begin.bind(store)
  const broken: SegmentStore = Object.assign(store, {
    begin: (nowMs: number) => {
      tries += 1
      if (tries < 4) throw new Error("database or disk is full")
      return begin(nowMs)
    },
  })
  const { counts, problems } = await run((batch) => acked(batch), [[sample(1)]], broken)
  assert.deepEqual([counts.delivered, counts.failures, counts.problem], [1, 3, null])
  assert.match(problems[0] ?? "", /buffer cannot be read .* disk is full/)
})

test("rejected items are counted and not sent again", async () => {
  const reject = (batch: Batch): SendResult => ({
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

test("back-off is random between half and the full time, and limited", () => {
  const backoff = { firstMs: 100, maxMs: 1_000 }
  assert.deepEqual(
    [
      backoffMs(1, backoff, () => 0),
      backoffMs(1, backoff, () => 1),
      backoffMs(99, backoff, () => 1),
    ],
    [50, 100, 1_000],
  )
})

test("Retry-After is seconds or a date, with a limit", () => {
  const nowMs = Date.parse("2026-11-22T12:00:00Z")
  const cases: [string | undefined, number | null][] = [
    [undefined, null],
    ["3", 3_000],
    ["Sun, 22 Nov 2026 12:00:05 GMT", 5_000],
    ["Sun, 22 Nov 2026 11:00:00 GMT", 0],
    ["99999999", 3_600_000],
    ["soon", null],
  ]
  for (const [header, expected] of cases)
    assert.equal(parseRetryAfter(header, nowMs), expected, header)
})

test("an answered heartbeat ends the wait for an unreachable appliance, and no other wait", async () => {
  for (const [code, ends] of [
    ["unreachable", true],
    ["failed", false],
  ] as const) {
    const buffer = createBuffer({ store: createMemoryStore(), now: () => 1, onLost: notUsed })
    buffer.add([sample(1)])
    buffer.flush()
    const stop = new AbortController()
    let tries = 0
    let waits = 0
    const uplink: Uplink = {
      send: async (batch) => {
        tries += 1
        if ("sections" in batch) return notUsed()
        return tries === 1 ? { ...retry, code } : acked(batch)
      },
      heartbeat: notUsed,
      assignment: notUsed,
      tasks: notUsed,
      result: notUsed,
      renew: notUsed,
      packagePiece: notUsed,
      close: notUsed,
    }
    // A wait that only its signal ends; the heartbeat's answer arrives during it.
    const pause = (_: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        waits += 1
        signal.addEventListener("abort", () => resolve())
        setImmediate(() => delivery.notifyReachable())
        if (waits > 1 || !ends) setImmediate(() => stop.abort())
      })
    const delivery = createDelivery({
      buffer,
      uplink: () => uplink,
      version: createBatchVersion(notUsed),
      now: () => 1,
      random: () => 1,
      pause,
      log: pino({ level: "silent" }),
    })
    await delivery.run(stop.signal)
    assert.deepEqual([code, tries], [code, ends ? 2 : 1])
  }
})
