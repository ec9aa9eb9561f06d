/** Rows of buckets become samples by what their family stores over time. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { defineFamily, FAMILIES, gauge, numberOf, state } from "@ispvm/wire/families"
import { overTime } from "./sql.ts"
import { storedSamples } from "./stored-sample.ts"

const device = randomUUID()
const row = { device, name: null, unit: null, atMs: 1_000 }
const peers = defineFamily({
  name: "bgp",
  title: "BGP",
  description: "BGP peers",
  key: { by: "name", field: "peer", units: ["a", "b"] },
  fields: {
    state: state("bgp.state", { established: 0, idle: 3 }, "state"),
    prefixes: gauge("bgp.prefixes", "count", "prefixes", { isWhole: true }),
  },
  charts: [],
})

test("every field of every family is where its metric reads it", () => {
  for (const family of FAMILIES) {
    const fields = overTime(family)
    const { key } = family
    const label = key.by === "name" || key.by === "interface" ? "x" : null
    const unit = key.by === "name" ? (key.units?.[0] ?? null) : null
    const values = Object.fromEntries(fields.map((_, index) => [`c${index}`, index / 4]))
    const sample = storedSamples(family)({ ...row, name: label, unit, ...values })
    assert.ok(sample !== null, family.name)
    for (const [index, stored] of fields.entries()) {
      // The mean of a state is the nearest one.
      const read = { bool: Number(index / 4 >= 0.5), state: Math.round(index / 4) }
      const expected = { ...read, gauge: index / 4, rate: index / 4, counter: index / 4 }[
        stored.field.kind
      ]
      assert.equal(numberOf(stored, sample), expected, `${family.name} ${stored.name}`)
    }
  }
})

test("a mean need not be whole, a state has its name, and no value is null", () => {
  const read = storedSamples(peers)
  const named = { ...row, name: "edge", unit: "a" }
  assert.deepEqual(read({ ...named, c0: 3, c1: 12.5 }), {
    ...{ kind: "bgp", device, atMs: 1_000, peer: "edge", unit: "a", state: "idle", prefixes: 12.5 },
  })
  assert.deepEqual(read({ ...named, c0: null, c1: null }), {
    ...{ kind: "bgp", device, atMs: 1_000, peer: "edge", unit: "a", state: null, prefixes: null },
  })
})

test("a row that is none of the family is no sample", () => {
  const read = storedSamples(peers)
  const named = { ...row, name: "edge", unit: "a", c0: 0, c1: 1 }
  assert.ok(read(named) !== null)
  const strange = [
    { c0: 2 },
    { c1: "many" },
    { unit: "c" },
    { name: null },
    { device: "r1" },
    { atMs: null },
  ]
  for (const one of strange) assert.equal(read({ ...named, ...one }), null, JSON.stringify(one))
})
