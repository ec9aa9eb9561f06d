/** Sites are dragged to their place while the map is edited; the map stays where it is. */
import L from "leaflet"

export type SiteDragEvents = {
  /** The site that may be dragged from there. */
  readonly siteAt: (at: L.LatLng) => string | null
  readonly onDragged: (id: string, at: L.LatLng, isDone: boolean) => void
}
/** A hand is not still while it clicks. */
const MIN_PX = 4

type Drag = {
  readonly id: string
  readonly pointer: number
  readonly from: L.Point
  hasMoved: boolean
}

export const dragSites = (map: L.Map, { siteAt, onDragged }: SiteDragEvents): void => {
  const container = map.getContainer()
  let drag: Drag | null = null
  const pixelOf = (event: PointerEvent): L.Point => L.DomEvent.getMousePosition(event, container)
  const placeOf = (event: PointerEvent): L.LatLng => map.containerPointToLatLng(pixelOf(event))

  // Before the map's own listeners, which would begin to pan.
  const onDown = (event: PointerEvent): void => {
    const id = event.button === 0 ? siteAt(placeOf(event)) : null
    if (id === null) return
    drag = { id, pointer: event.pointerId, from: pixelOf(event), hasMoved: false }
    map.dragging.disable()
  }
  const onMove = (event: PointerEvent): void => {
    if (drag === null || event.pointerId !== drag.pointer) return
    if (!drag.hasMoved && pixelOf(event).distanceTo(drag.from) < MIN_PX) return
    if (!drag.hasMoved) container.setPointerCapture(event.pointerId)
    drag.hasMoved = true
    onDragged(drag.id, placeOf(event), false)
  }
  const onUp = (event: PointerEvent): void => {
    if (drag === null || event.pointerId !== drag.pointer) return
    const { id, hasMoved } = drag
    drag = null
    map.dragging.enable()
    if (!hasMoved) return
    ignoreNextClick(container)
    onDragged(id, placeOf(event), event.type === "pointerup")
  }
  container.addEventListener("pointerdown", onDown, { capture: true })
  container.addEventListener("pointermove", onMove)
  container.addEventListener("pointerup", onUp)
  container.addEventListener("pointercancel", onUp)
}

/** A click follows in the same moment, or not at all. */
const ignoreNextClick = (container: HTMLElement): void => {
  const ignore = (event: Event): void => event.stopPropagation()
  container.addEventListener("click", ignore, { capture: true, once: true })
  setTimeout(() => container.removeEventListener("click", ignore, { capture: true }))
}
