/** An SNMP table as read: columns by name, values by index. */
import type { Column } from "../client/walk.ts"

export type Table<K extends string> = Readonly<Record<K, Column>>

/** Some devices lack the ifIndex column, so the index is taken from the OID. */
export const indexesOf = (columns: readonly Column[]): readonly string[] => [
  ...new Set(columns.flatMap((column) => [...column.keys()])),
]
