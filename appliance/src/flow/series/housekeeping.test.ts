import assert from "node:assert/strict"
import { test } from "node:test"
import { type HousekeepingStep, runRound } from "./housekeeping.ts"

test("a round runs every step in order, and repeats the one that has more to do", async () => {
  const calls: HousekeepingStep[] = []
  let arrears = 2
  await runRound(async (step) => {
    calls.push(step)
    if (step === "refresh") arrears -= 1
    return step === "refresh" && arrears >= 0
  })
  assert.deepEqual(calls, [
    "premake",
    "refresh",
    "refresh",
    "refresh",
    "close",
    "drop",
    "pack",
    "convert",
  ])
})

test("the conversion of old partitions goes on in the next round", async () => {
  const calls: HousekeepingStep[] = []
  await runRound(async (step) => {
    calls.push(step)
    return step === "convert"
  })
  assert.equal(calls.filter((step) => step === "convert").length, 20)
})

test("a failed step does not stop the rest, and the round fails with its name", async () => {
  const calls: string[] = []
  const round = runRound(async (step) => {
    if (step === "refresh") throw new Error("no disk")
    calls.push(step)
    return false
  })
  await assert.rejects(round, /^AggregateError: series refresh: no disk$/)
  assert.deepEqual(calls, ["premake", "close", "drop", "pack", "convert"])
})

test("a round that is asked to end starts no further step", async () => {
  const stopping = new AbortController()
  const calls: string[] = []
  await runRound(async (step) => {
    calls.push(step)
    if (calls.length === 3) stopping.abort()
    return step === "refresh"
  }, stopping.signal)
  assert.deepEqual(calls, ["premake", "refresh", "refresh"])
})
