/**
 * Rows of tables: the agent keeps what it has sent, and sends a full snapshot at the first reading
 * and once a day, otherwise only rows that are new, changed or gone. A table of 20,000 sessions
 * therefore costs what changes in it.
 */
import type { DeviceId, RowEntry, Rows, RowValues } from "@ispvm/wire"
import { cellOf, LIMITS, MAX_ROWS_PER_ITEM, storable } from "@ispvm/wire"
import { type Columns, type TableName, tableOf } from "@ispvm/wire/tables"
import type { TableReading } from "../collect/collector.ts"

const FULL_EVERY_MS = 86_400_000
/** A table that does not change is reported as often, so that its age is known. */
const REPORT_EVERY_MS = 600_000
/** More rows of a table are not sent: no view of a device needs them, and they would fill memory. */
export const MAX_TABLE_ROWS = 100_000

type Known = { fullAtMs: number; sentAtMs: number; rows: Map<string, RowValues> }
/** Called for each row before it is compared: where personal columns can be replaced. */
export type Redact = (table: TableName, values: RowValues) => RowValues

const isSame = (columns: Columns, was: RowValues, now: RowValues): boolean => {
  for (const [name, { tolerance = 0 }] of Object.entries(columns)) {
    const [before, after] = [was[name], now[name]]
    if (before === after) continue
    if (tolerance === Number.POSITIVE_INFINITY) continue
    if (typeof before !== "number" || typeof after !== "number") return false
    if (Math.abs(before - after) > tolerance) return false
  }
  return true
}

/**
 * A part of a table is one item, which is never split: a device whose texts are all as long as they
 * may be would exceed a batch, and take what is in it with it.
 */
const MAX_ROW_CHARS = 2_000
const shortened = (values: RowValues): RowValues => {
  const texts = Object.values(values).filter((value) => typeof value === "string")
  if (texts.reduce((sum, text) => sum + text.length, 0) <= MAX_ROW_CHARS) return values
  const chars = Math.floor(MAX_ROW_CHARS / texts.length)
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" ? storable(value, chars) : value,
    ]),
  )
}

const valuesOf = (columns: Columns, values: TableReading["rows"][number]["values"]): RowValues =>
  shortened(
    Object.fromEntries(
      Object.entries(columns).flatMap(([name, column]) => {
        const value = cellOf(column, values[name])
        return value === null ? [] : [[name, value] as const]
      }),
    ),
  )

const partsOf = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / MAX_ROWS_PER_ITEM) }, (_, part) =>
    all.slice(part * MAX_ROWS_PER_ITEM, (part + 1) * MAX_ROWS_PER_ITEM),
  )

export class RowSnapshots {
  readonly #known = new Map<DeviceId, Map<string, Known>>()
  readonly #redact: Redact

  constructor(redact: Redact = (_table, values) => values) {
    this.#redact = redact
  }

  forget(device: DeviceId): void {
    this.#known.delete(device)
  }

  forgetAll(): void {
    this.#known.clear()
  }

  normalize(reading: TableReading): Rows[] {
    const { columns } = tableOf(reading.table)
    if (reading.gone !== undefined) return this.#change(reading, columns, reading.gone)
    const rows = new Map<string, RowValues>()
    for (const { key, values } of reading.rows) {
      const name = storable(key, LIMITS.nameChars)
      if (name === "" || rows.has(name) || rows.size >= MAX_TABLE_ROWS) continue
      rows.set(name, this.#redact(reading.table, valuesOf(columns, values)))
    }
    const byTable = this.#known.get(reading.device) ?? new Map<string, Known>()
    this.#known.set(reading.device, byTable)
    const key = `${reading.source} ${reading.table}`
    const was = byTable.get(key)
    // After the clock was set back, the elapsed time is negative.
    const isDue = was === undefined || Math.abs(reading.atMs - was.fullAtMs) >= FULL_EVERY_MS
    if (isDue || was === undefined) {
      byTable.set(key, { fullAtMs: reading.atMs, sentAtMs: reading.atMs, rows })
      return fullItems(reading, rows)
    }
    const items = changedItems(reading, columns, was.rows, rows)
    if (items.length === 0 && Math.abs(reading.atMs - was.sentAtMs) < REPORT_EVERY_MS) return []
    was.sentAtMs = reading.atMs
    if (items.length > 0) return items
    return [{ ...headOf(reading, rows.size), isFull: false, part: 0, rows: [], gone: [] }]
  }

  /** Changes of a table that was sent before; of another one they mean nothing. */
  #change(reading: TableReading, columns: Columns, gone: readonly string[]): Rows[] {
    const was = this.#known.get(reading.device)?.get(`${reading.source} ${reading.table}`)
    if (was === undefined) return []
    const changed = new Map<string, RowValues>()
    for (const { key, values } of reading.rows) {
      const name = storable(key, LIMITS.nameChars)
      const isNew = !was.rows.has(name) && !changed.has(name)
      if (name === "" || (isNew && was.rows.size + changed.size >= MAX_TABLE_ROWS)) continue
      changed.set(name, this.#redact(reading.table, valuesOf(columns, values)))
    }
    const names = gone.map((key) => storable(key, LIMITS.nameChars))
    const removed = new Set(names.filter((name) => was.rows.has(name) && !changed.has(name)))
    const items = changeItems(reading, columns, was.rows, changed, [...removed])
    if (items.length > 0) was.sentAtMs = reading.atMs
    return items
  }
}

type Head = Pick<Rows, "kind" | "device" | "atMs" | "source" | "table" | "count">
const headOf = ({ device, atMs, source, table }: TableReading, count: number): Head => ({
  kind: "rows",
  device,
  atMs: Math.max(0, Math.round(atMs)),
  source,
  table,
  count,
})

const fullItems = (reading: TableReading, rows: ReadonlyMap<string, RowValues>): Rows[] => {
  const parts = partsOf([...rows].map(([key, values]): RowEntry => ({ key, values })))
  return (parts.length === 0 ? [[]] : parts).map((each, part) => ({
    ...headOf(reading, rows.size),
    isFull: true,
    part,
    rows: each,
    gone: [],
  }))
}

/** Updates `was` to what the receiver has afterwards: unchanged rows keep the values it was sent. */
const changedItems = (
  reading: TableReading,
  columns: Columns,
  was: Map<string, RowValues>,
  now: ReadonlyMap<string, RowValues>,
): Rows[] => {
  const gone = [...was.keys()].filter((key) => !now.has(key))
  return changeItems(reading, columns, was, now, gone)
}

const changeItems = (
  reading: TableReading,
  columns: Columns,
  was: Map<string, RowValues>,
  now: ReadonlyMap<string, RowValues>,
  gone: readonly string[],
): Rows[] => {
  const changed: RowEntry[] = []
  for (const [key, values] of now) {
    const before = was.get(key)
    if (before === undefined || !isSame(columns, before, values)) changed.push({ key, values })
  }
  for (const key of gone) was.delete(key)
  for (const { key, values } of changed) was.set(key, values)
  const [changedParts, goneParts] = [partsOf(changed), partsOf(gone)]
  return Array.from({ length: Math.max(changedParts.length, goneParts.length) }, (_, part) => ({
    ...headOf(reading, was.size),
    isFull: false,
    part,
    rows: changedParts[part] ?? [],
    gone: goneParts[part] ?? [],
  }))
}
