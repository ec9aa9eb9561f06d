/**
 * Readings as columns for pages that show the whole network. Only what was measured since the last
 * call is in a message, and a device has a number in place of its id: an id is half of the bytes.
 */
import type { Readings, Values } from "../../api/live.ts"

type DeviceReading = Readings["devices"][number]
type PortReading = Readings["interfaces"][number]
export type ValueColumns = {
  readonly of: (
    devices: readonly DeviceReading[],
    ports: readonly PortReading[],
    atMs: number,
  ) => Values
  /** The numbers given so far, for a stream that begins; no values. */
  readonly opening: (atMs: number) => Values
}

const AGE_STEP_MS = 100
/** As many digits as a screen shows. */
const DIGITS = 3
const short = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(DIGITS))
const tenths = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 10) / 10

const distances = (numbers: readonly number[]): number[] =>
  numbers.map((each, n) => each - (numbers[n - 1] ?? 0))

type Numbered = { readonly number: number; readonly reading: DeviceReading }
type TimeName = "probedAtMs" | "healthAtMs" | "trafficAtMs"

export const createValueColumns = (): ValueColumns => {
  const numbers = new Map<string, number>()
  const published = new Map<string, DeviceReading>()

  const numberOf = (id: string, added: string[]): number => {
    const known = numbers.get(id)
    if (known !== undefined) return known
    const number = numbers.size
    numbers.set(id, number)
    added.push(id)
    return number
  }
  const columns = (
    all: readonly Numbered[],
    time: TimeName,
    atMs: number,
  ): { readonly own: DeviceReading[]; readonly devices: number[]; readonly agesMs: number[] } => {
    const own = all.filter(
      ({ reading }) =>
        reading[time] !== null && reading[time] !== published.get(reading.id)?.[time],
    )
    return {
      own: own.map(({ reading }) => reading),
      devices: distances(own.map(({ number }) => number)),
      agesMs: own.map(({ reading }) => ageMs(atMs, reading[time] ?? atMs)),
    }
  }

  return {
    of: (devices, ports, atMs) => {
      const from = numbers.size
      const ids: string[] = []
      const all = devices
        .map((reading) => ({ number: numberOf(reading.id, ids), reading }))
        .sort((a, b) => a.number - b.number)
      const { own: probed, ...probes } = columns(all, "probedAtMs", atMs)
      const { own: read, ...health } = columns(all, "healthAtMs", atMs)
      const { own: counted, ...traffic } = columns(all, "trafficAtMs", atMs)
      for (const { reading } of all) published.set(reading.id, reading)
      const own = ports.toSorted((a, b) => a.id - b.id)
      return {
        atMs,
        numbered: { from, ids },
        probes: {
          ...probes,
          answered: probed.map(({ lastSeenAtMs, probedAtMs }) =>
            (lastSeenAtMs ?? 0) >= (probedAtMs ?? 0) ? 1 : 0,
          ),
          rttMs: probed.map(({ rttMs }) => short(rttMs)),
          lossPct: probed.map(({ lossPct }) => tenths(lossPct)),
        },
        health: {
          ...health,
          uptimeS: read.map(({ uptimeS }) => uptimeS),
          cpuPct: read.map(({ cpuPct }) => tenths(cpuPct)),
          memoryPct: read.map(({ memoryPct }) => tenths(memoryPct)),
        },
        traffic: {
          ...traffic,
          rxBps: counted.map(({ rxBps }) => short(rxBps)),
          txBps: counted.map(({ txBps }) => short(txBps)),
        },
        interfaces: {
          ids: distances(own.map(({ id }) => id)),
          agesMs: own.map((port) => ageMs(atMs, port.atMs)),
          rxBps: own.map(({ rxBps }) => short(rxBps)),
          txBps: own.map(({ txBps }) => short(txBps)),
        },
      }
    },
    opening: (atMs) => ({ ...NOTHING, atMs, numbered: { from: 0, ids: [...numbers.keys()] } }),
  }
}

const ageMs = (atMs: number, ofMs: number): number =>
  Math.round((atMs - ofMs) / AGE_STEP_MS) * AGE_STEP_MS

const NOTHING = {
  probes: { devices: [], agesMs: [], answered: [], rttMs: [], lossPct: [] },
  health: { devices: [], agesMs: [], uptimeS: [], cpuPct: [], memoryPct: [] },
  traffic: { devices: [], agesMs: [], rxBps: [], txBps: [] },
  interfaces: { ids: [], agesMs: [], rxBps: [], txBps: [] },
}
