import assert from "node:assert/strict"
import { test } from "node:test"
import { defineFamily, type Family } from "./family.ts"
import { problemsOf } from "./family-problems.ts"
import { bool, gauge, state } from "./field.ts"
import { ping } from "./ping.ts"

const load = gauge("pool.load", "%", "")
type Row = Parameters<typeof defineFamily>[0]
const pool = (over: Partial<Row> = {}): Family =>
  defineFamily({
    name: "pool",
    title: "Pools",
    description: "",
    key: { by: "device" },
    fields: { load },
    charts: [],
    ...over,
  })
const ratio = { metric: "pool.used", unit: "%", description: "", scale: 100 } as const
const NUMBERS = { n: "load_n", sum: "load_sum" }

const cases: readonly (readonly [string, Family, readonly string[]])[] = [
  ["a name of another item", pool({ name: "event" }), ["other items of a batch have this name"]],
  ["facts as well", pool({ name: "facts" }), ["other items of a batch have this name"]],
  [
    "a name in another case",
    pool({ name: "DhcpPool", storage: { table: "pool", last: "pool_last" } }),
    ["its name is not in kebab case, such as dhcp-pool"],
  ],
  ["a second family of probes", pool({ key: { by: "target" } }), ["only probes are by target"]],
  [
    "a key field that every sample has",
    pool({ key: { by: "name", field: "device" } }),
    ["a sample has another field called device"],
  ],
  [
    "a key field with the name of a field",
    pool({ key: { by: "name", field: "load" } }),
    ["a sample has another field called load"],
  ],
  [
    "a key field beside units",
    pool({ key: { by: "name", field: "unit", units: ["V"] } }),
    ["a sample has another field called unit"],
  ],
  [
    "a key field that is no name",
    pool({ key: { by: "name", field: "the pool" } }),
    ["the pool is no field name"],
  ],
  [
    "a field with the name of the interface",
    pool({ key: { by: "interface" }, fields: { interface: load } }),
    ["a sample has another field called interface"],
  ],
  [
    "a reserved column",
    pool({ fields: { load: gauge("pool.load", "%", "", { column: "ts" }) } }),
    ["the column ts is reserved"],
  ],
  [
    "the column of the key",
    pool({ fields: { deviceKey: load } }),
    ["the column device_key is reserved"],
  ],
  [
    "the count of rows in another sense",
    pool({
      fields: { load: gauge("pool.load", "%", "", { rollup: { n: "n", sum: "load_sum" } }) },
    }),
    ["the column n is reserved"],
  ],
  [
    "one column of two fields",
    pool({
      fields: { load, other: gauge("pool.other", "%", "", { column: "load", rollup: null }) },
    }),
    ["two fields have the column load"],
  ],
  [
    "one column of a rollup for two fields",
    pool({ fields: { load, other: gauge("pool.other", "%", "", { rollup: NUMBERS }) } }),
    ["two fields have the column load_n", "two fields have the column load_sum"],
  ],
  [
    "a column that is none",
    pool({ fields: { load: gauge("pool.load", "%", "", { column: "two; drop", rollup: null }) } }),
    ["two; drop is no column name"],
  ],
  [
    "a ratio of fields that it does not have",
    pool({ derived: { used: { ...ratio, of: "free", to: "load" } } }),
    ["pool.used is derived from free, which it does not have"],
  ],
  [
    "a ratio to a field that it does not have",
    pool({ derived: { used: { ...ratio, of: "load", to: "total" } } }),
    ["pool.used is derived from total, which it does not have"],
  ],
  [
    "extremes that no rollup stores",
    pool({ fields: { load: gauge("pool.load", "%", "", { hasExtremes: true, rollup: NUMBERS }) } }),
    ["pool.load has extremes, and its rollup has no min and max"],
  ],
  ["no hours", pool({ storage: { rollups: ["5m"] } }), ["long ranges need a rollup of 1h"]],
  [
    "no metric name",
    pool({ fields: { load: gauge("Load", "%", "") } }),
    ["Load is no metric name, such as ping.rtt_ms"],
  ],
  [
    "a chart of another family",
    pool({ charts: [{ title: "", metrics: ["pool.four"] }] }),
    ["a chart shows pool.four, which it does not have"],
  ],
  [
    "two states with one code",
    pool({ fields: { state: state("pool.state", { a: 0, b: 0 }, "") } }),
    ["two states of pool.state have one code"],
  ],
]
for (const [name, family, expected] of cases)
  test(`rejected: ${name}`, () => {
    const prefix = `metric family ${family.name}: `
    assert.deepEqual(
      problemsOf([family]),
      expected.map((text) => prefix + text),
    )
  })

test("a field that is never null may be counted by the number of rows", () => {
  const answers = bool("pool.up", "", { isRequired: true, rollup: { n: "n", trues: "up_n" } })
  assert.deepEqual(problemsOf([pool({ fields: { answers } })]), [])
})

test("names, metrics and tables of two families differ", () => {
  const other = pool({ fields: { load: gauge("ping.rtt_ms", "ms", "") } })
  assert.deepEqual(problemsOf([ping, other]), [
    "metric family pool: the name ping.rtt_ms is used twice",
  ])
  assert.deepEqual(problemsOf([pool(), pool()]), [
    "metric family pool: the name pool is used twice",
    "metric family pool: the name pool.load is used twice",
  ])
})
