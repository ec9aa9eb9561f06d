/**
 * Converts sensor values to the units of the wire. Devices give text with a unit, a separate unit,
 * or only a name.
 */
import type { SensorSample } from "@ispvm/wire"

type SensorUnit = SensorSample["unit"]
/** `okWhen`: the good value of a state that is a number. */
type Scale = { readonly unit: SensorUnit; readonly factor: number; readonly okWhen: number }

const scale = (unit: SensorUnit, factor = 1, okWhen = 1): Scale => ({ unit, factor, okWhen })

/**
 * By the device's unit in lower case: RouterOS `C` … `RPM`, mtxrGaugeUnit `celsius` `dV` …, and the
 * scaled scalars of SNMP.
 */
const SCALES: ReadonlyMap<string, Scale> = new Map([
  ["c", scale("°C")],
  ["°c", scale("°C")],
  ["celsius", scale("°C")],
  ["dc", scale("°C", 0.1)],
  ["v", scale("V")],
  ["dv", scale("V", 0.1)],
  ["mv", scale("V", 0.001)],
  ["a", scale("A")],
  ["da", scale("A", 0.1)],
  ["ma", scale("A", 0.001)],
  ["w", scale("W")],
  ["dw", scale("W", 0.1)],
  ["mw", scale("W", 0.001)],
  ["rpm", scale("rpm")],
  ["%", scale("%")],
  ["percent", scale("%")],
  ["dbm", scale("dBm")],
  ["mdbm", scale("dBm", 0.001)],
  ["db", scale("dB")],
  ["mhz", scale("MHz")],
  ["bit/s", scale("bit/s")],
  ["m", scale("m")],
  ["s", scale("s")],
  ["count", scale("count")],
  ["status", scale("state", 1, 0)], // mtxrGaugeTable: 0 is ok and 1 is fail, seen on a CRS317
  ["state", scale("state")],
])

/** Units by the property's name, as in RouterOS v6. */
const UNIT_BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/temperature/, "c"],
  [/voltage/, "v"],
  [/current/, "a"],
  [/consumption|(^|-)power$/, "w"],
  [/fan\d*-speed/, "rpm"],
  [/(-state|-status)$/, "state"],
]

/** 1 is ok, 0 is not. An empty slot (`not-present`) is no sensor and not in this table. */
const STATES: ReadonlyMap<string, 0 | 1> = new Map([
  ["ok", 1],
  ["idle", 1], // a second supply that works but is not needed now
  ["good", 1],
  ["fail", 0],
  ["failed", 0],
  ["no-input", 0],
])

/** Removes rounding errors of a scaled value (24.200000000000003). */
const clean = (value: number): number => Number(value.toPrecision(12))

/** The possible range of each unit. A value outside it was misread. */
const POSSIBLE: Readonly<Record<SensorUnit, readonly [number, number]>> = {
  "°C": [-120, 400],
  V: [-1_500, 1_500_000],
  A: [-10_000, 100_000],
  W: [-1_000_000, 10_000_000],
  rpm: [0, 200_000],
  "%": [0, 100],
  dBm: [-200, 100],
  dB: [-300, 300],
  MHz: [0, 10_000_000],
  "bit/s": [0, 1e15],
  m: [0, 10_000_000],
  s: [0, 1e10],
  count: [-1e15, 1e15],
  state: [0, 1],
}
const isPossible = (unit: SensorUnit, value: number): boolean => {
  const [min, max] = POSSIBLE[unit]
  return value >= min && value <= max
}

/**
 * What a number can mean: itself, or a negative value in an unsigned type. -1 °C is 4294967295 as
 * Gauge32 and 65535 in a 16-bit register.
 */
const readingsOf = (value: number): readonly number[] => {
  if (!Number.isInteger(value)) return [value]
  if (value >= 2 ** 31 && value < 2 ** 32) return [value - 2 ** 32, value]
  return value >= 2 ** 15 && value < 2 ** 16 ? [value, value - 2 ** 16] : [value]
}

export type Measured = { readonly unit: SensorUnit; readonly value: number }
/**
 * `impossible`: a measurement with an impossible value. `none`: no measurement (a setting, a
 * missing module, an unknown unit).
 */
export type Measure =
  | ({ readonly is: "measured" } & Measured)
  | { readonly is: "impossible" }
  | { readonly is: "none" }

const NONE: Measure = { is: "none" }
const MAX_TEXT_CHARS = 64

export const measureOf = (sensor: string, value: number | string, unit: string | null): Measure => {
  const byName = UNIT_BY_NAME.find(([pattern]) => pattern.test(sensor.toLowerCase()))?.[1] ?? ""
  if (typeof value === "string") {
    if (value.length > MAX_TEXT_CHARS) return NONE
    const state = STATES.get(value.trim().toLowerCase())
    if (state !== undefined)
      return unit === null && byName !== "state"
        ? NONE
        : { is: "measured", unit: "state", value: state }
    const [, amount, suffix = ""] = /^([+-]?\d+(?:\.\d+)?)\s*([a-z°%]*)$/i.exec(value.trim()) ?? []
    if (amount === undefined) return NONE
    return measureOf(sensor, Number(amount), suffix || unit)
  }
  const how = SCALES.get((unit ?? byName).toLowerCase())
  if (how === undefined || !Number.isFinite(value)) return NONE
  if (how.unit === "state")
    return { is: "measured", unit: "state", value: value === how.okWhen ? 1 : 0 }
  const scaled = readingsOf(value).map((each) => clean(each * how.factor))
  const found = scaled.find((each) => isPossible(how.unit, each))
  return found === undefined
    ? { is: "impossible" }
    : { is: "measured", unit: how.unit, value: found }
}

/** Null: there is nothing to show. */
export const measure = (
  sensor: string,
  value: number | string,
  unit: string | null,
): Measured | null => {
  const measured = measureOf(sensor, value, unit)
  return measured.is === "measured" ? { unit: measured.unit, value: measured.value } : null
}
