/**
 * Names on the base map, as many as fit: never on a site or its name, and not twice for the town of
 * a site.
 */
import { type Box, type Point, placeLabels } from "./geometry.ts"
import { type CountryName, projectX, projectY, WORLD } from "./outlines.ts"
import { allPlaces, type NamedPlace, rankAt } from "./places.ts"
import { type DrawnMark, MAX_CLUSTER_PX } from "./plan.ts"
import type { Place } from "./scene.ts"

type Pen = CanvasRenderingContext2D
export type NameTones = {
  readonly text: string
  readonly land: string
  readonly fontFamily: string
  readonly fontPx: number
}

const LINE_PX = 15
/** A town closer than this to a site is what the site is named after. */
const SAME_PX = 22
const DOT = { radiusPx: 2, gapPx: 6 } as const
const HALO_PX = 3
/** Letters of a country are apart, as a share of their size. */
const TRACKING = 0.14
const ALPHA = { country: 0.75, dot: 0.7 } as const

export type Label = {
  readonly name: string
  readonly at: Place
  readonly kind: "country" | "town"
}
export type PlacedName = { readonly label: Label; readonly at: Point; readonly box: Box }
type Options = {
  readonly zoom: number
  readonly area: Box
  readonly countries: readonly CountryName[]
  /** What no name may be on. */
  readonly occupied: readonly Box[]
  readonly marks: readonly DrawnMark[]
}

export class PlaceNames {
  readonly #tones: NameTones
  readonly #places = allPlaces()
  readonly #widths = new Map<string, number>()

  constructor(tones: NameTones) {
    this.#tones = tones
  }

  place(pen: Pen, { zoom, area, countries, occupied, marks }: Options): readonly PlacedName[] {
    if (countries.length === 0) return []
    const scale = 2 ** zoom
    const labels = labelsAt(zoom, countries, this.#places).flatMap((label) => {
      const at = pointOf(label.at, scale)
      if (!isWithin(area, at)) return []
      if (label.kind === "town" && marks.some((mark) => isSame(mark, at, scale))) return []
      return [{ label, at, box: this.#box(pen, label, at) }]
    })
    return placeLabels(labels, occupied)
  }

  draw(pen: Pen, names: readonly PlacedName[]): void {
    const { text, land } = this.#tones
    pen.textBaseline = "middle"
    pen.textAlign = "left"
    pen.lineJoin = "round"
    pen.lineWidth = HALO_PX
    pen.strokeStyle = land
    pen.fillStyle = text
    for (const { label, at, box } of names) {
      this.#letters(pen, label.kind)
      const y = box.y + box.height / 2
      pen.globalAlpha = label.kind === "country" ? ALPHA.country : 1
      pen.strokeText(lettersOf(label), box.x, y)
      pen.fillText(lettersOf(label), box.x, y)
      if (label.kind === "country") continue
      pen.globalAlpha = ALPHA.dot
      pen.beginPath()
      pen.arc(at.x, at.y, DOT.radiusPx, 0, 2 * Math.PI)
      pen.fill()
    }
    pen.globalAlpha = 1
    pen.letterSpacing = "0px"
  }

  #letters(pen: Pen, kind: Label["kind"]): void {
    const { fontFamily, fontPx } = this.#tones
    pen.font = `${fontPx}px ${fontFamily}`
    pen.letterSpacing = kind === "country" ? `${TRACKING * fontPx}px` : "0px"
  }
  /** The name of a town is beside its dot, that of a country in its middle. */
  #box(pen: Pen, label: Label, { x, y }: Point): Box {
    const width = this.#width(pen, label)
    const left = label.kind === "town" ? x + DOT.gapPx : x - width / 2
    return { x: left, y: y - LINE_PX / 2, width, height: LINE_PX }
  }
  #width(pen: Pen, label: Label): number {
    const key = lettersOf(label)
    const known = this.#widths.get(key)
    if (known !== undefined) return known
    this.#letters(pen, label.kind)
    const { width } = pen.measureText(key)
    this.#widths.set(key, width)
    return width
  }
}

const lettersOf = ({ name, kind }: Label): string =>
  kind === "country" ? name.toUpperCase() : name

const pointOf = (place: Place, scale: number): Point => ({
  x: projectX(place[1]) * scale,
  y: projectY(place[0]) * scale,
})
const isWithin = (area: Box, { x, y }: Point): boolean =>
  x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height

/** A site of a cluster may be beside the mark. */
const isSame = (mark: DrawnMark, at: Point, scale: number): boolean => {
  const reachPx = SAME_PX + MAX_CLUSTER_PX
  if (Math.abs(mark.x - at.x) > reachPx || Math.abs(mark.y - at.y) > reachPx) return false
  return mark.sites.some((site) => {
    const { x, y } = pointOf(site.at, scale)
    return Math.abs(x - at.x) < SAME_PX && Math.abs(y - at.y) < SAME_PX
  })
}

/** Names for a zoom, the most important first: countries from afar, towns from near. */
export const labelsAt = (
  zoom: number,
  countries: readonly CountryName[],
  places: readonly NamedPlace[],
): readonly Label[] => {
  const rank = rankAt(zoom)
  const towns = places
    .filter((place) => place.rank <= rank)
    .map(({ name, at }): Label => ({ name, at, kind: "town" }))
  if (zoom >= 7) return towns
  // A country is named unless it is tiny or fills the screen.
  const pixelsPerDegree = (WORLD * 2 ** zoom) / 360
  const named = countries
    .filter(
      ({ area }) =>
        Math.sqrt(area) * pixelsPerDegree > 60 && Math.sqrt(area) * pixelsPerDegree < 700,
    )
    .map(
      ({ name, latitude, longitude }): Label => ({
        name,
        at: [latitude, longitude],
        kind: "country",
      }),
    )
  return [...named, ...towns]
}
