import assert from "node:assert/strict"
import { test } from "node:test"
import { createUpkeep, type TickStep } from "./upkeep.ts"

test("a round takes every step in order, repeats the one that asks for it, and ends with the chores", async () => {
  const said: string[] = []
  let arrears = 2
  const upkeep = createUpkeep({
    everyMs: 1,
    tick: async (step: TickStep) => {
      said.push(step)
      if (step === "refresh") arrears -= 1
      return step === "refresh" && arrears >= 0
    },
    chores: [{ name: "sweep", run: async () => said.push("sweep") }],
    onError: assert.ifError,
  })
  await upkeep.round()
  assert.deepEqual(said, ["premake", "refresh", "refresh", "refresh", "close", "drop", "sweep"])
})

test("what fails is told and does not keep the rest from being done", async () => {
  const said: string[] = []
  const upkeep = createUpkeep({
    everyMs: 1,
    tick: async (step) => {
      if (step === "refresh") throw new Error("no disk")
      said.push(step)
      return false
    },
    chores: [{ name: "sweep", run: () => Promise.reject(new Error("no broom")) }],
    onError: (what, error) => said.push(`${what}: ${error instanceof Error ? error.message : ""}`),
  })
  await upkeep.round()
  assert.deepEqual(said, ["premake", "series refresh: no disk", "close", "drop", "sweep: no broom"])
})

test("when stop resolves nothing runs any more, and starting twice is starting once", async () => {
  let running = 0
  let most = 0
  const upkeep = createUpkeep({
    everyMs: 60_000,
    tick: async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return false
    },
    chores: [],
    onError: assert.ifError,
  })
  upkeep.start()
  upkeep.start()
  await upkeep.stop()
  assert.equal(running, 0)
  assert.equal(most, 1)
})
