/**
 * Converts readings of every source into what is sent to the appliance, and keeps the totals that
 * rates need.
 */

import type {
  DeviceId,
  Facts,
  HealthSample,
  InterfaceFact,
  InterfaceSample,
  Rows,
  Sample,
  SensorSample,
} from "@ispvm/wire"
import { LIMITS, storable } from "@ispvm/wire"
import { type RateReason, type Rates, ratesBetween, type Totals } from "@ispvm/wire/counters"
import { FAMILIES } from "@ispvm/wire/families"
import type {
  FactsReading,
  HealthReading,
  InterfaceReading,
  PortFact,
  Reading,
  SensorReading,
  Store,
} from "../collect/collector.ts"
import { FamilySamples } from "./family-samples.ts"
import { RowSnapshots } from "./row-snapshots.ts"
import { measure, measureOf } from "./units.ts"
import { VIRTUAL_TYPES } from "./virtual-ports.ts"

export type Normalized = Sample | Facts | Rows

/** One long comment must not make all facts of a device invalid. */
const cutOrNull = (text: string | null, chars: number): string | null =>
  text === null ? null : storable(text, chars)
const epochMs = (atMs: number): number => Math.max(0, Math.round(atMs))
const amountOrNull = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) || value < 0 ? null : value
const countOrNull = (value: number | null): number | null =>
  value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null
const nameOf = (text: string): string | null => storable(text, LIMITS.nameChars) || null

const interfaceSample = (reading: InterfaceReading, rates: Rates): InterfaceSample | null => {
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
    ...storedRates(rates),
  }
}

/** As precise as they are stored: bits as whole numbers, the others with 24 binary digits. */
const storedRates = ({ rxBps, txBps, ...others }: Rates): Rates => ({
  rxBps: rxBps === null ? null : Math.round(rxBps),
  txBps: txBps === null ? null : Math.round(txBps),
  rxPps: float32(others.rxPps),
  txPps: float32(others.txPps),
  errorsPs: float32(others.errorsPs),
  dropsPs: float32(others.dropsPs),
})
const float32 = (rate: number | null): number | null => (rate === null ? null : Math.fround(rate))

const usedOf = ({ totalByte, usedByte, freeByte }: Store): number | null => {
  if (usedByte !== null && totalByte !== null && usedByte > totalByte) return null // more than the total: misread
  if (usedByte !== null) return amountOrNull(usedByte)
  return totalByte === null || freeByte === null ? null : amountOrNull(totalByte - freeByte)
}

/**
 * A core far above 100 % was misread. Slightly above is rounding, or several threads reported as
 * one.
 */
const MAX_PERCENT = 1_000

const meanRatio = (percents: readonly number[]): number | null => {
  const sound = percents.filter(
    (percent) => Number.isFinite(percent) && percent >= 0 && percent <= MAX_PERCENT,
  )
  if (sound.length === 0) return null
  return Math.min(1, sound.reduce((sum, percent) => sum + percent, 0) / sound.length / 100)
}

/** Null if the device reported nothing. */
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
  return {
    kind: "health",
    device: reading.device,
    atMs: epochMs(reading.atMs),
    source: reading.source,
    ...fields,
  }
}

/** Null if this is no measurement: a setting, an empty slot, an unknown unit. */
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

/** One notation for MAC addresses, so that two sources report the same one. */
const macOf = (mac: string | null): string | null => {
  const digits = mac?.slice(0, 32).replace(/[:.-]/g, "").toUpperCase() ?? ""
  return /^[0-9A-F]{12}$/.test(digits) ? (digits.match(/../g)?.join(":") ?? null) : null
}

const interfaceFact = (port: PortFact, withIds: boolean): InterfaceFact => ({
  name: storable(port.name, LIMITS.nameChars),
  type: storable(port.type, 64),
  mac: macOf(port.mac),
  comment: cutOrNull(port.comment, LIMITS.textChars),
  mtu: countOrNull(port.mtu),
  speedBps: amountOrNull(port.speedBps),
  ifIndex: countOrNull(port.ifIndex),
  ...(withIds && port.id !== undefined ? { id: storable(port.id, 32) } : {}),
  dynamic: port.dynamic,
})

const MAX_PORTS = 5_000

/**
 * A BRAS has a dynamic interface per subscriber. Above the limit of a message, these are dropped
 * first.
 */
const portsOf = (ports: readonly PortFact[], withIds: boolean): InterfaceFact[] => {
  const named = ports.filter((port) => nameOf(port.name) !== null)
  const limited =
    named.length <= MAX_PORTS
      ? named
      : named.toSorted((a, b) => Number(a.dynamic) - Number(b.dynamic)).slice(0, MAX_PORTS)
  return limited.map((port) => interfaceFact(port, withIds))
}

export const facts = (reading: FactsReading, withIds = false): Facts => ({
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
  interfaces: reading.interfaces === null ? null : portsOf(reading.interfaces, withIds),
})

const present = <T>(item: T | null): T[] => (item === null ? [] : [item])

const withoutMemory = (reading: Reading, withIds: boolean): Normalized[] => {
  switch (reading.kind) {
    case "health":
      return present(healthSample(reading))
    case "sensor":
      return present(sensorSample(reading))
    case "facts":
      return [facts(reading, withIds)]
    case "interface":
    case "family":
    case "table":
      return []
  }
}

type PortMemory = Totals & {
  /**
   * Number of consecutive readings with a changed discontinuity. A device that changes it every
   * time gives no information.
   */
  readonly moved: number
  /** What the device counted by; null: not reported. */
  readonly id: string | null
}
type PortSpeed = { readonly speedBps: number | null; readonly isVirtual: boolean }
type BySource<T> = Map<DeviceId, Map<InterfaceReading["source"], ReadonlyMap<string, T>>>

/**
 * The discontinuity is ignored if it changes with every reading. Totals of another id are those of
 * another interface, which had this name before.
 */
const remembered = (
  last: PortMemory | null,
  reading: InterfaceReading,
): { was: Totals | null; now: PortMemory } => {
  const { atMs, uptimeS, counters, discontinuity = null, id = null } = reading
  const was = last === null || last.id !== id ? null : last
  const hasMoved = was !== null && was.discontinuity !== discontinuity
  const moved = hasMoved ? was.moved + 1 : 0
  const now = { atMs, uptimeS, counters, discontinuity, moved, id }
  return { was: was === null || moved < 2 ? was : { ...was, discontinuity: null }, now }
}

/**
 * Keeps the last totals of every interface. The readings of one poll are given at once: an
 * interface of that device and source that is missing is forgotten, or ended PPPoE sessions would
 * fill the memory.
 */
export class Normalizer {
  readonly counts: Record<RateReason | "dynamic" | "impossible", number> = {
    ok: 0,
    first: 0,
    rebooted: 0,
    reset: 0,
    clock: 0,
    implausible: 0,
    dynamic: 0,
    impossible: 0,
  }
  /** Whether the appliance accepts ids of interfaces in facts. */
  sendsInterfaceIds = false
  readonly #families = new FamilySamples(FAMILIES, () => {
    this.counts.impossible++
  })
  readonly #tables = new RowSnapshots()
  readonly #totals: BySource<PortMemory> = new Map()
  readonly #speeds: BySource<PortSpeed> = new Map()

  normalize(readings: readonly Reading[]): Normalized[] {
    const ports = readings.filter((reading) => reading.kind === "interface")
    for (const reading of readings) if (reading.kind === "facts") this.#learnSpeeds(reading)
    return [
      ...this.#interfaces(ports),
      ...readings.flatMap((reading) => this.#withoutMemory(reading)),
      ...this.#families.normalize(readings.filter((reading) => reading.kind === "family")),
      ...readings.flatMap((each) => (each.kind === "table" ? this.#tables.normalize(each) : [])),
    ]
  }

  /** The next reading of each table is sent whole. */
  resendTables(): void {
    this.#tables.forgetAll()
  }

  forget(device: DeviceId): void {
    this.#totals.delete(device)
    this.#speeds.delete(device)
    this.#families.forget(device)
    this.#tables.forget(device)
  }

  #withoutMemory(reading: Reading): Normalized[] {
    if (
      reading.kind === "sensor" &&
      measureOf(reading.sensor, reading.value, reading.unit).is === "impossible"
    ) {
      this.counts.impossible++
      return []
    }
    return withoutMemory(reading, this.sendsInterfaceIds)
  }

  /**
   * Only SNMP reports the current speed of an interface; the API reports what was negotiated at
   * some time.
   */
  #learnSpeeds({ device, source, interfaces }: FactsReading): void {
    if (interfaces === null || source !== "snmp") return
    const speeds = interfaces.map(
      ({ name, type, speedBps }) =>
        [name, { speedBps, isVirtual: VIRTUAL_TYPES.has(type) }] as const,
    )
    this.#speeds.set(device, (this.#speeds.get(device) ?? new Map()).set(source, new Map(speeds)))
  }

  /** The speed that limits this interface's rates; null if it is unknown or meaningless. */
  #boundOf({ device, source, interface: name, speedBps }: InterfaceReading): number | null {
    const known = this.#speeds.get(device)?.get(source)?.get(name)
    if (known?.isVirtual === true) return null
    return speedBps ?? known?.speedBps ?? null
  }

  #interfaces(readings: readonly InterfaceReading[]): InterfaceSample[] {
    const samples: InterfaceSample[] = []
    const fresh = new Map<DeviceId, Map<InterfaceReading["source"], Map<string, PortMemory>>>()
    for (const reading of readings) {
      // Interfaces of subscriber sessions are not in the inventory, and a BRAS has thousands of
      // them.
      if (reading.dynamic) {
        this.counts.dynamic++
        continue
      }
      // Not changed before the end: a poll may give the same interface twice.
      const known = this.#totals.get(reading.device)?.get(reading.source)
      const { was, now } = remembered(known?.get(reading.interface) ?? null, reading)
      const { rates, reason } = ratesBetween(was, now, this.#boundOf(reading))
      this.counts[reason]++
      const bySource = fresh.get(reading.device) ?? new Map()
      // After an aborted poll, interfaces it did not reach still exist.
      const byName =
        bySource.get(reading.source) ?? new Map(reading.isPartial === true ? known : [])
      fresh.set(reading.device, bySource.set(reading.source, byName.set(reading.interface, now)))
      samples.push(...present(interfaceSample(reading, rates)))
    }
    for (const [device, bySource] of fresh)
      this.#totals.set(device, new Map([...(this.#totals.get(device) ?? []), ...bySource]))
    return samples
  }
}
