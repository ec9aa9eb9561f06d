/**
 * Delivery with several batches in flight, against an appliance with the ledger's rules, while
 * answers are lost, the agent is restarted, the appliance becomes an earlier release and back, and
 * the redaction changes.
 */
import assert from "node:assert/strict"
import { createHash, randomUUID } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { setTimeout as wait } from "node:timers/promises"
import { type Batch, DeviceId, type Item } from "@ispvm/wire"
import { decodeSection, itemsOf } from "@ispvm/wire/compact"
import fc from "fast-check"
import { pino } from "pino"
import { createBuffer } from "../buffer/buffer.ts"
import { openDiskStore } from "../buffer/disk-store.ts"
import { createBatchVersion } from "./batch-version.ts"
import { createDelivery } from "./deliver.ts"
import type { SectionBatch, SendResult, Uplink } from "./uplink.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-several-"))
after(() => rmSync(folder, { recursive: true }))
const DEVICE = DeviceId.parse(randomUUID())
const OUTAGE_MS = 1_000
const NOW_MS = 10_000_000
const BOUNDS = { items: 1e6, values: 1e8, inflatedBytes: 1e8 }

const sample = (atMs: number): Item => ({
  ...{ kind: "ping", device: DEVICE, atMs, answers: true, icmp: null, tcp: null, because: "round" },
})
const facts = (atMs: number): Item => ({
  ...{ kind: "facts", device: DEVICE, atMs, source: "snmp", identity: `${atMs}`, vendor: null },
  ...{ board: null, version: null, architecture: null, serial: null, interfaces: null },
})
const notUsed = (): never => assert.fail("not asked for here")
const contentOf = (batch: Batch | SectionBatch): Item[] =>
  "sections" in batch
    ? batch.sections.flatMap((section) => itemsOf(decodeSection(section, BOUNDS)) as Item[])
    : batch.items.map((item) => item as Item)

const STEPS = ["add", "lose", "cut", "fail", "restart", "version-2", "version-3", "redact"] as const
type Step = (typeof STEPS)[number]

/** What has arrived: first arrivals in their order, and under which buffer each is known. */
const createAppliance = () => {
  const ledger = new Map<string, string>()
  const arrived: Item[] = []
  const copies: string[] = []
  const store = (batch: Batch | SectionBatch): SendResult => {
    const { buffer, number } = batch
    const items = contentOf(batch)
    const digest = createHash("sha256").update(JSON.stringify(items)).digest("hex")
    const known = ledger.get(`${buffer} ${number}`)
    assert.ok(known === undefined || known === digest, `batch ${number} has other items now`)
    if (known === undefined) {
      ledger.set(`${buffer} ${number}`, digest)
      for (const item of items) {
        arrived.push(item)
        copies.push(`${buffer} ${item.kind} ${item.atMs}`)
      }
    }
    const ack = { protocol: 1, buffer, number, accepted: items.length, rejected: [] }
    return { kind: "acked", ack }
  }
  return {
    arrived,
    copies,
    answer: async (step: Step | undefined, batch: Batch | SectionBatch): Promise<SendResult> => {
      // Later ones may arrive before.
      await wait((batch.number % 3) * 20)
      if (step === "cut") return retry("unreachable")
      if (step === "fail") return retry("failed")
      const stored = store(batch)
      return step === "lose" ? retry("unreachable") : stored
    },
  }
}

const retry = (code: string): SendResult => ({
  ...{ kind: "retry", retryAfterMs: null, code, message: "no" },
})

const REST_OF_UPLINK = {
  ...{ heartbeat: notUsed, assignment: notUsed, tasks: notUsed, result: notUsed },
  ...{ renew: notUsed, packagePiece: notUsed, close: notUsed },
}
/** `steps` happen one after another, each with the next batch that is sent. */
const play = async (steps: readonly Step[]) => {
  const file = join(folder, `${randomUUID()}.sqlite`)
  const appliance = createAppliance()
  const rest = [...steps]
  let [added, latest, nowMs] = [0, 3, OUTAGE_MS]
  const start = () => {
    const store = openDiskStore({
      ...{ file, maxBytes: 1e9, now: () => nowMs, redact: (all) => all, onBroken: notUsed },
    })
    const buffer = createBuffer({ store, now: () => nowMs, onLost: notUsed })
    const version = createBatchVersion(buffer.useCompact)
    version.answered(latest)
    return { store, buffer, version, stop: new AbortController() }
  }
  let running = start()
  const add = (samples: number, others: number): void => {
    const items = Array.from({ length: samples + others }, (_, n) =>
      n < samples ? sample(added + n) : facts(added + n),
    )
    running.buffer.add(items)
    running.buffer.flush()
    added += items.length
  }
  // Facts alone are more than one batch.
  for (let part = 0; part < 12; part += 1) add(500, 500)
  nowMs = NOW_MS
  let interrupt = (): void => undefined
  let shouldRestart = false
  const uplink: Uplink = {
    ...REST_OF_UPLINK,
    send: async (batch, signal): Promise<SendResult> => {
      const step = rest.shift()
      if (step === "add") add(3, 1)
      if (step?.startsWith("version")) {
        latest = Number(step.at(-1))
        running.version.answered(latest)
      }
      if (step === "redact") {
        running.buffer.redact()
        interrupt()
      }
      if (step === "restart") {
        shouldRestart = true
        running.stop.abort()
      }
      const outcome = await appliance.answer(step, batch)
      return signal.aborted ? retry("unreachable") : outcome
    },
  }
  let pauses = 0
  while (running.buffer.depth().batches > 0) {
    const { store, buffer, version, stop } = running
    const delivery = createDelivery({
      ...{ buffer, uplink: () => uplink, version, now: () => nowMs, random: () => 1 },
      pause: async () => {
        pauses += 1
        assert.ok(pauses < 3_000, "it does not end")
        await wait(0)
        if (buffer.depth().batches === 0) stop.abort()
      },
      log: pino({ level: "silent" }),
    })
    interrupt = delivery.interrupt
    await delivery.run(stop.signal)
    if (!shouldRestart) continue
    shouldRestart = false
    store.close()
    running = start()
  }
  running.store.close()
  return { ...appliance, added }
}

test("nothing is lost, doubled or changed, and facts keep their order, whatever happens", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 14 }), async (steps) => {
      const { arrived, copies, added } = await play(steps)
      const keys = arrived.map(({ kind, atMs }) => `${kind} ${atMs}`)
      assert.equal(new Set(keys).size, added)
      assert.equal(new Set(copies).size, copies.length, "twice under one buffer id")
      if (!steps.includes("redact")) assert.equal(keys.length, added)
      const times = arrived.flatMap(({ kind, atMs }) => (kind === "facts" ? [atMs] : []))
      const firsts = [...new Set(times)]
      assert.deepEqual(
        firsts,
        firsts.toSorted((a, b) => a - b),
      )
    }),
    { numRuns: 25 },
  )
})
