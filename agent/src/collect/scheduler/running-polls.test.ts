import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import { idleCollector } from "../../../test/idle-collector.ts"
import type { Job } from "./device-plan.ts"
import { Measurements } from "./measurements.ts"
import { RunningPolls } from "./running-polls.ts"

const device = AssignedDevice.parse({
  id: "00000000-0000-4000-8000-000000000001",
  name: "d",
  access: { address: "192.0.2.1", routerosApi: null, snmp: null, icmp: true, tcpPort: null },
  intervals: { pingMs: 0, interfaceMs: 1_000, healthMs: 0, factsMs: 0 },
})
const job = (deadlineMs: number): Job => ({
  ...{ device, generation: 1, rank: 0, everyMs: 1_000, nextMs: 0, startedMs: 0 },
  collector: {
    ...idleCollector("snmp", "interface", 1_000),
    cost: { requests: 1, deadlineMs, weight: 1 },
  },
  ...{ isRunning: true, isUrgent: false },
})
const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted)
    await new Promise((done) => signal.addEventListener("abort", done, { once: true }))
}

test("a poll is aborted at its own deadline, also if longer ones began before it", async () => {
  const polls = new RunningPolls({ onSlow: () => undefined, onHung: () => undefined })
  const [long, short, ended] = [job(60_000), job(15), job(5)].map((each) => polls.start(each))
  assert.ok(long && short && ended)
  polls.end(ended)
  await aborted(short.controller.signal)
  assert.deepEqual([long.isLate, short.isLate, ended.isLate], [false, true, false])
  assert.deepEqual(
    [long, ended].map(({ controller }) => controller.signal.aborted),
    [false, false],
    "one has time left, and the other had ended before its deadline",
  )
  for (const poll of [long, short]) polls.end(poll)
  assert.equal(polls.size, 0)
})

test("what a collector cost is kept until its next poll, with nulls and failures", () => {
  const measurements = new Measurements()
  const first = { atMs: 5, tookMs: 1.5, rows: 0, receivedByte: null, failure: null, slowedMs: null }
  const late = { ...first, failure: "timed-out", receivedByte: 0, slowedMs: 9_000 } as const
  measurements.set(11, late)
  measurements.set(2, first)
  assert.deepEqual([measurements.get(2), measurements.get(11)], [first, late])
  assert.deepEqual([measurements.get(3), measurements.get(99)], [undefined, undefined])
  measurements.set(11, first)
  assert.deepEqual(measurements.get(11), first)
})
