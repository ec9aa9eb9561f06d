/** Where the buttons over marks and lines are: none closer to another than a finger needs. Pure. */
import { BoxGrid, type Point } from "./geometry.ts"
import type { DrawnLink, DrawnMark } from "./plan.ts"

/** The least distance between the middles of two buttons (WCAG 2.5.8). */
const TARGET_PX = 24
const MAX_TARGETS = { marks: 120, links: 120 } as const
/** A line has its button in its middle, or elsewhere on it. */
const SHARES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8] as const

export type Placed<T> = { readonly item: T; readonly at: Point }

const boxAt = ({ x, y }: Point) => ({
  x: x - TARGET_PX / 2,
  y: y - TARGET_PX / 2,
  width: TARGET_PX,
  height: TARGET_PX,
})

/** In the order of their importance; what has no place has no button. */
export const placeTargets = (
  marks: readonly DrawnMark[],
  links: readonly DrawnLink[],
  isInView: (at: Point) => boolean,
): {
  readonly marks: readonly Placed<DrawnMark>[]
  readonly links: readonly Placed<DrawnLink>[]
} => {
  const grid = new BoxGrid()
  const take = (at: Point): boolean => {
    const box = boxAt(at)
    if (!isInView(at) || !grid.isFree(box)) return false
    grid.add(box)
    return true
  }
  const placedMarks: Placed<DrawnMark>[] = []
  for (const mark of marks) {
    if (placedMarks.length === MAX_TARGETS.marks) break
    const at = { x: mark.x, y: mark.y }
    if (take(at)) placedMarks.push({ item: mark, at })
  }
  const placedLinks: Placed<DrawnLink>[] = []
  for (const link of links) {
    if (placedLinks.length === MAX_TARGETS.links) break
    const at = SHARES.map((share) => pointOn(link, share)).find(take)
    if (at !== undefined) placedLinks.push({ item: link, at })
  }
  return { marks: placedMarks, links: placedLinks }
}

const pointOn = ({ a, b }: DrawnLink, share: number): Point => ({
  x: a.x + (b.x - a.x) * share,
  y: a.y + (b.y - a.y) * share,
})
