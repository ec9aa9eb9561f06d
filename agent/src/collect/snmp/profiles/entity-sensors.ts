/**
 * ENTITY-SENSOR-MIB (RFC 3433) and Cisco's older table of the same form: each row names its own
 * unit, scale and precision. Those of optical modules are given to the interface.
 */
import type { Reading } from "../../collector.ts"
import { numberOf } from "../client/values.ts"
import type { Column } from "../client/walk.ts"
import type { Poll } from "../collectors/poll.ts"
import { entitiesOf, namesOfPorts } from "./context.ts"
import type { Entities } from "./device.ts"
import { ENTITY_SENSOR_TABLES } from "./oids.ts"
import type { SensorUnit } from "./profile.ts"
import { sensorReading } from "./readings.ts"

type Unit = { readonly unit: SensorUnit; readonly factor: number }
/** By EntitySensorDataType; a number without a place here is no measurement. */
const UNITS: ReadonlyMap<number, Unit> = new Map([
  [3, { unit: "V", factor: 1 }],
  [4, { unit: "V", factor: 1 }],
  [5, { unit: "A", factor: 1 }],
  [6, { unit: "W", factor: 1 }],
  [7, { unit: "MHz", factor: 1e-6 }],
  [8, { unit: "°C", factor: 1 }],
  [9, { unit: "%", factor: 1 }],
  [10, { unit: "rpm", factor: 1 }],
  [12, { unit: "state", factor: 1 }],
  [14, { unit: "dBm", factor: 1 }],
])
/** yocto is 1 and units is 9; RFC 3433 has exa before peta. */
const exponentOf = (scale: number): number => (scale >= 1 && scale <= 17 ? (scale - 9) * 3 : 0)

const OK = 1
/** -1000000000 and 1000000000 mean a value out of range, and some agents report the 32-bit limits. */
const NO_VALUES = new Set([-1e9, 1e9, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1])
/** Cisco reports this power for a module without light. */
const NO_LIGHT_DBM = -40

type Table = Readonly<Record<"type" | "scale" | "precision" | "value" | "status" | "units", Column>>
export type EntitySensor = {
  readonly index: string
  readonly name: string
  readonly unit: SensorUnit
  readonly value: number
}

const valueAt = (table: Table, index: string): Omit<EntitySensor, "name"> | null => {
  const status = numberOf(table.status.get(index))
  const raw = numberOf(table.value.get(index))
  const type = numberOf(table.type.get(index)) ?? 0
  const unit = UNITS.get(type) ?? unitByText(table.units.get(index))
  if (raw === null || unit === null || NO_VALUES.has(raw) || (status !== null && status !== OK))
    return null
  if (unit.unit === "state") return { index, unit: "state", value: raw === 1 ? 1 : 0 }
  const precision = numberOf(table.precision.get(index)) ?? 0
  const digits = precision >= -8 && precision <= 9 ? precision : 0
  const exponent = exponentOf(numberOf(table.scale.get(index)) ?? 9) - digits
  const value = Number((raw * 10 ** exponent * unit.factor).toPrecision(12))
  return { index, unit: unit.unit, value }
}

const TEXT_UNITS: readonly (readonly [RegExp, Unit])[] = [
  [/^dBm$/i, { unit: "dBm", factor: 1 }],
  [/^m(illi)?amp/i, { unit: "A", factor: 0.001 }],
  [/^amp/i, { unit: "A", factor: 1 }],
  [/^watt/i, { unit: "W", factor: 1 }],
  [/^volt/i, { unit: "V", factor: 1 }],
  [/^(celsius|c$|degrees c)/i, { unit: "°C", factor: 1 }],
]
const unitByText = (value: unknown): Unit | null => {
  if (!Buffer.isBuffer(value)) return null
  const text = value.subarray(0, 32).toString("latin1").trim()
  return TEXT_UNITS.find(([form]) => form.test(text))?.[1] ?? null
}

export const entitySensors = (
  table: Table,
  nameOf: (index: string) => string | null,
): readonly EntitySensor[] =>
  [...table.value.keys()].flatMap((index) => {
    const found = valueAt(table, index)
    return found === null ? [] : [{ ...found, name: nameOf(index) ?? `sensor ${index}` }]
  })

type OpticsField = "rxDbm" | "txDbm" | "biasMa" | "voltageV" | "temperatureC"
const OPTICS: readonly (readonly [RegExp, SensorUnit, OpticsField])[] = [
  [/(\brx|receive|input|in\b)/i, "dBm", "rxDbm"],
  [/(\btx|transmit|output|out\b)/i, "dBm", "txDbm"],
  [/(bias|current|laser)/i, "A", "biasMa"],
  [/(volt|vcc|supply)/i, "V", "voltageV"],
  [/temp/i, "°C", "temperatureC"],
]
const opticsField = ({ name, unit }: EntitySensor): OpticsField | null => {
  const field = OPTICS.find(([form, its]) => its === unit && form.test(name))?.[2]
  if (field !== undefined) return field
  return unit === "°C" ? "temperatureC" : unit === "V" ? "voltageV" : null
}

/** The interface a sensor's name begins with or contains as a word. */
const portInName = (name: string, ports: ReadonlySet<string>): string | null => {
  const words = name.split(/[\s,()]+/, 12)
  return (
    words.find((word) => ports.has(word)) ??
    words
      .map((word) => word.replace(/-(?:lane|rx|tx|module).*$/i, ""))
      .find((word) => ports.has(word)) ??
    null
  )
}

/** Of several channels, the lowest power and the highest bias. */
const combined = (field: OpticsField, values: readonly number[]): number =>
  field === "biasMa" || field === "temperatureC" ? Math.max(...values) : Math.min(...values)

const opticsReading = (
  poll: Poll,
  port: string,
  sensors: readonly EntitySensor[],
): readonly Reading[] => {
  const byField = new Map<OpticsField, number[]>()
  const single: Reading[] = []
  for (const sensor of sensors) {
    const field = opticsField(sensor)
    if (field === null) single.push(sensorReading(poll, sensor))
    else {
      const value =
        field === "biasMa" ? Number((sensor.value * 1_000).toPrecision(9)) : sensor.value
      byField.set(field, [...(byField.get(field) ?? []), value])
    }
  }
  for (const sensor of sensors) {
    const field = opticsField(sensor)
    if (field !== null && (byField.get(field)?.length ?? 0) > 1)
      single.push(sensorReading(poll, sensor))
  }
  const values = Object.fromEntries(
    [...byField].map(([field, list]) => [field, combined(field, list)]),
  )
  return [
    {
      ...poll.origin(),
      kind: "family",
      family: "optics",
      name: port,
      uptimeS: null,
      values: {
        ...values,
        ...(typeof values.rxDbm === "number" ? { hasRxLoss: values.rxDbm <= NO_LIGHT_DBM } : {}),
      },
    },
    ...single,
  ]
}

const isOptical = (sensors: readonly EntitySensor[]): boolean =>
  sensors.some(({ unit }) => unit === "dBm")

/** Readings of both families; the collectors of each take their own. */
export const readEntitySensors = async (
  poll: Poll,
  objectId: string,
): Promise<readonly Reading[]> => {
  for (const { vendor, of } of ENTITY_SENSOR_TABLES) {
    if (!objectId.startsWith(vendor)) continue
    const column = (number: number): string => `${of}.${number}`
    const { value } = await poll.session.columns({ value: column(4) }, poll.options)
    if (value.size === 0) continue
    const table = await poll.session.columns(
      {
        type: column(1),
        scale: column(2),
        precision: column(3),
        status: column(5),
        units: column(6),
      },
      poll.options,
    )
    const entities = await entitiesOf(poll)
    const ports = await namesOfPorts(poll)
    const sensors = entitySensors({ ...table, value }, (index) => entities.names.get(index) ?? null)
    return sorted(poll, sensors, entities, ports)
  }
  return []
}

const sorted = (
  poll: Poll,
  sensors: readonly EntitySensor[],
  entities: Entities,
  ports: ReadonlyMap<string, string>,
): readonly Reading[] => {
  const portNames = new Set(ports.values())
  const byPort = new Map<string, EntitySensor[]>()
  const rest: EntitySensor[] = []
  for (const sensor of sensors) {
    const ifIndex = entities.ifIndexOf(sensor.index)
    const port =
      (ifIndex === null ? undefined : ports.get(String(ifIndex))) ??
      portInName(sensor.name, portNames)
    if (port === null) rest.push(sensor)
    else byPort.set(port, [...(byPort.get(port) ?? []), sensor])
  }
  const readings: Reading[] = []
  for (const [port, list] of byPort)
    if (isOptical(list)) readings.push(...opticsReading(poll, port, list))
    else rest.push(...list)
  const names = new Map<string, number>()
  for (const { name, unit } of rest)
    names.set(`${unit} ${name}`, (names.get(`${unit} ${name}`) ?? 0) + 1)
  for (const sensor of rest) {
    const isShared = (names.get(`${sensor.unit} ${sensor.name}`) ?? 0) > 1
    readings.push(
      sensorReading(
        poll,
        isShared ? { ...sensor, name: `${sensor.name} (${sensor.index})` } : sensor,
      ),
    )
  }
  return readings
}
