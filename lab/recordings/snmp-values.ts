/** Samples as single amounts with a unit, to compare them with those of another reader. */
import type { Sample } from "@ispvm/wire"

export type Amount = {
  readonly name: string
  readonly unit: string
  readonly value: number
  isUsed: boolean
}

/** Unit and factor of each field, by family. A boolean is a fault. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, readonly [string, number]>>>> = {
  optics: {
    rxDbm: ["dBm", 1],
    txDbm: ["dBm", 1],
    biasMa: ["A", 0.001],
    voltageV: ["V", 1],
    temperatureC: ["°C", 1],
    hasRxLoss: ["state", -1],
    hasTxFault: ["state", -1],
  },
  poe: { watts: ["W", 1], volts: ["V", 1], milliamps: ["A", 0.001] },
  wireless: {
    clients: ["count", 1],
    frequencyMhz: ["MHz", 1],
    noiseDbm: ["dBm", 1],
    signalDbm: ["dBm", 1],
    ccqPercent: ["%", 1],
    txRateBps: ["bit/s", 1],
    rxRateBps: ["bit/s", 1],
    txPowerDbm: ["dBm", 1],
    distanceM: ["m", 1],
  },
  registration: {
    signalDbm: ["dBm", 1],
    farSignalDbm: ["dBm", 1],
    snrDb: ["dB", 1],
    txCcqPercent: ["%", 1],
    rxCcqPercent: ["%", 1],
    txRateBps: ["bit/s", 1],
    rxRateBps: ["bit/s", 1],
    uptimeS: ["s", 1],
  },
  lte: { rssiDbm: ["dBm", 1], rsrpDbm: ["dBm", 1], rsrqDb: ["dB", 1], sinrDb: ["dB", 1] },
  dhcp: { leases: ["count", 1] },
  sessions: { count: ["count", 1] },
  "device-counts": { value: ["count", 1] },
}
/** States of the product that are good or neither. */
const POE_STATES: Readonly<Record<string, number>> = {
  powered: 1,
  waiting: 1,
  disabled: 1,
  overload: 0,
  "short-circuit": 0,
  fault: 0,
}

const nameOf = (sample: Sample): string => {
  const entry = Object.entries(sample).find(
    ([key, value]) =>
      typeof value === "string" && !["kind", "device", "source", "unit", "state"].includes(key),
  )
  return String(entry?.[1] ?? "")
}

export const amountsOf = (samples: readonly Sample[]): Amount[] =>
  samples.flatMap((sample): Amount[] => {
    if (sample.kind === "sensor")
      return [{ name: sample.sensor, unit: sample.unit, value: sample.value, isUsed: false }]
    const fields = FIELDS[sample.kind] ?? {}
    const name = nameOf(sample)
    const amounts = Object.entries(fields).flatMap(([field, [unit, factor]]): Amount[] => {
      const value = (sample as Readonly<Record<string, unknown>>)[field]
      if (typeof value === "boolean")
        return [{ name: `${name} ${field}`, unit, value: value ? 0 : 1, isUsed: false }]
      return typeof value === "number"
        ? [{ name: `${name} ${field}`, unit, value: value * factor, isUsed: false }]
        : []
    })
    const state = sample.kind === "poe" ? sample.state : null
    return state === null
      ? amounts
      : [...amounts, { name, unit: "state", value: POE_STATES[state] ?? 0, isUsed: false }]
  })

/** Unit and factor of the other reader's classes. */
export const CLASSES: Readonly<Record<string, readonly [string, number]>> = {
  temperature: ["°C", 1],
  voltage: ["V", 1],
  current: ["A", 1],
  power: ["W", 1],
  dbm: ["dBm", 1],
  fanspeed: ["rpm", 1],
  humidity: ["%", 1],
  load: ["%", 1],
  charge: ["%", 1],
  percent: ["%", 1],
  count: ["count", 1],
  frequency: ["MHz", 1e-6],
  runtime: ["s", 60],
  signal: ["dBm", 1],
  snr: ["dB", 1],
  state: ["state", 1],
}
export const RADIO_CLASSES: Readonly<Record<string, readonly [string, number]>> = {
  ccq: ["%", 1],
  capacity: ["%", 1],
  quality: ["%", 1],
  utilization: ["%", 1],
  clients: ["count", 1],
  "ap-count": ["count", 1],
  errors: ["count", 1],
  distance: ["m", 1_000],
  frequency: ["MHz", 1],
  "noise-floor": ["dBm", 1],
  power: ["dBm", 1],
  rssi: ["dBm", 1],
  rsrp: ["dBm", 1],
  rsrq: ["dB", 1],
  sinr: ["dB", 1],
  snr: ["dB", 1],
  mse: ["dB", 1],
  xpi: ["dB", 1],
  "error-ratio": ["%", 1],
  rate: ["bit/s", 1],
}
/** These are the same kind of quantity, which the two readers call differently. */
const ALIKE: Readonly<Record<string, readonly string[]>> = {
  dBm: ["dBm", "dB"],
  dB: ["dB", "dBm"],
  rpm: ["rpm", "%"],
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 0.06 + Math.abs(b) * 0.005

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== ""),
  )
const likeness = (a: string, b: string): number => {
  const words = wordsOf(b)
  return [...wordsOf(a)].filter((word) => words.has(word)).length
}

/** The amount of this unit and value whose name is most alike; it is used once. */
export const take = (
  amounts: readonly Amount[],
  name: string,
  unit: string,
  value: number,
): Amount | null => {
  const units = ALIKE[unit] ?? [unit]
  const fitting = amounts.filter(
    (each) => !each.isUsed && units.includes(each.unit) && isNear(each.value, value),
  )
  const [best] = fitting.toSorted((a, b) => likeness(b.name, name) - likeness(a.name, name))
  if (best !== undefined) best.isUsed = true
  return best ?? null
}
/** Whether one of this unit and value was used already. */
export const isRepeated = (amounts: readonly Amount[], unit: string, value: number): boolean =>
  amounts.some((each) => each.isUsed && each.unit === unit && isNear(each.value, value))
