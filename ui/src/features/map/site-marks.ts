/**
 * Sites on the map: the shape of their worst device, sized by the number of devices; clusters show
 * the worst status.
 */
import L from "leaflet"
import "leaflet.markercluster"
import type { Status } from "@ispvm/appliance/api/shared"
import { html, nothing, render } from "lit"
import { STATUS_ORDER, statusShape, worstOf } from "../../components/status-shape.ts"
import { t } from "../../i18n/strings/strings.ts"
import { type Box, overlap } from "./geometry.ts"
import { type SiteMark, siteSize } from "./scene.ts"

const strings = t.network
/** Marks closer than this form a cluster. */
const CROWD_PX = 20
/** Size of the touch target. */
const HIT_AREA_PX = 34
/** Mean letter width as a share of its height, and the gap between mark and name. */
const NAME = { letterEm: 0.56, height: 17, gap: 4 } as const
const PLACES = ["below", "above", "after", "before"] as const
type NamePlace = (typeof PLACES)[number]

export type SiteEvents = {
  readonly onPick: (id: string, at: L.LatLng | null) => void
  readonly onHover: (id: string | null, at: L.Point | null) => void
  readonly onMoved: (id: string, at: L.LatLng) => void
}
type Mark = { mark: SiteMark; readonly marker: L.Marker; readonly element: HTMLElement }

export class SiteMarks {
  readonly #map: L.Map
  readonly #events: SiteEvents
  readonly #group: L.MarkerClusterGroup
  readonly #marks = new Map<string, Mark>()
  readonly #byMarker = new Map<L.Marker, Mark>()
  #selected = ""
  #movable = false
  #nameBoxes: readonly Box[] = []

  constructor(map: L.Map, events: SiteEvents) {
    this.#map = map
    this.#events = events
    this.#group = new L.MarkerClusterGroup({
      maxClusterRadius: CROWD_PX,
      showCoverageOnHover: false,
      spiderfyOnMaxZoom: true,
      animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      iconCreateFunction: (cluster) => this.#clusterIcon(cluster),
    })
    this.#group.addTo(map)
    map.on("moveend", () => this.nameAll())
    this.#group.on("animationend", () => this.nameAll())
  }

  pointOf(id: string): L.Point | null {
    const mark = this.#marks.get(id)
    return mark === undefined ? null : this.#map.latLngToContainerPoint(mark.marker.getLatLng())
  }

  /** The boxes of marks and names in window pixels, which names of the base map avoid. */
  boxes(): readonly Box[] {
    return [...this.#shown().map(({ mark, at }) => markBox(mark, at)), ...this.#nameBoxes]
  }

  /**
   * For overlapping names, the worse status and the larger site go first; a name may be on any
   * side.
   */
  nameAll(): void {
    const shown = this.#shown().sort(
      (a, b) =>
        STATUS_ORDER.indexOf(a.mark.status) - STATUS_ORDER.indexOf(b.mark.status) ||
        b.mark.devices - a.mark.devices,
    )
    const anyName = shown[0]?.element.querySelector(".name") ?? null
    // Names are larger on a phone.
    const letterPx =
      anyName === null ? 0 : Number.parseFloat(getComputedStyle(anyName).fontSize) * NAME.letterEm
    const marks = shown.map(({ mark, at }) => ({ id: mark.id, box: markBox(mark, at) }))
    const named: Box[] = []
    for (const { mark, at, element } of shown) {
      const isFree = (box: Box): boolean =>
        !named.some((each) => overlap(each, box)) &&
        !marks.some((each) => each.id !== mark.id && overlap(each.box, box))
      const place = PLACES.find((each) => isFree(nameBox(mark, at, each, letterPx)))
      element.dataset.name = place ?? "none"
      if (place !== undefined) named.push(nameBox(mark, at, place, letterPx))
    }
    this.#nameBoxes = named
  }

  #shown(): { mark: SiteMark; at: L.Point; element: HTMLElement }[] {
    return [...this.#marks.values()].flatMap(({ mark, marker, element }) =>
      this.#group.getVisibleParent(marker) === marker
        ? [{ mark, element, at: this.#map.latLngToContainerPoint(marker.getLatLng()) }]
        : [],
    )
  }

  draw(sites: readonly SiteMark[], selected: string, movable: boolean): void {
    const gone = new Set(this.#marks.keys())
    const fresh: L.Marker[] = []
    let restated = false
    this.#selected = selected
    for (const site of sites) {
      gone.delete(site.id)
      const known = this.#marks.get(site.id)
      if (known === undefined) fresh.push(this.#add(site).marker)
      else {
        restated ||= known.mark.status !== site.status || known.mark.dimmed !== site.dimmed
        if (known.mark.at.join() !== site.at.join()) known.marker.setLatLng([...site.at])
        known.mark = site
        this.#applyStyle(known)
      }
    }
    for (const id of gone) {
      const known = this.#marks.get(id)
      if (known === undefined) continue
      this.#group.removeLayer(known.marker)
      this.#byMarker.delete(known.marker)
      this.#marks.delete(id)
    }
    this.#group.addLayers(fresh)
    if (restated) this.#group.refreshClusters()
    this.#setMovable(movable)
    this.nameAll()
  }

  #add(site: SiteMark): Mark {
    const element = document.createElement("div")
    const icon = L.divIcon({
      html: element,
      className: "site",
      iconSize: [HIT_AREA_PX, HIT_AREA_PX],
    })
    const marker = L.marker([...site.at], {
      icon,
      draggable: true,
      autoPan: true,
      keyboard: true,
      riseOnHover: true,
    })
    const mark: Mark = { mark: site, marker, element }
    this.#marks.set(site.id, mark)
    this.#byMarker.set(marker, mark)
    this.#listen(mark)
    this.#applyStyle(mark)
    return mark
  }

  #listen(mark: Mark): void {
    const { id } = mark.mark
    const { marker } = mark
    marker.on("click", () => this.#events.onPick(id, marker.getLatLng()))
    marker.on("mouseover", () => this.#events.onHover(id, this.pointOf(id)))
    marker.on("mouseout", () => this.#events.onHover(null, null))
    marker.on("dragstart", () => this.#events.onHover(null, null))
    marker.on("dragend", () => this.#events.onMoved(id, marker.getLatLng()))
    // Leaflet creates a new element whenever a mark leaves a cluster.
    marker.on("add", () => {
      const element = marker.getElement()
      this.#applyStyle(mark)
      if (!this.#movable) marker.dragging?.disable()
      element?.addEventListener("focus", () => {
        if (element.matches(":focus-visible")) this.#events.onHover(id, this.pointOf(id))
      })
      element?.addEventListener("blur", () => this.#events.onHover(null, null))
      element?.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return
        event.preventDefault()
        event.stopPropagation()
        this.#events.onPick(id, null)
      })
    })
  }

  #applyStyle({ mark, marker, element }: Mark): void {
    const fraction = mark.inFault === 0 ? "" : `${mark.inFault}/${mark.devices}`
    const label = `${[mark.name, fraction].filter(Boolean).join(" ")}, ${t.terms.status[mark.status]}, ${strings.devicesOf(mark.devices, mark.inFault)}`
    marker.getElement()?.setAttribute("aria-label", label)
    element.className = `mark ${mark.status} status-${mark.status} ${mark.dimmed ? "dimmed" : ""} ${mark.isCause ? "cause" : ""} ${mark.id === this.#selected ? "selected" : ""}`
    element.style.setProperty("--size", `${mark.sizePx}px`)
    marker.setZIndexOffset(mark.status === "down" ? 800 : mark.status === "ok" ? 0 : 400)
    render(
      html`<svg viewBox="0 0 12 12" aria-hidden="true">${statusShape(mark.status)}</svg><span class="name" aria-hidden="true">${mark.name}${fraction === "" ? nothing : html` <b>${fraction}</b>`}</span>`,
      element,
    )
  }

  #setMovable(movable: boolean): void {
    if (movable === this.#movable) return
    this.#movable = movable
    for (const { marker } of this.#marks.values()) {
      if (movable) marker.dragging?.enable()
      else marker.dragging?.disable()
    }
  }

  #clusterIcon(cluster: L.MarkerCluster): L.DivIcon {
    const inside = cluster
      .getAllChildMarkers()
      .flatMap((marker) => this.#byMarker.get(marker)?.mark ?? [])
    const status: Status = worstOf(inside.map((mark) => mark.status))
    const devices = inside.reduce((sum, mark) => sum + mark.devices, 0)
    const element = document.createElement("div")
    element.className = `mark cluster ${status} ${inside.every((mark) => mark.dimmed) ? "dimmed" : ""}`
    element.style.setProperty("--size", `${siteSize(devices) + 4}px`)
    const label = strings.sites(inside.length)
    render(
      html`<svg viewBox="0 0 12 12" aria-hidden="true">${statusShape(status)}</svg><span class="name">${label}<span class="hidden-visually">, ${t.terms.status[status]}</span></span>`,
      element,
    )
    return L.divIcon({ html: element, className: "site", iconSize: [HIT_AREA_PX, HIT_AREA_PX] })
  }
}

const markBox = (mark: SiteMark, at: L.Point): Box => ({
  x: at.x - mark.sizePx / 2,
  y: at.y - mark.sizePx / 2,
  width: mark.sizePx,
  height: mark.sizePx,
})
const nameBox = (mark: SiteMark, at: L.Point, place: NamePlace, letterPx: number): Box => {
  const letters =
    mark.name.length + (mark.inFault === 0 ? 0 : `${mark.inFault}/${mark.devices}`.length + 1)
  const width = letters * letterPx
  const half = mark.sizePx / 2
  const box = { width, height: NAME.height }
  switch (place) {
    case "below":
      return { ...box, x: at.x - width / 2, y: at.y + half }
    case "above":
      return { ...box, x: at.x - width / 2, y: at.y - half - NAME.height }
    case "after":
      return { ...box, x: at.x + half + NAME.gap, y: at.y - NAME.height / 2 }
    case "before":
      return { ...box, x: at.x - half - NAME.gap - width, y: at.y - NAME.height / 2 }
  }
}
