import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import { CollectError, type Collectors, type Reading } from "../collector.ts"
import { Schedule, type SourceChangeEvent } from "./scheduler.ts"

const device = AssignedDevice.parse({
  id: "00000000-0000-4000-8000-000000000001",
  name: "d",
  access: {
    address: "192.0.2.1",
    routerosApi: null,
    snmp: { port: 161, community: "c" },
    icmp: true,
    tcpPort: null,
  },
  intervals: { pingMs: 0, interfaceMs: 60_000, healthMs: 0, factsMs: 0 },
})

const run = (collect: (signal: AbortSignal) => Promise<Reading[]>, deadlineMs = 1_000) => {
  const closed: string[] = []
  const collectors: Collectors = {
    all: [
      {
        source: "snmp",
        reads: "interface",
        everyMs: ({ interfaceMs }) => interfaceMs,
        cost: { requests: 1, deadlineMs, weight: 1 },
        supports: () => true,
        collect: (_, signal) => collect(signal),
      },
    ],
    forget: (id) => closed.push(id),
    close: async () => {
      closed.push("all")
    },
  }
  const change = Promise.withResolvers<SourceChangeEvent>()
  const gone: string[] = []
  const urgent: boolean[] = []
  const faults: unknown[] = []
  const schedule = new Schedule({
    collectors: [collectors],
    now: Date.now,
    random: () => 0,
    onReadings: (_, isUrgent) => urgent.push(isUrgent),
    onSourceChange: (one) => change.resolve(one),
    onGone: (id) => gone.push(id),
    onFault: (error) => faults.push(error),
  })
  return { schedule, closed, gone, urgent, change: change.promise, faults }
}

test("a working poll is reported once, and stop closes the collectors", async () => {
  const { schedule, closed, urgent, change } = run(async () => [])
  schedule.apply([device])
  assert.deepEqual((await change).change, "works")
  await schedule.stop()
  assert.deepEqual([urgent, closed, schedule.running], [[false], ["all"], 0])
})

test("a failure has its reason in terms of the contract", async () => {
  const { schedule, change } = run(() =>
    Promise.reject(new CollectError("refused", "nothing listens there")),
  )
  schedule.apply([device])
  const { change: kind, reason, message, source, tier } = await change
  assert.deepEqual(
    [kind, reason, message, source, tier],
    ["failed", "refused", "nothing listens there", "snmp", "interface"],
  )
  await schedule.stop()
})

test("an endless poll is aborted at its deadline", async () => {
  const untilAborted = (signal: AbortSignal) =>
    new Promise<Reading[]>((_, reject) =>
      signal.addEventListener("abort", () => reject(new Error("cut"))),
    )
  const { schedule, change } = run(untilAborted, 20)
  schedule.apply([device])
  assert.equal((await change).reason, "timed-out")
  await schedule.stop()
})

test("removing a device aborts its poll, and its result is not used", async () => {
  let cut = false
  const began = Promise.withResolvers<void>()
  const untilAborted = (signal: AbortSignal) =>
    new Promise<Reading[]>((resolve) => {
      began.resolve()
      signal.addEventListener("abort", () => {
        cut = true
        resolve([])
      })
    })
  const { schedule, closed, gone, urgent } = run(untilAborted)
  schedule.apply([device])
  await began.promise
  schedule.apply([])
  await schedule.stop()
  assert.deepEqual([cut, gone, urgent, closed], [true, [device.id], [], [device.id, "all"]])
})

test("an interval for a collector that the agent does not have is reported and ignored", async () => {
  const { schedule, change } = run(async () => [])
  const collectorIntervals = { "snmp.interface": 60_000, "bgp.sessions": 1_000 }
  schedule.apply([{ ...device, collectorIntervals }])
  assert.deepEqual(schedule.unknownCollectors, ["bgp.sessions"])
  assert.equal((await change).change, "works")
  schedule.apply([device])
  assert.deepEqual(schedule.unknownCollectors, [])
  await schedule.stop()
})
