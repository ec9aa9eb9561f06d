/**
 * What a large graph shows while it is moved. Where most of it is in view, a picture of it moves,
 * with its edges; it costs the same for any number of devices. Closer, only devices in view are
 * drawn and their edges are left out, because a picture would end at the edge of the view.
 */
import type { BoundingBox12, Core } from "cytoscape"

/** Share of the graph that has to be in view for a picture of it. */
const MIN_SHARE = 0.8

const area = ({ x1, x2, y1, y2 }: BoundingBox12): number =>
  Math.max(0, x2 - x1) * Math.max(0, y2 - y1)

/** The share of `all` that is within `view`, 0 to 1. Pure. */
export const shareInView = (all: BoundingBox12, view: BoundingBox12): number => {
  const common = {
    x1: Math.max(all.x1, view.x1),
    x2: Math.min(all.x2, view.x2),
    y1: Math.max(all.y1, view.y1),
    y2: Math.min(all.y2, view.y2),
  }
  return area(all) === 0 ? 1 : area(common) / area(all)
}

/** Cytoscape reads both at each frame, but sets them only at its start. */
type ViewportOptions = { textureOnViewport: boolean; hideEdgesOnViewport: boolean }
const isViewportOptions = (value: unknown): value is ViewportOptions =>
  typeof value === "object" && value !== null && "textureOnViewport" in value

const optionsOf = (cy: Core): ViewportOptions | null => {
  const made: unknown =
    "renderer" in cy && typeof cy.renderer === "function" ? cy.renderer() : undefined
  return isViewportOptions(made) ? made : null
}

/** Chooses for the zoom of the moment. `all`: what the whole graph covers. */
export const showMotion = (cy: Core, all: BoundingBox12, isCrowd: boolean): void => {
  const options = optionsOf(cy)
  if (options === null) return
  const isPicture = isCrowd && shareInView(all, cy.extent()) >= MIN_SHARE
  options.textureOnViewport = isPicture
  options.hideEdgesOnViewport = isCrowd && !isPicture
}
