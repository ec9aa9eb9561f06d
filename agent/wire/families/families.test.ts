import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { InterfaceSample, PingSample } from "../samples.ts"
import { metricValues, ruleMetrics } from "./catalog.ts"
import { FAMILIES } from "./families.ts"
import { problemsOf } from "./family-problems.ts"
import { health } from "./health.ts"
import { interfaceFamily } from "./interface.ts"
import { ping } from "./ping.ts"

const recorded = (file: string): object =>
  JSON.parse(readFileSync(new URL(`../fixtures/v1/item-${file}.json`, import.meta.url), "utf8"))

test("the rows agree with each other", () => {
  assert.deepEqual(problemsOf(FAMILIES), [])
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
