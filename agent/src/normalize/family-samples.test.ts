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

const meters = defineFamily({
  name: "meter",
  title: "Meters",
  description: "Each meter, in its own unit",
  key: { by: "name", field: "meter", units: ["V", "A"] },
  fields: {
    value: gauge("meter.value", "sample", "the reading", {
      isRequired: true,
      isSigned: true,
      max: 50,
    }),
    share: gauge("meter.share", "%", "share", { max: 1, scale: 100 }),
    packets: rate("meter.packets", "packet/s", "packets", { perCount: 1, isWhole: true }),
  },
  charts: [],
})
test("a name has its unit; a value above the highest is null and counted; a whole rate is rounded", () => {
  let impossible = 0
  const samples = new FamilySamples([meters], () => {
    impossible += 1
  })
  const of = (atMs: number, values: FamilyReading["values"], unit?: string) =>
    samples
      .normalize([
        reading(atMs, values, {
          family: "meter",
          name: "m",
          ...(unit === undefined ? {} : { unit }),
        }),
      ])
      .map((sample) => {
        const { meter, unit: own, value, share, packets } = { ...sample } as Record<string, unknown>
        return [meter, own, value, share, packets]
      })
  assert.deepEqual(of(1_000, { value: -60, share: 0.5, packets: 0n }, "V"), [
    ["m", "V", -60, 0.5, null],
  ])
  assert.deepEqual(of(4_000, { value: 1, share: 1.5, packets: 10n }, "V"), [["m", "V", 1, null, 3]])
  assert.equal(impossible, 1)
  assert.deepEqual(of(5_000, { value: 51 }, "V"), [], "its only value, which the row requires")
  assert.equal(impossible, 2)
  assert.deepEqual(of(6_000, { value: 1 }), [], "no unit")
  assert.deepEqual(of(7_000, { value: 1 }, "bananas"), [])
  assert.equal(impossible, 4)
  const sample = { kind: "meter", device, meter: "m", unit: "V", atMs: 0, source: "snmp" }
  const isValid = (value: number) =>
    meters.schema.safeParse({ ...sample, value, share: null, packets: null }).success
  assert.deepEqual([isValid(-51), isValid(50), isValid(51)], [true, true, false])
})

test("totals of one name in two units are two", () => {
  const samples = new FamilySamples([meters])
  const poll = (atMs: number, totals: readonly [bigint, bigint]) =>
    samples
      .normalize(
        (["V", "A"] as const).map((unit, index) =>
          reading(
            atMs,
            { value: 1, packets: totals[index] ?? 0n },
            { family: "meter", name: "m", unit },
          ),
        ),
      )
      .map((sample) => ("packets" in sample ? sample.packets : undefined))
  assert.deepEqual(poll(1_000, [0n, 1_000n]), [null, null])
  assert.deepEqual(poll(2_000, [5n, 1_007n]), [5, 7])
})
