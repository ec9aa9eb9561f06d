/** Networks for the screens: as the API answers about them. */
import { makeDevice, makeLink, makeSite, uuid } from "@ispvm/ui/test/make"
import { seeded } from "./figures.ts"

export type BenchNetwork = {
  readonly sites: readonly ReturnType<typeof makeSite>[]
  readonly devices: readonly ReturnType<typeof makeDevice>[]
  readonly links: readonly ReturnType<typeof makeLink>[]
  readonly agents: readonly []
}
const AREA = { south: 36.2, north: 41.8, west: 26.5, east: 44 } as const
const TOWNS = 60
/** Sites are near towns, as customers are. */
const SPREAD_DEGREES = 0.55
const UP = 6

const statusOf = (n: number): { readonly status: ReturnType<typeof makeDevice>["status"] } => {
  const status = n % 197 === 5 ? "down" : n % 71 === 3 ? "degraded" : "ok"
  const message = { code: "status.up" as const, params: { by: "probes" as const } }
  return { status: { status, reason: status, message, sinceMs: Date.now() - 60_000 } }
}

/** One device at each site; each is linked to one closer to the core. */
export const networkOfSites = (count: number): BenchNetwork => {
  const random = seeded(7)
  const towns = Array.from({ length: TOWNS }, () => ({
    latitude: AREA.south + random() * (AREA.north - AREA.south),
    longitude: AREA.west + random() * (AREA.east - AREA.west),
  }))
  const near = (): number => (random() + random() + random() - 1.5) * SPREAD_DEGREES
  const sites = Array.from({ length: count }, (_, n) => {
    const town = towns[n % TOWNS]
    const at = (place: number | undefined): number => (place ?? 0) + (n < TOWNS ? 0 : near())
    return makeSite(n, {
      id: uuid(1_000_000 + n),
      name: `Site ${n} ${["North", "Hill", "Depot", "Tower"][n % 4]}`,
      latitude: at(town?.latitude),
      longitude: at(town?.longitude),
    })
  })
  const devices = sites.map((site, n) =>
    makeDevice(n + 1, {
      ...{ name: `r-${n}`, siteId: site.id, siteName: site.name },
      ...statusOf(n),
    }),
  )
  const links = devices.slice(1).flatMap((device, index) => {
    const n = index + 1
    // A town's sites hang on its first one, in a tree; towns are linked with each other.
    const depth = Math.floor(n / TOWNS)
    const up = devices[n < TOWNS ? n - 1 : (n % TOWNS) + TOWNS * Math.floor((depth - 1) / UP)]
    return up === undefined ? [] : [makeLink(n, up, device, statusOf(n))]
  })
  return { sites, devices, links, agents: [] }
}

/** A tree of six under each, as an access network is. */
export const networkOfDevices = (count: number): BenchNetwork => {
  const devices = Array.from({ length: count }, (_, n) =>
    makeDevice(n + 1, {
      name: `r-${n}`,
      roles: [n < 4 ? "upstream" : n < 40 ? "core" : n < 240 ? "aggregation" : "access"],
      ...statusOf(n),
    }),
  )
  const links = devices.slice(1).flatMap((device, n) => {
    const up = devices[Math.floor(n / UP)]
    return up === undefined ? [] : [makeLink(n + 1, up, device)]
  })
  return { sites: [makeSite(0)], devices, links, agents: [] }
}
