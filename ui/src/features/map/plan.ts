/**
 * What of a scene is drawn at a zoom, and where: clusters, lines that end at them, and the names
 * that fit. Pixels are those of the whole world at that zoom. Pure: no canvas, no document.
 */
import type { Status } from "@ispvm/appliance/api/shared"
import { STATUS_ORDER, worstOf } from "../../components/status-shape.ts"
import { clustersOf, fanned } from "./clusters.ts"
import { type Box, BoxGrid, type Point, shifted } from "./geometry.ts"
import { projectX, projectY } from "./outlines.ts"
import { type LinkMark, type Place, type Scene, type SiteMark, siteSize } from "./scene.ts"

/** Marks closer than this form a cluster; its other sites are at most as far from it. */
export const MAX_CLUSTER_PX = 20
const PARALLEL_GAP_PX = 3
/** A line this short has no room for two halves. */
const MIN_LOAD_PX = 14
const NAME = { height: 17, gap: 4 } as const
const PLACES = ["below", "above", "after", "before"] as const

export type DrawnMark = Point & {
  /** The site's, or that of the first one of a cluster. */
  readonly id: string
  readonly sites: readonly SiteMark[]
  readonly status: Status
  readonly sizePx: number
  readonly dimmed: boolean
  readonly isCause: boolean
  /** Only sites in the same place: no zoom tells them apart. */
  readonly isOnePlace: boolean
}
export type DrawnLink = {
  readonly mark: LinkMark
  readonly a: Point
  readonly middle: Point
  readonly b: Point
  readonly lengthPx: number
}
export type DrawnName = {
  readonly mark: DrawnMark
  readonly text: string
  /** How many devices are at fault, such as `1/4`. */
  readonly fraction: string
  readonly box: Box
}
export type Plan = {
  readonly zoom: number
  readonly marks: readonly DrawnMark[]
  readonly links: readonly DrawnLink[]
}
export type PlanOptions = {
  readonly zoom: number
  /** Only what touches it is drawn. */
  readonly area: Box
  /** The cluster whose sites are spread out around it. */
  readonly fannedId: string
}

/** Remembers what `make` made of an object as long as the object exists. */
function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const kept = new WeakMap<K, V>()
  return (key) => {
    const known = kept.get(key)
    if (known !== undefined) return known
    const made = make(key)
    kept.set(key, made)
    return made
  }
}

type Spot = Point & { readonly site: SiteMark }

const worldPoint = (place: Place, scale: number): Point => ({
  x: projectX(place[1]) * scale,
  y: projectY(place[0]) * scale,
})

const isOne = (sites: readonly SiteMark[]): boolean =>
  sites.every(({ at }) => at[0] === sites[0]?.at[0] && at[1] === sites[0]?.at[1])

const markOf = (at: Point, sites: readonly SiteMark[], first: SiteMark): DrawnMark => ({
  x: at.x,
  y: at.y,
  id: first.id,
  sites,
  status: worstOf(sites.map((site) => site.status)),
  sizePx:
    sites.length === 1
      ? first.sizePx
      : siteSize(sites.reduce((sum, site) => sum + site.devices, 0)) + 4,
  dimmed: sites.every((site) => site.dimmed),
  isCause: sites.some((site) => site.isCause),
  isOnePlace: isOne(sites),
})

/** On the plane of zoom 0, in the order in which they become clusters. */
const spotsOf = once((sites: Scene["sites"]): readonly Spot[] =>
  sites
    .map((site): Spot => ({ ...worldPoint(site.at, 1), site }))
    // A cluster stands at its largest site, whatever its status: a fault moves nothing.
    .sort((a, b) => b.site.devices - a.site.devices || (a.site.id < b.site.id ? -1 : 1)),
)

const marksOf = (sites: Scene["sites"], zoom: number, fannedId: string): readonly DrawnMark[] => {
  const scale = 2 ** zoom
  const spots = spotsOf(sites).map(({ x, y, site }) => ({ x: x * scale, y: y * scale, site }))
  return clustersOf(spots, MAX_CLUSTER_PX).flatMap(({ x, y, members }) => {
    const first = members[0]?.site
    if (first === undefined) return []
    if (first.id !== fannedId || members.length === 1)
      return [
        markOf(
          { x, y },
          members.map(({ site }) => site),
          first,
        ),
      ]
    const places = fanned(members.length)
    return members.map(({ site }, n) =>
      markOf({ x: x + (places[n]?.x ?? 0), y: y + (places[n]?.y ?? 0) }, [site], site),
    )
  })
}

type Marks = {
  /** Worst first, then the largest. */
  readonly all: readonly DrawnMark[]
  /** What each site is drawn as. */
  readonly bySite: ReadonlyMap<string, DrawnMark>
}
/** Zooms whose clusters are kept: a motion comes back to the same few. */
const MAX_KEPT = 8
const keptOf = once((_sites: Scene["sites"]) => new Map<string, Marks>())

const clusteredAt = (sites: Scene["sites"], zoom: number, fannedId: string): Marks => {
  const kept = keptOf(sites)
  const key = `${zoom} ${fannedId}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const all = marksOf(sites, zoom, fannedId).toSorted(byImportance)
  const bySite = new Map(all.flatMap((mark) => mark.sites.map((site) => [site.id, mark] as const)))
  const [oldest] = kept.keys()
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest)
  const marks = { all, bySite }
  kept.set(key, marks)
  return marks
}

const touches = (area: Box, a: Point, b: Point): boolean =>
  Math.max(a.x, b.x) >= area.x &&
  Math.min(a.x, b.x) <= area.x + area.width &&
  Math.max(a.y, b.y) >= area.y &&
  Math.min(a.y, b.y) <= area.y + area.height

const linksOf = (scene: Scene, bySite: Marks["bySite"], area: Box): readonly DrawnLink[] =>
  scene.links.flatMap((mark) => {
    const [from, to] = [bySite.get(mark.fromSite), bySite.get(mark.toSite)]
    // Within a cluster there is no room for a line.
    if (from === undefined || to === undefined || from === to) return []
    if (!touches(area, from, to)) return []
    const line = shifted(from, to, mark.offset * (mark.widthPx + PARALLEL_GAP_PX))
    return [{ mark, ...line, lengthPx: Math.hypot(to.x - from.x, to.y - from.y) }]
  })

export const planOf = (scene: Scene, { area, zoom, fannedId }: PlanOptions): Plan => {
  const { all, bySite } = clusteredAt(scene.sites, zoom, fannedId)
  const marks = all.filter(
    ({ x, y }) =>
      x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height,
  )
  return { zoom, marks, links: linksOf(scene, bySite, area) }
}

const byImportance = (a: DrawnMark, b: DrawnMark): number =>
  STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) || b.sizePx - a.sizePx

export const hasLoad = ({ mark, lengthPx }: DrawnLink): boolean =>
  lengthPx >= MIN_LOAD_PX &&
  mark.status !== "down" &&
  mark.status !== "unreachable" &&
  mark.status !== "unknown"

export const markBox = ({ x, y, sizePx }: DrawnMark): Box => ({
  x: x - sizePx / 2,
  y: y - sizePx / 2,
  width: sizePx,
  height: sizePx,
})

export type NameText = { readonly text: string; readonly fraction: string }
/**
 * The names that fit, the most important first; a name may be on any side of its mark. `textOf`
 * gives the name of a mark, `widthOf` how long it is in pixels.
 */
export const namesOf = (
  marks: readonly DrawnMark[],
  textOf: (mark: DrawnMark) => NameText,
  widthOf: (name: NameText, mark: DrawnMark) => number,
): readonly DrawnName[] => {
  const grid = new BoxGrid()
  const boxes = new Map<DrawnMark, Box>()
  for (const mark of marks) {
    const box = markBox(mark)
    boxes.set(mark, box)
    grid.add(box)
  }
  return marks.flatMap((mark) => {
    const name = textOf(mark)
    const width = widthOf(name, mark)
    for (const place of PLACES) {
      const box = nameBox(mark, place, width)
      if (!grid.isFree(box, boxes.get(mark))) continue
      grid.add(box)
      return [{ mark, ...name, box }]
    }
    return []
  })
}

const nameBox = (mark: DrawnMark, place: (typeof PLACES)[number], width: number): Box => {
  const half = mark.sizePx / 2
  const box = { width, height: NAME.height }
  switch (place) {
    case "below":
      return { ...box, x: mark.x - width / 2, y: mark.y + half }
    case "above":
      return { ...box, x: mark.x - width / 2, y: mark.y - half - NAME.height }
    case "after":
      return { ...box, x: mark.x + half + NAME.gap, y: mark.y - NAME.height / 2 }
    case "before":
      return { ...box, x: mark.x - half - NAME.gap - width, y: mark.y - NAME.height / 2 }
  }
}
