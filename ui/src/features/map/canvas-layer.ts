/**
 * One canvas that covers the view and a margin around it. While the map moves, the browser moves the
 * canvas; it is drawn again at another zoom, and where the view leaves what is drawn.
 */
import L from "leaflet"
import type { Box } from "./geometry.ts"

/** Share of the view that is drawn beyond each of its edges. */
const MARGIN = 0.25
const MAX_SHARPNESS = 2

/** Draws everything within `area`, in pixels of the world at `zoom`. */
export type Paint = (pen: CanvasRenderingContext2D, area: Box, zoom: number) => void

export class CanvasLayer extends L.Layer {
  readonly #canvas = document.createElement("canvas")
  readonly #paint: Paint
  #area: Box = { x: 0, y: 0, width: 0, height: 0 }
  #zoom = Number.NaN

  constructor(paint: Paint) {
    super()
    this.#paint = paint
    this.#canvas.className = "leaflet-zoom-animated network"
    this.#canvas.setAttribute("aria-hidden", "true")
  }

  override onAdd(map: L.Map): this {
    map.getPanes().overlayPane.append(this.#canvas)
    this.redraw()
    return this
  }
  override onRemove(): this {
    this.#canvas.remove()
    return this
  }
  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    return {
      viewreset: () => this.redraw(),
      resize: () => this.redraw(),
      move: () => this.#follow(),
      zoom: () => this.#follow(),
      moveend: () => this.#follow(true),
      zoomanim: (event) => this.#onZoomAnim(event as L.ZoomAnimEvent),
    }
  }

  redraw(): void {
    const map = this._map
    if (map === undefined || map === null) return
    const view = viewOf(map)
    if (view.width === 0 || view.height === 0) return
    const zoom = map.getZoom()
    const [x, y] = [
      Math.floor(view.x - view.width * MARGIN),
      Math.floor(view.y - view.height * MARGIN),
    ]
    const area = {
      ...{ x, y },
      width: Math.ceil(view.width * (1 + 2 * MARGIN)),
      height: Math.ceil(view.height * (1 + 2 * MARGIN)),
    }
    this.#area = area
    this.#zoom = zoom
    const sharp = Math.min(MAX_SHARPNESS, globalThis.devicePixelRatio || 1)
    const canvas = this.#canvas
    const [width, height] = [Math.round(area.width * sharp), Math.round(area.height * sharp)]
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
      canvas.style.width = `${area.width}px`
      canvas.style.height = `${area.height}px`
    }
    const pen = canvas.getContext("2d")
    if (pen === null) return
    pen.setTransform(1, 0, 0, 1, 0, 0)
    pen.clearRect(0, 0, width, height)
    pen.setTransform(sharp, 0, 0, sharp, -x * sharp, -y * sharp)
    this.#paint(pen, area, zoom)
    L.DomUtil.setPosition(canvas, L.point(x, y).subtract(map.getPixelOrigin()))
  }

  /** `atRest`: a pinch has ended, so what was stretched is drawn. */
  #follow(atRest = false): void {
    const map = this._map
    if (map.getZoom() !== this.#zoom) {
      if (atRest) this.redraw()
      else this.#stretch(map.getPixelOrigin(), map.getZoom())
      return
    }
    const view = viewOf(map)
    const { x, y, width, height } = this.#area
    if (
      view.x < x ||
      view.y < y ||
      view.x + view.width > x + width ||
      view.y + view.height > y + height
    )
      this.redraw()
  }

  #onZoomAnim({ center, zoom }: L.ZoomAnimEvent): void {
    const map = this._map
    const pane = map.getPane("mapPane")
    const origin = map
      .project(center, zoom)
      .subtract(map.getSize().divideBy(2))
      .add(pane === undefined ? L.point(0, 0) : L.DomUtil.getPosition(pane))
      .round()
    this.#stretch(origin, zoom)
  }
  #stretch(origin: L.Point, zoom: number): void {
    const scale = 2 ** (zoom - this.#zoom)
    const at = L.point(this.#area.x, this.#area.y).multiplyBy(scale).subtract(origin)
    L.DomUtil.setTransform(this.#canvas, at, scale)
  }
}

/** The view in pixels of the world. */
export const viewOf = (map: L.Map): Box => {
  const { min, max } = map.getPixelBounds()
  if (min === undefined || max === undefined) return { x: 0, y: 0, width: 0, height: 0 }
  return { x: min.x, y: min.y, width: max.x - min.x, height: max.y - min.y }
}
