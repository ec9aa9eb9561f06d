import assert from "node:assert/strict"
import { test } from "node:test"
import { DEFAULT_INTERVALS as INTERVALS } from "../../../agent/wire/collectors.ts"
import {
  INTERVAL_MS,
  intervalOf,
  newestMs,
  setIntervals,
  staleAgeMs,
  staleInMs,
  TRANSIT_MS,
} from "./freshness.ts"

const NOW = 1_000_000
const cases: readonly (readonly [
  name: string,
  ageMs: number | null,
  intervalMs: number,
  expected: number | null,
])[] = [
  ["of unknown time is not called old", null, 10_000, null],
  ["of this moment is fresh", 0, 10_000, null],
  ["ahead of our clock is fresh", -3_000, 10_000, null],
  ["as old as two intervals and the way here is fresh", 20_000 + TRANSIT_MS, 10_000, null],
  ["older than that is stale, and says its age", 20_001 + TRANSIT_MS, 10_000, 20_001 + TRANSIT_MS],
  ["probed each second is stale sooner", 8_000, 1_000, 8_000],
  ["that comes only on change is never stale", 9e9, Number.POSITIVE_INFINITY, null],
]
for (const [name, ageMs, intervalMs, expected] of cases)
  test(`freshness: a value ${name}`, () =>
    assert.equal(staleAgeMs(ageMs === null ? null : NOW - ageMs, intervalMs, NOW), expected))

test("freshness: a value turns stale exactly when it is announced to", () => {
  const inMs = staleInMs(NOW - 4_000, 10_000, NOW) ?? 0
  assert.equal(staleAgeMs(NOW - 4_000, 10_000, NOW + inMs - 1), null)
  assert.notEqual(staleAgeMs(NOW - 4_000, 10_000, NOW + inMs), null)
  assert.equal(staleInMs(NOW - 60_000, 10_000, NOW), null)
  assert.equal(staleInMs(NOW, Number.POSITIVE_INFINITY, NOW), null)
})
test("freshness: a router that reports itself is measured by its heartbeat, one with an agent by the agent's interval", () => {
  assert.equal(intervalOf({ agentId: null, reportsEveryS: 60 }, "health"), 60_000)
  assert.equal(intervalOf({ agentId: "a", reportsEveryS: 60 }, "health"), INTERVAL_MS.health)
  assert.equal(intervalOf({ agentId: null, reportsEveryS: null }, "probe"), INTERVAL_MS.probe)
})
test("freshness: what is calculated from many values is as old as the newest of them", () => {
  assert.equal(newestMs([3, null, 9, 4]), 9)
  assert.equal(newestMs([null]), null)
})
test("freshness: the screens expect values as often as agents measure them", () =>
  assert.deepEqual(
    [INTERVAL_MS.probe, INTERVAL_MS.interface, INTERVAL_MS.health],
    [INTERVALS.pingMs, INTERVALS.interfaceMs, INTERVALS.healthMs],
  ))

test("freshness: a longer collection interval keeps values fresh for longer", () => {
  const set = (interfaceMs: number, healthMs: number) =>
    setIntervals([
      { name: "snmp.interface", everyMs: interfaceMs },
      { name: "routeros-api.interface", everyMs: 10_000 },
      { name: "snmp.health", everyMs: healthMs },
      { name: "bgp.sessions", everyMs: null },
    ])
  try {
    set(60_000, 30_000)
    const { interface: port, health, method, probe } = INTERVAL_MS
    assert.deepEqual([port, health, method, probe], [60_000, 30_000, 30_000, 1_000])
    assert.equal(staleAgeMs(NOW - 100_000, INTERVAL_MS.interface, NOW), null)
  } finally {
    set(10_000, 10_000)
  }
})
