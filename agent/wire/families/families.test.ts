import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { InterfaceSample, PingSample } from "../samples.ts"
import { FAMILIES } from "./families.ts"
import { defineFamily, problemsOf } from "./family.ts"
import { gauge, state } from "./field.ts"
import { health } from "./health.ts"
import { interfaceFamily } from "./interface.ts"
import { ping } from "./ping.ts"
import { metricValues, ruleMetrics } from "./public.ts"

const recorded = (file: string): object =>
  JSON.parse(readFileSync(new URL(`../fixtures/v1/item-${file}.json`, import.meta.url), "utf8"))

test("the rows agree with each other", () => {
  assert.deepEqual(problemsOf(FAMILIES), [])
})

test("a row that contradicts itself or another one is named", () => {
  const broken = defineFamily({
    name: "broken",
    title: "Broken",
    description: "",
    key: { by: "device" },
    fields: {
      one: gauge("ping.rtt_ms", "ms", ""),
      two: gauge("NoMetric", "ms", "", { column: "two; drop" }),
      three: state("broken.three", { a: 0, b: 0 }, ""),
    },
    charts: [{ title: "", metrics: ["broken.four"] }],
  })
  assert.deepEqual(problemsOf([ping, broken]), [
    "metric family broken: the name ping.rtt_ms is used twice",
    "metric family broken: two; drop is no column name",
    "metric family broken: NoMetric is no metric name, such as ping.rtt_ms",
    "metric family broken: a chart shows broken.four, which it does not have",
    "metric family broken: two states of broken.three have one code",
  ])
})

test("values have the public names and units, whatever the wire names and sends", () => {
  const { "device.up": up, ...probe } = metricValues(ping, PingSample.parse(recorded("ping-round")))
  assert.equal(up, true)
  assert.equal(probe["ping.loss_pct"], 0)
  assert.ok(typeof probe["ping.rtt_ms"] === "number" && probe["ping.rtt_ms"] < 100)
  const port = metricValues(interfaceFamily, InterfaceSample.parse(recorded("interface-first")))
  assert.equal(port["interface.rx_bps"], null)
  const values = metricValues(health, { cpuRatio: 0.25, memoryUsedByte: 1, memoryTotalByte: 4 })
  assert.deepEqual(
    [values["device.cpu_pct"], values["device.memory_pct"], values["device.disk_pct"]],
    [25, 25, null],
  )
})

test("rules may reference the metrics that operators know, by entity and unit", () => {
  const rows = ruleMetrics().map(({ metric, unit, entity, kind }) =>
    [metric, unit, entity, kind].join(" "),
  )
  for (const row of [
    "device.up bool device bool",
    "ping.rtt_ms ms device number",
    "ping.loss_pct % device number",
    "interface.rx_bps bit/s interface number",
    "interface.errors 1/s interface number",
    "sensor.value sample sensor number",
  ])
    assert.ok(rows.includes(row), row)
  assert.ok(!rows.some((row) => row.startsWith("ping.sent")))
})
