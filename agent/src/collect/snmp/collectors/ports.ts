/**
 * Converts ifTable and ifXTable to readings. Pure. Rows are joined by index within one poll only.
 */
import type { Counter, Counters, InterfaceReading, PortFact } from "../../collector.ts"
import { bigOf, macOf, numberOf, textOf } from "../client/values.ts"
import { ifTypeName } from "./if-types.ts"
import { portNames } from "./port-names.ts"
import type { ReadingOrigin } from "./rows.ts"
import { indexesOf, type Table } from "./table.ts"

export type NameColumn = "name" | "descr" | "mac" | "alias"
export type StateColumn = "admin" | "oper" | "speed" | "highSpeed"
export type CounterColumn =
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
  | "discontinuity"

/** IF-MIB: up(1); a dormant(5) port waits for an external event and carries nothing. */
const UP = 1
const ADMIN_DOWN = 2
/** Created for a session: RouterOS puts such names in angle brackets. */
const isDynamic = (name: string): boolean => name.startsWith("<")

const sum = (...values: readonly (bigint | null)[]): bigint | null =>
  values.some((value) => value !== null)
    ? values.reduce<bigint>((total, value) => total + (value ?? 0n), 0n)
    : null

/**
 * Of each counter, the 64-bit form if the device has it for this port, else the 32-bit one (RFC
 * 2863 section 3.1.6).
 */
const countersOf = (table: Table<CounterColumn>, index: string): Counters => {
  const at = (column: CounterColumn): bigint | null => bigOf(table[column].get(index))
  const wide = {
    rxByte: at("hcInOctets"),
    txByte: at("hcOutOctets"),
    rxPacket:
      at("hcInUcast") === null
        ? null
        : sum(at("hcInUcast"), at("hcInMulticast"), at("hcInBroadcast")),
    txPacket:
      at("hcOutUcast") === null
        ? null
        : sum(at("hcOutUcast"), at("hcOutMulticast"), at("hcOutBroadcast")),
  }
  const bits = Object.values(wide).some((value) => value !== null) ? 64 : 32
  const narrow: Counter[] = ["rxError", "txError", "rxDrop", "txDrop"]
  for (const counter of ["rxByte", "txByte", "rxPacket", "txPacket"] as const)
    if (wide[counter] === null) narrow.push(counter)
  return {
    bits,
    ...(bits === 64 ? { narrow } : {}),
    rxByte: wide.rxByte ?? at("inOctets"),
    txByte: wide.txByte ?? at("outOctets"),
    rxPacket: wide.rxPacket ?? at("inUcast"),
    txPacket: wide.txPacket ?? at("outUcast"),
    rxError: at("inErrors"),
    txError: at("outErrors"),
    rxDrop: at("inDiscards"),
    txDrop: at("outDiscards"),
  }
}

const SPEED_UNKNOWN = 4_294_967_295
/** Faster than any port: not a speed. */
const MAX_MBPS = 10_000_000

const speedOf = (highMbps: number | null, bps: number | null): number | null => {
  if (highMbps !== null && highMbps > 0 && highMbps <= MAX_MBPS) return highMbps * 1_000_000
  return bps === null || bps <= 0 || bps >= SPEED_UNKNOWN ? null : bps
}

export type PortPoll = {
  readonly uptimeS: number | null
  readonly hostUptimeS: number | null
  readonly origin: ReadingOrigin
  /** When the counters of each row were read, epoch ms; `where.atMs` if it is not known. */
  readonly readAtMs: ReadonlyMap<string, number>
  readonly isPartial: boolean
}

export const readPorts = (
  table: Table<NameColumn | StateColumn | CounterColumn>,
  poll: PortPoll,
): InterfaceReading[] => {
  const { origin, readAtMs, uptimeS, hostUptimeS, isPartial } = poll
  return [...portNames(table, indexesOf([table.oper]))].flatMap(
    ([index, name]): InterfaceReading[] => {
      const oper = numberOf(table.oper.get(index))
      if (oper === null) return []
      return [
        {
          ...origin,
          atMs: readAtMs.get(index) ?? origin.atMs,
          kind: "interface",
          interface: name,
          id: index,
          running: oper === UP,
          disabled: numberOf(table.admin.get(index)) === ADMIN_DOWN,
          dynamic: isDynamic(name),
          uptimeS,
          hostUptimeS,
          counters: countersOf(table, index),
          speedBps: speedOf(numberOf(table.highSpeed.get(index)), numberOf(table.speed.get(index))),
          discontinuity: numberOf(table.discontinuity.get(index)),
          ...(isPartial ? { isPartial } : {}),
        },
      ]
    },
  )
}

export const readPortFacts = (
  table: Table<NameColumn | "type" | "mtu" | "speed" | "highSpeed">,
): PortFact[] => {
  const indexes = indexesOf([table.name, table.descr, table.type])
  return [...portNames(table, indexes)].map(([index, name]) => {
    const type = numberOf(table.type.get(index))
    return {
      name,
      type: type === null ? "" : ifTypeName(type),
      mac: macOf(table.mac.get(index)),
      comment: textOf(table.alias.get(index)),
      mtu: numberOf(table.mtu.get(index)),
      speedBps: speedOf(numberOf(table.highSpeed.get(index)), numberOf(table.speed.get(index))),
      ifIndex: numberOf(Number(index)),
      dynamic: isDynamic(name),
    }
  })
}
