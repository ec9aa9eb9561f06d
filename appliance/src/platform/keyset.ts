/** Pages of a list in one fixed order, found by the key of a row and not by its position. */
import type { Statement, Tx } from "./postgres/sql.ts"

type Fragment = Statement<unknown>
type Key = string | number | null
/** `before`: only lower keys, the older page. `after`: only higher keys, the newer page. */
export type KeysetQuery = {
  readonly before: Key
  readonly after?: Key
  readonly limit: number
}

/**
 * The rows of a page, highest key first; with `after` alone, those just above it. `select` gets
 * what follows its own conditions: `and … order by … limit …`.
 */
export const keysetRows = async <T>(
  tx: Tx,
  key: string,
  { before, after = null, limit }: KeysetQuery,
  select: (page: Fragment) => Promise<readonly T[]>,
): Promise<T[]> => {
  const isUpward = after !== null && before === null
  const rows = await select(tx`
    ${before === null ? tx`` : tx`and ${tx(key)} < ${before}::bigint`}
    ${after === null ? tx`` : tx`and ${tx(key)} > ${after}::bigint`}
    order by ${tx(key)} ${isUpward ? tx`asc` : tx`desc`} limit ${limit}`)
  return isUpward ? rows.toReversed() : [...rows]
}

/** How many rows match the filter, and how many of them come before the page's first. */
export const keysetPosition = async (
  tx: Tx,
  key: string,
  first: Key,
  from: Fragment,
): Promise<Position> => {
  const [row] = await tx<Position[]>`
    select count(*)::int as total,
      (count(*) filter (where ${tx(key)} > ${first}::bigint))::int as "offset" ${from}`
  return row ?? { total: 0, offset: 0 }
}

export type Position = {
  /** Rows that match the filter. */
  readonly total: number
  /** Those before the first row of the page. */
  readonly offset: number
}
export type KeysetPage<T> = {
  readonly items: T[]
  readonly next: string | null
  readonly previous: string | null
} & Position

/** `next` and `previous` are keys of the page's own rows, so rows that come later move nothing. */
export const keysetPage = <T>(
  items: T[],
  { total, offset }: Position,
  keyOf: (row: T) => string | number,
): KeysetPage<T> => {
  const [first, last] = [items[0], items.at(-1)]
  return {
    items,
    next: last !== undefined && offset + items.length < total ? String(keyOf(last)) : null,
    previous: first !== undefined && offset > 0 ? String(keyOf(first)) : null,
    total,
    offset,
  }
}
