/** Sites on the map: the shape of their worst device, as large as what hangs on them; where they crowd, one mark with the worst state of all. */
import L from "leaflet"
import "leaflet.markercluster"
import type { Status } from "@ispvm/appliance/api/shared"
import { html, nothing, render } from "lit"
import { statusShape, worstOf } from "../../parts/status-shape.ts"
import { t } from "../../strings/strings.ts"
import type { Box } from "./geometry.ts"
import { type SiteMark, siteSize } from "./scene.ts"

const words = t.network
/** Marks nearer than this are one. */
const CROWD_PX = 26

export type SiteEvents = {
  readonly onPick: (id: string) => void
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
  }

  pointOf(id: string): L.Point | null {
    const mark = this.#marks.get(id)
    return mark === undefined ? null : this.#map.latLngToContainerPoint(mark.marker.getLatLng())
  }

  /** Where marks stand, in pixels of the window: names of the base map keep off. */
  boxes(): readonly Box[] {
    return [...this.#marks.values()].flatMap(({ mark, marker }) => {
      const { x, y } = this.#map.latLngToContainerPoint(marker.getLatLng())
      const half = mark.sizePx / 2
      const name = { x: x - mark.name.length * 3.6, y: y + half, width: mark.name.length * 7.2, height: 17 }
      return [{ x: x - half, y: y - half, width: mark.sizePx, height: mark.sizePx }, name]
    })
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
        this.#dress(known)
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
    this.#letMove(movable)
  }

  #add(site: SiteMark): Mark {
    const element = document.createElement("div")
    const icon = L.divIcon({ html: element, className: "site", iconSize: [0, 0] })
    const marker = L.marker([...site.at], { icon, draggable: true, autoPan: true, keyboard: true, riseOnHover: true })
    const mark: Mark = { mark: site, marker, element }
    this.#marks.set(site.id, mark)
    this.#byMarker.set(marker, mark)
    this.#listen(mark)
    this.#dress(mark)
    return mark
  }

  #listen(mark: Mark): void {
    const { id } = mark.mark
    const { marker } = mark
    marker.on("click", () => this.#events.onPick(id))
    marker.on("mouseover", () => this.#events.onHover(id, this.pointOf(id)))
    marker.on("mouseout", () => this.#events.onHover(null, null))
    marker.on("dragstart", () => this.#events.onHover(null, null))
    marker.on("dragend", () => this.#events.onMoved(id, marker.getLatLng()))
    // Leaflet makes the element anew whenever a mark leaves a cluster.
    marker.on("add", () => {
      const element = marker.getElement()
      this.#dress(mark)
      if (!this.#movable) marker.dragging?.disable()
      element?.addEventListener("focus", () => {
        if (element.matches(":focus-visible")) this.#events.onHover(id, this.pointOf(id))
      })
      element?.addEventListener("blur", () => this.#events.onHover(null, null))
      element?.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return
        event.preventDefault()
        event.stopPropagation()
        this.#events.onPick(id)
      })
    })
  }

  #dress({ mark, marker, element }: Mark): void {
    const label = `${mark.name}, ${t.terms.status[mark.status]}, ${words.devicesOf(mark.devices, mark.inFault)}`
    marker.getElement()?.setAttribute("aria-label", label)
    element.className = `mark ${mark.status} ${mark.dimmed ? "dimmed" : ""} ${mark.isCause ? "cause" : ""} ${mark.id === this.#selected ? "selected" : ""}`
    element.style.setProperty("--size", `${mark.sizePx}px`)
    marker.setZIndexOffset(mark.status === "down" ? 800 : mark.status === "ok" ? 0 : 400)
    render(
      html`<svg viewBox="0 0 12 12" aria-hidden="true">${statusShape(mark.status)}</svg><span class="name" aria-hidden="true">${mark.name}${mark.inFault === 0 ? nothing : html`<b>${mark.inFault}/${mark.devices}</b>`}</span>`,
      element,
    )
  }

  #letMove(movable: boolean): void {
    if (movable === this.#movable) return
    this.#movable = movable
    for (const { marker } of this.#marks.values()) {
      if (movable) marker.dragging?.enable()
      else marker.dragging?.disable()
    }
  }

  #clusterIcon(cluster: L.MarkerCluster): L.DivIcon {
    const inside = cluster.getAllChildMarkers().flatMap((marker) => this.#byMarker.get(marker)?.mark ?? [])
    const status: Status = worstOf(inside.map((mark) => mark.status))
    const devices = inside.reduce((sum, mark) => sum + mark.devices, 0)
    const element = document.createElement("div")
    element.className = `mark cluster ${status} ${inside.every((mark) => mark.dimmed) ? "dimmed" : ""}`
    element.style.setProperty("--size", `${siteSize(devices) + 4}px`)
    const label = words.sites(inside.length)
    render(
      html`<svg viewBox="0 0 12 12" aria-hidden="true">${statusShape(status)}</svg><span class="name">${label}<span class="hidden-visually">, ${t.terms.status[status]}</span></span>`,
      element,
    )
    return L.divIcon({ html: element, className: "site", iconSize: [0, 0] })
  }
}
