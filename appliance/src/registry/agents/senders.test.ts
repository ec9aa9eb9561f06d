import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../../messages/text.ts"
import { createSenders, sharedMessage } from "./senders.ts"

const AGENT = "a"
const from = (boot: string) => ({ boot, hostname: `host-${boot}`, address: "192.0.2.1" })
/** Heartbeats as `boot@seconds`; gives how each was classified. */
const run = (...heartbeats: readonly string[]) => {
  const senders = createSenders()
  const results = heartbeats.map((heartbeat) => {
    const [boot = "", atS = ""] = heartbeat.split("@")
    return senders.receive(AGENT, from(boot), Number(atS) * 1_000)
  })
  return {
    senders,
    results,
    shared: (atS: number) => senders.shared(AGENT, atS * 1_000).map(({ boot }) => boot),
  }
}
const isSecond = (
  senders: ReturnType<typeof createSenders>,
  boot: string | null,
  atS: number,
): boolean => senders.isSecond(AGENT, boot, atS * 1_000)

test("restarts are one process after another, however many and however quick", () => {
  const { results, shared, senders } = run("a@0", "a@2", "b@3", "b@5", "c@5.5", "c@7", "c@9")
  assert.ok(results.every((one) => one === "as-before"))
  assert.deepEqual(shared(9), [])
  assert.equal(isSecond(senders, "c", 9), false)
})

test("a heartbeat that the next process overtook does not count as a second machine", () => {
  assert.deepEqual(run("a@0", "b@2", "a@2.8", "b@4").shared(4), [])
})

test("two alternating processes are two machines: reported once, shown until a minute after", () => {
  const { results, shared } = run("a@0", "b@1", "a@2", "b@3", "a@4", "b@5")
  assert.deepEqual(results.filter((one) => one === "shared").length, 1)
  assert.deepEqual(shared(5), ["a", "b"])
  assert.deepEqual(shared(60), ["a", "b"])
  assert.deepEqual(shared(66), [])
})

test("the first process decides; after it ended, the other one does", () => {
  const { senders } = run("a@0", "b@1", "a@2", "b@3", "a@4", "b@5")
  assert.deepEqual([isSecond(senders, "a", 5), isSecond(senders, "b", 5)], [false, true])
  senders.receive(AGENT, from("b"), 9_000)
  assert.equal(isSecond(senders, "b", 9), false)
})

test("a new process is second until the one before has had time for a heartbeat", () => {
  const { senders } = run("a@0", "b@1")
  assert.deepEqual([isSecond(senders, "b", 2), isSecond(senders, "b", 4.1)], [true, false])
  assert.equal(isSecond(senders, "never-heard", 2), true)
  assert.equal(isSecond(senders, null, 2), false, "an agent of an earlier release is never second")
})

test("repeated restarts do not fill the memory, and three at once are three", () => {
  const { senders } = run(...Array.from({ length: 100 }, (_, n) => `p${n}@${n / 10}`))
  assert.ok(senders.shared(AGENT, 10_000).length <= 8)
  const three = run("a@0", "b@1", "c@2", "a@3", "b@4", "c@5", "a@6", "b@7")
  assert.deepEqual(three.shared(7), ["a", "b", "c"])
  assert.match(
    textOf(sharedMessage(three.senders.shared(AGENT, 7_000))),
    /^3 machines use this agent's identity: host-a/,
  )
})
