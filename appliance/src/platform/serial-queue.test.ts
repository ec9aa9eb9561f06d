import assert from "node:assert/strict"
import { test } from "node:test"
import { setImmediate as nextTurn } from "node:timers/promises"
import { createSerialQueues } from "./serial-queue.ts"

const makeWork = () => {
  const order: string[] = []
  const gates = new Map<string, PromiseWithResolvers<void>>()
  return {
    order,
    work: (name: string) => async () => {
      order.push(name)
      const gate = Promise.withResolvers<void>()
      gates.set(name, gate)
      await gate.promise
      return name
    },
    finish: async (name: string) => {
      gates.get(name)?.resolve()
      await nextTurn()
    },
    fail: async (name: string) => {
      gates.get(name)?.reject(new Error(`${name} failed`))
      await nextTurn()
    },
  }
}

test("work of one key runs one after another, work of different keys in parallel", async () => {
  const { order, work, finish } = makeWork()
  const queues = createSerialQueues<string>()
  const done = [
    queues.run("a", work("a1")),
    queues.run("a", work("a2")),
    queues.run("b", work("b1")),
  ]
  await nextTurn()
  assert.deepEqual([order, queues.waiting("a"), queues.longest()], [["a1", "b1"], 2, 2])
  await finish("a1")
  assert.deepEqual(order, ["a1", "b1", "a2"])
  await finish("a2")
  await finish("b1")
  assert.deepEqual(await Promise.all(done), ["a1", "a2", "b1"])
  assert.deepEqual([queues.waiting("a"), queues.longest()], [0, 0])
})

test("work that fails rejects for its own caller, and the next piece runs", async () => {
  const { work, finish, fail } = makeWork()
  const queues = createSerialQueues<string>()
  const broken = queues.run("a", work("a1"))
  const good = queues.run("a", work("a2"))
  await nextTurn()
  const rejected = assert.rejects(broken, /a1 failed/)
  await fail("a1")
  await rejected
  await finish("a2")
  assert.equal(await good, "a2")
})
