/**
 * The layout of the graph: one row per role, upstream at the top; within a row near its neighbours,
 * and from west to east where there is a choice. A crowded row is folded, so that the whole fits
 * the screen. Pure and stable: the same network gives the same layout.
 */
import type { DeviceRole } from "@ispvm/appliance/api/inventory"
import { byName } from "../../i18n/format/names.ts"
import type { LayoutEdge, LayoutNode, Spot } from "./model.ts"
import { isRing, placeRing, ringHeight } from "./ring.ts"

const RANK: Readonly<Record<DeviceRole, number>> = {
  upstream: 0,
  border: 1,
  core: 2,
  "route-reflector": 2,
  aggregation: 3,
  edge: 3,
  "pppoe-server": 3,
  cgnat: 3,
  access: 4,
  wireless: 4,
  switch: 4,
  cpe: 5,
}
const CORE = 2
const UNKNOWN_RANK = 4

/** A device with several roles is placed by the most important one. */
export const rankOf = (roles: readonly DeviceRole[]): number =>
  roles.length === 0 ? UNKNOWN_RANK : Math.min(...roles.map((role) => RANK[role]))

export const CELL = { width: 88, height: 78, rankGap: 56 } as const
/** `rows`: where each rank begins, for its label. */
export type Layout = {
  readonly spots: ReadonlyMap<string, Spot>
  readonly rows: readonly { readonly rank: number; readonly at: Spot }[]
  /** Devices in a ring; those in its upper half have their names above. */
  readonly ring: ReadonlySet<string>
  readonly above: ReadonlySet<string>
}
export const NO_LAYOUT: Layout = { spots: new Map(), rows: [], ring: new Set(), above: new Set() }
const ROW_NAME_PX = 84
const MAX_GAP = 90

/** `aspect`: width to height of the available space. */
export const layoutOf = (
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  aspect: number,
): Layout => {
  const rows = orderRows(nodes, neighboursOf(edges))
  const sizes = rows.map((row) => row.length)
  const rings = new Set(rows.filter((row) => isRing(row, edges)))
  const ringsHeight = [...rings].reduce((sum, row) => sum + 2 * ringHeight(row.length), 0)
  const columns = columnsFor(sizes, aspect, ringsHeight)
  const { width, height } = extent(sizes, columns, ringsHeight)
  // Remaining space goes between the rows, where the lines are.
  const spare = Math.max(
    0,
    Math.min(MAX_GAP, (width / aspect - height) / Math.max(1, sizes.length - 1)),
  )
  const spots = new Map<string, Spot>()
  const names: { rank: number; at: Spot }[] = []
  let y = 0
  const ring = new Set<string>()
  const above = new Set<string>()
  for (const { row, lineCount, xs } of placeRows(rows, columns, neighboursOf(edges))) {
    if (rings.has(row)) {
      const [west, east] = [Math.min(...xs), Math.max(...xs)]
      const placed = placeRing(
        row,
        (west + east) / 2,
        y,
        Math.max((east - west) / 2, (CELL.width * row.length) / 4.5),
      )
      for (const [id, spot] of placed.spots) spots.set(id, spot)
      for (const { id } of row) ring.add(id)
      for (const id of placed.above) above.add(id)
      names.push({ rank: row[0]?.rank ?? 0, at: { x: 0, y: y + ringHeight(row.length) } })
      y += 2 * ringHeight(row.length) + CELL.height + CELL.rankGap + spare
      continue
    }
    row.forEach((node, index) => {
      spots.set(node.id, { x: xs[index] ?? 0, y: y + (index % lineCount) * CELL.height })
    })
    names.push({ rank: row[0]?.rank ?? 0, at: { x: 0, y } })
    y += lineCount * CELL.height + CELL.rankGap + spare
  }
  const west = Math.min(...[...spots.values()].map((spot) => spot.x))
  return {
    spots,
    ring,
    above,
    rows: names.map(({ rank, at }) => ({ rank, at: { x: west - ROW_NAME_PX, y: at.y } })),
  }
}

type Neighbours = ReadonlyMap<string, readonly string[]>

export const neighboursOf = (edges: readonly LayoutEdge[]): Neighbours => {
  const by = new Map<string, string[]>()
  const note = (a: string, b: string): void => {
    const known = by.get(a)
    if (known === undefined) by.set(a, [b])
    else known.push(b)
  }
  for (const { from, to } of edges) {
    note(from, to)
    note(to, from)
  }
  return by
}

/**
 * The core is ordered from west to east; every other row follows the rows between it and the core.
 */
const orderRows = (
  nodes: readonly LayoutNode[],
  neighbours: Neighbours,
): readonly (readonly LayoutNode[])[] => {
  const ranks = [...new Set(nodes.map((node) => node.rank))].sort((a, b) => a - b)
  const middle = ranks.reduce(
    (best, rank) => (Math.abs(rank - CORE) < Math.abs(best - CORE) ? rank : best),
    ranks[0] ?? CORE,
  )
  const order = new Map<string, number>()
  const orderRow = (rank: number): readonly LayoutNode[] => {
    const row = nodes.filter((node) => node.rank === rank)
    const pull = new Map(row.map((node) => [node.id, meanOf(neighbours.get(node.id) ?? [], order)]))
    const byPlace = (a: LayoutNode, b: LayoutNode): number => a.east - b.east || byName(a, b)
    row.sort((a, b) => {
      const [pullA, pullB] = [pull.get(a.id) ?? null, pull.get(b.id) ?? null]
      return pullA === null || pullB === null || pullA === pullB ? byPlace(a, b) : pullA - pullB
    })
    row.forEach((node, index) => {
      order.set(node.id, (index + 0.5) / row.length)
    })
    return row
  }
  const orderedRows = new Map<number, readonly LayoutNode[]>()
  orderedRows.set(middle, orderRow(middle))
  for (const rank of ranks.filter((each) => each > middle)) orderedRows.set(rank, orderRow(rank))
  for (const rank of ranks.filter((each) => each < middle).reverse())
    orderedRows.set(rank, orderRow(rank))
  return ranks.map((rank) => orderedRows.get(rank) ?? [])
}

const meanOf = (ids: readonly string[], values: ReadonlyMap<string, number>): number | null => {
  const known = ids.flatMap((id) => values.get(id) ?? [])
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length
}

const lineCountOf = (size: number, columns: number): number =>
  Math.max(1, Math.ceil(size / columns))

const extent = (
  sizes: readonly number[],
  columns: number,
  ringsHeight: number,
): { readonly width: number; readonly height: number } => {
  const lineCounts = sizes.map((size) => lineCountOf(size, columns))
  const widest = Math.max(
    1,
    ...sizes.map((size, index) => Math.ceil(size / (lineCounts[index] ?? 1))),
  )
  const lines = lineCounts.reduce((sum, each) => sum + each, 0)
  return {
    width: widest * CELL.width,
    height: lines * CELL.height + sizes.length * CELL.rankGap + ringsHeight,
  }
}

/** The number of columns that fits the shape of the space best. */
const columnsFor = (sizes: readonly number[], aspect: number, ringsHeight: number): number => {
  const maxColumns = Math.max(1, ...sizes)
  let best = { columns: maxColumns, off: Number.POSITIVE_INFINITY }
  for (let columns = maxColumns; columns >= 1; columns -= 1) {
    const { width, height } = extent(sizes, columns, ringsHeight)
    const off = Math.abs(Math.log(width / height / aspect))
    if (off < best.off) best = { columns, off }
  }
  return best.columns
}

type PlacedRow = {
  readonly row: readonly LayoutNode[]
  readonly lineCount: number
  readonly xs: readonly number[]
}

const placeRows = (
  rows: readonly (readonly LayoutNode[])[],
  columns: number,
  neighbours: Neighbours,
): readonly PlacedRow[] => {
  const widest = Math.max(
    1,
    ...rows.map((row) => Math.ceil(row.length / lineCountOf(row.length, columns))),
  )
  const width = (widest - 1) * CELL.width
  const x = new Map<string, number>()
  // The fullest row is placed first; the others follow it.
  const bySize = rows
    .map((row, index) => ({ row, index }))
    .sort((a, b) => b.row.length - a.row.length)
  const placed: PlacedRow[] = new Array(rows.length)
  for (const { row, index } of bySize) {
    const lineCount = lineCountOf(row.length, columns)
    const targets = row.map((node) => meanOf(neighbours.get(node.id) ?? [], x))
    const xs =
      lineCount > 1 || targets.every((each) => each === null)
        ? spread(row.length, lineCount, width)
        : alignToTargets(targets, width)
    row.forEach((node, at) => {
      x.set(node.id, xs[at] ?? 0)
    })
    placed[index] = { row, lineCount, xs }
  }
  return placed
}

const spread = (count: number, lineCount: number, width: number): readonly number[] => {
  const columns = Math.ceil(count / lineCount)
  const step = columns > 1 ? Math.max(CELL.width, width / (columns - 1)) : 0
  const start = (width - step * (columns - 1)) / 2
  // Folded lines are shifted, so that links to the second line do not cross nodes of the first.
  const stagger = (index: number): number =>
    ((index % lineCount) - (lineCount - 1) / 2) * Math.min(CELL.width / lineCount, CELL.width * 0.3)
  return Array.from(
    { length: count },
    (_, index) => start + Math.floor(index / lineCount) * step + stagger(index),
  )
}

/**
 * Each as close as possible to its wanted place, in order, one cell apart: the mean of pushing
 * right and pushing left.
 */
export const alignToTargets = (
  targets: readonly (number | null)[],
  width: number,
): readonly number[] => {
  const goals = targets.map((each, index) => each ?? ((index + 0.5) / targets.length) * width)
  const right: number[] = []
  goals.forEach((goal, index) => {
    right.push(Math.max(goal, (right[index - 1] ?? Number.NEGATIVE_INFINITY) + CELL.width))
  })
  const left: number[] = new Array(goals.length)
  for (let index = goals.length - 1; index >= 0; index -= 1)
    left[index] = Math.min(
      goals[index] ?? 0,
      (left[index + 1] ?? Number.POSITIVE_INFINITY) - CELL.width,
    )
  return right.map((each, index) => (each + (left[index] ?? each)) / 2)
}

/** The bend of a line within a row, so that it does not cross the nodes between. */
export const bend = (a: Spot, b: Spot): number => {
  const span = Math.abs(a.x - b.x)
  if (Math.abs(a.y - b.y) > 1 || span <= CELL.width * 1.2) return 0
  return Math.min(96, 16 + span * 0.09)
}

export type Direction = "up" | "down" | "left" | "right"
const VECTOR: Readonly<Record<Direction, Spot>> = {
  up: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
}

/**
 * Rows are much wider than the distance between them: a node below may be four times as far aside.
 */
const SIDEWAYS = 4

/** The neighbour closest to a direction; null if there is none on that side. */
export const towards = (
  from: Spot,
  neighbours: ReadonlyMap<string, Spot>,
  direction: Direction,
): string | null => {
  const vector = VECTOR[direction]
  let best: { id: string; cost: number } | null = null
  for (const [id, spot] of neighbours) {
    const along = (spot.x - from.x) * vector.x + (spot.y - from.y) * vector.y
    const across = Math.abs((spot.x - from.x) * vector.y) + Math.abs((spot.y - from.y) * vector.x)
    if (along <= 1 || across > along * SIDEWAYS) continue
    const cost = along + across * 1.5
    if (best === null || cost < best.cost) best = { id, cost }
  }
  return best?.id ?? null
}

/** All nodes within a number of steps, including the node. */
export const around = (id: string, neighbours: Neighbours, steps: number): ReadonlySet<string> => {
  const seen = new Set([id])
  let edge = [id]
  for (let step = 0; step < steps; step += 1) {
    edge = edge.flatMap((each) => (neighbours.get(each) ?? []).filter((next) => !seen.has(next)))
    for (const each of edge) seen.add(each)
  }
  return seen
}
