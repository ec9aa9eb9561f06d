import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { DeviceId } from "@ispvm/wire"
import { defineFamily, gauge, rate, state } from "@ispvm/wire/families"
import type { FamilyReading } from "../collect/collector.ts"
import { FamilySamples } from "./family-samples.ts"

const device = DeviceId.parse(randomUUID())
const queues = defineFamily({
  name: "shaper",
  title: "Shapers",
  description: "Traffic of each shaper",
  key: { by: "name", field: "shaper" },
  fields: {
    bps: rate("shaper.bps", "bit/s", "sent", { perCount: 8 }),
    depth: gauge("shaper.depth", "count", "packets that wait", { isWhole: true }),
    state: state("shaper.state", { open: 0, full: 5 }, "state"),
  },
  charts: [],
})
const reading = (
  atMs: number,
  values: FamilyReading["values"],
  over: Partial<FamilyReading> = {},
): FamilyReading => ({
  kind: "family",
  family: "shaper",
  device,
  source: "snmp",
  atMs,
  name: "gold",
  uptimeS: null,
  values,
  ...over,
})
/** The values of the only sample, if there is one. */
const one = (samples: FamilySamples, given: FamilyReading) => {
  const [sample] = samples.normalize([given])
  if (sample === undefined) return null
  const { bps, depth, state: is } = { ...sample } as unknown as Record<string, unknown>
  return [bps, depth, is]
}

test("two totals are a rate; none after a restart, or if the total went back", () => {
  const samples = new FamilySamples([queues])
  assert.equal(one(samples, reading(10_000, { bps: 1_000n }, { uptimeS: 100 })), null)
  const up = (atMs: number, total: bigint, uptimeS: number) =>
    one(samples, reading(atMs, { bps: total, depth: 1 }, { uptimeS }))
  assert.deepEqual(up(20_000, 2_250n, 110), [1_000, 1, null])
  assert.deepEqual(up(30_000, 9_000n, 3), [null, 1, null])
  assert.deepEqual(up(40_000, 100n, 13), [null, 1, null])
  assert.deepEqual(up(50_000, 1_350n, 23), [1_000, 1, null])
  samples.forget(device)
  assert.deepEqual(up(60_000, 2_600n, 33), [null, 1, null])
})

test("a name that is missing from a poll is forgotten; another source counts by itself", () => {
  const samples = new FamilySamples([queues])
  samples.normalize([reading(10_000, { bps: 0n, depth: 1 })])
  samples.normalize([reading(20_000, { bps: 0n, depth: 1 }, { name: "silver" })])
  assert.deepEqual(one(samples, reading(30_000, { bps: 10_000n, depth: 1 })), [null, 1, null])
  assert.deepEqual(
    one(samples, reading(40_000, { bps: 20_000n, depth: 1 }, { source: "routeros-api" })),
    [null, 1, null],
  )
  assert.deepEqual(one(samples, reading(40_000, { bps: 11_250n, depth: 1 })), [1_000, 1, null])
})

test("values that the row does not allow are null, and a sample without any is none", () => {
  const samples = new FamilySamples([queues])
  const of = (values: FamilyReading["values"]) => one(samples, reading(10_000, values))
  assert.deepEqual(of({ depth: 1.6, state: "full" }), [null, 2, "full"])
  assert.deepEqual(of({ depth: -1, state: "open" }), [null, null, "open"])
  assert.equal(of({ depth: Number.NaN, state: "on fire" }), null)
  assert.deepEqual(samples.normalize([reading(10_000, { depth: 1 }, { name: "\0" })]), [])
  assert.throws(() => samples.normalize([reading(0, {}, { family: "none" })]), /no metric family/)
})
