/** Queries about the network as a whole: inventory, latest values, and statuses from incidents. */
import type { Agent } from "../../api/agents.ts"
import type { EventRow, Incident } from "../../api/incidents.ts"
import type { Device, Interface, Link, Site, Topology } from "../../api/inventory.ts"
import type { InterfaceDetail, LinkDetail, LinkEndDetail } from "../../api/links.ts"
import type { Overview } from "../../api/overview.ts"
import { type Events, parseCursor } from "../../flow/events/events.ts"
import type { LatestValues, SeriesRequest, SeriesResult } from "../../flow/series/model.ts"
import type { Series } from "../../flow/series/series.ts"
import type { Clock } from "../../platform/clock.ts"
import { invalid, notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { failoverOf } from "./failover.ts"
import * as present from "./present.ts"
import * as store from "./store.ts"
import { createTraffic } from "./traffic.ts"

export type Statuses = {
  readonly device: (id: string) => present.EntityStatus
  readonly link: (id: string) => present.EntityStatus
}
export type FleetDeps = {
  /** The UI's pool. */
  readonly db: Db
  readonly clock: Clock
  readonly inventory: { readonly sites: (org: OrgId) => Promise<readonly Site[]> }
  readonly series: Series
  readonly events: Events
  readonly agents: (org: OrgId) => Promise<readonly Agent[]>
  readonly statuses: (org: OrgId) => Statuses
  /** The incidents that are not closed, newest first; since when there has been none. */
  readonly incidents: (
    org: OrgId,
  ) => Promise<{ readonly open: readonly Incident[]; readonly quietSinceMs: number | null }>
}
export type EventQuery = {
  readonly device: string | null
  /** Only what concerns this interface of the device. */
  readonly interface?: string | null
  readonly since: number | null
  readonly cursor: string | null
  readonly limit: number
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
  readonly overview: (org: OrgId) => Promise<Overview>
  readonly events: (org: OrgId, query: EventQuery) => Promise<Page<EventRow>>
  readonly series: (org: OrgId, device: string, query: SeriesQuery) => Promise<SeriesResult>
  /** Metric families of which the device has values. */
  readonly familiesOf: (org: OrgId, device: string) => Promise<ReadonlySet<string>>
  /** The latest values of one family, or of all. */
  readonly latest: (
    org: OrgId,
    device: string,
    family: string | null,
  ) => Promise<readonly LatestValues[]>
}

const RECENT_EVENTS = 20

export const createFleet = ({
  db,
  clock,
  inventory,
  series,
  events,
  agents,
  statuses,
  incidents,
}: FleetDeps): Fleet => {
  const devicesOf = async (tx: Tx, org: OrgId, id: string | null): Promise<Device[]> => {
    const rows = await store.readDevices(tx, org, id)
    const now = new Map((await series.devicesNow(tx, org, id)).map((row) => [row.deviceId, row]))
    const sources = Map.groupBy(await series.sourcesNow(tx, org, id), ({ deviceId }) => deviceId)
    const statusOf = statuses(org)
    return rows.map((row) =>
      present.presentDevice(
        row,
        now.get(row.id),
        sources.get(row.id) ?? [],
        statusOf.device(row.id),
      ),
    )
  }
  const linksOf = async (tx: Tx, org: OrgId): Promise<Link[]> => {
    const rows = await store.readLinks(tx, org)
    const now = new Map((await series.linksNow(tx, org)).map((row) => [row.linkId, row]))
    const statusOf = statuses(org)
    return rows.map((row) => present.presentLink(row, now.get(row.id), statusOf.link(row.id)))
  }
  const end = async (
    tx: Tx,
    org: OrgId,
    device: string,
    name: string | null,
  ): Promise<LinkEndDetail> => {
    const [found] = await devicesOf(tx, org, device)
    if (found === undefined) throw notFound("device", device)
    const [row] = name === null ? [] : await store.readInterfaces(tx, org, device, name)
    const now = row === undefined ? [] : await series.interfacesNow(tx, org, device)
    return {
      device: present.presentEnd(found),
      interface:
        row === undefined
          ? null
          : present.presentInterface(
              row,
              now.find((each) => each.interfaceId === row.id),
            ),
    }
  }
  const linkOf = async (tx: Tx, org: OrgId, id: string): Promise<LinkDetail> => {
    const links = await linksOf(tx, org)
    const link = links.find((each) => each.id === id)
    const failover = failoverOf(
      present.networkLinks(links, await store.readLinkPlaces(tx, org)),
      id,
    )
    if (link === undefined || failover === null) throw notFound("link", id)
    return {
      link,
      a: await end(tx, org, link.a.deviceId, link.a.interface),
      b: await end(tx, org, link.b.deviceId, link.b.interface),
      failover,
    }
  }
  const traffic = createTraffic()
  const mustExist = async (tx: Tx, org: OrgId, device: string): Promise<void> => {
    if (!(await store.deviceExists(tx, org, device))) throw notFound("device", device)
  }

  return {
    devices: (org) => db.asOrg(org, (tx) => devicesOf(tx, org, null)),
    device: async (org, id) => {
      const [device] = await db.asOrg(org, (tx) => devicesOf(tx, org, id))
      if (device === undefined) throw notFound("device", id)
      return device
    },
    interfaces: (org, device) =>
      db.asOrg(org, async (tx) => {
        await mustExist(tx, org, device)
        const now = new Map(
          (await series.interfacesNow(tx, org, device)).map((row) => [row.interfaceId, row]),
        )
        return present
          .inOrder(await store.readInterfaces(tx, org, device))
          .map((row) => present.presentInterface(row, now.get(row.id)))
      }),
    links: (org) => db.asOrg(org, (tx) => linksOf(tx, org)),
    link: (org, id) => db.asOrg(org, (tx) => linkOf(tx, org, id)),
    interface: (org, device, name) =>
      db.asOrg(org, async (tx) => {
        const { device: whose, interface: found } = await end(tx, org, device, name)
        if (found === null) throw notFound("interface", name)
        return {
          device: whose,
          interface: found,
          link: found.linkId === null ? null : await linkOf(tx, org, found.linkId),
        }
      }),
    topology: async (org) => {
      const [sites, agentList, things] = await Promise.all([
        inventory.sites(org),
        agents(org),
        db.asOrg(org, async (tx) => ({
          devices: await devicesOf(tx, org, null),
          links: await linksOf(tx, org),
        })),
      ])
      return {
        sites: [...sites],
        ...things,
        agents: agentList.map(({ id, name, siteId, deviceId, status }) => ({
          id,
          name,
          siteId,
          deviceId,
          status,
        })),
      }
    },
    overview: async (org) => {
      const nowMs = clock.now()
      const [found, agentList, { open, quietSinceMs }] = await Promise.all([
        db.asOrg(org, async (tx) => ({
          devices: await store.deviceIds(tx, org),
          links: await store.linkIds(tx, org),
          devicesNow: await series.devicesNow(tx, org, null),
          linksNow: await series.linksNow(tx, org),
          traffic: await traffic(org, nowMs, (fromMs, toMs) =>
            series.linkTraffic(tx, org, fromMs, toMs),
          ),
          events: await events.list(tx, org, {
            device: null,
            interface: null,
            sinceMs: null,
            cursor: null,
            limit: RECENT_EVENTS,
          }),
        })),
        agents(org),
        incidents(org),
      ])
      const statusOf = statuses(org)
      const enrolled = agentList.filter(({ enrolment }) => enrolment === "enrolled")
      return {
        devices: present.countDevices(found.devices.map(statusOf.device)),
        links: {
          total: found.links.length,
          down: found.links.filter((id) => statusOf.link(id).status.status === "down").length,
        },
        agents: {
          total: enrolled.length,
          offline: enrolled.filter(({ status }) => status === "unknown").length,
        },
        // What a link carried before it was cut is history, not traffic.
        trafficBps: present.sum(
          found.linksNow
            .filter(({ linkId }) => !present.DOWN_STATUSES.has(statusOf.link(linkId).status.status))
            .flatMap(({ aToBBps, bToABps }) => [aToBBps, bToABps]),
        ),
        trafficHour: present.minutes(nowMs, found.traffic),
        rttUs: present.median(found.devicesNow.map(({ rttUs }) => rttUs)),
        incidents: [...open],
        recentEvents: found.events.items.map(present.presentEvent),
        quietSinceMs,
      }
    },
    events: (org, { device, since, cursor, limit, ...ask }) =>
      db.asOrg(org, async (tx) => {
        if (device !== null) await mustExist(tx, org, device)
        const place = cursor === null ? null : parseCursor(cursor)
        if (cursor !== null && place === null)
          throw invalid([{ path: "cursor", code: "field.cursor", params: {} }])
        const page = await events.list(tx, org, {
          device,
          interface: ask.interface ?? null,
          sinceMs: since,
          cursor: place,
          limit,
        })
        return { items: page.items.map(present.presentEvent), next: page.next }
      }),
    series: (org, device, { from, to, ...request }) =>
      db.asOrg(org, async (tx) => {
        if (from >= to) throw invalid([{ path: "to", code: "field.later-than-from", params: {} }])
        const port = request.interface ?? null
        if (series.isByInterface(request.family) && port === null)
          throw invalid([{ path: "interface", code: "field.interface-needed", params: {} }])
        await mustExist(tx, org, device)
        if (port !== null && !(await store.interfaceExists(tx, org, device, port)))
          throw notFound("interface", port)
        return await series.read(tx, org, { ...request, device, fromMs: from, toMs: to })
      }),
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
