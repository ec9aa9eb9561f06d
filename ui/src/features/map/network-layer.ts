/**
 * Sites and links on the map. The scene becomes a plan for the zoom of the moment; the plan is
 * drawn, answers the pointer, and has buttons for keyboards.
 */
import type L from "leaflet"
import { t } from "../../i18n/strings/strings.ts"
import type { BaseMap } from "./base-map.ts"
import { CanvasLayer, viewOf } from "./canvas-layer.ts"
import type { Box, Point } from "./geometry.ts"
import { type Hit, hitAt } from "./hits.ts"
import { Painter } from "./painter.ts"
import type { PlaceNames } from "./place-names.ts"
import {
  type DrawnMark,
  type DrawnName,
  markBox,
  type NameText,
  namesOf,
  type Plan,
  planOf,
} from "./plan.ts"
import type { Scene } from "./scene.ts"
import { dragSites } from "./site-drag.ts"
import { placeTargets } from "./target-places.ts"
import { type Target, Targets } from "./targets.ts"
import type { NetworkTones } from "./tones.ts"

export type NetworkEvents = {
  /** `at` is null where a keyboard picked it. */
  readonly onPick: (kind: "site" | "link", id: string, at: L.LatLng | null) => void
  readonly onHover: (kind: "site" | "link", id: string | null, at: L.Point | null) => void
  readonly onMoved: (id: string, at: L.LatLng) => void
  /** How many things in view no button leads to. */
  readonly onShown: (without: number) => void
}
/** What is drawn below the network, and the names on it. */
export type Ground = { readonly map: BaseMap; readonly names: PlaceNames }
const NO_PLAN: Plan = { zoom: 0, marks: [], links: [] }
const NO_SCENE: Scene = { sites: [], links: [], unplaced: [] }
/** Buttons follow when the map has stopped: what is drawn comes first. */
const REST_MS = 150
const CLUSTER_PADDING: L.PointTuple = [60, 60]

export class NetworkLayer {
  readonly #map: L.Map
  readonly #events: NetworkEvents
  readonly #layer: CanvasLayer
  readonly #targets: Targets
  #painter: Painter
  /** Null: tiles of another server are below. */
  #ground: Ground | null
  #scene = NO_SCENE
  #selected = ""
  #fannedId = ""
  #plan = NO_PLAN
  #isMoving = false
  #isStale = false
  #isHovering = false
  #isStopped = false
  #timer: ReturnType<typeof setTimeout> | undefined
  movable = false

  constructor(map: L.Map, tones: NetworkTones, ground: Ground | null, events: NetworkEvents) {
    this.#map = map
    this.#ground = ground
    this.#events = events
    this.#painter = new Painter(tones)
    this.#targets = new Targets(map, {
      onPick: (target) => this.#onTarget(target),
      onFocus: (target) => this.#onFocus(target),
    })
    this.#layer = new CanvasLayer(
      (pen, area, zoom) => this.#paint(pen, area, zoom),
      ground !== null,
    )
    this.#layer.addTo(map)
    map.on("movestart zoomstart", () => {
      this.#isMoving = true
      clearTimeout(this.#timer)
      this.#hover(null)
    })
    map.on("moveend", () => this.#onStopped())
    map.on("mousemove", (event) => this.#onPointer(event))
    map.on("mouseout", () => this.#hover(null))
    dragSites(map, {
      siteAt: (at) => (this.movable ? this.#siteAt(at) : null),
      onDragged: (id, at, isDone) => this.#onDragged(id, at, isDone),
    })
  }

  /** What somebody has selected is shown at once. */
  draw(scene: Scene, selected: string): void {
    const isSelection = selected !== this.#selected
    this.#scene = scene
    this.#selected = selected
    if (isSelection && !this.#isMoving) this.#redraw()
    else this.refresh()
  }
  /** Other colours are shown at once. */
  retone(tones: NetworkTones, ground: Ground | null): void {
    this.#letters(tones, ground)
    this.#redraw()
  }
  /** Letters have another width. */
  remeasure(tones: NetworkTones, ground: Ground | null): void {
    this.#letters(tones, ground)
    this.refresh()
  }
  #letters(tones: NetworkTones, ground: Ground | null): void {
    this.#painter = new Painter(tones)
    this.#ground = ground
  }
  /** What changes during a motion is drawn at its end, so that the motion stays fluent. */
  refresh(): void {
    if (this.#isStopped) return
    this.#isStale = this.#isMoving || this.#layer.isBusy
    if (!this.#isStale) this.#layer.redrawInSteps()
  }
  /** Before the map is removed, which is the end of a motion as well. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  /** Answers a click: true where something was there. */
  click(event: L.LeafletMouseEvent): boolean {
    const hit = this.#hitAt(event.latlng)
    if (hit === null) {
      this.#fan("")
      return false
    }
    if (hit.kind === "link") this.#events.onPick("link", hit.link.mark.id, event.latlng)
    else this.#pickMark(hit.mark, event.latlng)
    return true
  }

  #redraw(): void {
    if (this.#isStopped) return
    this.#isStale = false
    this.#layer.redraw()
  }
  *#paint(pen: CanvasRenderingContext2D, area: Box, zoom: number): Iterator<void> {
    const plan = planOf(this.#scene, { zoom, area, fannedId: this.#fannedId })
    yield
    const names = namesOf(plan.marks, nameOf, (name, { status }) =>
      this.#painter.widthOf(pen, name, status),
    )
    yield
    if (this.#ground !== null) yield* paintGround(pen, this.#ground, { area, plan, names })
    yield* this.#painter.links(pen, plan.links, this.#selected)
    yield* this.#painter.marks(pen, plan.marks, this.#selected)
    yield* this.#painter.names(pen, names)
    this.#plan = plan
    this.#onPainted()
  }
  #onPainted(): void {
    this.#scheduleTargets()
    // Another task, because this canvas is not yet shown.
    if (this.#isStale && !this.#isMoving) setTimeout(() => this.#isStale && this.refresh(), 0)
  }
  #scheduleTargets(): void {
    clearTimeout(this.#timer)
    if (!this.#isStopped && !this.#isMoving)
      this.#timer = setTimeout(() => this.#showTargets(), REST_MS)
  }
  #showTargets(): void {
    this.#ground?.map.rest(this.#plan.zoom)
    const { x, y, width, height } = viewOf(this.#map)
    const isInView = (at: Point): boolean =>
      at.x >= x && at.x <= x + width && at.y >= y && at.y <= y + height
    const { marks, links } = this.#plan
    const placed = placeTargets(marks, links, isInView)
    this.#targets.show(this.#map, placed.marks, placed.links)
    const inView =
      marks.filter(isInView).length + links.filter(({ middle }) => isInView(middle)).length
    this.#events.onShown(Math.max(0, inView - placed.marks.length - placed.links.length))
  }

  #onStopped(): void {
    this.#isMoving = false
    if (this.#isStale) this.refresh()
    this.#scheduleTargets()
  }

  #hitAt(at: L.LatLng): Hit | null {
    return hitAt(this.#plan, this.#map.project(at, this.#plan.zoom))
  }
  #siteAt(at: L.LatLng): string | null {
    const hit = this.#hitAt(at)
    return hit?.kind === "mark" && hit.mark.sites.length === 1 ? hit.mark.id : null
  }
  #pointOf(at: Point): L.Point {
    return this.#map.latLngToContainerPoint(this.#map.unproject([at.x, at.y], this.#plan.zoom))
  }

  #onPointer(event: L.LeafletMouseEvent): void {
    if (this.#isMoving) return
    const hit = this.#hitAt(event.latlng)
    this.#map.getContainer().style.cursor = hit === null ? "" : "pointer"
    this.#hover(hit, event.containerPoint)
  }
  #hover(hit: Hit | null, at?: L.Point): void {
    if (hit === null && !this.#isHovering) return
    this.#isHovering = hit !== null
    if (hit?.kind === "link")
      this.#events.onHover("link", hit.link.mark.id, at ?? this.#pointOf(hit.link.middle))
    else if (hit?.kind === "mark" && hit.mark.sites.length === 1)
      this.#events.onHover("site", hit.mark.id, this.#pointOf(hit.mark))
    else this.#events.onHover("site", null, null)
  }
  #onFocus(target: Target | null): void {
    this.#hover(target)
  }
  #onTarget(target: Target): void {
    if (target.kind === "link") this.#events.onPick("link", target.link.mark.id, null)
    else this.#pickMark(target.mark, null)
  }

  /** A site is picked; a cluster is opened: closer, or spread out where no zoom tells it apart. */
  #pickMark(mark: DrawnMark, at: L.LatLng | null): void {
    if (mark.sites.length === 1) {
      this.#events.onPick("site", mark.id, at)
      return
    }
    const map = this.#map
    if (mark.isOnePlace || map.getZoom() >= map.getMaxZoom()) this.#fan(mark.id)
    else
      map.fitBounds(
        mark.sites.map((site) => [site.at[0], site.at[1]]),
        { padding: CLUSTER_PADDING },
      )
  }
  #fan(id: string): void {
    if (id === this.#fannedId) return
    this.#fannedId = id
    this.#redraw()
  }

  #onDragged(id: string, at: L.LatLng, isDone: boolean): void {
    this.#hover(null)
    this.#scene = {
      ...this.#scene,
      sites: this.#scene.sites.map((site) =>
        site.id === id ? { ...site, at: [at.lat, at.lng] } : site,
      ),
    }
    this.#redraw()
    if (isDone) this.#events.onMoved(id, at)
  }
}

type Painted = {
  readonly area: Box
  readonly plan: Plan
  readonly names: readonly DrawnName[]
}
function* paintGround(
  pen: CanvasRenderingContext2D,
  { map, names: places }: Ground,
  { area, plan, names }: Painted,
): Iterable<void> {
  const { zoom, marks } = plan
  yield* map.paint(pen, area, zoom)
  const occupied = [...marks.map(markBox), ...names.map(({ box }) => box)]
  const placed = places.place(pen, { zoom, area, countries: map.countries, occupied, marks })
  yield
  places.draw(pen, placed)
  yield
}

const nameOf = ({ sites }: DrawnMark): NameText => {
  const [site] = sites
  if (site === undefined || sites.length > 1)
    return { text: t.network.sites(sites.length), fraction: "" }
  return {
    text: site.name,
    fraction: site.inFault === 0 ? "" : `${site.inFault}/${site.devices}`,
  }
}
