/** Rows of a table of a device: a full snapshot in parts, or what changed since the last item. */
import { z } from "zod"
import type { Column } from "./tables/table.ts"
import { TABLE_NAMES, tableOf } from "./tables/tables.ts"
import { count, DeviceId, EpochMs, LIMITS, Name, Source, storable } from "./values.ts"

/** Rows, and keys that are gone, of one item. A part of a snapshot is full except the last. */
export const MAX_ROWS_PER_ITEM = 1_000

export type CellValue = string | number | boolean
/** By column; a column without a value is omitted. */
export type RowValues = Readonly<Record<string, CellValue>>

const isCell = ({ type }: Column, value: unknown): boolean => {
  if (type === "bool") return typeof value === "boolean"
  if (type === "text")
    return (
      typeof value === "string" &&
      value.length <= LIMITS.textChars &&
      !value.includes("\0") &&
      value.isWellFormed()
    )
  if (typeof value !== "number") return false
  return type === "time" ? EpochMs.safeParse(value).success : Number.isFinite(value)
}

/** The first column that this table does not have or that has another type; null: none. */
const wrongColumn = (columns: Readonly<Record<string, Column>>, values: object): string | null => {
  for (const [name, value] of Object.entries(values)) {
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined
    if (column === undefined || !isCell(column, value)) return name
  }
  return null
}

const isRecord = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const RowEntry = z.strictObject({
  key: Name,
  values: z.custom<RowValues>(isRecord, "expected an object of values by column"),
})
export type RowEntry = z.infer<typeof RowEntry>

/**
 * `isFull`: parts 0, 1 … of a snapshot have the same `atMs`, and all parts together `count` rows;
 * what is in none of them is gone. Otherwise `rows` are new or changed, `gone` are keys that no
 * longer exist, and the table then has `count` rows: a receiver that has another number lost an
 * item, and is right again with the next snapshot.
 */
export const Rows = z
  .strictObject({
    kind: z.literal("rows"),
    device: DeviceId,
    atMs: EpochMs,
    source: Source,
    table: z.enum(TABLE_NAMES),
    isFull: z.boolean(),
    part: count.max(1_000),
    count,
    rows: z.array(RowEntry).max(MAX_ROWS_PER_ITEM),
    gone: z.array(Name).max(MAX_ROWS_PER_ITEM),
  })
  .superRefine(({ table, rows }, context) => {
    const { columns } = tableOf(table)
    for (const [index, { values }] of rows.entries()) {
      const column = wrongColumn(columns, values)
      if (column === null) continue
      const message = `the table ${table} has no such column, or one of another type`
      context.addIssue({ code: "custom", message, path: ["rows", index, "values", column] })
      return
    }
  })
export type Rows = z.infer<typeof Rows>

/** A value as a message may contain it; null: there is none. */
export const cellOf = ({ type }: Column, value: unknown): CellValue | null => {
  if (type === "text")
    return typeof value === "string" && value !== "" ? storable(value) || null : null
  const rounded = type === "time" && typeof value === "number" ? Math.round(value) : value
  return isCell({ type, title: "" }, rounded) ? (rounded as CellValue) : null
}
