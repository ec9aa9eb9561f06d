import L from "leaflet"
import { html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import { BaseMap } from "./base-map.ts"
import { mapStyles } from "./map-styles.ts"
import type { MapView } from "./map-view.ts"
import { type Ground, NetworkLayer } from "./network-layer.ts"
import { PlaceNames } from "./place-names.ts"
import { boundsOf, type Place, type Scene } from "./scene.ts"
import { baseTones, networkTones } from "./tones.ts"

export type Hovered = {
  readonly kind: "site" | "link"
  readonly id: string
  readonly x: number
  readonly y: number
}
export type VisibleArea = MapView & {
  readonly south: number
  readonly west: number
  readonly north: number
  readonly east: number
}

/** Zoom limits: a country, a street. */
const ZOOM = { min: 2, max: 15, fit: 9 } as const
const HOME: Place = [39, 35]

/**
 * The map. Draws a scene, and emits what is picked (`pick-site`, `pick-link`, `pick-place`),
 * hovered (`hover-thing`), moved (`move-site`) and in view (`look-at`).
 */
@customElement("ispvm-map")
export class IspvmMap extends LitElement {
  @property({ attribute: false }) scene: Scene = { sites: [], links: [], unplaced: [] }
  @property() selected = ""
  @property({ attribute: false }) view: MapView | null = null
  @property() tiles = ""
  /** What the next click selects: any place (also on top of objects), a site, or any object. */
  @property() aim: "place" | "site" | "thing" = "thing"
  @property({ type: Boolean }) movable = false
  @query(".map") private box: HTMLElement | null | undefined
  @query(".letters") private letters: HTMLElement | null | undefined
  @query(".place-letters") private placeLetters: HTMLElement | null | undefined
  /** How many things in view no button leads to. */
  @state() private without = 0
  #map: L.Map | undefined
  #network: NetworkLayer | undefined
  /** Undefined with tiles of another server. */
  #base: BaseMap | undefined
  #sizes: ResizeObserver | undefined
  #hasView = false

  static override styles = mapStyles

  override connectedCallback(): void {
    super.connectedCallback()
    globalThis.addEventListener("ispvm-theme", this.#onTheme)
    document.fonts.addEventListener("loadingdone", this.#onFonts)
    if (this.hasUpdated) this.#start()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener("ispvm-theme", this.#onTheme)
    document.fonts.removeEventListener("loadingdone", this.#onFonts)
    this.#stop()
  }
  override firstUpdated(): void {
    this.#start()
  }

  /** Shows everything. */
  fit(): void {
    const bounds = boundsOf(this.scene.sites.map((site) => site.at))
    if (bounds === null) return
    this.#map?.fitBounds([[...bounds[0]], [...bounds[1]]], { padding: [48, 40], maxZoom: ZOOM.fit })
  }
  zoomBy(steps: number): void {
    this.#map?.setZoom((this.#map.getZoom() ?? 0) + steps)
  }
  /** Brings a place into view without changing the zoom, unless it is visible. */
  show(place: Place): void {
    if (
      this.#map
        ?.getBounds()
        .pad(-0.08)
        .contains([...place]) === false
    )
      this.#map.panTo([...place])
  }
  center(): L.LatLng | undefined {
    return this.#map?.getCenter()
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("scene") || changed.has("selected") || changed.has("movable")) this.#draw()
  }

  override render() {
    return html`<div class="map" data-aim=${this.aim} role="application" aria-label=${t.network.mapLabel} aria-describedby="without" @keydown=${this.#onKey}></div>
      <span class="letters small hidden-visually" aria-hidden="true"></span>
      <span class="place-letters hidden-visually" aria-hidden="true"></span>
      <p id="without" class="hidden-visually">${this.without === 0 ? nothing : pageTexts.map.more(this.without)}</p>`
  }

  #start(): void {
    if (!this.box || this.#map !== undefined) return
    const map = L.map(this.box, {
      zoomControl: false,
      attributionControl: this.tiles !== "",
      minZoom: ZOOM.min,
      maxZoom: ZOOM.max,
      zoomSnap: 0.25,
      zoomDelta: 0.5,
      wheelPxPerZoomLevel: 110,
      maxBounds: [
        [-80, -190],
        [85, 190],
      ],
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    })
    this.#map = map
    map.on("moveend", this.#onMoved)
    map.on("click", (event) => this.#onClick(event))
    this.#setInitialView()
    this.#startBase(map)
    this.#network = this.#startNetwork(map)
    this.#sizes = new ResizeObserver(() => map.invalidateSize({ pan: false }))
    this.#sizes.observe(this.box)
    this.#draw()
  }

  #startNetwork(map: L.Map): NetworkLayer {
    return new NetworkLayer(map, networkTones(this, this.letters ?? this), this.#ground(), {
      onPick: (kind, id, at) => this.#pick(kind, id, at),
      onHover: (kind, id, at) =>
        emit(
          this,
          "hover-thing",
          id === null || at === null ? null : ({ kind, id, x: at.x, y: at.y } satisfies Hovered),
        ),
      onMoved: (id, at) => emit(this, "move-site", { id, latitude: at.lat, longitude: at.lng }),
      onShown: (without) => {
        this.without = without
      },
    })
  }

  #startBase(map: L.Map): void {
    if (this.tiles !== "") {
      L.tileLayer(this.tiles, { maxZoom: ZOOM.max }).addTo(map)
      return
    }
    this.#base = new BaseMap(baseTones(this, this.placeLetters ?? this), {
      onLoaded: () => {
        if (this.#map === map) this.#network?.refresh()
      },
      onFailed: () => emit(this, "base-failed", null),
    })
  }
  #ground(): Ground | null {
    const map = this.#base
    if (map === undefined) return null
    const tones = baseTones(this, this.placeLetters ?? this)
    map.tones = tones
    return { map, names: new PlaceNames(tones) }
  }

  #stop(): void {
    this.#sizes?.disconnect()
    this.#network?.stop()
    this.#map?.remove()
    this.#map = undefined
    this.#network = undefined
    this.#base = undefined
    this.#hasView = false
  }

  /** The view from the URL; else all sites; else a default. */
  #setInitialView(): void {
    const { view } = this
    if (view !== null)
      this.#map?.setView([view.latitude, view.longitude], view.zoom, { animate: false })
    else if (this.scene.sites.length > 0) this.fit()
    else this.#map?.setView([...HOME], 5, { animate: false })
    this.#hasView = view !== null || this.scene.sites.length > 0
  }

  #draw(): void {
    if (this.#map === undefined) return
    if (!this.#hasView && this.scene.sites.length > 0) this.#setInitialView()
    if (this.#network === undefined) return
    this.#network.movable = this.movable
    this.#network.draw(this.scene, this.selected)
  }

  #pick(kind: Hovered["kind"], id: string, at: L.LatLng | null): void {
    if (this.aim === "place" && at !== null)
      emit(this, "pick-place", { latitude: at.lat, longitude: at.lng })
    else if (kind === "site") emit(this, "pick-site", id)
    else if (this.aim === "thing") emit(this, "pick-link", id)
  }
  #onClick(event: L.LeafletMouseEvent): void {
    // A place is picked also where something is drawn.
    if (this.aim !== "place" && this.#network?.click(event) === true) return
    emit(this, "pick-place", { latitude: event.latlng.lat, longitude: event.latlng.lng })
  }

  readonly #onMoved = (): void => {
    const map = this.#map
    if (map === undefined) return
    const { lat, lng } = map.getCenter()
    const bounds = map.getBounds()
    const [south, west, north, east] = [
      bounds.getSouth(),
      bounds.getWest(),
      bounds.getNorth(),
      bounds.getEast(),
    ]
    emit(this, "view-changed", {
      latitude: lat,
      longitude: lng,
      zoom: map.getZoom(),
      south,
      west,
      north,
      east,
    } satisfies VisibleArea)
  }
  readonly #onTheme = (): void => {
    this.#network?.retone(networkTones(this, this.letters ?? this), this.#ground())
  }
  readonly #onFonts = (): void => {
    this.#network?.remeasure(networkTones(this, this.letters ?? this), this.#ground())
  }
  readonly #onKey = (event: KeyboardEvent): void => {
    if (this.aim !== "place" || event.key !== "Enter") return
    const at = this.#map?.getCenter()
    if (at !== undefined) emit(this, "pick-place", { latitude: at.lat, longitude: at.lng })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-map": IspvmMap
  }
}
