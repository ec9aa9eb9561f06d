/**
 * Links on the map: a casing as wide as the capacity, in it two halves as wide as the load, and a
 * broad invisible path for pointer and focus.
 */
import L from "leaflet"
import { DASH } from "../network/link-style.ts"
import { shifted } from "./geometry.ts"
import type { LinkMark, Place } from "./scene.ts"

export type LinkEvents = {
  readonly onPick: (id: string, at: L.LatLng | null) => void
  readonly onHover: (id: string | null, at: L.Point | null) => void
}
type Line = {
  mark: LinkMark
  readonly hitArea: L.Polyline
  readonly casing: L.Polyline
  readonly out: L.Polyline
  readonly back: L.Polyline
  middle: L.LatLng
}

const PARALLEL_GAP_PX = 3
/** Dashes are defined for this line width and scale with it. */
const WIDTH_OF_DASH = 4

export class LinkLines {
  readonly #map: L.Map
  readonly #events: LinkEvents
  readonly #lines = new Map<string, Line>()
  #selected = ""

  constructor(map: L.Map, events: LinkEvents) {
    this.#map = map
    this.#events = events
    map.on("zoomend viewreset", () => {
      for (const line of this.#lines.values()) this.#setPath(line)
    })
  }

  middleOf(id: string): L.Point | null {
    const line = this.#lines.get(id)
    return line === undefined ? null : this.#map.latLngToContainerPoint(line.middle)
  }

  draw(marks: readonly LinkMark[], selected: string): void {
    const gone = new Set(this.#lines.keys())
    const turned = selected !== this.#selected
    this.#selected = selected
    for (const mark of marks) {
      gone.delete(mark.id)
      const line = this.#lines.get(mark.id) ?? this.#add(mark)
      const was = line.mark
      line.mark = mark
      if (hasMoved(was, mark)) this.#setPath(line)
      if (was !== mark && (hasChanged(was, mark) || turned)) this.#applyStyle(line)
    }
    for (const id of gone) {
      const line = this.#lines.get(id)
      for (const path of line === undefined ? [] : partsOf(line)) path.remove()
      this.#lines.delete(id)
    }
  }

  #add(mark: LinkMark): Line {
    const path = (options: L.PolylineOptions): L.Polyline =>
      L.polyline([], { smoothFactor: 0, ...options }).addTo(this.#map)
    const line: Line = {
      mark,
      hitArea: path({
        weight: 18,
        className: "hit-area",
        interactive: true,
        bubblingMouseEvents: false,
      }),
      casing: path({ interactive: false, lineCap: "round" }),
      out: path({ interactive: false, lineCap: "butt" }),
      back: path({ interactive: false, lineCap: "butt" }),
      middle: L.latLng(0, 0),
    }
    this.#lines.set(mark.id, line)
    this.#setPath(line)
    this.#applyStyle(line)
    this.#listen(line)
    return line
  }

  #listen(line: Line): void {
    const { id } = line.mark
    const element = line.hitArea.getElement()
    element?.setAttribute("tabindex", "0")
    element?.setAttribute("role", "button")
    line.hitArea.on("click", (event) => this.#events.onPick(id, event.latlng))
    const onMove = (event: L.LeafletMouseEvent): void =>
      this.#events.onHover(id, event.containerPoint)
    line.hitArea.on("mouseover", onMove)
    line.hitArea.on("mousemove", onMove)
    line.hitArea.on("mouseout", () => this.#events.onHover(null, null))
    element?.addEventListener("focus", () => {
      if (element.matches(":focus-visible")) this.#events.onHover(id, this.middleOf(id))
    })
    element?.addEventListener("blur", () => this.#events.onHover(null, null))
    element?.addEventListener("keydown", (event) => {
      if (!(event instanceof KeyboardEvent) || (event.key !== "Enter" && event.key !== " ")) return
      event.preventDefault()
      event.stopPropagation()
      this.#events.onPick(id, null)
    })
  }

  /** Distances are in pixels, so a zoom recalculates the lines. */
  #setPath(line: Line): void {
    const { from, to, offset, widthPx } = line.mark
    const zoom = this.#map.getZoom()
    const point = (place: Place): L.Point => this.#map.project([place[0], place[1]], zoom)
    const plain = shifted(point(from), point(to), offset * (widthPx + PARALLEL_GAP_PX))
    const [a, middle, b] = [plain.a, plain.middle, plain.b].map(({ x, y }) =>
      this.#map.unproject([x, y], zoom),
    )
    if (a === undefined || middle === undefined || b === undefined) return
    line.middle = middle
    line.hitArea.setLatLngs([a, b])
    line.casing.setLatLngs([a, b])
    line.out.setLatLngs([a, middle])
    line.back.setLatLngs([middle, b])
  }

  #applyStyle(line: Line): void {
    const { mark } = line
    const width = mark.widthPx + (mark.isCause ? 3 : 0)
    const isUnreachable =
      mark.status === "down" || mark.status === "unreachable" || mark.status === "unknown"
    const state = `${mark.status} ${mark.dimmed ? "dimmed" : ""} ${mark.isCause ? "cause" : ""}`
    line.hitArea
      .getElement()
      ?.setAttribute(
        "class",
        `leaflet-interactive hit-area ${mark.id === this.#selected ? "selected" : ""}`,
      )
    line.hitArea.getElement()?.setAttribute("aria-label", mark.name)
    const dash = DASH[mark.status].map((length) => length * Math.max(1, width / WIDTH_OF_DASH))
    line.casing.setStyle({
      weight: width,
      dashArray: dash.join(" "),
      lineCap: dash.length === 0 ? "round" : "butt",
    })
    line.casing.getElement()?.setAttribute("class", `casing ${state}`)
    line.out.setStyle({ weight: isUnreachable ? 0 : mark.outPx })
    line.back.setStyle({ weight: isUnreachable ? 0 : mark.backPx })
    for (const [half, px, isFull] of [
      [line.out, mark.outPx, mark.outFull],
      [line.back, mark.backPx, mark.backFull],
    ] as const)
      half
        .getElement()
        ?.setAttribute(
          "class",
          `load ${state} ${isFull ? "full" : ""} ${isUnreachable || px === 0 ? "none" : ""}`,
        )
    if (mark.isCause) line.casing.bringToFront()
  }
}

const partsOf = (line: Line): readonly L.Polyline[] => [
  line.hitArea,
  line.casing,
  line.out,
  line.back,
]
const hasMoved = (a: LinkMark, b: LinkMark): boolean =>
  a.offset !== b.offset ||
  a.widthPx !== b.widthPx ||
  a.from.join() !== b.from.join() ||
  a.to.join() !== b.to.join()
const hasChanged = (a: LinkMark, b: LinkMark): boolean =>
  a.status !== b.status ||
  a.dimmed !== b.dimmed ||
  a.isCause !== b.isCause ||
  a.outFull !== b.outFull ||
  a.backFull !== b.backFull ||
  a.widthPx !== b.widthPx ||
  Math.abs(a.outPx - b.outPx) > 0.1 ||
  Math.abs(a.backPx - b.backPx) > 0.1 ||
  a.name !== b.name
