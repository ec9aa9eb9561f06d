/**
 * A page of a list as the appliance answers it: newest first, with the keys of its neighbours and
 * the total.
 */
import type { Answer } from "./server.ts"

export const countedPage = <T>(
  rows: readonly T[],
  query: URLSearchParams,
  keyOf: (row: T) => number,
): Answer => {
  const all = [...rows].sort((a, b) => keyOf(b) - keyOf(a))
  const limit = Number(query.get("limit") ?? 100)
  const before = Number(query.get("before") ?? Number.POSITIVE_INFINITY)
  const after = query.get("after")
  const newer = all.filter((row) => keyOf(row) > Number(after ?? 0))
  const items =
    after === null ? all.filter((row) => keyOf(row) < before).slice(0, limit) : newer.slice(-limit)
  const [first, last] = [items[0], items.at(-1)]
  const offset = first === undefined ? 0 : all.indexOf(first)
  const hasMore = offset + items.length < all.length
  return {
    status: 200,
    body: {
      items,
      next: last !== undefined && hasMore ? String(keyOf(last)) : null,
      previous: first !== undefined && offset > 0 ? String(keyOf(first)) : null,
      total: all.length,
      offset,
    },
  }
}
