/** Lists of devices, links and interfaces by pages: filtered, searched and sorted. Pure. */
import type { Device, Interface, Link } from "../../api/inventory.ts"
import type { DeviceInterfacesQuery, DeviceQuery, LinkQuery } from "../../api/list-queries.ts"
import { hasWords, type ListOf, type ListPage, listPage } from "../../platform/list-page.ts"

const DEVICES: ListOf<Device> = {
  id: ({ id }) => id,
  orders: {
    name: ({ name }) => name,
    address: ({ address }) => address,
    site: ({ siteName }) => siteName,
    agent: ({ agentName }) => agentName,
    board: ({ board }) => board,
    version: ({ version }) => version,
    status: ({ status }) => status.status,
  },
}
const LINKS: ListOf<Link> = {
  id: ({ id }) => id,
  orders: {
    name: ({ name }) => name,
    capacity: ({ capacityBps }) => capacityBps,
    status: ({ status }) => status.status,
  },
}
const INTERFACES: ListOf<Interface> = {
  id: ({ id }) => String(id),
  orders: { name: ({ name }) => name, type: ({ type }) => type },
}

const is = <T>(wanted: T | undefined, value: T): boolean => wanted === undefined || wanted === value

export const pageOfDevices = (
  devices: readonly Device[],
  { q, status, site, agent, role, tag, ...page }: DeviceQuery,
): ListPage<Device> => {
  const matching = devices.filter(
    (one) =>
      is(status, one.status.status) &&
      is<string | null>(site, one.siteId) &&
      is<string | null>(agent, one.agentId) &&
      (role === undefined || one.roles.includes(role)) &&
      (tag === undefined || one.tags?.includes(tag) === true) &&
      hasWords(q, [
        ...[one.name, one.address, one.siteName, one.agentName, one.identity],
        ...[one.vendor, one.board, one.version, one.serial, ...(one.tags ?? [])],
      ]),
  )
  return listPage(matching, page, DEVICES)
}

export const pageOfLinks = (
  links: readonly Link[],
  { q, status, device, medium, tag, ...page }: LinkQuery,
): ListPage<Link> => {
  const matching = links.filter(
    (one) =>
      is(status, one.status.status) &&
      (device === undefined || one.a.deviceId === device || one.b.deviceId === device) &&
      is<Link["medium"]>(medium, one.medium) &&
      (tag === undefined || one.tags?.includes(tag) === true) &&
      hasWords(q, [
        ...[one.name, one.a.deviceName, one.a.interface],
        ...[one.b.deviceName, one.b.interface, ...(one.tags ?? [])],
      ]),
  )
  return listPage(matching, page, LINKS)
}

export const pageOfInterfaces = (
  interfaces: readonly Interface[],
  { q, ...page }: DeviceInterfacesQuery,
): ListPage<Interface> =>
  listPage(
    interfaces.filter(({ name, type, comment }) => hasWords(q, [name, type, comment])),
    page,
    INTERFACES,
  )
