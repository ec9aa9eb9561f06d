/** Pages of a list in one fixed order, found by the key of a row and not by its position. */

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
