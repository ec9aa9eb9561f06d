/** An SNMP table as it was read: a column by name, its values by index. */
import type { Column } from "../client/walk.ts"

export type Table<K extends string> = Readonly<Record<K, Column>>

/** Real walks lack the ifIndex column, so the index is taken from where the value stood. */
export const indexesOf = (columns: readonly Column[]): readonly string[] => [
  ...new Set(columns.flatMap((column) => [...column.keys()])),
]
