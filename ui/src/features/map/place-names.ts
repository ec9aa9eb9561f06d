/**
 * Names on the base map, as many as fit: never on a site or its name, and not twice for the town of
 * a site.
 */
import type L from "leaflet"
import { type Box, BoxGrid, placeLabels } from "./geometry.ts"
import { type Label, labelsAt } from "./outline-layer.ts"
import type { CountryName } from "./outlines.ts"
import { allPlaces } from "./places.ts"
import type { SiteMark } from "./scene.ts"

const LETTER_PX = { country: 10, town: 6.2 } as const
const LINE_PX = 15
/** A town closer than this to a site is what the site is named after. */
const SAME_PX = 22

export class PlaceNames {
  readonly #map: L.Map
  readonly #pane: HTMLElement
  readonly #occupied: () => readonly Box[]
  readonly #sites: () => readonly SiteMark[]
  readonly #places = allPlaces()
  #countries: readonly CountryName[] = []

  constructor(map: L.Map, occupied: () => readonly Box[], sites: () => readonly SiteMark[]) {
    this.#map = map
    this.#occupied = occupied
    this.#sites = sites
    this.#pane = map.createPane("names")
    this.#pane.style.zIndex = "250"
    this.#pane.setAttribute("aria-hidden", "true")
    map.on("moveend", () => this.draw())
    map.on("zoomstart", () => this.#pane.replaceChildren())
  }

  start(countries: readonly CountryName[]): void {
    this.#countries = countries
    this.draw()
  }

  draw(): void {
    if (this.#countries.length === 0) return
    const size = this.#map.getSize()
    const sites = new BoxGrid()
    for (const site of this.#sites()) {
      const at = this.#map.latLngToContainerPoint([site.at[0], site.at[1]])
      if (at.x > -SAME_PX && at.y > -SAME_PX && at.x < size.x + SAME_PX && at.y < size.y + SAME_PX)
        sites.add({ x: at.x - SAME_PX, y: at.y - SAME_PX, width: 2 * SAME_PX, height: 2 * SAME_PX })
    }
    const labels = labelsAt(this.#map.getZoom(), this.#countries, this.#places).flatMap((label) => {
      const at = this.#map.latLngToContainerPoint([...label.at])
      const isInView = at.x > -40 && at.y > -20 && at.x < size.x + 40 && at.y < size.y + 20
      if (!isInView) return []
      const isSite =
        label.kind === "town" && !sites.isFree({ x: at.x, y: at.y, width: 1, height: 1 })
      return !isSite ? [{ label, box: boxOf(label, at) }] : []
    })
    this.#pane.replaceChildren(
      ...placeLabels(labels, this.#occupied()).map(({ label, box }) => this.#element(label, box)),
    )
  }

  #element(label: Label, box: Box): HTMLElement {
    const element = document.createElement("span")
    element.className = `place ${label.kind}`
    element.textContent = label.name
    const { x, y } = this.#map.containerPointToLayerPoint([box.x, box.y])
    element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`
    return element
  }
}

const boxOf = (label: Label, at: L.Point): Box => {
  const width = label.name.length * LETTER_PX[label.kind]
  // The name of a town is beside its dot, that of a country in its middle.
  return label.kind === "town"
    ? { x: at.x + 6, y: at.y - LINE_PX / 2, width, height: LINE_PX }
    : { x: at.x - width / 2, y: at.y - LINE_PX / 2, width, height: LINE_PX }
}
