/** Tables as they were read, made readings. Pure. Rows are joined by index within one look, and named by their name ever after. */

import type { DeviceId } from "../../wire/wire.ts"
import type { Counters, FactsReading, HealthReading, InterfaceReading, PortFact, SensorReading, Store } from "../collector.ts"
import { GAUGE_UNITS, SCALARS, STORAGE_TYPE } from "./oids.ts"
import type { Column } from "./session.ts"
import { bigOf, macOf, numberOf, parseDescr, textOf } from "./values.ts"

export type Where = { readonly device: DeviceId; readonly source: "snmp"; readonly atMs: number }
type Table<K extends string> = Readonly<Record<K, Column>>

/** ifTable and ifXTable: real walks lack the ifIndex column, so the index is taken from where the value stood. */
const indexesOf = (columns: readonly Column[]): readonly string[] => [...new Set(columns.flatMap((column) => [...column.keys()]))]

/** ifName, or ifDescr where there is none. Two ports of one name would be one series: the second one is told by its index as well. */
const namesOf = (table: Table<"name" | "descr">): ReadonlyMap<string, string> => {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const index of indexesOf([table.name, table.descr])) {
    const name = textOf(table.name.get(index)) ?? textOf(table.descr.get(index))
    if (name === null) continue
    const unique = taken.has(name) ? `${name} (${index})` : name
    taken.add(unique)
    names.set(index, unique)
  }
  return names
}

/** IF-MIB: up(1); a port that is dormant(5) waits for something outside, and carries nothing. */
const UP = 1
const ADMIN_DOWN = 2
/** ifType of what lives for a session: ppp(23), tunnel(131) behind a name RouterOS gives in angle brackets. */
const isDynamic = (name: string): boolean => name.startsWith("<")

const sum = (...values: readonly (bigint | null)[]): bigint | null =>
  values.some((value) => value !== null) ? values.reduce<bigint>((total, value) => total + (value ?? 0n), 0n) : null

type CounterColumn =
  | "hcInOctets"
  | "hcInUcast"
  | "hcInMulticast"
  | "hcInBroadcast"
  | "hcOutOctets"
  | "hcOutUcast"
  | "hcOutMulticast"
  | "hcOutBroadcast"
  | "inOctets"
  | "inUcast"
  | "inDiscards"
  | "inErrors"
  | "outOctets"
  | "outUcast"
  | "outDiscards"
  | "outErrors"

const countersOf = (table: Table<CounterColumn>, index: string): Counters => {
  const at = (column: CounterColumn): bigint | null => bigOf(table[column].get(index))
  // A port that has the octets in 64 bits has the packets too; mixing both widths would wrap at two different places.
  const isWide = at("hcInOctets") !== null
  return {
    bits: isWide ? 64 : 32,
    rxByte: isWide ? at("hcInOctets") : at("inOctets"),
    txByte: isWide ? at("hcOutOctets") : at("outOctets"),
    rxPacket: isWide ? sum(at("hcInUcast"), at("hcInMulticast"), at("hcInBroadcast")) : at("inUcast"),
    txPacket: isWide ? sum(at("hcOutUcast"), at("hcOutMulticast"), at("hcOutBroadcast")) : at("outUcast"),
    rxError: at("inErrors"),
    txError: at("outErrors"),
    rxDrop: at("inDiscards"),
    txDrop: at("outDiscards"),
  }
}

export const readPorts = (
  table: Table<"name" | "descr" | "admin" | "oper" | CounterColumn>,
  uptimeS: number | null,
  where: Where,
): InterfaceReading[] =>
  [...namesOf(table)].flatMap(([index, name]): InterfaceReading[] => {
    const oper = numberOf(table.oper.get(index))
    if (oper === null) return []
    const disabled = numberOf(table.admin.get(index)) === ADMIN_DOWN
    const dynamic = isDynamic(name)
    return [
      {
        ...where,
        kind: "interface",
        interface: name,
        running: oper === UP,
        disabled,
        dynamic,
        uptimeS,
        counters: countersOf(table, index),
      },
    ]
  })

const TYPES: ReadonlyMap<number, string> = new Map([
  [6, "ether"],
  [23, "ppp"],
  [24, "loopback"],
  [53, "virtual"],
  [71, "wlan"],
  [131, "tunnel"],
  [135, "vlan"],
  [136, "vlan"],
  [161, "bond"],
  [209, "bridge"],
])
const SPEED_UNKNOWN = 4_294_967_295

const speedOf = (highMbps: number | null, bps: number | null): number | null => {
  if (highMbps !== null && highMbps > 0) return highMbps * 1_000_000
  return bps === null || bps === 0 || bps === SPEED_UNKNOWN ? null : bps
}

export const readPortFacts = (
  table: Table<"name" | "descr" | "type" | "mtu" | "speed" | "highSpeed" | "mac" | "alias">,
): PortFact[] =>
  [...namesOf(table)].map(([index, name]) => {
    const type = numberOf(table.type.get(index))
    return {
      name,
      type: type === null ? "" : (TYPES.get(type) ?? `ifType ${type}`),
      mac: macOf(table.mac.get(index)),
      comment: textOf(table.alias.get(index)),
      mtu: numberOf(table.mtu.get(index)),
      speedBps: speedOf(numberOf(table.highSpeed.get(index)), numberOf(table.speed.get(index))),
      ifIndex: numberOf(Number(index)),
      dynamic: isDynamic(name),
    }
  })

const NO_STORE: Store = { totalByte: null, usedByte: null, freeByte: null }

const storeAt = (table: Table<"unit" | "size" | "used">, index: string | undefined): Store => {
  if (index === undefined) return NO_STORE
  const unit = numberOf(table.unit.get(index))
  const size = numberOf(table.size.get(index))
  const used = numberOf(table.used.get(index))
  if (unit === null) return NO_STORE
  return { totalByte: size === null ? null : size * unit, usedByte: used === null ? null : used * unit, freeByte: null }
}

/** RouterOS: 65536 is the main memory and 131072 the system disk. Others: the first RAM, and the disk that is "/" or the largest. */
export const readStores = (
  table: Table<"type" | "descr" | "unit" | "size" | "used">,
): { readonly memory: Store; readonly disk: Store } => {
  const indexes = indexesOf([table.size])
  const ofType = (...types: readonly string[]) => indexes.filter((index) => types.includes(String(table.type.get(index))))
  const bytes = (index: string): number => storeAt(table, index).totalByte ?? 0
  const disks = ofType(STORAGE_TYPE.fixedDisk, STORAGE_TYPE.flash).toSorted((a, b) => bytes(b) - bytes(a))
  const memory = indexes.includes("65536") ? "65536" : ofType(STORAGE_TYPE.ram)[0]
  const disk = indexes.includes("131072") ? "131072" : (disks.find((index) => textOf(table.descr.get(index)) === "/") ?? disks[0])
  return { memory: storeAt(table, memory), disk: storeAt(table, disk) }
}

export const readHealth = (
  uptimeS: number | null,
  load: Column,
  stores: ReturnType<typeof readStores>,
  where: Where,
): HealthReading => ({
  ...where,
  kind: "health",
  uptimeS,
  cpuPercents: [...load.values()].map(numberOf).filter((percent) => percent !== null),
  ...stores,
})

/** The table is the way of today; the scalars stand in only where it is empty, for both may be there and tell the same. */
export const readSensors = (
  gauges: Table<"name" | "value" | "unit">,
  scalars: ReadonlyMap<string, unknown>,
  where: Where,
): SensorReading[] => {
  const rows = [...gauges.name].flatMap(([index, name]): SensorReading[] => {
    const sensor = textOf(name)
    const value = numberOf(gauges.value.get(index))
    const unit = GAUGE_UNITS.get(numberOf(gauges.unit.get(index)) ?? 0)
    return sensor === null || value === null || unit === undefined ? [] : [{ ...where, kind: "sensor", sensor, value, unit }]
  })
  if (rows.length > 0) return rows
  return SCALARS.flatMap(({ oid, sensor, unit }): SensorReading[] => {
    const value = numberOf(scalars.get(oid))
    return value === null ? [] : [{ ...where, kind: "sensor", sensor, value, unit }]
  })
}

export type SystemGroup = {
  readonly descr: string | null
  readonly objectId: string | null
  readonly name: string | null
  readonly version: string | null
  readonly serial: string | null
  readonly board: string | null
}

export const readFacts = (system: SystemGroup, interfaces: readonly PortFact[], where: Where): FactsReading => {
  const parsed = parseDescr(system.descr, system.objectId)
  return {
    ...where,
    kind: "facts",
    identity: system.name,
    vendor: parsed.vendor,
    board: system.board ?? parsed.board ?? system.descr,
    version: system.version,
    architecture: null,
    serial: system.serial,
    interfaces,
  }
}
