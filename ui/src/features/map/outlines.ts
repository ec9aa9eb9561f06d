/**
 * Land and borders of the bundled Natural Earth files on the plane of the map. Coordinates are Web
 * Mercator at zoom 0, where the world is 256 px wide, so a zoom is a multiplication.
 */
import { feature, mesh } from "topojson-client"
import type { GeometryCollection, Topology } from "topojson-specification"
import type { Box } from "./geometry.ts"

/** Alternating x and y, and their bounding box. */
export type Shape = {
  readonly points: Float64Array
  readonly west: number
  readonly north: number
  readonly east: number
  readonly south: number
}
export type CountryName = {
  readonly name: string
  readonly latitude: number
  readonly longitude: number
  readonly area: number
}
export type Outlines = {
  readonly land: readonly Shape[]
  readonly borders: readonly Shape[]
  readonly countries: readonly CountryName[]
}
type World = Topology<{ countries: GeometryCollection<{ name: string }>; land: GeometryCollection }>

export const WORLD = 256
const MAX_LATITUDE = 85.0511

export const projectX = (longitude: number): number => ((longitude + 180) / 360) * WORLD
export const projectY = (latitude: number): number => {
  const sine = Math.sin((Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude)) * Math.PI) / 180)
  return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD
}

const shapeOf = (line: readonly (readonly number[])[]): Shape => {
  const points = new Float64Array(line.length * 2)
  let [west, north, east, south] = [Number.POSITIVE_INFINITY, WORLD, Number.NEGATIVE_INFINITY, 0]
  line.forEach(([longitude = 0, latitude = 0], index) => {
    const x = projectX(longitude)
    const y = projectY(latitude)
    points[index * 2] = x
    points[index * 2 + 1] = y
    west = Math.min(west, x)
    east = Math.max(east, x)
    north = Math.min(north, y)
    south = Math.max(south, y)
  })
  return { points, west, north, east, south }
}

/** Reads one of the bundled files. */
export const readOutlines = (json: unknown): Outlines => {
  const world = json as World
  const land = feature(world, world.objects.land).features.flatMap(({ geometry }) =>
    ringsOf(geometry).map(unwrap).map(closed),
  )
  const borders = mesh(world, world.objects.countries, (a, b) => a !== b).coordinates.map(unwrap)
  const countries = feature(world, world.objects.countries).features.flatMap(
    ({ geometry, properties }) => {
      const named = ringsOf(geometry).map((ring) => ({
        name: properties.name,
        ...middleOf(unwrap(ring)),
      }))
      return named.sort((a, b) => b.area - a.area).slice(0, 1)
    },
  )
  return {
    land: land.flatMap(copies),
    borders: borders.flatMap(copies),
    countries: countries.sort((a, b) => b.area - a.area),
  }
}

type Ring = readonly (readonly number[])[]

/** A line may step from 180° east to 180° west; on the plane it continues beyond the edge. */
const unwrap = (line: Ring): Ring => {
  let turns = 0
  let last = line[0]?.[0] ?? 0
  return line.map(([longitude = 0, latitude = 0]) => {
    if (longitude - last > 180) turns -= 360
    if (longitude - last < -180) turns += 360
    last = longitude
    return [longitude + turns, latitude]
  })
}

/**
 * A coast around the pole ends a whole turn from its start; the lower edge of the plane closes it.
 */
const closed = (ring: Ring): Ring => {
  const first = ring[0]?.[0] ?? 0
  const last = ring.at(-1)?.[0] ?? 0
  return Math.abs(last - first) < 180 ? ring : [...ring, [last, -90], [first, -90]]
}

/** A shape beyond one edge of the plane is also drawn at the other edge. */
const copies = (line: Ring): readonly Shape[] => {
  const shape = shapeOf(line)
  const moved = (by: number): Shape =>
    shapeOf(line.map(([longitude = 0, latitude = 0]) => [longitude + by, latitude]))
  return [
    shape,
    ...(shape.east > WORLD ? [moved(-360)] : []),
    ...(shape.west < 0 ? [moved(360)] : []),
  ]
}

const ringsOf = (geometry: { type: string; coordinates?: unknown }): readonly Ring[] => {
  if (geometry.type === "Polygon") return geometry.coordinates as Ring[]
  return geometry.type === "MultiPolygon" ? (geometry.coordinates as Ring[][]).flat() : []
}

/** The centre of a ring weighted by area, in square degrees: exact enough to order names. */
const middleOf = (ring: Ring): { latitude: number; longitude: number; area: number } => {
  let [area, x, y] = [0, 0, 0]
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const [x0 = 0, y0 = 0] = ring[index] ?? []
    const [x1 = 0, y1 = 0] = ring[index + 1] ?? []
    const cross = x0 * y1 - x1 * y0
    area += cross
    x += (x0 + x1) * cross
    y += (y0 + y1) * cross
  }
  if (area === 0) return { latitude: ring[0]?.[1] ?? 0, longitude: ring[0]?.[0] ?? 0, area: 0 }
  return { latitude: y / (3 * area), longitude: x / (3 * area), area: Math.abs(area / 2) }
}

export type Pen = { moveTo(x: number, y: number): void; lineTo(x: number, y: number): void }
/** A tile: its corner and size in pixels of its zoom, and pixels per unit of the plane. */
export type Tile = Box & { readonly scale: number }

const MARGIN = 4
/** Points closer than this to the last one only cost time. */
const STEP = 0.6

/**
 * Draws the part of a shape within a tile. Of a run of points beyond the same edge only the ends
 * are kept: the fill stays right, and a continent is as cheap as an island.
 */
export const trace = (shape: Shape, tile: Tile, pen: Pen): void => {
  const { x, y, width, height, scale } = tile
  if (shape.east * scale < x - MARGIN || shape.west * scale > x + width + MARGIN) return
  if (shape.south * scale < y - MARGIN || shape.north * scale > y + height + MARGIN) return
  const { points } = shape
  let [lastX, lastY] = [Number.NaN, Number.NaN]
  let beyond = 0
  let pending: [number, number] | null = null
  for (let index = 0; index < points.length; index += 2) {
    const px = (points[index] ?? 0) * scale - x
    const py = (points[index + 1] ?? 0) * scale - y
    const beyondNow = edgesOf(px, py, width, height)
    const isLast = index + 2 >= points.length
    if (index === 0) pen.moveTo(px, py)
    else if ((beyond & beyondNow) !== 0 && !isLast) {
      beyond &= beyondNow
      pending = [px, py]
      continue
    } else {
      if (pending !== null) pen.lineTo(pending[0], pending[1])
      else if (!isLast && Math.abs(px - lastX) < STEP && Math.abs(py - lastY) < STEP) continue
      pen.lineTo(px, py)
    }
    pending = null
    beyond = beyondNow
    lastX = px
    lastY = py
  }
}

/** One bit for each edge of the tile that a point is beyond. */
const edgesOf = (x: number, y: number, width: number, height: number): number =>
  (x < -MARGIN ? 1 : x > width + MARGIN ? 2 : 0) | (y < -MARGIN ? 4 : y > height + MARGIN ? 8 : 0)
