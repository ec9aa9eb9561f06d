/** Devices and links with their latest values and statuses. */
import type { Device, Interface, Link } from "../../api/inventory.ts"
import type { InterfaceDetail, LinkDetail, LinkEndDetail } from "../../api/links.ts"
import type { Series } from "../../flow/series/series.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { failoverOf } from "./failover.ts"
import type { NetworkNow } from "./network.ts"
import * as present from "./present.ts"
import * as store from "./store.ts"

export type Statuses = {
  readonly device: (id: string) => present.EntityStatus
  readonly link: (id: string) => present.EntityStatus
}
export type ReadDeps = {
  readonly series: Series
  readonly statuses: (org: OrgId) => Statuses
}

/** Throws unless the organisation has this device. */
export const mustExist = async (tx: Tx, org: OrgId, device: string): Promise<void> => {
  if (!(await store.deviceExists(tx, org, device))) throw notFound("device", device)
}

/** By name. */
export const devicesOf = ({ devices, ...now }: NetworkNow, statuses: Statuses): Device[] =>
  devices.map((facts) =>
    present.presentDevice(
      facts,
      now.deviceNow(facts),
      now.sourcesOf(facts.id),
      statuses.device(facts.id),
    ),
  )

/** By name. */
export const linksOf = ({ links, linkNow }: NetworkNow, statuses: Statuses): Link[] =>
  links.map((row) => present.presentLink(row, linkNow(row.id), statuses.link(row.id)))

/** From the database; throws if the organisation has no such device. */
export const deviceOf = async (
  { series, statuses }: ReadDeps,
  tx: Tx,
  org: OrgId,
  id: string,
): Promise<Device> => {
  const [row] = await store.readDevices(tx, org, id)
  if (row === undefined) throw notFound("device", id)
  const [now] = await series.devicesNow(tx, org, id)
  const sources = await series.sourcesNow(tx, org, id)
  return present.presentDevice(present.presentFacts(row), now, sources, statuses(org).device(id))
}

const endOf = async (
  deps: ReadDeps,
  tx: Tx,
  org: OrgId,
  device: string,
  name: string | null,
): Promise<LinkEndDetail> => {
  const found = await deviceOf(deps, tx, org, device)
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

/** `links`: all of the organisation. */
export const linkOf = async (
  deps: ReadDeps,
  tx: Tx,
  org: OrgId,
  id: string,
  links: readonly Link[],
): Promise<LinkDetail> => {
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
  links: readonly Link[],
): Promise<InterfaceDetail> => {
  const { device: whose, interface: found } = await endOf(deps, tx, org, device, name)
  if (found === null) throw notFound("interface", name)
  return {
    device: whose,
    interface: found,
    link: found.linkId === null ? null : await linkOf(deps, tx, org, found.linkId, links),
  }
}
