/**
 * A table of a device: rows that people search, such as neighbours or PPP sessions. One row of
 * `tables.ts` states its columns; the wire schema, the agent's comparison of two snapshots, the
 * appliance's API and the table on screen derive from it. What is counted or drawn over time is a
 * metric family, not a table.
 */

/**
 * `text`, `number`, `bool`: as the device reports it. `time`: a moment in epoch ms, such as since
 * when; the agent calculates it from an age, so that a row does not change while nothing happens.
 */
export type ColumnType = "text" | "number" | "bool" | "time"
export type ColumnUnit = "bit/s" | "byte" | "dBm" | "s" | "ms"
export type Column = {
  readonly type: ColumnType
  readonly title: string
  readonly unit?: ColumnUnit
  /** A search looks here as well as in the key. */
  readonly isSearched?: true
  /** May identify a person, such as a user name: what a redaction of the agent replaces. */
  readonly isPersonal?: true
  /**
   * Two values that differ by no more are the same: the row is not sent for that alone. Infinity:
   * never for this column alone.
   */
  readonly tolerance?: number
}
export type Columns = Readonly<Record<string, Column>>
export type Table = {
  /** In kebab case; stored, and part of addresses. */
  readonly name: string
  readonly title: string
  readonly description: string
  /** What the key of a row consists of, for the docs. */
  readonly key: string
  readonly columns: Columns
}

export const defineTable = <const N extends string, const C extends Columns>(
  table: Omit<Table, "name" | "columns"> & { readonly name: N; readonly columns: C },
): Table & { readonly name: N; readonly columns: C } => table

type Options = Omit<Column, "type" | "title">
const column =
  (type: ColumnType, defaults: Options = {}) =>
  (title: string, options: Options = {}): Column => ({ type, title, ...defaults, ...options })

export const text = column("text")
/** Text that a search finds. */
export const searched = column("text", { isSearched: true })
export const number = column("number")
export const flag = column("bool")
/** Calculated from an age in whole seconds, read over a network. */
export const time = column("time", { tolerance: 30_000 })
