/** Converts resources and sensors to readings. Pure. */

import type { DeviceId } from "@ispvm/wire"
import type { HealthReading, SensorReading, Store } from "../../collector.ts"
import { numberOf, textOf } from "../client/values.ts"
import type { Column } from "../client/walk.ts"
import { GAUGE_UNITS, SCALARS, STORAGE_TYPE } from "./oids.ts"
import { indexesOf, type Table } from "./table.ts"

export type ReadingOrigin = {
  readonly device: DeviceId
  readonly source: "snmp"
  readonly atMs: number
}
const NO_STORE: Store = { totalByte: null, usedByte: null, freeByte: null }

/** Integer32 in the MIB, so that 8 TB in units of 4 kB is negative. */
const unitsOf = (value: number | null): number | null =>
  value !== null && value < 0 ? value + 2 ** 32 : value

const storeAt = (table: Table<"unit" | "size" | "used">, index: string | undefined): Store => {
  if (index === undefined) return NO_STORE
  const unit = numberOf(table.unit.get(index))
  const size = unitsOf(numberOf(table.size.get(index)))
  const used = unitsOf(numberOf(table.used.get(index)))
  if (unit === null) return NO_STORE
  return {
    totalByte: size === null ? null : size * unit,
    usedByte: used === null ? null : used * unit,
    freeByte: null,
  }
}

/**
 * RouterOS: 65536 is the main memory and 131072 the system disk. Others: the first RAM, and the
 * disk "/" or the largest one.
 */
export const readStores = (
  table: Table<"type" | "descr" | "unit" | "size" | "used">,
): { readonly memory: Store; readonly disk: Store } => {
  const indexes = indexesOf([table.size])
  const ofType = (...types: readonly string[]) =>
    indexes.filter((index) => types.includes(String(table.type.get(index))))
  const bytes = (index: string): number => storeAt(table, index).totalByte ?? 0
  const disks = ofType(STORAGE_TYPE.fixedDisk, STORAGE_TYPE.flash).toSorted(
    (a, b) => bytes(b) - bytes(a),
  )
  const memory = indexes.includes("65536") ? "65536" : ofType(STORAGE_TYPE.ram)[0]
  const disk = indexes.includes("131072")
    ? "131072"
    : (disks.find((index) => textOf(table.descr.get(index)) === "/") ?? disks[0])
  return { memory: withoutCaches(table, memory, indexes), disk: storeAt(table, disk) }
}

const CACHES = ["Memory buffers", "Cached memory"]

/** Net-SNMP counts what the kernel gives back when needed, buffers and caches, as used. */
const withoutCaches = (
  table: Table<"descr" | "unit" | "size" | "used">,
  memory: string | undefined,
  indexes: readonly string[],
): Store => {
  const store = storeAt(table, memory)
  const descrOf = (index: string) => textOf(table.descr.get(index)) ?? ""
  if (memory === undefined || store.usedByte === null || descrOf(memory) !== "Physical memory")
    return store
  const spareByte = indexes
    .filter((index) => CACHES.includes(descrOf(index)))
    .reduce((sum, index) => sum + (storeAt(table, index).usedByte ?? 0), 0)
  return { ...store, usedByte: Math.max(0, store.usedByte - spareByte) }
}

export const readHealth = (
  uptime: { readonly uptimeS: number | null; readonly hostUptimeS: number | null },
  load: Column,
  stores: ReturnType<typeof readStores>,
  origin: ReadingOrigin,
): HealthReading => ({
  ...origin,
  kind: "health",
  ...uptime,
  cpuPercents: [...load.values()].map(numberOf).filter((percent) => percent !== null),
  ...stores,
})

/**
 * The table is the current form. The scalars are used only if it is empty, because a device may
 * have both with the same values.
 */
export const readSensors = (
  gauges: Table<"name" | "value" | "unit">,
  scalars: ReadonlyMap<string, unknown>,
  origin: ReadingOrigin,
): SensorReading[] => {
  const rows = [...gauges.name].flatMap(([index, name]): SensorReading[] => {
    const sensor = textOf(name)
    const value = numberOf(gauges.value.get(index))
    const unit = GAUGE_UNITS.get(numberOf(gauges.unit.get(index)) ?? 0)
    return sensor === null || value === null || unit === undefined
      ? []
      : [{ ...origin, kind: "sensor", sensor, value, unit }]
  })
  if (rows.length > 0) return rows
  return SCALARS.flatMap(({ oid, sensor, unit }): SensorReading[] => {
    const value = numberOf(scalars.get(oid))
    return value === null ? [] : [{ ...origin, kind: "sensor", sensor, value, unit }]
  })
}
