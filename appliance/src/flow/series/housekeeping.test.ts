import assert from "node:assert/strict"
import { test } from "node:test"
import { createHousekeeping, type HousekeepingStep } from "./housekeeping.ts"

test("a round runs every step in order, repeats the one that asks for it, and ends with the housekeeping jobs", async () => {
  const calls: string[] = []
  let arrears = 2
  const housekeeping = createHousekeeping({
    everyMs: 1,
    runStep: async (step: HousekeepingStep) => {
      calls.push(step)
      if (step === "refresh") arrears -= 1
      return step === "refresh" && arrears >= 0
    },
    housekeepingJobs: [{ name: "sweep", run: async () => calls.push("sweep") }],
    onError: assert.ifError,
  })
  await housekeeping.round()
  assert.deepEqual(calls, ["premake", "refresh", "refresh", "refresh", "close", "drop", "sweep"])
})

test("a failure is reported and does not stop the rest", async () => {
  const calls: string[] = []
  const housekeeping = createHousekeeping({
    everyMs: 1,
    runStep: async (step) => {
      if (step === "refresh") throw new Error("no disk")
      calls.push(step)
      return false
    },
    housekeepingJobs: [{ name: "sweep", run: () => Promise.reject(new Error("no broom")) }],
    onError: (what, error) => calls.push(`${what}: ${error instanceof Error ? error.message : ""}`),
  })
  await housekeeping.round()
  assert.deepEqual(calls, [
    "premake",
    "series refresh: no disk",
    "close",
    "drop",
    "sweep: no broom",
  ])
})

test("nothing runs after stop resolves, and starting twice is starting once", async () => {
  let running = 0
  let max = 0
  const housekeeping = createHousekeeping({
    everyMs: 60_000,
    runStep: async () => {
      running += 1
      max = Math.max(max, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return false
    },
    housekeepingJobs: [],
    onError: assert.ifError,
  })
  housekeeping.start()
  housekeeping.start()
  await housekeeping.stop()
  assert.equal(running, 0)
  assert.equal(max, 1)
})
