/** Items of a segment as the buffer file has them: as JSON, or by columns. */
import type { SQLOutputValue } from "node:sqlite"
import type { Item } from "@ispvm/wire"
import { decodeSection, encodeSection, itemsOf, sectionHead } from "@ispvm/wire/compact"
import { num, text } from "./totals.ts"

/** Columns of the table `slice`. `inflated` is null for JSON, which is not compressed. */
export type StoredItems = {
  readonly json: string
  readonly data: Uint8Array | null
  readonly inflated: number | null
  readonly bytes: number
}
export type Row = Readonly<Record<string, SQLOutputValue>>

/** Of our own sections: what one segment may hold was bounded when it was written. */
const BOUNDS = { items: 1e6, values: 1e8, inflatedBytes: 64 * 1024 * 1024 } as const

export const storedAsJson = (items: readonly Item[]): StoredItems => {
  const json = JSON.stringify(items)
  return { json, data: null, inflated: null, bytes: Buffer.byteLength(json) }
}
export const storedCompact = (items: readonly Item[]): StoredItems => {
  const data = encodeSection(items)
  return { json: "", data, inflated: sectionHead(data).inflatedBytes, bytes: data.length }
}

/** Null: the row has JSON. */
export const sectionOf = (row: Row): Uint8Array | null =>
  row.data instanceof Uint8Array ? row.data : null

/** Throws if the row is damaged. */
export const itemsIn = (row: Row): unknown[] => {
  const section = sectionOf(row)
  if (section !== null) return itemsOf(decodeSection(section, BOUNDS))
  return JSON.parse(text(row, "json"))
}
export const inflatedBytes = (row: Row): number => num(row, "inflated") || num(row, "bytes")
