/**
 * A canvas that covers the view and a margin around it. While the map moves, the browser moves the
 * canvas. The next one is painted beside it, a part in each frame, and takes its place when it is
 * complete: during the animation of a zoom, and before the view leaves what is painted.
 */
import L from "leaflet"
import type { Box, Point } from "./geometry.ts"

/** Share of the view that is painted beyond each of its edges. */
const MARGIN = 0.25
/** The next canvas is begun when less than this share of a margin is left. */
const NEAR = 0.4
/** How far the margins of the next canvas lie ahead of the motion, as a share of a margin. */
const LEAD = 0.6
const MAX_SHARPNESS = 2
/** Script time in each frame; what it has painted takes about as long again. */
const SLICE_MS = 3

/**
 * Paints everything within `area`, in pixels of the world at `zoom`. It may pause after each step.
 */
export type Paint = (pen: CanvasRenderingContext2D, area: Box, zoom: number) => Iterator<void>

/** What is being painted: `steps` is null when it is complete. */
type Job = {
  readonly canvas: HTMLCanvasElement
  readonly area: Box
  readonly zoom: number
  steps: Iterator<void> | null
}

export class CanvasLayer extends L.Layer {
  #canvas = newCanvas()
  #spare = newCanvas()
  readonly #paint: Paint
  readonly #isOpaque: boolean
  #area: Box = { x: 0, y: 0, width: 0, height: 0 }
  #zoom = Number.NaN
  #job: Job | null = null
  #frame = 0
  #isAnimating = false
  #last: Point = { x: 0, y: 0 }

  /** `isOpaque`: everything is painted over, so that nothing behind has to show through. */
  constructor(paint: Paint, isOpaque: boolean) {
    super()
    this.#paint = paint
    this.#isOpaque = isOpaque
  }

  override onAdd(map: L.Map): this {
    map.getPanes().overlayPane.append(this.#canvas)
    this.redraw()
    return this
  }
  override onRemove(): this {
    this.#cancel()
    this.#canvas.remove()
    return this
  }
  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    return {
      viewreset: () => this.redraw(),
      resize: () => this.redraw(),
      move: () => this.#follow(),
      zoom: () => this.#follow(),
      moveend: () => this.#onStopped(),
      zoomanim: (event) => this.#onZoomAnim(event as L.ZoomAnimEvent),
    }
  }

  /** True while the next canvas is being painted. */
  get isBusy(): boolean {
    return this.#job !== null
  }

  /** At once. */
  redraw(): void {
    this.#begin()
    this.#finish()
  }
  /** In the next frames, so that none of them takes long. */
  redrawInSteps(): void {
    if (Number.isNaN(this.#zoom)) this.redraw()
    else this.#begin()
  }

  #begin(view = viewOf(this._map), zoom = this._map.getZoom(), lead: Point = NO_LEAD): void {
    this.#cancel()
    if (view.width === 0 || view.height === 0) return
    const area = areaAround(view, lead)
    const sharp = Math.min(MAX_SHARPNESS, globalThis.devicePixelRatio || 1)
    const canvas = this.#spare
    // Also where the size stays: it clears the canvas and the state of its pen.
    canvas.width = Math.round(area.width * sharp)
    canvas.height = Math.round(area.height * sharp)
    canvas.style.width = `${area.width}px`
    canvas.style.height = `${area.height}px`
    const pen = canvas.getContext("2d", { alpha: !this.#isOpaque })
    if (pen === null) return
    pen.setTransform(sharp, 0, 0, sharp, -area.x * sharp, -area.y * sharp)
    this.#job = { canvas, area, zoom, steps: this.#paint(pen, area, zoom) }
    this.#schedule()
  }
  #schedule(): void {
    this.#frame = requestAnimationFrame(() => this.#work(SLICE_MS))
  }
  #work(budgetMs: number): void {
    const job = this.#job
    if (job === null) return
    const untilMs = performance.now() + budgetMs
    while (job.steps !== null) {
      if (job.steps.next().done === true) job.steps = null
      else if (performance.now() >= untilMs) {
        this.#schedule()
        return
      }
    }
    // An element that joins an animation would jump to its end.
    if (!this.#isAnimating) this.#show(job)
  }
  #finish(): void {
    cancelAnimationFrame(this.#frame)
    this.#work(Number.POSITIVE_INFINITY)
  }
  #cancel(): void {
    cancelAnimationFrame(this.#frame)
    this.#job = null
  }
  #show({ canvas, area, zoom }: Job): void {
    this.#job = null
    this.#spare = this.#canvas
    this.#canvas = canvas
    this.#area = area
    this.#zoom = zoom
    this.#stretch(this._map.getPixelOrigin(), this._map.getZoom())
    this.#spare.replaceWith(canvas)
  }

  #follow(): void {
    const map = this._map
    if (map.getZoom() !== this.#zoom) {
      this.#stretch(map.getPixelOrigin(), map.getZoom())
      return
    }
    const view = viewOf(map)
    const moved = { x: view.x - this.#last.x, y: view.y - this.#last.y }
    this.#last = view
    if (!covers(this.#area, view)) {
      // Faster than it could be painted.
      if (this.#job !== null && covers(this.#job.area, view)) this.#finish()
      else this.redraw()
    } else if (this.#job === null && isNearEdge(this.#area, view))
      this.#begin(view, map.getZoom(), { x: Math.sign(moved.x), y: Math.sign(moved.y) })
  }
  /** What was painted during the animation is shown; what a pinch has stretched is painted. */
  #onStopped(): void {
    const map = this._map
    this.#isAnimating = false
    this.#follow()
    if (map.getZoom() === this.#zoom) return
    if (this.#job?.zoom === map.getZoom() && covers(this.#job.area, viewOf(map))) this.#finish()
    else this.#begin()
  }
  #onZoomAnim({ center, zoom }: L.ZoomAnimEvent): void {
    const map = this._map
    const size = map.getSize()
    const { x, y } = map.project(center, zoom).subtract(size.divideBy(2))
    const pane = map.getPane("mapPane")
    const moved = pane === undefined ? L.point(0, 0) : L.DomUtil.getPosition(pane)
    this.#isAnimating = true
    this.#stretch(L.point(x, y).add(moved).round(), zoom)
    this.#begin({ x, y, width: size.x, height: size.y }, zoom)
  }
  #stretch(origin: L.Point, zoom: number): void {
    const scale = 2 ** (zoom - this.#zoom)
    const at = L.point(this.#area.x, this.#area.y).multiplyBy(scale).subtract(origin)
    L.DomUtil.setTransform(this.#canvas, at, scale)
  }
}

const NO_LEAD: Point = { x: 0, y: 0 }

const newCanvas = (): HTMLCanvasElement => {
  const canvas = document.createElement("canvas")
  canvas.className = "leaflet-zoom-animated network"
  canvas.setAttribute("aria-hidden", "true")
  return canvas
}

/** `lead`: the direction of the motion on both axes, as -1, 0 or 1. */
const areaAround = (view: Box, lead: Point): Box => {
  const [marginX, marginY] = [view.width * MARGIN, view.height * MARGIN]
  return {
    x: Math.floor(view.x - marginX + lead.x * LEAD * marginX),
    y: Math.floor(view.y - marginY + lead.y * LEAD * marginY),
    width: Math.ceil(view.width + 2 * marginX),
    height: Math.ceil(view.height + 2 * marginY),
  }
}
const covers = (area: Box, view: Box): boolean =>
  view.x >= area.x &&
  view.y >= area.y &&
  view.x + view.width <= area.x + area.width &&
  view.y + view.height <= area.y + area.height
const isNearEdge = (area: Box, view: Box): boolean => {
  const [x, y] = [view.width * MARGIN * NEAR, view.height * MARGIN * NEAR]
  return !covers(area, {
    x: view.x - x,
    y: view.y - y,
    width: view.width + 2 * x,
    height: view.height + 2 * y,
  })
}

/** The view in pixels of the world. */
export const viewOf = (map: L.Map): Box => {
  const { min, max } = map.getPixelBounds()
  if (min === undefined || max === undefined) return { x: 0, y: 0, width: 0, height: 0 }
  return { x: min.x, y: min.y, width: max.x - min.x, height: max.y - min.y }
}
