/** Reads of one transaction: devices and links with their latest values and statuses. */
import type { Device, Interface, Link } from "../../api/inventory.ts"
import type { InterfaceDetail, LinkDetail, LinkEndDetail } from "../../api/links.ts"
import type { LinkNow } from "../../flow/series/model.ts"
import type { LatestMemory, LatestOfOrg, OwnDevice, Series } from "../../flow/series/series.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { failoverOf } from "./failover.ts"
import type { InventoryRows, Rows } from "./inventory-rows.ts"
import * as present from "./present.ts"
import * as store from "./store.ts"

export type Statuses = {
  readonly device: (id: string) => present.EntityStatus
  readonly link: (id: string) => present.EntityStatus
}
export type ReadDeps = {
  readonly series: Series
  readonly statuses: (org: OrgId) => Statuses
  /** From memory where they have not changed. */
  readonly rows: InventoryRows
  /** Follows what is stored; without it, lists read latest values from the database. */
  readonly latest?: Pick<LatestMemory, "open">
}

/** Throws unless the organisation has this device. */
export const mustExist = async (tx: Tx, org: OrgId, device: string): Promise<void> => {
  if (!(await store.deviceExists(tx, org, device))) throw notFound("device", device)
}

/** Of a device that several agents may probe, only probes of the one that reads it count. */
const ownDevice = ({ id, agentFallback, readBy }: present.DeviceFacts): OwnDevice => ({
  id,
  holder: agentFallback === "none" ? null : (readBy?.id ?? ""),
})

/** Everything that lists are made of; `latest` null: latest values are read from the database. */
export type Opened = { readonly rows: Rows; readonly latest: LatestOfOrg | null }
export const openRows = async (
  { rows, latest }: ReadDeps,
  tx: Tx,
  org: OrgId,
): Promise<Opened> => ({
  rows: await rows(tx, org),
  latest: latest === undefined ? null : await latest.open(tx, org),
})

/** One device, or all by name. */
export const devicesOf = async (
  { series, statuses }: ReadDeps,
  tx: Tx,
  org: OrgId,
  of: string | Opened,
): Promise<Device[]> => {
  const statusOf = statuses(org)
  if (typeof of !== "string" && of.latest !== null) {
    const { device, sources } = of.latest
    return of.rows.devices.map((facts) =>
      present.presentDevice(
        facts,
        device(ownDevice(facts)),
        sources(facts.id),
        statusOf.device(facts.id),
      ),
    )
  }
  const id = typeof of === "string" ? of : null
  const facts =
    typeof of === "string"
      ? (await store.readDevices(tx, org, id)).map(present.presentFacts)
      : of.rows.devices
  const now = new Map((await series.devicesNow(tx, org, id)).map((row) => [row.deviceId, row]))
  const sources = Map.groupBy(await series.sourcesNow(tx, org, id), ({ deviceId }) => deviceId)
  return facts.map((each) =>
    present.presentDevice(
      each,
      now.get(each.id),
      sources.get(each.id) ?? [],
      statusOf.device(each.id),
    ),
  )
}

const linksNow = async (
  { series }: ReadDeps,
  tx: Tx,
  org: OrgId,
  { latest }: Opened,
): Promise<(id: string) => LinkNow | undefined> => {
  if (latest !== null) return latest.link
  const now = new Map((await series.linksNow(tx, org)).map((row) => [row.linkId, row]))
  return (id) => now.get(id)
}

export const linksOf = async (
  deps: ReadDeps,
  tx: Tx,
  org: OrgId,
  opened: Opened,
): Promise<Link[]> => {
  const now = await linksNow(deps, tx, org, opened)
  const statusOf = deps.statuses(org)
  return opened.rows.links.map((row) =>
    present.presentLink(row, now(row.id), statusOf.link(row.id)),
  )
}

/** Mean round trips of the devices that answer, ms. */
export const roundTripsOf = async (
  { series }: ReadDeps,
  tx: Tx,
  org: OrgId,
  { rows, latest }: Opened,
): Promise<readonly (number | null)[]> =>
  latest === null
    ? await series.roundTripsNow(tx, org)
    : rows.devices.map((facts) => latest.roundTripMs(ownDevice(facts)))

const endOf = async (
  deps: ReadDeps,
  tx: Tx,
  org: OrgId,
  device: string,
  name: string | null,
): Promise<LinkEndDetail> => {
  const [found] = await devicesOf(deps, tx, org, device)
  if (found === undefined) throw notFound("device", device)
  const [row] = name === null ? [] : await store.readInterfaces(tx, org, device, name)
  const now = row === undefined ? [] : await deps.series.interfacesNow(tx, org, device)
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

export const linkOf = async (
  deps: ReadDeps,
  tx: Tx,
  org: OrgId,
  id: string,
): Promise<LinkDetail> => {
  const links = await linksOf(deps, tx, org, await openRows(deps, tx, org))
  const link = links.find((each) => each.id === id)
  const failover = failoverOf(present.networkLinks(links, await store.readLinkPlaces(tx, org)), id)
  if (link === undefined || failover === null) throw notFound("link", id)
  return {
    link,
    a: await endOf(deps, tx, org, link.a.deviceId, link.a.interface),
    b: await endOf(deps, tx, org, link.b.deviceId, link.b.interface),
    failover,
  }
}

/** In the order of their names. */
export const interfacesOf = async (
  { series }: ReadDeps,
  tx: Tx,
  org: OrgId,
  device: string,
): Promise<Interface[]> => {
  await mustExist(tx, org, device)
  const now = new Map(
    (await series.interfacesNow(tx, org, device)).map((row) => [row.interfaceId, row]),
  )
  return present
    .inOrder(await store.readInterfaces(tx, org, device))
    .map((row) => present.presentInterface(row, now.get(row.id)))
}

export const interfaceOf = async (
  deps: ReadDeps,
  tx: Tx,
  org: OrgId,
  device: string,
  name: string,
): Promise<InterfaceDetail> => {
  const { device: whose, interface: found } = await endOf(deps, tx, org, device, name)
  if (found === null) throw notFound("interface", name)
  return {
    device: whose,
    interface: found,
    link: found.linkId === null ? null : await linkOf(deps, tx, org, found.linkId),
  }
}
