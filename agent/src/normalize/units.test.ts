import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type Measured, measure, measureOf } from "./units.ts"

const cases: [string, number | string, string | null, Measured | null][] = [
  ["temperature", "46", "C", { unit: "°C", value: 46 }],
  ["cpu-temperature", "-5", "C", { unit: "°C", value: -5 }],
  ["fan1-speed", "6090", "RPM", { unit: "rpm", value: 6090 }],
  ["psu1-state", "ok", null, { unit: "state", value: 1 }],
  ["psu2-state", "fail", "", { unit: "state", value: 0 }],
  ["psu2-state", "no-input", null, { unit: "state", value: 0 }],
  ["psu2-state", "idle", null, { unit: "state", value: 1 }],
  ["psu2-state", "not-present", null, null],
  ["psu1-state", "something-new", null, null],
  ["voltage", "24.3V", null, { unit: "V", value: 24.3 }],
  ["voltage", "24.3", null, { unit: "V", value: 24.3 }],
  ["temperature", "46C", null, { unit: "°C", value: 46 }],
  ["current", "1210mA", null, { unit: "A", value: 1.21 }],
  ["power-consumption", "17.5W", null, { unit: "W", value: 17.5 }],
  ["fan-mode", "auto", null, null],
  ["active-fan", "main", null, null],
  ["use-fan", "ok", null, null],
  ["voltage", 242, "dV", { unit: "V", value: 24.2 }],
  ["temperature", 31, "celsius", { unit: "°C", value: 31 }],
  ["current", 780, "mA", { unit: "A", value: 0.78 }],
  ["power", 115, "dW", { unit: "W", value: 11.5 }],
  ["psu1-state", 0, "status", { unit: "state", value: 1 }],
  ["psu2-state", 1, "status", { unit: "state", value: 0 }],
  ["power-supply", 1, "state", { unit: "state", value: 1 }],
  ["sfp-rx-power", "-0.296dBm", null, { unit: "dBm", value: -0.296 }],
  ["something", 5, null, null],
  ["something", 5, "furlong", null],
  ["temperature", Number.NaN, "C", null],
]
for (const [sensor, value, unit, expected] of cases)
  test(`${sensor} ${value} (${unit ?? "no unit"}) is ${expected === null ? "no measurement" : `${expected.value} ${expected.unit}`}`, () => {
    assert.deepEqual(measure(sensor, value, unit), expected)
  })

test("no value of a device makes it throw or gives NaN", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.oneof(fc.string(), fc.double()),
      fc.option(fc.string()),
      (sensor, value, unit) => {
        const measured = measure(sensor, value, unit)
        assert.ok(measured === null || Number.isFinite(measured.value))
      },
    ),
  )
})

const below: [string, number, string, number | null][] = [
  ["32 bits without a sign", 4_294_967_295, "celsius", -1],
  ["16 bits without a sign", 65_533, "celsius", -3],
  ["tenths in 32 bits", 4_294_967_286, "dC", -1],
  ["dBm in thousandths", 4_294_962_296, "mdBm", -5],
  ["a fan's speed beside them", 4_080, "rpm", 4_080],
  ["a temperature that cannot be", 1_000, "celsius", null],
  ["a negative fan", 4_294_967_295, "rpm", null],
  ["a share above all", 4_294_967_295, "%", null],
]
for (const [name, value, unit, expected] of below)
  test(`negative, or nothing: ${name}`, () => {
    assert.equal(measure("x", value, unit)?.value ?? null, expected)
    if (expected === null) assert.equal(measureOf("x", value, unit).is, "impossible")
  })
