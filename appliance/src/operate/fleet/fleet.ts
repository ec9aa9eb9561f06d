/** Queries about the network as a whole: inventory, latest values, and statuses from incidents. */
import type { EventRow } from "../../api/incidents.ts"
import type { Device, Interface, Link, Site, Topology } from "../../api/inventory.ts"
import type { InterfaceDetail, LinkDetail } from "../../api/links.ts"
import type { Overview } from "../../api/overview.ts"
import { parseCursor } from "../../flow/events/events.ts"
import type { LatestValues, SeriesRequest, SeriesResult } from "../../flow/series/model.ts"
import { invalid, notFound } from "../../platform/http/http-error.ts"
import { isOfSubscribers, subscriberLabel } from "../../platform/http/subscriber-access.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { createNetwork, type NetworkDeps, type ReadNetwork } from "./network.ts"
import { createOverview, type OverviewDeps } from "./overview.ts"
import * as present from "./present.ts"
import {
  deviceOf,
  devicesOf,
  interfaceOf,
  interfacesOf,
  linkOf,
  linksOf,
  mustExist,
} from "./reads.ts"
import * as store from "./store.ts"

export type FleetDeps = OverviewDeps &
  Pick<NetworkDeps, "latest"> & {
    readonly inventory: { readonly sites: (org: OrgId) => Promise<readonly Site[]> }
  }
type Deps = FleetDeps & { readonly network: ReadNetwork }
export type EventQuery = {
  readonly device: string | null
  /** Only what concerns this interface of the device. */
  readonly interface?: string | null
  readonly source?: string | null
  readonly severity?: "debug" | "info" | "warning" | "error" | null
  readonly search?: string | null
  readonly since: number | null
  readonly cursor: string | null
  readonly limit: number
  /** False: who somebody is is masked, and not found by a search. */
  readonly withPersons: boolean
}
/** As the API spells it. */
type SeriesQuery = Omit<SeriesRequest, "device" | "fromMs" | "toMs"> & {
  readonly from: number
  readonly to: number
}
type Page<T> = { readonly items: T[]; readonly next: string | null }

export type Fleet = {
  readonly devices: (org: OrgId) => Promise<Device[]>
  readonly device: (org: OrgId, id: string) => Promise<Device>
  readonly interfaces: (org: OrgId, device: string) => Promise<Interface[]>
  readonly links: (org: OrgId) => Promise<Link[]>
  readonly link: (org: OrgId, id: string) => Promise<LinkDetail>
  readonly interface: (org: OrgId, device: string, name: string) => Promise<InterfaceDetail>
  readonly topology: (org: OrgId) => Promise<Topology>
  readonly overview: (org: OrgId, withPersons: boolean) => Promise<Overview>
  readonly events: (org: OrgId, query: EventQuery) => Promise<Page<EventRow>>
  /** `withPersons` false: a thing that is called after a customer is found by its label alone. */
  readonly series: (
    org: OrgId,
    device: string,
    query: SeriesQuery,
    withPersons: boolean,
  ) => Promise<SeriesResult>
  /** Metric families of which the device has values. */
  readonly familiesOf: (org: OrgId, device: string) => Promise<ReadonlySet<string>>
  /** The latest values of one family, or of all. */
  readonly latest: (
    org: OrgId,
    device: string,
    family: string | null,
  ) => Promise<readonly LatestValues[]>
}

const readTopology = async (deps: Deps, org: OrgId): Promise<Topology> => {
  const [sites, agentList, now] = await Promise.all([
    deps.inventory.sites(org),
    deps.agents(org),
    deps.network(org),
  ])
  const statuses = deps.statuses(org)
  return {
    sites: [...sites],
    devices: devicesOf(now, statuses),
    links: linksOf(now, statuses),
    agents: agentList.map(({ id, name, siteId, deviceId, status }) => ({
      id,
      name,
      siteId,
      deviceId,
      status,
    })),
  }
}

const readEvents = async (
  { events }: Deps,
  tx: Tx,
  org: OrgId,
  { device, since, cursor, limit, ...ask }: EventQuery,
): Promise<Page<EventRow>> => {
  if (device !== null) await mustExist(tx, org, device)
  const place = cursor === null ? null : parseCursor(cursor)
  if (cursor !== null && place === null)
    throw invalid([{ path: "cursor", code: "field.cursor", params: {} }])
  const page = await events.list(tx, org, {
    device,
    interface: ask.interface ?? null,
    source: ask.source ?? null,
    severity: ask.severity ?? null,
    search: ask.search ?? null,
    sinceMs: since,
    cursor: place,
    limit,
    withPersons: ask.withPersons,
  })
  return { items: page.items.map(present.presentEvent), next: page.next }
}

const readSeries = async (
  { series }: Deps,
  tx: Tx,
  org: OrgId,
  device: string,
  { from, to, ...request }: SeriesQuery,
  withPersons: boolean,
): Promise<SeriesResult> => {
  if (from >= to) throw invalid([{ path: "to", code: "field.later-than-from", params: {} }])
  const port = request.interface ?? null
  if (series.isByInterface(request.family) && port === null)
    throw invalid([{ path: "interface", code: "field.interface-needed", params: {} }])
  await mustExist(tx, org, device)
  if (port !== null && !(await store.interfaceExists(tx, org, device, port)))
    throw notFound("interface", port)
  const { family, name: asked } = request
  const isLabel = !withPersons && asked !== undefined && isOfSubscribers(family)
  const known = isLabel ? await series.latest(tx, org, device, family) : []
  const labelled = known.find(({ name }) => name !== null && subscriberLabel(name) === asked)
  const name = isLabel ? (labelled?.name ?? "") : asked
  return await series.read(tx, org, { ...request, name, device, fromMs: from, toMs: to })
}

export const createFleet = (given: FleetDeps): Fleet => {
  const network = createNetwork(given)
  const deps: Deps = { ...given, network }
  const { db, series } = deps
  const links = async (org: OrgId) => linksOf(await network(org), deps.statuses(org))
  return {
    devices: async (org) => devicesOf(await network(org), deps.statuses(org)),
    device: (org, id) => db.asOrg(org, (tx) => deviceOf(deps, tx, org, id)),
    interfaces: (org, device) => db.asOrg(org, (tx) => interfacesOf(deps, tx, org, device)),
    links,
    link: async (org, id) => {
      const all = await links(org)
      return await db.asOrg(org, (tx) => linkOf(deps, tx, org, id, all))
    },
    interface: async (org, device, name) => {
      const all = await links(org)
      return await db.asOrg(org, (tx) => interfaceOf(deps, tx, org, device, name, all))
    },
    topology: (org) => readTopology(deps, org),
    overview: createOverview(deps, network),
    events: (org, query) => db.asOrg(org, (tx) => readEvents(deps, tx, org, query)),
    series: (org, device, request, withPersons) =>
      db.asOrg(org, (tx) => readSeries(deps, tx, org, device, request, withPersons)),
    familiesOf: (org, device) =>
      db.asOrg(org, async (tx) => {
        await mustExist(tx, org, device)
        return await series.familiesOf(tx, org, device)
      }),
    latest: (org, device, family) =>
      db.asOrg(org, async (tx) => {
        await mustExist(tx, org, device)
        return await series.latest(tx, org, device, family)
      }),
  }
}
