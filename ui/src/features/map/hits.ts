/** What is under the pointer. Pure. */
import { distanceToLine, type Point } from "./geometry.ts"
import type { DrawnLink, DrawnMark, Plan } from "./plan.ts"

/** Sizes of the touch targets: of a site half its width, of a link the distance from its line. */
export const HIT_PX = { site: 17, link: 9 } as const

export type Hit =
  | { readonly kind: "mark"; readonly mark: DrawnMark }
  | { readonly kind: "link"; readonly link: DrawnLink }

/** The nearest mark, else the nearest line; null: nothing is there. */
export const hitAt = ({ marks, links }: Pick<Plan, "marks" | "links">, at: Point): Hit | null => {
  const mark = nearestOf(marks, HIT_PX.site, ({ x, y }) => Math.hypot(x - at.x, y - at.y))
  if (mark !== null) return { kind: "mark", mark }
  const link = nearestOf(links, HIT_PX.link, ({ a, b }) => distanceToLine(at, a, b))
  return link === null ? null : { kind: "link", link }
}

const nearestOf = <T>(
  items: readonly T[],
  withinPx: number,
  distanceOf: (item: T) => number,
): T | null => {
  let best: T | null = null
  let bestPx = withinPx
  for (const item of items) {
    const px = distanceOf(item)
    if (px > bestPx) continue
    best = item
    bestPx = px
  }
  return best
}
