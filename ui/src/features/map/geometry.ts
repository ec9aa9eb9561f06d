/** Lines on the pixel plane. */
export type Point = { readonly x: number; readonly y: number }

/**
 * The line from `a` to `b` moved `byPx` to its left, and its middle, where both directions meet.
 */
export const shifted = (
  a: Point,
  b: Point,
  byPx: number,
): { readonly a: Point; readonly middle: Point; readonly b: Point } => {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1
  const dx = ((b.y - a.y) / length) * byPx
  const dy = (-(b.x - a.x) / length) * byPx
  const from = { x: a.x + dx, y: a.y + dy }
  const to = { x: b.x + dx, y: b.y + dy }
  return { a: from, middle: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, b: to }
}

export type Box = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
export const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** Places labels in the given order, the most important first, and drops those that overlap. */
export const placeLabels = <L extends { readonly box: Box }>(
  labels: readonly L[],
  occupied: readonly Box[],
): readonly L[] => {
  const placed: L[] = []
  for (const label of labels) {
    if (
      occupied.some((box) => overlap(box, label.box)) ||
      placed.some((each) => overlap(each.box, label.box))
    )
      continue
    placed.push(label)
  }
  return placed
}
