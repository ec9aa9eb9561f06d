/** Lines and boxes on the pixel plane. */
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

/** From a point to the nearest one of a line. */
export const distanceToLine = (at: Point, a: Point, b: Point): number => {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const along = ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy || 1)
  const share = Math.max(0, Math.min(1, along))
  return Math.hypot(at.x - a.x - share * dx, at.y - a.y - share * dy)
}

export type Box = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
export const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** Boxes by the cells of a grid that they touch: an overlap is found among the neighbours alone. */
export class BoxGrid<B extends Box = Box> {
  readonly #cells = new Map<number, B[]>()
  readonly #cellPx: number

  constructor(cellPx = 64) {
    this.#cellPx = cellPx
  }
  add(box: B): void {
    this.#cellsOf(box, (cell) => {
      const here = this.#cells.get(cell)
      if (here === undefined) this.#cells.set(cell, [box])
      else here.push(box)
      return true
    })
  }
  isFree(box: Box, except?: B): boolean {
    return this.#cellsOf(box, (cell) => {
      for (const each of this.#cells.get(cell) ?? [])
        if (each !== except && overlap(each, box)) return false
      return true
    })
  }
  /** False as soon as `step` says so. */
  #cellsOf(box: Box, step: (cell: number) => boolean): boolean {
    const px = this.#cellPx
    const east = Math.floor((box.x + box.width) / px)
    const south = Math.floor((box.y + box.height) / px)
    for (let x = Math.floor(box.x / px); x <= east; x += 1)
      for (let y = Math.floor(box.y / px); y <= south; y += 1)
        // Pixels of the whole world at the largest zoom make 2^17 cells a side.
        if (!step(x * 1_048_576 + y)) return false
    return true
  }
}

/** Places labels in the given order, the most important first, and drops those that overlap. */
export const placeLabels = <L extends { readonly box: Box }>(
  labels: readonly L[],
  occupied: readonly Box[],
): readonly L[] => {
  const grid = new BoxGrid()
  for (const box of occupied) grid.add(box)
  return labels.filter(({ box }) => {
    const isFree = grid.isFree(box)
    if (isFree) grid.add(box)
    return isFree
  })
}
