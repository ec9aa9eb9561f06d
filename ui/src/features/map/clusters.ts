/** Sites that are too close to tell apart are drawn as one. Pure. */
import type { Point } from "./geometry.ts"

export type Clustered<T> = Point & { readonly members: readonly T[] }

/**
 * Each item joins the first cluster within `radiusPx` of it, in the given order, so a cluster stands
 * where its first member is. A grid of that size leaves nine cells to look at.
 */
export const clustersOf = <T extends Point>(
  items: readonly T[],
  radiusPx: number,
): readonly Clustered<T>[] => {
  const cells = new Map<number, (Point & { members: T[] })[]>()
  const all: (Point & { members: T[] })[] = []
  for (const item of items) {
    const column = Math.floor(item.x / radiusPx)
    const row = Math.floor(item.y / radiusPx)
    const near = nearest(cells, item, column, row, radiusPx)
    if (near !== undefined) {
      near.members.push(item)
      continue
    }
    const cluster = { x: item.x, y: item.y, members: [item] }
    const key = keyOf(column, row)
    const here = cells.get(key)
    if (here === undefined) cells.set(key, [cluster])
    else here.push(cluster)
    all.push(cluster)
  }
  return all
}

const keyOf = (column: number, row: number): number => column * 4_194_304 + row

const nearest = <T extends Point>(
  cells: ReadonlyMap<number, (Point & { members: T[] })[]>,
  { x, y }: Point,
  column: number,
  row: number,
  radiusPx: number,
): (Point & { members: T[] }) | undefined => {
  let best: (Point & { members: T[] }) | undefined
  let bestPx = radiusPx
  for (let dx = -1; dx <= 1; dx += 1)
    for (let dy = -1; dy <= 1; dy += 1)
      for (const each of cells.get(keyOf(column + dx, row + dy)) ?? []) {
        const px = Math.hypot(each.x - x, each.y - y)
        if (px < bestPx) {
          best = each
          bestPx = px
        }
      }
  return best
}

const FAN_PX = 26
const TURN = Math.PI * (3 - Math.sqrt(5))
/** Places around a point for members that no zoom tells apart: a spiral without overlaps. */
export const fanned = (count: number): readonly Point[] =>
  Array.from({ length: count }, (_, n) => {
    const px = FAN_PX * Math.sqrt(n + 1)
    return { x: px * Math.cos(n * TURN), y: px * Math.sin(n * TURN) }
  })
