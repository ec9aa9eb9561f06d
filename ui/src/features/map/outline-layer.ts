/**
 * The base map as tiles drawn in the browser: land and borders in theme colours, without network
 * access.
 */
import L from "leaflet"
import detailedUrl from "world-atlas/countries-10m.json?url"
import coarseUrl from "world-atlas/countries-50m.json?url"
import { type CountryName, type Outlines, type Shape, type Tile, trace, WORLD } from "./outlines.ts"
import type { OutlinesAnswer } from "./outlines-worker.ts"
import { allPlaces, type NamedPlace, rankAt } from "./places.ts"

export type Tones = { readonly water: string; readonly land: string; readonly line: string }

/** From this zoom the detailed file is used; below it, its details are smaller than a pixel. */
const DETAILED_ZOOM = 7

/** One worker for all maps, and each file once: it does not change while the page is open. */
let worker: Worker | undefined
const files = new Map<string, Promise<Outlines>>()

const read = (url: string): Promise<Outlines> =>
  new Promise((resolve, reject) => {
    worker ??= new Worker(new URL("./outlines-worker.ts", import.meta.url), { type: "module" })
    const from = worker
    const onMessage = ({ data }: MessageEvent<OutlinesAnswer>): void => {
      if (data.url !== url) return
      from.removeEventListener("message", onMessage)
      if ("outlines" in data) resolve(data.outlines)
      else reject(new Error(data.error))
    }
    from.addEventListener("message", onMessage)
    const onError = (): void => {
      worker = undefined
      reject(new Error("the outlines could not be read"))
    }
    from.addEventListener("error", onError, { once: true })
    from.postMessage(url)
  })

const load = (url: string): Promise<Outlines> => {
  const known = files.get(url)
  if (known !== undefined) return known
  const file = read(new URL(url, location.href).href)
  files.set(url, file)
  // Another map tries again.
  file.catch(() => files.delete(url))
  return file
}

export class OutlineLayer extends L.GridLayer {
  #tones: Tones
  #coarse: Outlines | null = null
  #detailed: Outlines | null = null
  #detailedRequested = false
  readonly #onFailed: (error: unknown) => void

  constructor(tones: Tones, onFailed: (error: unknown) => void) {
    super({ noWrap: true, updateWhenZooming: false, keepBuffer: 3, className: "outlines" })
    this.#tones = tones
    this.#onFailed = onFailed
  }

  /** Resolves when the first outlines are loaded. */
  async start(): Promise<readonly CountryName[]> {
    this.#coarse = await load(coarseUrl)
    this.redraw()
    return this.#coarse.countries
  }

  paint(tones: Tones): void {
    this.#tones = tones
    this.redraw()
  }

  override createTile(coords: L.Coords): HTMLElement {
    const { x: side } = this.getTileSize()
    const sharp = Math.min(2, globalThis.devicePixelRatio || 1)
    const canvas = document.createElement("canvas")
    canvas.width = side * sharp
    canvas.height = side * sharp
    const pen = canvas.getContext("2d")
    if (coords.z >= DETAILED_ZOOM) this.#loadDetailed()
    const outlines = coords.z >= DETAILED_ZOOM ? (this.#detailed ?? this.#coarse) : this.#coarse
    if (pen === null || outlines === null) return canvas
    pen.scale(sharp, sharp)
    this.#draw(
      pen,
      outlines,
      { x: coords.x * side, y: coords.y * side, side, scale: (2 ** coords.z * side) / WORLD },
      coords.z,
    )
    return canvas
  }

  #draw(pen: CanvasRenderingContext2D, outlines: Outlines, tile: Tile, zoom: number): void {
    pen.fillStyle = this.#tones.land
    pen.strokeStyle = this.#tones.line
    pen.lineJoin = "round"
    pen.lineWidth = zoom < 5 ? 0.8 : 1
    path(pen, outlines.land, tile)
    pen.fill("evenodd")
    pen.stroke()
    pen.lineWidth = zoom < 5 ? 0.8 : 1.2
    pen.setLineDash(zoom < 5 ? [] : [5, 3])
    path(pen, outlines.borders, tile)
    pen.stroke()
  }

  /** Not before the coarse ones, which are there much sooner. */
  #loadDetailed(): void {
    if (this.#detailedRequested || this.#coarse === null) return
    this.#detailedRequested = true
    load(detailedUrl).then((outlines) => {
      this.#detailed = outlines
      this.redraw()
    }, this.#onFailed)
  }
}

const path = (pen: CanvasRenderingContext2D, shapes: readonly Shape[], tile: Tile): void => {
  pen.beginPath()
  for (const shape of shapes) trace(shape, tile, pen)
}

export type Label = {
  readonly name: string
  readonly at: readonly [number, number]
  readonly kind: "country" | "town"
  readonly rank: number
}

/** Names for a zoom, the most important first: countries from afar, towns from near. */
export const labelsAt = (
  zoom: number,
  countries: readonly CountryName[],
  places: readonly NamedPlace[] = allPlaces(),
): readonly Label[] => {
  const rank = rankAt(zoom)
  const towns = places
    .filter((place) => place.rank <= rank)
    .map((place): Label => ({ ...place, kind: "town" }))
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
        rank: 0,
      }),
    )
  return zoom < 7 ? [...named, ...towns] : towns
}
