import assert from "node:assert/strict"
import { test } from "node:test"
import { makeDevice, makeLink } from "../../test/make.ts"
import { NO_FLEET } from "./fleet.ts"
import { patchDevice, patchReadings } from "./fleet-patch.ts"

const one = makeDevice(1)
const two = makeDevice(2)
const link = makeLink(1, one, two)
const fleet = {
  ...NO_FLEET,
  phase: "ready" as const,
  devices: new Map([
    [one.id, one],
    [two.id, two],
  ]),
  links: new Map([[link.id, link]]),
}
const port = (id: number, rxBps: number, txBps: number) => ({
  id,
  deviceId: one.id,
  running: true,
  disabled: false,
  rxBps,
  txBps,
  errorsPs: 0,
  dropsPs: 0,
  atMs: 9,
})

test("fleet: a status change touches one device and no other", () => {
  const status = {
    status: "down" as const,
    reason: "unreachable",
    message: { code: "status.no-recent-data", params: {} } as const,
    sinceMs: 5,
  }
  const next = patchDevice(fleet, { id: one.id, status, incidentId: null })
  assert.equal(next.devices.get(one.id)?.status.status, "down")
  assert.equal(next.devices.get(two.id), two)
})
test("fleet: news of a device nobody knows changes nothing", () => {
  const status = {
    status: "down" as const,
    reason: "",
    message: { code: "status.no-recent-data", params: {} } as const,
    sinceMs: 5,
  }
  assert.equal(patchDevice(fleet, { id: "other", status, incidentId: null }).devices, fleet.devices)
})
test("fleet: a link carries what its end A sends and receives", () => {
  const next = patchReadings(fleet, { devices: [], interfaces: [port(2, 10, 20)] }).links.get(
    link.id,
  )
  assert.deepEqual([next?.aToBBps, next?.bToABps], [20, 10])
})
test("fleet: end B speaks only where end A's port is not known", () => {
  assert.equal(
    patchReadings(fleet, { devices: [], interfaces: [port(3, 10, 20)] }).links.get(link.id),
    link,
  )
  const half = { ...link, a: { ...link.a, interfaceId: null } }
  const next = patchReadings(
    { ...fleet, links: new Map([[link.id, half]]) },
    { devices: [], interfaces: [port(3, 10, 20)] },
  ).links.get(link.id)
  assert.deepEqual([next?.aToBBps, next?.bToABps], [10, 20])
})

test("fleet: a reading makes the ping as young as the device was last seen, and no other method", () => {
  const old = makeDevice(1, {
    lastSeenAtMs: 5,
    sources: [
      { source: "icmp", lastAtMs: 5, problem: null },
      { source: "snmp", lastAtMs: 5, problem: null },
    ],
  })
  const reading = {
    id: old.id,
    lastSeenAtMs: 9_000,
    probedAtMs: 9_000,
    healthAtMs: null,
    trafficAtMs: null,
    rttMs: 1,
    lossPct: 0,
    cpuPct: null,
    memoryPct: null,
    uptimeS: null,
    rxBps: null,
    txBps: null,
  }
  const patched = patchReadings(
    { ...NO_FLEET, devices: new Map([[old.id, old]]) },
    { devices: [reading], interfaces: [] },
  )
  assert.deepEqual(
    patched.devices.get(old.id)?.sources.map((each) => each.lastAtMs),
    [9_000, 5],
  )
})
