/**
 * Converts rows of the polled menus to readings. Each reader lists the properties that it needs.
 *
 * A property may be absent in one row and present in the next. Absent means "not reported" or "flag
 * not set", never an error.
 */
import type {
  FactsReading,
  HealthReading,
  InterfaceReading,
  PortFact,
  SensorReading,
} from "../../collector.ts"
import type { Row } from "./reply.ts"
import {
  parseBytes,
  parseCount,
  parseDurationS,
  parseFlag,
  parseInteger,
  parsePercent,
  parseSpeedBps,
} from "./values.ts"

export type ReadingOrigin = Pick<InterfaceReading, "device" | "source" | "atMs">

const textOf = (row: Row | undefined, name: string): string | null => row?.get(name) || null

export const COUNTER_PROPERTIES = [
  ".id",
  "name",
  "running",
  "disabled",
  "dynamic",
  "rx-byte",
  "tx-byte",
  "rx-packet",
  "tx-packet",
  "rx-error",
  "tx-error",
  "rx-drop",
  "tx-drop",
  "tx-queue-drop",
] as const

/**
 * Packets dropped by a full queue are counted separately from other drops; this is what operators
 * mean by drops.
 */
const sum = (a: bigint | null, b: bigint | null): bigint | null => (a === null ? b : a + (b ?? 0n))

/** `/interface`. */
export const readInterfaces = (
  rows: readonly Row[],
  uptimeS: number | null,
  origin: ReadingOrigin,
): InterfaceReading[] => {
  const readings: InterfaceReading[] = []
  for (const row of rows) {
    const name = textOf(row, "name")
    if (name === null) continue
    readings.push({
      ...origin,
      kind: "interface",
      interface: name,
      id: textOf(row, ".id"),
      running: parseFlag(row.get("running")),
      disabled: parseFlag(row.get("disabled")),
      dynamic: parseFlag(row.get("dynamic")),
      uptimeS,
      counters: {
        bits: 64,
        rxByte: parseCount(row.get("rx-byte")),
        txByte: parseCount(row.get("tx-byte")),
        rxPacket: parseCount(row.get("rx-packet")),
        txPacket: parseCount(row.get("tx-packet")),
        rxError: parseCount(row.get("rx-error")),
        txError: parseCount(row.get("tx-error")),
        rxDrop: parseCount(row.get("rx-drop")),
        txDrop: sum(parseCount(row.get("tx-drop")), parseCount(row.get("tx-queue-drop"))),
      },
    })
  }
  return readings
}

export const RESOURCE_PROPERTIES = [
  "uptime",
  "version",
  "cpu-load",
  "free-memory",
  "total-memory",
  "free-hdd-space",
  "total-hdd-space",
] as const

/** `/system/resource`, which has one row. */
export const readHealth = (row: Row | undefined, origin: ReadingOrigin): HealthReading => {
  const cpuPercent = parsePercent(row?.get("cpu-load"))
  return {
    ...origin,
    kind: "health",
    uptimeS: parseDurationS(row?.get("uptime")),
    cpuPercents: cpuPercent === null ? [] : [cpuPercent],
    memory: {
      totalByte: parseBytes(row?.get("total-memory")),
      freeByte: parseBytes(row?.get("free-memory")),
      usedByte: null,
    },
    disk: {
      totalByte: parseBytes(row?.get("total-hdd-space")),
      freeByte: parseBytes(row?.get("free-hdd-space")),
      usedByte: null,
    },
  }
}

/**
 * v7 has a row for each sensor. v6 has one row with a property per sensor, with the unit only in
 * the name or the text.
 */
export const readSensors = (rows: readonly Row[], origin: ReadingOrigin): SensorReading[] => {
  const sensor = (name: string, value: string, unit: string | null): SensorReading => ({
    ...origin,
    kind: "sensor",
    sensor: name,
    value,
    unit,
  })
  return rows.flatMap((row) => {
    const name = row.get("name")
    const value = row.get("value")
    if (name !== undefined && value !== undefined)
      return name === "" ? [] : [sensor(name, value, row.get("type") || null)]
    return [...row]
      .filter(([property]) => property !== "" && !property.startsWith("."))
      .map(([property, text]) => sensor(property, text, null))
  })
}

/** Cores as sensors; a single core has the load of the device. */
export const readCores = (rows: readonly Row[], origin: ReadingOrigin): SensorReading[] =>
  rows.length < 2
    ? []
    : rows.flatMap((row) => {
        const name = textOf(row, "cpu")
        const percent = parsePercent(row.get("load"))
        if (name === null || percent === null) return []
        return [
          { ...origin, kind: "sensor" as const, sensor: name, value: String(percent), unit: "%" },
        ]
      })

export const PORT_PROPERTIES = [
  ".id",
  "name",
  "type",
  "mac-address",
  "comment",
  "mtu",
  "actual-mtu",
  "dynamic",
  "ifindex",
] as const

export const readPorts = (rows: readonly Row[], speeds: ReadonlyMap<string, number>): PortFact[] =>
  rows.flatMap((row) => {
    const name = textOf(row, "name")
    if (name === null) return []
    const id = textOf(row, ".id")
    return [
      {
        name,
        ...(id === null ? {} : { id }),
        type: row.get("type") ?? "",
        mac: textOf(row, "mac-address"),
        comment: textOf(row, "comment"),
        // `mtu` may be "auto".
        mtu: parseInteger(row.get("actual-mtu")) ?? parseInteger(row.get("mtu")),
        speedBps: speeds.get(name) ?? null,
        ifIndex: parseInteger(row.get("ifindex")),
        dynamic: parseFlag(row.get("dynamic")),
      },
    ]
  })

/**
 * `/interface/ethernet/monitor … once`: the negotiated speed of each port; a port without link has
 * none.
 */
export const readSpeeds = (rows: readonly Row[]): ReadonlyMap<string, number> =>
  new Map(
    rows.flatMap((row) => {
      const name = textOf(row, "name")
      const speedBps = parseSpeedBps(row.get("rate"))
      return name === null || speedBps === null ? [] : [[name, speedBps] as const]
    }),
  )

export const FACT_PROPERTIES = [
  "version",
  "board-name",
  "platform",
  "architecture-name",
  "serial-number",
] as const

export type FactRows = {
  readonly identity: Row | undefined
  readonly resource: Row | undefined
  readonly board: Row | undefined
}

/** `/system/identity`, `/system/resource` and, if it exists, `/system/routerboard`. */
export const readFacts = (
  { identity, resource, board }: FactRows,
  interfaces: readonly PortFact[] | null,
  origin: ReadingOrigin,
): FactsReading => ({
  ...origin,
  kind: "facts",
  identity: textOf(identity, "name"),
  vendor: textOf(resource, "platform") ?? "MikroTik",
  board: textOf(resource, "board-name") ?? textOf(board, "board-name") ?? textOf(board, "model"),
  version: textOf(resource, "version"),
  architecture: textOf(resource, "architecture-name"),
  serial: textOf(board, "serial-number") ?? textOf(resource, "serial-number"),
  interfaces,
})
