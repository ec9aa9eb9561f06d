/**
 * The base map: land and borders in theme colours, without network access. It is drawn into the
 * canvas of the network, because each layer of its own costs time in every frame of a motion.
 */
import detailedUrl from "world-atlas/countries-10m.json?url"
import coarseUrl from "world-atlas/countries-50m.json?url"
import type { Box } from "./geometry.ts"
import { type CountryName, type Outlines, type Shape, type Tile, trace } from "./outlines.ts"
import type { OutlinesAnswer } from "./outlines-worker.ts"

export type BaseTones = { readonly water: string; readonly land: string; readonly line: string }

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

export type BaseEvents = {
  /** Other outlines are there: what is drawn is out of date. */
  readonly onLoaded: () => void
  readonly onFailed: (error: unknown) => void
}

export class BaseMap {
  tones: BaseTones
  #coarse: Outlines | null = null
  #detailed: Outlines | null = null
  #detailedRequested = false
  readonly #events: BaseEvents

  /** Loads the outlines of a world seen from afar, and detailed ones when they are needed. */
  constructor(tones: BaseTones, events: BaseEvents) {
    this.tones = tones
    this.#events = events
    load(coarseUrl).then((outlines) => {
      this.#coarse = outlines
      events.onLoaded()
    }, events.onFailed)
  }

  /** Empty until they are loaded. */
  get countries(): readonly CountryName[] {
    return this.#coarse?.countries ?? []
  }

  /** Fills `area`, which is in pixels of the world at `zoom`; so is the pen. */
  *paint(pen: CanvasRenderingContext2D, area: Box, zoom: number): Iterable<void> {
    const outlines = (zoom >= DETAILED_ZOOM ? this.#detailed : null) ?? this.#coarse
    pen.save()
    // Near the corner of the area, because a path holds no exact pixels of the whole world.
    pen.translate(area.x, area.y)
    pen.fillStyle = this.tones.water
    pen.fillRect(0, 0, area.width, area.height)
    if (outlines !== null) yield* this.#draw(pen, outlines, { ...area, scale: 2 ** zoom }, zoom)
    pen.restore()
    yield
  }
  /** The map has stopped at this zoom: reading details takes too much of a motion. */
  rest(zoom: number): void {
    if (zoom >= DETAILED_ZOOM) this.#loadDetailed()
  }

  *#draw(
    pen: CanvasRenderingContext2D,
    outlines: Outlines,
    tile: Tile,
    zoom: number,
  ): Iterable<void> {
    pen.fillStyle = this.tones.land
    pen.strokeStyle = this.tones.line
    pen.lineJoin = "round"
    pen.lineWidth = zoom < 5 ? 0.8 : 1
    path(pen, outlines.land, tile)
    pen.fill("evenodd")
    pen.stroke()
    yield
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
      this.#events.onLoaded()
    }, this.#events.onFailed)
  }
}

const path = (pen: CanvasRenderingContext2D, shapes: readonly Shape[], tile: Tile): void => {
  pen.beginPath()
  for (const shape of shapes) trace(shape, tile, pen)
}
