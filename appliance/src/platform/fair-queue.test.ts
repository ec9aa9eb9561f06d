import assert from "node:assert/strict"
import { test } from "node:test"
import { createDeriveThread } from "../registry/auth/derive.ts"
import { checkPassword, hashPassword } from "../registry/auth/password.ts"
import { createFairQueue } from "./fair-queue.ts"

const makeWork = () => {
  const order: string[] = []
  const releases: (() => void)[] = []
  const work = (name: string) => () =>
    new Promise<void>((resolve) => {
      order.push(name)
      releases.push(resolve)
    })
  /** Ends all of them, one after another. */
  const release = async (): Promise<void> => {
    for (let finish = releases.shift(); finish !== undefined; finish = releases.shift()) {
      finish()
      await new Promise(setImmediate)
    }
  }
  return { order, work, release }
}

test("sources alternate, known ones come before strangers, and one is hashed at a time", async () => {
  const { order, work, release } = makeWork()
  const queue = createFairQueue({ atOnce: 1, perSource: 3, waiting: 10, maxWaitMs: 1_000 })
  const stranger = (source: string) => queue.run({ source, isKnown: false }, work(source))
  const all = [stranger("a"), stranger("a"), stranger("a"), stranger("b")]
  all.push(queue.run({ source: "owner", isKnown: true }, work("owner")))
  assert.deepEqual(order, ["a"])
  await release()
  await Promise.all(all)
  assert.deepEqual(order, ["a", "owner", "a", "b", "a"])
})

test("a full queue rejects at once: for one source, for all strangers, and never for known ones", async () => {
  const { order, work, release } = makeWork()
  const queue = createFairQueue({ atOnce: 1, perSource: 2, waiting: 4, maxWaitMs: 1_000 })
  const stranger = (source: string) => queue.run({ source, isKnown: false }, work(source))
  const accepted = [stranger("a"), stranger("a"), stranger("a")]
  const full = { ok: false, reason: "full" }
  assert.deepEqual(await stranger("a"), full)
  accepted.push(stranger("b"), stranger("c"))
  assert.deepEqual(await stranger("d"), full)
  accepted.push(queue.run({ source: "owner", isKnown: true }, work("owner")))
  await release()
  assert.ok((await Promise.all(accepted)).every(({ ok }) => ok))
  assert.equal(order[1], "owner")
})

test("work that has waited too long is rejected instead of being hashed", async () => {
  const { order, work, release } = makeWork()
  let nowMs = 0
  const queue = createFairQueue(
    { atOnce: 1, perSource: 2, waiting: 4, maxWaitMs: 1_000 },
    () => nowMs,
  )
  const [first, late] = [
    { source: "a", isKnown: false },
    { source: "b", isKnown: false },
  ].map((turn) => queue.run(turn, work(turn.source)))
  nowMs = 1_001
  await release()
  assert.equal((await first)?.ok, true)
  assert.deepEqual(await late, { ok: false, reason: "too-late" })
  assert.deepEqual(order, ["a"])
})

test("work that would wait too long is rejected at once, by recent durations", async () => {
  let nowMs = 0
  const queue = createFairQueue(
    { atOnce: 1, perSource: 2, waiting: 48, maxWaitMs: 1_000 },
    () => nowMs,
  )
  const slow = async (): Promise<string> => {
    nowMs += 400
    return "done"
  }
  await queue.run({ source: "first", isKnown: false }, slow)
  const { work, release } = makeWork()
  const running = queue.run({ source: "a", isKnown: false }, work("a"))
  const waiting = ["b", "c"].map((source) => queue.run({ source, isKnown: false }, slow))
  const full = { ok: false, reason: "full" }
  assert.deepEqual(await queue.run({ source: "d", isKnown: false }, slow), full)
  await release()
  assert.equal((await running).ok, true)
  assert.ok((await Promise.all(waiting)).every(({ ok }) => ok))
})

test("a failure affects only its own caller, and the next one runs", async () => {
  const queue = createFairQueue({ atOnce: 1, perSource: 2, waiting: 4, maxWaitMs: 1_000 })
  const turn = { source: "a", isKnown: false }
  const broken = queue.run(turn, () => Promise.reject(new Error("broken")))
  const good = queue.run(turn, async () => "good")
  await assert.rejects(broken, /broken/)
  assert.deepEqual(await good, { ok: true, value: "good" })
})

test("the thread derives what the pool derives, and reports what it cannot", async (t) => {
  const thread = createDeriveThread()
  t.after(() => thread.stop())
  const cost = { n: 16, r: 1, p: 1 }
  const hash = await hashPassword("a long password", cost, thread.derive)
  assert.equal(await checkPassword("a long password", hash), true)
  assert.equal(await checkPassword("another", hash, thread.derive), false)
  await assert.rejects(
    hashPassword("x", { n: 15, r: 1, p: 1 }, thread.derive),
    /could not be hashed/,
  )
})
