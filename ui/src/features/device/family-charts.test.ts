import assert from "node:assert/strict"
import { test } from "node:test"
import {
  defineFamily,
  describeFamily,
  FAMILIES,
  type Family,
  gauge,
} from "@ispvm/appliance/api/families"
import { familyCharts } from "./family-charts.ts"

const atMs = [1_000, 2_000]
const described = (name: string) => {
  const family = FAMILIES.find((each: Family) => each.name === name)
  assert.ok(family)
  return describeFamily(family)
}

test("family charts: a made-up family is drawn from its row, one line a thing", () => {
  const family = describeFamily(
    defineFamily({
      name: "ups-outlet",
      title: "Outlets of the UPS",
      description: "Load of each outlet",
      key: { by: "name", field: "outlet" },
      fields: {
        loadW: gauge("outlet.load_w", "W", "power drawn", { hasExtremes: true }),
        limitW: gauge("outlet.limit_w", "W", "most it may draw", { label: "Limit" }),
      },
      charts: [
        { title: "Load", metrics: ["outlet.load_w"], style: "band", minRange: 5, top: 2 },
        { title: "Load and limit", metrics: ["outlet.load_w", "outlet.limit_w"] },
      ],
    }),
  )
  const item = (name: string, watt: number) => ({
    name,
    unit: null,
    columns: {
      "outlet.load_w": [watt, null],
      "outlet.load_w.min": [watt - 1, null],
      "outlet.load_w.max": [watt + 1, null],
      "outlet.limit_w": [90, 90],
    },
  })
  const [load, both, ...more] = familyCharts(family, {
    atMs,
    items: [item("one", 40), item("two", 30), item("three", 20)],
  })
  assert.deepEqual(more, [])
  assert.equal(load?.title, "Load")
  assert.equal(load?.minRange, 5)
  assert.deepEqual(
    load?.data.series.map(({ label, values, low, high }) => [label, values, low, high]),
    [
      ["one", [40, null], [39, null], [41, null]],
      ["two", [30, null], [29, null], [31, null]],
    ],
  )
  assert.equal(load?.format(40), "40 W")
  assert.deepEqual(
    both?.data.series.slice(0, 2).map(({ label }) => label),
    ["one: power drawn", "one: Limit"],
  )
})

test("family charts: things with units of their own share a chart only with their unit", () => {
  const item = (name: string, unit: string) => ({ name, unit, columns: { "sensor.value": [1, 2] } })
  const charts = familyCharts(described("sensor"), {
    atMs,
    items: [item("cpu", "°C"), item("psu", "V"), item("board", "°C")],
  })
  assert.deepEqual(
    charts.map(({ title, data, format }) => [title, data.series.length, format(24.1)]),
    [
      ["Sensors, °C", 2, "24.1 °C"],
      ["Sensors, V", 1, "24.1 V"],
    ],
  )
})

test("family charts: probes and health read in the units people use", () => {
  const of = (name: string, columns: Record<string, number[]>) =>
    familyCharts(described(name), { atMs, items: [{ name: null, unit: null, columns }] }).map(
      ({ title, format, data }) => [
        title,
        data.series.map(({ label }) => label).join(),
        format(12.3),
      ],
    )
  assert.deepEqual(of("ping", {}), [
    ["Round trip", "Round trip", "12.3 ms"],
    ["Loss", "Loss", "12.3 %"],
  ])
  assert.deepEqual(of("health", {}), [["CPU and memory", "CPU,Memory", "12.3 %"]])
})
