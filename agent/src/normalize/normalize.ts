/** Readings of every source into what travels to the appliance: one pure function a family, and the memory that rates need. */
import type {
  FactsReading,
  HealthReading,
  InterfaceReading,
  PortFact,
  Reading,
  SensorReading,
  Store,
} from "../collect/collector.ts"
import type { DeviceId, Facts, HealthSample, InterfaceFact, InterfaceSample, SensorSample } from "../wire/wire.ts"
import { LIMITS, storable } from "../wire/wire.ts"
import { type RateReason, type Rates, ratesBetween, type Totals } from "./counters.ts"
import { measure } from "./units.ts"

export type Normalized = InterfaceSample | HealthSample | SensorSample | Facts

/** One long comment must not cost the device its facts. */
const cutOrNull = (text: string | null, chars: number): string | null => (text === null ? null : storable(text, chars))
const epochMs = (atMs: number): number => Math.max(0, Math.round(atMs))
const amountOrNull = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) || value < 0 ? null : value
const countOrNull = (value: number | null): number | null =>
  value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null
const nameOf = (text: string): string | null => storable(text, LIMITS.nameChars) || null

export const interfaceSample = (reading: InterfaceReading, rates: Rates): InterfaceSample | null => {
  const name = nameOf(reading.interface)
  if (name === null) return null
  return {
    kind: "interface",
    device: reading.device,
    interface: name,
    atMs: epochMs(reading.atMs),
    source: reading.source,
    running: reading.running,
    disabled: reading.disabled,
    ...rates,
  }
}

const usedOf = ({ totalByte, usedByte, freeByte }: Store): number | null => {
  if (usedByte !== null) return amountOrNull(usedByte)
  return totalByte === null || freeByte === null ? null : amountOrNull(totalByte - freeByte)
}

const meanRatio = (percents: readonly number[]): number | null => {
  const sound = percents.filter((percent) => Number.isFinite(percent) && percent >= 0)
  if (sound.length === 0) return null
  return Math.min(1, sound.reduce((sum, percent) => sum + percent, 0) / sound.length / 100)
}

/** Null where the device told nothing at all. */
export const healthSample = (reading: HealthReading): HealthSample | null => {
  const fields = {
    uptimeS: amountOrNull(reading.uptimeS),
    cpuRatio: meanRatio(reading.cpuPercents),
    memoryUsedByte: usedOf(reading.memory),
    memoryTotalByte: amountOrNull(reading.memory.totalByte),
    diskUsedByte: usedOf(reading.disk),
    diskTotalByte: amountOrNull(reading.disk.totalByte),
  }
  if (Object.values(fields).every((value) => value === null)) return null
  return { kind: "health", device: reading.device, atMs: epochMs(reading.atMs), source: reading.source, ...fields }
}

/** Null where this is no measurement: a setting, an empty slot, a unit nobody knows. */
export const sensorSample = (reading: SensorReading): SensorSample | null => {
  const measured = measure(reading.sensor, reading.value, reading.unit)
  const name = nameOf(reading.sensor)
  if (measured === null || name === null) return null
  return {
    kind: "sensor",
    device: reading.device,
    sensor: name,
    atMs: epochMs(reading.atMs),
    source: reading.source,
    ...measured,
  }
}

/** MAC addresses in one form, so that the same port told by two sources is the same port. */
const macOf = (mac: string | null): string | null => {
  const digits = mac?.replace(/[:.-]/g, "").toUpperCase() ?? ""
  return /^[0-9A-F]{12}$/.test(digits) ? (digits.match(/../g)?.join(":") ?? null) : null
}

const interfaceFact = (port: PortFact): InterfaceFact => ({
  name: storable(port.name, LIMITS.nameChars),
  type: storable(port.type, 64),
  mac: macOf(port.mac),
  comment: cutOrNull(port.comment, LIMITS.textChars),
  mtu: countOrNull(port.mtu),
  speedBps: amountOrNull(port.speedBps),
  ifIndex: countOrNull(port.ifIndex),
  dynamic: port.dynamic,
})

const MAX_PORTS = 5_000

/** A BRAS has a dynamic port a subscriber: those are dropped first where the contract's bound would be passed. */
const portsOf = (ports: readonly PortFact[]): InterfaceFact[] => {
  const named = ports.filter((port) => nameOf(port.name) !== null)
  const kept =
    named.length <= MAX_PORTS ? named : named.toSorted((a, b) => Number(a.dynamic) - Number(b.dynamic)).slice(0, MAX_PORTS)
  return kept.map(interfaceFact)
}

export const facts = (reading: FactsReading): Facts => ({
  kind: "facts",
  device: reading.device,
  atMs: epochMs(reading.atMs),
  source: reading.source,
  identity: cutOrNull(reading.identity, LIMITS.textChars),
  vendor: cutOrNull(reading.vendor, 64),
  board: cutOrNull(reading.board, 128),
  version: cutOrNull(reading.version, 128),
  architecture: cutOrNull(reading.architecture, 64),
  serial: cutOrNull(reading.serial, 128),
  interfaces: reading.interfaces === null ? null : portsOf(reading.interfaces),
})

const present = <T>(item: T | null): T[] => (item === null ? [] : [item])

const withoutMemory = (reading: Reading): Normalized[] => {
  switch (reading.kind) {
    case "health":
      return present(healthSample(reading))
    case "sensor":
      return present(sensorSample(reading))
    case "facts":
      return [facts(reading)]
    default:
      return []
  }
}

/**
 * Keeps the last totals of every port. What one `collect` gave goes in at once: a port of that device and source which
 * is not among it any more is forgotten, or the ports of ended PPPoE sessions would fill the memory.
 */
export class Normalizer {
  readonly counts: Record<RateReason | "dynamic", number> = {
    ok: 0,
    first: 0,
    rebooted: 0,
    reset: 0,
    clock: 0,
    implausible: 0,
    dynamic: 0,
  }
  readonly #totals = new Map<DeviceId, Map<InterfaceReading["source"], ReadonlyMap<string, Totals>>>()

  normalize(readings: readonly Reading[]): Normalized[] {
    const ports = readings.filter((reading) => reading.kind === "interface")
    return [...this.#interfaces(ports), ...readings.flatMap(withoutMemory)]
  }

  forget(device: DeviceId): void {
    this.#totals.delete(device)
  }

  #interfaces(readings: readonly InterfaceReading[]): InterfaceSample[] {
    const samples: InterfaceSample[] = []
    const before = new Map(this.#totals)
    const fresh = new Map<DeviceId, Map<InterfaceReading["source"], Map<string, Totals>>>()
    for (const reading of readings) {
      // A subscriber's session is no port of the inventory, and a BRAS has thousands: their values do not travel.
      if (reading.dynamic) {
        this.counts.dynamic++
        continue
      }
      const was = before.get(reading.device)?.get(reading.source)?.get(reading.interface) ?? null
      const now: Totals = { atMs: reading.atMs, uptimeS: reading.uptimeS, counters: reading.counters }
      const { rates, reason } = ratesBetween(was, now)
      this.counts[reason]++
      const bySource = fresh.get(reading.device) ?? new Map()
      const byName = bySource.get(reading.source) ?? new Map()
      fresh.set(reading.device, bySource.set(reading.source, byName.set(reading.interface, now)))
      samples.push(...present(interfaceSample(reading, rates)))
    }
    for (const [device, bySource] of fresh) this.#totals.set(device, new Map([...(this.#totals.get(device) ?? []), ...bySource]))
    return samples
  }
}
