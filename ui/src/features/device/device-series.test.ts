import assert from "node:assert/strict"
import { test } from "node:test"
import type { Readings } from "@ispvm/appliance/api/live"
import { makeDevice, makeInterface } from "../../../test/make.ts"
import { appendEnd, NO_END } from "../link/end-series.ts"
import { appendReadings, type DeviceSeries, NO_SERIES } from "./device-series.ts"
import { keepSparks } from "./port-sparks.ts"

const T = 1_000_000
const device = (changes: Partial<Readings["devices"][number]>): Readings["devices"][number] => ({
  id: "d",
  lastSeenAtMs: T,
  probedAtMs: T,
  healthAtMs: T,
  trafficAtMs: T,
  rttMs: 5,
  lossPct: 0,
  cpuPct: 50,
  memoryPct: 20,
  uptimeS: 5,
  rxBps: 1,
  txBps: 2,
  ...changes,
})
const port = (atMs: number): Readings["interfaces"][number] => ({
  id: 4,
  deviceId: "d",
  running: true,
  disabled: false,
  rxBps: 10,
  txBps: 20,
  errorsPs: 0,
  dropsPs: 0,
  atMs,
})
const moment = { id: "d", fromMs: 0, everyMs: { health: 10_000, interface: 10_000 } }
const readings = (
  devices: readonly Readings["devices"][number][],
  interfaces: readonly Readings["interfaces"][number][] = [],
): Readings => ({ devices: [...devices], interfaces: [...interfaces] })

test("device series: a value is put where it was measured, and one that is repeated adds nothing", () => {
  const one = appendReadings(NO_SERIES, readings([device({})]), moment)
  assert.deepEqual(one.health.atMs, [T])
  assert.deepEqual(one.ping.atMs, [T])
  const repeated = readings([device({ lastSeenAtMs: T + 60_000, trafficAtMs: T + 60_000 })])
  const two = appendReadings(one, repeated, moment)
  assert.equal(two.health, one.health)
  assert.equal(two.ping, one.ping)
})
test("device series: what was never measured adds nothing", () => {
  const never = readings([device({ healthAtMs: null, probedAtMs: null })])
  const was = appendReadings(NO_SERIES, never, moment)
  assert.deepEqual([was.health.atMs, was.ping.atMs], [[], []])
})
test("device series: values that are collected every five minutes are a line without gaps", () => {
  const slow = { ...moment, everyMs: { health: 300_000, interface: 300_000 } }
  const known = { ...NO_SERIES, ports: { atMs: [T], columns: { "4.interface.rx_bps": [1] } } }
  const step = (was: DeviceSeries, atMs: number) =>
    appendReadings(was, readings([device({ healthAtMs: atMs })], [port(atMs)]), slow)
  const { health, ports } = step(step(known, T + 300_000), T + 600_000)
  assert.deepEqual(health.columns["device.cpu_pct"], [50, 50])
  assert.deepEqual(ports.columns["4.interface.rx_bps"], [1, 10, 10])
})
test("device series: a link's end follows the interval of its interface, too", () => {
  const end = { deviceId: "d", interfaceId: 4 }
  const at = (was: typeof NO_END, atMs: number, everyMs: number) =>
    appendEnd(was, readings([], [port(atMs)]), end, { fromMs: 0, everyMs })
  const slow = at(at(NO_END, T, 300_000), T + 300_000, 300_000)
  assert.deepEqual(slow.port.columns["interface.rx_bps"], [10, 10])
  const fast = at(at(NO_END, T, 10_000), T + 300_000, 10_000)
  assert.deepEqual(fast.port.columns["interface.rx_bps"], [10, null, 10])
})
test("port sparks: one point for each time an interface is measured", () => {
  const at = (atMs: number, rxBps: number) =>
    makeInterface(4, makeDevice(1), { atMs, rxBps, txBps: 1 })
  let sparks = keepSparks(new Map(), [at(T, 10)])
  sparks = keepSparks(sparks, [at(T, 10)])
  sparks = keepSparks(sparks, [at(T + 10_000, 20)])
  assert.deepEqual(
    [...sparks.values()].map(({ bps }) => bps),
    [[11, 21]],
  )
})
