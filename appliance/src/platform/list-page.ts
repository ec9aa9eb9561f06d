/** Pages of a list that is in memory, found by the key of a row and not by its position. Pure. */
import { z } from "zod"
import { invalid } from "./http/http-error.ts"

type Key = string | number | null
export type ListPageQuery = {
  /** Omitted: all rows that match are one page. */
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  /** A name of `orders`, with a minus in front for the other direction. Without any: as given. */
  readonly sort?: string | undefined
}
export type ListOf<T> = {
  readonly id: (row: T) => string
  /** What rows can be sorted by; the first one is the order of pages without `sort`. */
  readonly orders: Readonly<Record<string, (row: T) => Key>>
}
export type ListPage<T> = {
  readonly items: T[]
  readonly next: string | null
  /** Rows that match, on all pages. */
  readonly total: number
}

/** Natural order: ether2 before ether10, and 10.0.0.9 before 10.0.0.10. */
const collator = new Intl.Collator("en", { numeric: true })
/** What has no value comes last in either direction. */
const compareKeys = (a: Key, b: Key, sign: 1 | -1): number => {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof a === "number" && typeof b === "number") return sign * (a - b)
  return sign * collator.compare(String(a), String(b))
}
const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const Cursor = z.tuple([z.string(), z.union([z.string(), z.number(), z.null()]), z.string()])
const write = (cursor: z.infer<typeof Cursor>): string =>
  Buffer.from(JSON.stringify(cursor)).toString("base64url")
const read = (text: string, sort: string): z.infer<typeof Cursor> => {
  try {
    const cursor = Cursor.parse(JSON.parse(Buffer.from(text, "base64url").toString()))
    if (cursor[0] === sort) return cursor
  } catch {
    // Not one of ours: the same answer as to one of another order.
  }
  throw invalid([{ path: "cursor", code: "field.cursor", params: {} }])
}

/**
 * The rows after the cursor in the order of `sort`. A row that stays and whose key does not change
 * is on exactly one of the pages, whatever is added and removed between them.
 */
export const listPage = <T>(
  rows: readonly T[],
  { limit, cursor, sort }: ListPageQuery,
  { id, orders }: ListOf<T>,
): ListPage<T> => {
  if (limit === undefined && cursor === undefined && sort === undefined)
    return { items: [...rows], next: null, total: rows.length }
  const by = sort ?? Object.keys(orders)[0] ?? ""
  const sign = by.startsWith("-") ? -1 : 1
  const keyOf = orders[by.replace(/^-/, "")]
  if (keyOf === undefined) throw new Error(`rows cannot be sorted by ${by}`)
  const after = cursor === undefined ? null : read(cursor, by)
  const sorted = rows
    .map((row) => ({ row, key: keyOf(row), id: id(row) }))
    .sort((a, b) => compareKeys(a.key, b.key, sign) || compareIds(a.id, b.id))
  const rest =
    after === null
      ? sorted
      : sorted.filter((one) => {
          const order = compareKeys(one.key, after[1], sign)
          return order > 0 || (order === 0 && compareIds(one.id, after[2]) > 0)
        })
  const shown = rest.slice(0, limit)
  const last = shown.at(-1)
  const isMore = last !== undefined && shown.length < rest.length
  return {
    items: shown.map(({ row }) => row),
    next: isMore ? write([by, last.key, last.id]) : null,
    total: rows.length,
  }
}

/** Whether a search finds it: every word is a part of one of the texts, whatever its case. */
export const hasWords = (
  search: string | undefined,
  texts: readonly (string | null | undefined)[],
): boolean => {
  if (search === undefined) return true
  const all = texts.join("\n").toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
