import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "../wire/wire.ts"
import { CollectError, type Collectors, type Reading } from "./collector.ts"
import { Schedule, type SourceNews } from "./schedule.ts"

const device = AssignedDevice.parse({
  id: "00000000-0000-4000-8000-000000000001",
  name: "d",
  access: { address: "192.0.2.1", routerosApi: null, snmp: { port: 161, community: "c" }, icmp: true, tcpPort: null },
  intervals: { pingMs: 0, interfaceMs: 60_000, healthMs: 0, factsMs: 0 },
})

const run = (collect: (signal: AbortSignal) => Promise<Reading[]>, deadlineMs = 1_000) => {
  const closed: string[] = []
  const collectors: Collectors = {
    all: [
      {
        source: "snmp",
        every: "interface",
        cost: { requests: 1, deadlineMs, weight: 1 },
        suits: () => true,
        collect: (_, signal) => collect(signal),
      },
    ],
    forget: (id) => closed.push(id),
    close: async () => {
      closed.push("all")
    },
  }
  const news = Promise.withResolvers<SourceNews>()
  const gone: string[] = []
  const nudged: boolean[] = []
  const faults: unknown[] = []
  const schedule = new Schedule({
    collectors: [collectors],
    now: Date.now,
    random: () => 0,
    onReadings: (_, isNudged) => nudged.push(isNudged),
    onNews: (one) => news.resolve(one),
    onGone: (id) => gone.push(id),
    onFault: (error) => faults.push(error),
  })
  return { schedule, closed, gone, nudged, news: news.promise, faults }
}

test("a look that works is news once, and stop closes the collectors", async () => {
  const { schedule, closed, nudged, news } = run(async () => [])
  schedule.apply([device])
  assert.deepEqual((await news).news, "works")
  await schedule.stop()
  assert.deepEqual([nudged, closed, schedule.running], [[false], ["all"], 0])
})

test("a failure carries its reason in the words of the contract", async () => {
  const { schedule, news } = run(() => Promise.reject(new CollectError("refused", "nothing listens there")))
  schedule.apply([device])
  const { news: kind, reason, message, source, tier } = await news
  assert.deepEqual([kind, reason, message, source, tier], ["failed", "refused", "nothing listens there", "snmp", "interface"])
  await schedule.stop()
})

test("a look without an end is cut off at its deadline", async () => {
  const untilAborted = (signal: AbortSignal) =>
    new Promise<Reading[]>((_, reject) => signal.addEventListener("abort", () => reject(new Error("cut"))))
  const { schedule, news } = run(untilAborted, 20)
  schedule.apply([device])
  assert.equal((await news).reason, "timed-out")
  await schedule.stop()
})

test("a device that leaves has its look cut off, and what comes of it is not used", async () => {
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
  const { schedule, closed, gone, nudged } = run(untilAborted)
  schedule.apply([device])
  await began.promise
  schedule.apply([])
  await schedule.stop()
  assert.deepEqual([cut, gone, nudged, closed], [true, [device.id], [], [device.id, "all"]])
})
