/**
 * What is read from a menu of RouterOS, as data: the path, the properties, and which of them become
 * fields of a metric family or columns of a table. Properties are requested by name; the list
 * follows from the fields.
 */

import type { FAMILIES } from "@ispvm/wire/families"
import type { TableName } from "@ispvm/wire/tables"
import type { FamilyReading, TableReading } from "../../collector.ts"
import type { Row } from "../client/reply.ts"
import {
  parseBps,
  parseDateMs,
  parseDurationS,
  parseFlag,
  parseInteger,
  parseQuantity,
  parseSignal,
  parseSpeedBps,
  parseTotal,
} from "../client/values.ts"

/** When the rows were read, and the router's difference from UTC; null: not known yet. */
export type Moment = { readonly atMs: number; readonly utcOffsetMs: number | null }
export type Value = FamilyReading["values"][string]
/** A value of a row, and the properties it is made of. */
export type Field<V extends Value = Value> = {
  readonly properties: readonly string[]
  readonly read: (row: Row, moment: Moment) => V
}
export type Fields = Readonly<Record<string, Field>>

const present = (row: Row, properties: readonly string[]): string | undefined => {
  for (const property of properties) {
    const value = row.get(property)
    if (value !== undefined && value !== "") return value
  }
  return undefined
}
/** The first of these properties that is present and not empty. */
const parsed =
  <V extends Value>(parse: (text: string | undefined) => V) =>
  (...properties: readonly string[]): Field<V> => ({
    properties,
    read: (row) => parse(present(row, properties)),
  })

export const text = parsed((value) => value ?? null)
export const integer = parsed(parseInteger)
export const quantity = parsed(parseQuantity)
export const signal = parsed(parseSignal)
export const bps = parsed(parseBps)
export const speed = parsed(parseSpeedBps)
export const seconds = parsed(parseDurationS)
export const total = parsed(parseTotal)
/** Set, or false. A flag may be present without a value. */
export const flag = (...properties: readonly string[]): Field<boolean> => ({
  properties,
  read: (row) => properties.some((property) => parseFlag(row.get(property))),
})
/** A flag that not every release reports: null if it is absent. */
export const knownFlag = (property: string): Field<boolean | null> => ({
  properties: [property],
  read: (row) => (row.has(property) ? parseFlag(row.get(property)) : null),
})
/** The moment before which this age began; "never" and absent are null. */
export const since = (...properties: readonly string[]): Field<number | null> => ({
  properties,
  read: (row, { atMs }) => {
    const age = parseDurationS(present(row, properties))
    return age === null ? null : Math.round(atMs - age * 1_000)
  },
})
/** The moment at which this remaining time ends. */
export const until = (...properties: readonly string[]): Field<number | null> => ({
  properties,
  read: (row, { atMs }) => {
    const left = parseDurationS(present(row, properties))
    return left === null ? null : Math.round(atMs + left * 1_000)
  },
})
/** A date by the router's clock and time zone. */
export const date = (...properties: readonly string[]): Field<number | null> => ({
  properties,
  read: (row, { utcOffsetMs }) => {
    const ms = parseDateMs(present(row, properties))
    return ms === null || utcOffsetMs === null || ms < utcOffsetMs ? null : ms - utcOffsetMs
  },
})
/** The name of a state by the router's term in lower case; null: another one. */
export const oneOf = (
  states: Readonly<Record<string, string>>,
  ...properties: readonly string[]
): Field<string | null> => ({
  properties,
  read: (row) =>
    states[(present(row, properties) ?? "").toLowerCase().replaceAll("_", "-")] ?? null,
})
/** One half of "upload/download"; a single value is the second half. */
export const half = <V extends Value>(
  which: 0 | 1,
  parse: (value: string | undefined) => V,
  property: string,
): Field<V | null> => ({
  properties: [property],
  read: (row) => {
    const parts = (row.get(property) ?? "").split("/")
    if (parts.length === 1) return which === 1 ? parse(parts[0]) : null
    return parse(parts[which])
  },
})
export const constant = (value: string | boolean): Field => ({ properties: [], read: () => value })
/** Made of other fields, and null without the first one; the parts that are present, joined. */
export const joined = (separator: string, ...fields: readonly Field[]): Field<string | null> => ({
  properties: fields.flatMap((field) => field.properties),
  read: (row, moment) => {
    const parts = fields.map((field) => field.read(row, moment))
    if (parts[0] === null || parts[0] === undefined) return null
    return parts.filter((part) => part !== null && part !== "").join(separator)
  },
})
export const computed = <V extends Value>(
  properties: readonly string[],
  read: Field<V>["read"],
): Field<V> => ({ properties, read })

export type FamilyName = (typeof FAMILIES)[number]["name"]
export type TableMapping = {
  readonly table: TableName
  readonly key: Field
  readonly columns: Fields
}
export type FamilyMapping = {
  readonly family: FamilyName
  readonly name: Field
  readonly values: Fields
}
export type Menu = {
  readonly path: string
  /** Rows that are wanted, in the words of an API query. */
  readonly queries?: readonly string[]
  /** The menu is counted first; with more rows than this, it has none here. */
  readonly atMost?: number
  /** Properties that only `derive` of the collector uses. */
  readonly also?: readonly string[]
  readonly tables?: readonly TableMapping[]
  readonly families?: readonly FamilyMapping[]
  /**
   * `monitor … once`: its path, and the name of the items by which it is called for all rows of the
   * menu. Its properties are added to the row of the same name.
   */
  readonly monitor?: {
    readonly path: string
    readonly by: string
    readonly also: readonly string[]
    /** The command answers with a row for each station of an item; each is a row of the menu. */
    readonly isPerStation?: boolean
    /** What releases had before it: a command for one item, named by `number`. */
    readonly older?: string
  }
}
/** By path; a menu that the router does not have, or may not show, has no rows. */
export type Answers = (path: string) => readonly Row[]
export type FamilyPart = Pick<FamilyReading, "family" | "name" | "values">
export type TablePart = Pick<TableReading, "table" | "rows">
export type Parts = {
  readonly families?: readonly FamilyPart[]
  readonly tables?: readonly TablePart[]
}
/** A collector of one or more menus, as a row of `menus.ts`. */
export type MenuCollector = {
  /** The name of the family, or of the table if there is no family. */
  readonly reads: string
  readonly menus: readonly Menu[]
  /** Menus that are only counted (`count-only`), by the name of the count. */
  readonly counts?: Readonly<Record<string, string>>
  /** What follows from several menus together. */
  readonly derive?: (answers: Answers, moment: Moment) => Parts
  readonly deadlineMs?: number
  /** What later polls have to know of this router. */
  readonly note?: (answers: Answers) => Partial<Pick<Moment, "utcOffsetMs">>
}

/** The properties of a menu, each once, in a stable order. */
export const propertiesOf = ({
  tables = [],
  families = [],
  also = [],
}: Menu): readonly string[] => [
  ...new Set(
    [
      ...tables.flatMap(({ key, columns }) => [key, ...Object.values(columns)]),
      ...families.flatMap(({ name, values }) => [name, ...Object.values(values)]),
    ].flatMap(({ properties }) => properties),
  ),
  ...also,
]

const valuesOf = (fields: Fields, row: Row, moment: Moment): Record<string, Value> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.read(row, moment)]))

/** Two rows of one key (two flags of an address) are the first one; a row without a key is none. */
export const tableRows = (
  { key, columns }: TableMapping,
  rows: readonly Row[],
  moment: Moment,
): TablePart["rows"] =>
  rows.flatMap((row) => {
    const name = key.read(row, moment)
    if (typeof name !== "string" || name === "") return []
    return [
      { key: name, values: valuesOf(columns, row, moment) as TablePart["rows"][number]["values"] },
    ]
  })

export const familyParts = (
  { family, name, values }: FamilyMapping,
  rows: readonly Row[],
  moment: Moment,
): readonly FamilyPart[] => {
  const names = new Set<string>()
  return rows.flatMap((row) => {
    const key = name.read(row, moment)
    if (typeof key !== "string" || names.has(key)) return []
    names.add(key)
    return [{ family, name: key, values: valuesOf(values, row, moment) }]
  })
}
