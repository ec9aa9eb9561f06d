import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice, DeviceId } from "@ispvm/wire"
import type { LoopSpec, OnProbe, ProbeEnd } from "./fping.ts"
import { type MonitoredDevice, newMonitoredDevice } from "./monitored-device.ts"
import { type Missing, RoundLoops } from "./round-loops.ts"

const PERIOD_MS = 1_000
const entryOf = (n: number): MonitoredDevice =>
  newMonitoredDevice(
    AssignedDevice.parse({
      id: DeviceId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`),
      name: `d${n}`,
      access: {
        address: "192.0.2.1",
        routerosApi: null,
        snmp: null,
        icmp: true,
        tcpPort: null,
      },
      intervals: { pingMs: PERIOD_MS, interfaceMs: 0, healthMs: 0, factsMs: 0 },
    }),
  )
const resolved = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => {
    const n = from + at
    return { entry: entryOf(n), ip: `10.0.${n >> 8}.${n & 255}` }
  })

type Process = {
  readonly spec: LoopSpec
  readonly onProbe: OnProbe
  readonly end: (outcome: ProbeEnd) => void
  isRunning: boolean
}
const rig = () => {
  const all: Process[] = []
  const seen: [string, number | null][] = []
  const missing: [string, Missing][] = []
  const failures: string[] = []
  const clock = { nowMs: 0 }
  const loops = new RoundLoops({
    icmpLoop: (spec, onProbe, signal) =>
      new Promise((resolve) => {
        const process: Process = { spec, onProbe, end: resolve, isRunning: true }
        all.push(process)
        signal.addEventListener("abort", () => {
          process.isRunning = false
          resolve({ kind: "stopped" })
        })
      }),
    steady: () => clock.nowMs,
    onProbe: ({ device }, rttMs) => seen.push([device.name, rttMs]),
    onMissing: ({ device }, how) => missing.push([device.name, how]),
    onToolFailed: (message) => failures.push(message),
    track: () => undefined,
  })
  const running = () => all.filter(({ isRunning }) => isRunning)
  return { loops, all, running, seen, missing, failures, clock }
}
const targets = (processes: readonly Process[]) => processes.flatMap(({ spec }) => spec.targets)

test("the same devices keep their process; devices share as few as keep the interval", () => {
  const { loops, all, running } = rig()
  const devices = resolved(11_000)
  for (let round = 0; round < 5; round += 1) loops.assign(PERIOD_MS, devices)
  assert.deepEqual(
    running().map(({ spec }) => spec.targets.length),
    [5_000, 5_000, 1_000],
  )
  assert.equal(all.length, 3)
  loops.stop()
  assert.equal(running().length, 0)
})

test("probes are as far apart as the interval of all targets allows, at most 1 ms", () => {
  const { loops, running } = rig()
  const gaps = [3, 400, 2_000, 5_000].map((count) => {
    loops.stop()
    loops.assign(PERIOD_MS, resolved(count))
    return running().map(({ spec }) => spec.gapMs)
  })
  assert.deepEqual(gaps, [[1], [1], [0.2], [0.08]])
})

test("devices that join a large process later do not start it again", () => {
  const { loops, running } = rig()
  const devices = resolved(1_020)
  loops.assign(PERIOD_MS, devices.slice(0, 1_000))
  const [large] = running()
  for (let count = 1_001; count <= 1_020; count += 1)
    loops.assign(PERIOD_MS, devices.slice(0, count))
  assert.equal(running()[0], large)
  assert.ok(running().length <= 3, `${running().length} processes`)
  assert.deepEqual(targets(running()).sort(), devices.map(({ ip }) => ip).sort())
})

test("a device that has left is ignored, and its process ends when many have", () => {
  const { loops, all, running, seen } = rig()
  const devices = resolved(10)
  loops.assign(PERIOD_MS, devices)
  loops.assign(PERIOD_MS, devices.slice(1))
  assert.equal(all.length, 1)
  all[0]?.onProbe("10.0.0.0", 0, 1)
  all[0]?.onProbe("10.0.0.1", 0, 2)
  assert.deepEqual(seen, [["d1", 2]])
  loops.assign(PERIOD_MS, devices.slice(4))
  assert.deepEqual([all.length, running().length], [2, 1])
  assert.equal(targets(running()).length, 6)
  loops.assign(PERIOD_MS, [])
  assert.equal(running().length, 0)
})

test("new devices get a process of their own, and small ones are joined", () => {
  const { loops, all, running } = rig()
  const devices = resolved(20)
  for (let count = 10; count <= 20; count += 1) loops.assign(PERIOD_MS, devices.slice(0, count))
  assert.ok(running().length <= 3, `${running().length} processes`)
  assert.deepEqual(targets(running()).sort(), devices.map(({ ip }) => ip).sort())
  assert.ok(all.length <= 12)
})

test("a slower device moves at once, one that is a little faster stays", () => {
  const { loops, running } = rig()
  const devices = resolved(2)
  const [slow, fast] = devices
  assert.ok(slow !== undefined && fast !== undefined)
  for (const { entry } of devices) entry.rtt = { meanMs: 200, varMs: 5 }
  loops.assign(PERIOD_MS, devices)
  assert.deepEqual(
    running().map(({ spec }) => spec.timeoutMs),
    [250],
  )
  slow.entry.rtt = { meanMs: 260, varMs: 5 }
  loops.assign(PERIOD_MS, devices)
  const timeouts = () => new Set(running().map(({ spec }) => spec.timeoutMs))
  assert.deepEqual(timeouts(), new Set([250, 500]))
  slow.entry.rtt = { meanMs: 205, varMs: 5 }
  loops.assign(PERIOD_MS, devices)
  assert.ok(timeouts().has(500))
  slow.entry.rtt = { meanMs: 20, varMs: 5 }
  loops.assign(PERIOD_MS, devices)
  assert.deepEqual(timeouts(), new Set([250]))
})

test("a device about which fping says nothing, and a process that says nothing at all", () => {
  const { loops, all, running, missing, failures, clock } = rig()
  const devices = resolved(2)
  loops.assign(PERIOD_MS, devices)
  const answer = () => all.at(-1)?.onProbe("10.0.0.0", 0, 1)
  clock.nowMs = 4_900
  answer()
  loops.check(PERIOD_MS)
  assert.deepEqual(missing, [], "it has just started")
  clock.nowMs = 5_100
  loops.check(PERIOD_MS)
  assert.deepEqual(missing.splice(0), [["d1", "done"]])
  clock.nowMs = 9_000
  loops.check(PERIOD_MS)
  assert.deepEqual(missing.splice(0), [
    ["d0", "failed"],
    ["d1", "failed"],
  ])
  clock.nowMs = 18_000
  loops.check(PERIOD_MS)
  assert.deepEqual([failures.length, running().length, missing.length], [1, 0, 2])
  loops.assign(PERIOD_MS, devices)
  assert.equal(running().length, 1)
})

test("a process that ends by itself is started again", async () => {
  const { loops, all, running, missing, failures } = rig()
  const devices = resolved(3)
  loops.assign(PERIOD_MS, devices)
  const [first] = all
  assert.ok(first !== undefined)
  first.isRunning = false
  first.end({ kind: "failed", message: "no more processes" })
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual([failures, missing.length], [["no more processes"], 3])
  loops.assign(PERIOD_MS, devices)
  assert.deepEqual([running().length, targets(running()).length], [1, 3])
})
