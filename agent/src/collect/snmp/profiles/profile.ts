/**
 * The form of a vendor profile: which objects of which devices are read, and as what. A profile is
 * data; `read-tables.ts` interprets it.
 */

/**
 * A column of the table by its number, or a path below the table's OID; `.1.3.6…` names any other
 * object. A path that ends in `.0` is a scalar.
 */
export type Cell = number | string

export type SensorUnit =
  | "°C"
  | "V"
  | "A"
  | "W"
  | "rpm"
  | "%"
  | "dBm"
  | "dB"
  | "MHz"
  | "bit/s"
  | "m"
  | "s"
  | "count"
  | "state"

export type Read = {
  readonly at: Cell
  readonly factor?: number
  /** Values that stand for a missing one. */
  readonly none?: readonly number[]
  readonly min?: number
  readonly max?: number
  /** The value is this less what is read: 100 of an idle processor. */
  readonly from?: number
  /** Above the first number, the second one is the factor. */
  readonly above?: readonly [number, number]
  /** Of a text, the number after these words. */
  readonly after?: string
  /** A channel of 802.11, as its frequency. */
  readonly isChannel?: true
  /** By the device's number or text. */
  readonly map?: Readonly<Record<string, string | boolean>>
  /** A power in mW, after `factor`, as dBm. */
  readonly isMilliwatt?: true
  /** Above this number, microwatts. */
  readonly isMicrowattAbove?: number
  /** A second cell, whose value is added. */
  readonly plus?: Cell
  /** A total, of which normalize makes a rate. */
  readonly isTotal?: true
  /** Values of several rows with one name: added, or the lowest or highest one. */
  readonly merge?: "sum" | "min" | "max"
  /** Any number counts as true if it is above zero. */
  readonly isPositive?: true
}
/** A cell, a cell with its factor, or all of it. */
export type Field = Cell | readonly [Cell, number] | Read

type SensorOptions = Omit<Read, "at" | "map"> & {
  /** Of a state: the device's values that mean ok and not ok; others are no reading. */
  readonly ok?: readonly (number | string)[]
  readonly bad?: readonly (number | string)[]
}
/** Name, cell, unit, and a factor or more. */
export type SensorRow = readonly [
  name: string,
  at: Cell,
  unit: SensorUnit,
  options?: number | SensorOptions,
]

/**
 * Names are templates: `{3}` is the text of a cell, `{port}` the interface with the row's index (or
 * `{port:3}` with the one in a cell, `{port:i0}` with a part of the index), `{entity}` the name in
 * ENTITY-MIB, `{index}`, `{i0}` parts of the index, `{ip:i0}` and `{inet:i0}` addresses in it,
 * `{mac:i0}` and `{mac:3}` a MAC address, `{text:i0}` a text, `{id:3}` a number as an address,
 * `{sysid:6}` a system id of IS-IS, `{afi:i-2}` an address family; `{a|b}` the first of them that is
 * there, `{radio}` the radio's interface, `'words'` words, with the index if they end with a space. A row without a name is no row.
 */
export type FamilyRows = {
  readonly name: string
  readonly when?: readonly When[]
  readonly values: Readonly<Record<string, Field>>
}
export type MemoryRow = {
  readonly name?: string
  readonly total?: Field
  readonly used?: Field
  readonly free?: Field
  /** Buffers and caches: free when needed. */
  readonly spare?: readonly Field[]
  readonly percent?: Field
  readonly freePercent?: Field
}
export type CpuRow = readonly [name: string, at: Cell, options?: number | Omit<Read, "at" | "map">]

/** `at`: a cell, or a part of the index (`i-1`). */
export type When = {
  readonly at: Cell
  readonly is?: readonly number[]
  readonly not?: readonly number[]
}

export type TableProfile = {
  /** The OID of the table's entry, or of the group of scalars. */
  readonly of: string
  readonly isScalars?: true
  /** A row counts only if these cells have one of these values. */
  readonly when?: readonly When[]
  /**
   * The first part of the row's index is the value in this column of another table, whose index
   * then names the row (`{i0}`); that of the row itself is `{o0}`.
   */
  readonly through?: Cell
  readonly sensors?: readonly SensorRow[]
  readonly cpu?: readonly CpuRow[]
  readonly memory?: readonly MemoryRow[]
  readonly families?: Readonly<Record<string, FamilyRows | readonly FamilyRows[]>>
}

export type Identity = {
  readonly model?: readonly string[]
  readonly version?: readonly string[]
  readonly serial?: readonly string[]
}

export type Profile = {
  readonly name: string
  /** Below enterprises (1.3.6.1.4.1); none: every device. */
  readonly objectIds?: readonly string[]
  /** A device without one of these numbers, but with this description. */
  readonly descr?: RegExp
  readonly tables: readonly TableProfile[]
}
