/**
 * A row with many links among its devices becomes a ring: on an ellipse no straight line between
 * two nodes crosses a third, so links need no arcs. Pure.
 */
import type { LayoutNode, Spot } from "./model.ts"

/** Fewer nodes need no ring; more would make an unreadable circle. */
const MIN_NODES = 4
const MAX_NODES = 16
/** Minimum distance between a link and a device that it passes. */
const CLEAR_PX = 30
const HEIGHT = { min: 84, max: 250 } as const

type Link = { readonly from: string; readonly to: string }

/**
 * Whether the row becomes a ring: it has at least half as many links as devices, and some link
 * crosses other nodes.
 */
export const isRing = (row: readonly LayoutNode[], edges: readonly Link[]): boolean => {
  if (row.length < MIN_NODES || row.length > MAX_NODES) return false
  const place = new Map(row.map((node, index) => [node.id, index]))
  const pairs = new Map<string, number>()
  for (const { from, to } of edges) {
    const [a, b] = [place.get(from), place.get(to)]
    if (a !== undefined && b !== undefined && a !== b)
      pairs.set(`${Math.min(a, b)} ${Math.max(a, b)}`, Math.abs(a - b))
  }
  return pairs.size >= row.length / 2 && [...pairs.values()].some((distance) => distance > 1)
}

/** Half the height of a ring with this many nodes. */
export const ringHeight = (count: number): number =>
  Math.min(HEIGHT.max, Math.max(HEIGHT.min, CLEAR_PX / (1 - Math.cos((2 * Math.PI) / count))))

/**
 * In the order around their geographic centre, from the west over the north; without coordinates,
 * in the order of the row. `y` is the top of the row; `above` are nodes with the name above.
 */
export const placeRing = (
  row: readonly LayoutNode[],
  middleX: number,
  y: number,
  halfWidth: number,
): { readonly spots: ReadonlyMap<string, Spot>; readonly above: ReadonlySet<string> } => {
  const halfHeight = ringHeight(row.length)
  const ordered = around(row)
  const spots = new Map<string, Spot>()
  const above = new Set<string>()
  ordered.forEach((node, index) => {
    // Shifted by half a step: two nodes at the top, and none alone at an end.
    const angle = Math.PI + ((index + 0.5) / ordered.length) * 2 * Math.PI
    const spot = {
      x: middleX + halfWidth * Math.cos(angle),
      y: y + halfHeight + halfHeight * Math.sin(angle),
    }
    spots.set(node.id, spot)
    if (spot.y < y + halfHeight) above.add(node.id)
  })
  return { spots, above }
}

const around = (row: readonly LayoutNode[]): readonly LayoutNode[] => {
  const mean = (of: (node: LayoutNode) => number): number =>
    row.reduce((sum, node) => sum + of(node), 0) / row.length
  const [east, north] = [mean((node) => node.east), mean((node) => node.north)]
  if (row.every((node) => node.north === row[0]?.north)) return row
  // From the west over the north to the east, and back by the south.
  const angle = ({ east: x, north: y }: LayoutNode): number =>
    (Math.atan2(y - north, east - x) + 2 * Math.PI) % (2 * Math.PI)
  return [...row].sort((a, b) => angle(a) - angle(b) || row.indexOf(a) - row.indexOf(b))
}
