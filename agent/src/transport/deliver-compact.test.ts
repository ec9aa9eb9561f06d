import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { type Batch, DeviceId, type Item } from "@ispvm/wire"
import { decodeSection, itemsOf } from "@ispvm/wire/compact"
import { pino } from "pino"
import { createBuffer, type PendingBatch } from "../buffer/buffer.ts"
import { openDiskStore } from "../buffer/disk-store.ts"
import { createBatchVersion } from "./batch-version.ts"
import { createDelivery } from "./deliver.ts"
import type { SectionBatch, SendResult, Uplink } from "./uplink.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-deliver-"))
after(() => rmSync(folder, { recursive: true }))
const DEVICE = DeviceId.parse(randomUUID())
const sample = (atMs: number): Item => ({
  ...{ kind: "ping", device: DEVICE, atMs, answers: true, icmp: null, tcp: null, because: "round" },
})
const notUsed = (): never => assert.fail("not asked for here")
const unusable: SendResult = { kind: "unusable", code: "malformed", message: "no" }
const formOf = (batch: Batch | SectionBatch): string => ("sections" in batch ? "compact" : "json")

type World = {
  readonly answered: (latest?: number) => void
  readonly add: (atMs: number) => void
}
/** `answer` also says what happens then; `whilePaused` during a wait. */
const run = async (
  begin: (world: World) => void,
  answer: (batch: Batch | SectionBatch, tries: number, world: World) => SendResult | "acked",
  whilePaused: (world: World, pauses: number) => void = () => undefined,
  onBegun: (batch: PendingBatch) => void = () => undefined,
) => {
  const file = join(folder, `${randomUUID()}.sqlite`)
  const onBroken = notUsed
  const store = openDiskStore({ file, maxBytes: 1e9, now: () => 1, redact: (all) => all, onBroken })
  const buffer = createBuffer({ store, now: () => 1, onLost: notUsed })
  const version = createBatchVersion(buffer.useCompact)
  const stop = new AbortController()
  const sent: (readonly [string, number])[] = []
  const world: World = {
    answered: version.answered,
    add: (atMs) => {
      buffer.add([sample(atMs)])
      buffer.flush()
    },
  }
  const uplink: Uplink = {
    ...{ heartbeat: notUsed, assignment: notUsed, tasks: notUsed, result: notUsed },
    ...{ renew: notUsed, packagePiece: notUsed, close: notUsed },
    send: async (batch: Batch | SectionBatch): Promise<SendResult> => {
      sent.push([formOf(batch), batch.number])
      const { buffer: id, number } = batch
      const outcome = answer(batch, sent.length, world)
      const ack = { protocol: 1, buffer: id, number, accepted: 1, rejected: [] }
      return outcome === "acked" ? { kind: "acked", ack } : outcome
    },
  }
  begin(world)
  let pauses = 0
  const delivery = createDelivery({
    buffer: {
      ...buffer,
      begin: (inFlight) => {
        const batch = buffer.begin(inFlight)
        if (batch !== null) onBegun(batch)
        return batch
      },
    },
    uplink: () => uplink,
    version,
    now: () => 1,
    random: () => 1,
    pause: async () => {
      pauses += 1
      whilePaused(world, pauses)
      if (buffer.depth().batches === 0 || pauses > 40) stop.abort()
    },
    log: pino({ level: "silent" }),
  })
  await delivery.run(stop.signal)
  const left = buffer.depth()
  store.close()
  return { sent, left, pauses }
}

test("a batch by columns is sent without decoding its items", async () => {
  let begun = 0
  const { left } = await run(
    ({ add, answered }) => {
      answered(2)
      add(1)
    },
    () => "acked",
    undefined,
    (batch) => {
      assert.ok(batch.sections !== null)
      Object.defineProperty(batch, "items", { get: notUsed })
      begun += 1
    },
  )
  assert.deepEqual([begun, left.batches], [1, 0])
})

test("what is stored as JSON is sent as JSON first, and what follows by columns", async () => {
  const { sent, left } = await run(
    ({ add, answered }) => {
      add(1)
      answered(2)
      add(2)
    },
    () => "acked",
  )
  assert.deepEqual(sent, [
    ["json", 1],
    ["compact", 2],
  ])
  assert.equal(left.batches, 0)
})

test("an appliance that accepts only JSON gets JSON of what is stored by columns", async () => {
  const items: unknown[] = []
  const { sent } = await run(
    ({ add, answered }) => {
      answered(2)
      add(1)
      answered()
    },
    (batch) => {
      items.push("items" in batch ? batch.items : null)
      return "acked"
    },
  )
  assert.deepEqual(sent, [["json", 1]])
  assert.deepEqual(items, [[sample(1)]])
})

test("a later version of the appliance gets the latest that this agent has", async () => {
  const { sent } = await run(
    ({ add, answered }) => {
      answered(7)
      add(1)
    },
    () => "acked",
  )
  assert.deepEqual(sent, [["compact", 1]])
})

test("after a compact batch is rejected, the next answer decides its version", async () => {
  const { sent, left } = await run(
    ({ add, answered }) => {
      answered(2)
      add(1)
    },
    (batch) => (formOf(batch) === "compact" ? unusable : "acked"),
    ({ answered }, pauses) => {
      if (pauses === 5) answered()
    },
  )
  assert.deepEqual(sent, [
    ["compact", 1],
    ["json", 1],
  ])
  assert.equal(left.quarantinedItems, 0)
})

test("an appliance that accepts them in any order gets several batches at once, and one after a failure", async () => {
  const file = join(folder, `${randomUUID()}.sqlite`)
  const store = openDiskStore({
    ...{ file, maxBytes: 1e9, now: () => 1, redact: (all) => all, onBroken: notUsed },
  })
  const buffer = createBuffer({ store, now: () => 1, onLost: notUsed })
  const version = createBatchVersion(buffer.useCompact)
  version.answered(3)
  const many = Array.from({ length: 30_000 }, (_, n) => sample(n))
  buffer.add(many)
  const stop = new AbortController()
  const arrived: number[] = []
  const atOnce: number[] = []
  let [inFlight, tries] = [0, 0]
  const uplink: Uplink = {
    ...{ heartbeat: notUsed, assignment: notUsed, tasks: notUsed, result: notUsed },
    ...{ renew: notUsed, packagePiece: notUsed, close: notUsed },
    send: async (batch): Promise<SendResult> => {
      inFlight += 1
      tries += 1
      atOnce.push(inFlight)
      const fails = tries === 4 || tries === 5
      await new Promise((done) => setTimeout(done, 20 - (tries % 3) * 5))
      inFlight -= 1
      const { buffer: id, number } = batch
      if (fails) return { kind: "retry", retryAfterMs: null, code: "unreachable", message: "no" }
      if (!("sections" in batch)) return notUsed()
      for (const section of batch.sections)
        for (const item of itemsOf(
          decodeSection(section, { items: 1e6, values: 1e8, inflatedBytes: 1e8 }),
        ) as Item[])
          arrived.push(item.atMs)
      return { kind: "acked", ack: { protocol: 1, buffer: id, number, accepted: 1, rejected: [] } }
    },
  }
  const delivery = createDelivery({
    ...{ buffer, uplink: () => uplink, version, now: () => 1, random: () => 1 },
    pause: async () => {
      await new Promise((done) => setTimeout(done, 1))
      if (buffer.depth().batches === 0) stop.abort()
    },
    log: pino({ level: "silent" }),
  })
  await delivery.run(stop.signal)
  assert.deepEqual(
    arrived.toSorted((a, b) => a - b),
    many.map(({ atMs }) => atMs),
  )
  assert.ok(Math.max(...atOnce) > 1 && Math.max(...atOnce) <= 3, `${atOnce}`)
  assert.ok(delivery.counts.failures <= 2, `${delivery.counts.failures}`)
  store.close()
})

test("items that arrive while a batch is in flight do not keep the agent busy", async () => {
  const file = join(folder, `${randomUUID()}.sqlite`)
  const store = openDiskStore({
    ...{ file, maxBytes: 1e9, now: () => 1, redact: (all) => all, onBroken: notUsed },
  })
  const buffer = createBuffer({ store, now: () => 1, onLost: notUsed })
  const stop = new AbortController()
  const add = (atMs: number): void => {
    buffer.add([sample(atMs)])
    buffer.flush()
  }
  add(1)
  const numbers: number[] = []
  const uplink: Uplink = {
    ...{ heartbeat: notUsed, assignment: notUsed, tasks: notUsed, result: notUsed },
    ...{ renew: notUsed, packagePiece: notUsed, close: notUsed },
    send: async ({ buffer: id, number }): Promise<SendResult> => {
      numbers.push(number)
      if (number === 1) add(2)
      // Reached only if the event loop turns.
      await new Promise((done) => setTimeout(done, 20))
      return { kind: "acked", ack: { protocol: 1, buffer: id, number, accepted: 1, rejected: [] } }
    },
  }
  const delivery = createDelivery({
    ...{ buffer, uplink: () => uplink, version: createBatchVersion(notUsed), now: () => 1 },
    random: () => 1,
    pause: async () => {
      if (buffer.depth().batches === 0) stop.abort()
    },
    log: pino({ level: "silent" }),
  })
  await delivery.run(stop.signal)
  assert.deepEqual(numbers, [1, 2])
  store.close()
})
