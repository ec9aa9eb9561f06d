/** The scene of the map. Pure: no Leaflet, no document. */
import type { Device, Link, Site } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { worstOf } from "../../components/status-shape.ts"
import type { Fleet } from "../../state/fleet.ts"
import type { Blast } from "../network/blast.ts"
import { FULL_SHARE, lineWidth, loadShare, loadsOf, loadWidth } from "../network/link-style.ts"

export type Place = readonly [latitude: number, longitude: number]
export type SiteMark = {
  readonly id: string
  readonly name: string
  readonly at: Place
  readonly status: Status
  readonly devices: number
  readonly inFault: number
  readonly sizePx: number
  readonly dimmed: boolean
  readonly isCause: boolean
}
export type LinkMark = {
  readonly id: string
  readonly name: string
  readonly fromSite: string
  readonly toSite: string
  /** Offset of parallel links: -0.5 and 0.5 for two, -1, 0 and 1 for three. */
  readonly offset: number
  readonly status: Status
  readonly widthPx: number
  readonly outPx: number
  readonly backPx: number
  readonly outFull: boolean
  readonly backFull: boolean
  readonly dimmed: boolean
  readonly isCause: boolean
}
export type Scene = {
  readonly sites: readonly SiteMark[]
  readonly links: readonly LinkMark[]
  readonly unplaced: readonly Site[]
}
export type SceneOptions = {
  readonly blast: Blast | null
  readonly faultsOnly: boolean
  readonly nowMs: number
}

const NO_DEVICES: readonly Device[] = []

/** A site without devices is unknown. */
const statusOf = (devices: readonly Device[]): Status =>
  worstOf(devices.map((device) => device.status.status))

/** 16 px for one device, 30 px for a hundred and more. */
export const siteSize = (devices: number): number =>
  Math.min(30, Math.round(16 + 2.1 * Math.log2(Math.max(1, devices))))

const devicesBySite = (devices: Iterable<Device>): ReadonlyMap<string, readonly Device[]> => {
  const bySite = new Map<string, Device[]>()
  for (const device of devices) {
    if (device.siteId === null) continue
    const there = bySite.get(device.siteId)
    if (there === undefined) bySite.set(device.siteId, [device])
    else there.push(device)
  }
  return bySite
}

const placeOf = (site: Site | undefined): Place | null =>
  site === undefined || site.latitude === null || site.longitude === null
    ? null
    : [site.latitude, site.longitude]

export const sceneOf = (fleet: Fleet, { blast, faultsOnly, nowMs }: SceneOptions): Scene => {
  const bySite = devicesBySite(fleet.devices.values())
  const sites: SiteMark[] = []
  const unplaced: Site[] = []
  for (const site of fleet.sites.values()) {
    const at = placeOf(site)
    if (at === null) {
      unplaced.push(site)
      continue
    }
    const devices = bySite.get(site.id) ?? NO_DEVICES
    const status = statusOf(devices)
    sites.push({
      id: site.id,
      name: site.name,
      at,
      status,
      devices: devices.length,
      inFault: devices.filter((device) => device.status.status !== "ok").length,
      sizePx: siteSize(devices.length),
      dimmed: blast === null ? faultsOnly && status === "ok" : !blast.sites.has(site.id),
      isCause: blast !== null && devices.some((device) => blast.causes.has(device.id)),
    })
  }
  return { sites, links: linkMarks(fleet, { blast, faultsOnly, nowMs }), unplaced }
}

/** The same scene again while nothing has changed: a map that only moves draws nothing new. */
export const createScene = (): ((fleet: Fleet, options: SceneOptions) => Scene) => {
  let last: { readonly key: readonly unknown[]; readonly scene: Scene } | null = null
  return (fleet, options) => {
    const { sites, devices, links } = fleet
    const key = [
      ...[sites, devices, links, blastKey(options.blast), options.faultsOnly],
      Math.floor(options.nowMs / LOAD_AGE_STEP_MS),
    ]
    if (last === null || key.some((each, n) => each !== last?.key[n]))
      last = { key, scene: sceneOf(fleet, options) }
    return last.scene
  }
}
/** Loads age: those that are too old are not drawn. */
const LOAD_AGE_STEP_MS = 5_000
const blastKey = (blast: Blast | null): string =>
  blast === null
    ? ""
    : [blast.causes, blast.devices, blast.links, blast.sites]
        .map((ids) => [...ids].join())
        .join(";")

const linkMarks = (
  fleet: Fleet,
  { blast, faultsOnly, nowMs }: SceneOptions,
): readonly LinkMark[] => {
  const pairs = new Map<string, { link: Link; ends: [string, string]; isTurned: boolean }[]>()
  for (const link of fleet.links.values()) {
    const ends = [link.a, link.b].map((end) =>
      fleet.sites.get(fleet.devices.get(end.deviceId)?.siteId ?? ""),
    )
    const [idA, idB] = [ends[0]?.id ?? "", ends[1]?.id ?? ""]
    if (placeOf(ends[0]) === null || placeOf(ends[1]) === null || idA === idB) continue
    const key = idA < idB ? `${idA} ${idB}` : `${idB} ${idA}`
    const there = pairs.get(key) ?? []
    pairs.set(key, [...there, { link, ends: [idA, idB], isTurned: idA > idB }])
  }
  return [...pairs.values()].flatMap((pair) =>
    pair.map(({ link, ends, isTurned }, index): LinkMark => {
      const widthPx = lineWidth(link.capacityBps)
      const offset = index - (pair.length - 1) / 2
      const { status } = link.status
      const [out, back] = loadsOf(link, nowMs).map((bps) => loadShare(bps, link.capacityBps))
      return {
        id: link.id,
        name: link.name,
        fromSite: ends[0],
        toSite: ends[1],
        // Seen from the other end, left is right.
        offset: isTurned && offset !== 0 ? -offset : offset,
        status,
        widthPx,
        outPx: loadWidth(out ?? null, widthPx),
        backPx: loadWidth(back ?? null, widthPx),
        outFull: (out ?? 0) >= FULL_SHARE,
        backFull: (back ?? 0) >= FULL_SHARE,
        dimmed: blast === null ? faultsOnly && status === "ok" : !blast.links.has(link.id),
        isCause: blast?.causes.has(link.id) ?? false,
      }
    }),
  )
}

/** Bounds of all sites with a margin; null if none has coordinates. */
export const boundsOf = (places: readonly Place[]): readonly [Place, Place] | null => {
  if (places.length === 0) return null
  const latitudes = places.map((place) => place[0])
  const longitudes = places.map((place) => place[1])
  return [
    [Math.min(...latitudes), Math.min(...longitudes)],
    [Math.max(...latitudes), Math.max(...longitudes)],
  ]
}
