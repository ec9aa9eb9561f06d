import assert from "node:assert/strict"
import { test } from "node:test"
import type { Values } from "@ispvm/appliance/api/live"
import { makeDevice, makeLink } from "../../test/make.ts"
import { NO_FLEET } from "./fleet.ts"
import { type Numbers, patchValues, takeNumbers } from "./value-columns.ts"

const [one, two] = [makeDevice(1), makeDevice(2)]
const link = makeLink(1, one, two)
const fleet = {
  ...NO_FLEET,
  phase: "ready" as const,
  devices: new Map([one, two].map((device) => [device.id, device])),
  links: new Map([[link.id, link]]),
}
const AT = Date.now() + 60_000
const values = (part: Partial<Values>): Values => ({
  atMs: AT,
  numbered: { from: 0, ids: [] },
  probes: { devices: [], agesMs: [], answered: [], rttMs: [], lossPct: [] },
  health: { devices: [], agesMs: [], uptimeS: [], cpuPct: [], memoryPct: [] },
  traffic: { devices: [], agesMs: [], rxBps: [], txBps: [] },
  interfaces: { ids: [], agesMs: [], rxBps: [], txBps: [] },
  ...part,
})
const numbers: Numbers = [two.id, "unknown", one.id]

test("values: a probe that was answered moves the time it was last seen, another one does not", () => {
  const next = patchValues(
    fleet,
    values({
      probes: {
        ...{ devices: [0, 1, 1], agesMs: [300, 200, 100], answered: [0, 1, 1] },
        ...{ rttMs: [9, 8, 7.5], lossPct: [50, 0, 0] },
      },
    }),
    numbers,
  ).devices
  assert.equal(next.size, 2)
  const [answered, silent] = [next.get(one.id), next.get(two.id)]
  assert.deepEqual(
    [answered?.rttMs, answered?.lossPct, answered?.probedAtMs, answered?.lastSeenAtMs],
    [7.5, 0, AT - 100, AT - 100],
  )
  assert.deepEqual(
    [silent?.lossPct, silent?.probedAtMs, silent?.lastSeenAtMs],
    [50, AT - 300, two.lastSeenAtMs],
  )
})
test("values: health and traffic are those of their device and leave the rest", () => {
  const next = patchValues(
    fleet,
    values({
      health: { devices: [2], agesMs: [0], uptimeS: [77], cpuPct: [12.5], memoryPct: [null] },
      traffic: { devices: [0], agesMs: [400], rxBps: [1e6], txBps: [2e6] },
    }),
    numbers,
  ).devices
  const [first, second] = [next.get(one.id), next.get(two.id)]
  assert.deepEqual([first?.uptimeS, first?.cpuPct, first?.memoryPct], [77, 12.5, null])
  assert.equal(first?.rxBps, one.rxBps)
  assert.deepEqual([second?.rxBps, second?.txBps, second?.trafficAtMs], [1e6, 2e6, AT - 400])
})
test("values: a link has the load of its interface", () => {
  const at = link.a.interfaceId ?? 0
  const next = patchValues(
    fleet,
    values({ interfaces: { ids: [at], agesMs: [100], rxBps: [10], txBps: [20] } }),
    numbers,
  ).links.get(link.id)
  assert.deepEqual([next?.aToBBps, next?.bToABps, next?.atMs], [20, 10, AT - 100])
})
test("values: numbers are added, repeated without harm, and replaced by a stream that begins", () => {
  const known: Numbers = []
  takeNumbers(known, values({ numbered: { from: 0, ids: ["a", "b"] } }))
  takeNumbers(known, values({ numbered: { from: 2, ids: ["c"] } }))
  takeNumbers(known, values({ numbered: { from: 3, ids: [] } }))
  assert.deepEqual(known, ["a", "b", "c"])
  takeNumbers(known, values({ numbered: { from: 0, ids: ["x"] } }))
  assert.deepEqual(known, ["x"])
})
