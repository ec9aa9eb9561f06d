import type { TemplateResult } from "lit"
import { byText } from "../i18n/format/names.ts"

/** A column: what it shows, how it sorts, what it becomes on a card (`title` and `mark` head it, `value` is listed, `wide` takes a line of its own, `hide` is left out). */
export type TableColumn<T> = {
  readonly key: string
  readonly label: string
  /** A CSS grid track: `120px`, `minmax(160px, 2fr)`. */
  readonly width: string
  readonly end?: boolean
  readonly card: "title" | "mark" | "value" | "wide" | "hide"
  readonly cell: (row: T) => TemplateResult | string
  readonly sort?: (row: T) => number | string | null
}

/** `sort` is a column's key, with a leading minus for the other way round. Rows without a value come last either way. */
export const sortRows = <T>(
  rows: readonly T[],
  columns: readonly TableColumn<T>[],
  sort: string,
): readonly T[] => {
  const down = sort.startsWith("-")
  const column = columns.find((each) => each.key === (down ? sort.slice(1) : sort))
  const value = column?.sort
  if (value === undefined) return rows
  const keyed = rows.map((row) => ({ row, key: value(row) }))
  keyed.sort((a, b) => compare(a.key, b.key, down))
  return keyed.map((each) => each.row)
}

const compare = (a: number | string | null, b: number | string | null, down: boolean): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order =
    typeof a === "number" && typeof b === "number" ? a - b : byText(String(a), String(b))
  return down ? -order : order
}
