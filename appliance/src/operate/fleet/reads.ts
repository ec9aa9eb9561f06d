/** Reads of one transaction: devices and links with their latest values and statuses. */
import type { Device, Interface, Link } from "../../api/inventory.ts"
import type { InterfaceDetail, LinkDetail, LinkEndDetail } from "../../api/links.ts"
import type { Series } from "../../flow/series/series.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { DeviceRows } from "./device-rows.ts"
import { failoverOf } from "./failover.ts"
import * as present from "./present.ts"
import * as store from "./store.ts"

export type Statuses = {
  readonly device: (id: string) => present.EntityStatus
  readonly link: (id: string) => present.EntityStatus
}
export type ReadDeps = {
  readonly series: Series
  readonly statuses: (org: OrgId) => Statuses
  /** Of all devices, from memory where they have not changed. */
  readonly deviceRows: DeviceRows
}

/** Throws unless the organisation has this device. */
export const mustExist = async (tx: Tx, org: OrgId, device: string): Promise<void> => {
  if (!(await store.deviceExists(tx, org, device))) throw notFound("device", device)
}

export const devicesOf = async (
  { series, statuses, deviceRows }: ReadDeps,
  tx: Tx,
  org: OrgId,
  id: string | null,
): Promise<Device[]> => {
  const facts =
    id === null
      ? await deviceRows(tx, org)
      : (await store.readDevices(tx, org, id)).map(present.presentFacts)
  const now = new Map((await series.devicesNow(tx, org, id)).map((row) => [row.deviceId, row]))
  const sources = Map.groupBy(await series.sourcesNow(tx, org, id), ({ deviceId }) => deviceId)
  const statusOf = statuses(org)
  return facts.map((each) =>
    present.presentDevice(
      each,
      now.get(each.id),
      sources.get(each.id) ?? [],
      statusOf.device(each.id),
    ),
  )
}

export const linksOf = async (
  { series, statuses }: ReadDeps,
  tx: Tx,
  org: OrgId,
): Promise<Link[]> => {
  const rows = await store.readLinks(tx, org)
  const now = new Map((await series.linksNow(tx, org)).map((row) => [row.linkId, row]))
  const statusOf = statuses(org)
  return rows.map((row) => present.presentLink(row, now.get(row.id), statusOf.link(row.id)))
}

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
  const links = await linksOf(deps, tx, org)
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
