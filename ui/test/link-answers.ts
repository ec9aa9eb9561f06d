/** API answers for the link and interface pages, with a sample network. */
import type { EventRow, Incident } from "@ispvm/appliance/api/incidents"
import type { Device, Link } from "@ispvm/appliance/api/inventory"
import type { Failover } from "@ispvm/appliance/api/links"
import { makeInterface, uuid } from "./make.ts"
import { makeEnd, makeFailover, makeLinkDetail } from "./make-link.ts"
import type { Answer } from "./server.ts"

export type LinkedNetwork = {
  readonly devices: readonly Device[]
  readonly links: readonly Link[]
  readonly incidents: readonly Incident[]
  failover?: Failover
}

export const answerLinks = (network: LinkedNetwork, url: URL): Answer | null => {
  const [, kind, id, part] = url.pathname.split("/")
  if (kind === "links") {
    const link = network.links.find((each) => each.id === id)
    return link === undefined ? null : ok(detailOf(network, link))
  }
  const device = network.devices.find((each) => each.id === id)
  if (device === undefined) return null
  if (part === "events")
    return ok({
      items: eventsOf(device, url.searchParams.get("interface") ?? "ether1"),
      next: null,
    })
  const name = url.searchParams.get("name") ?? ""
  const link = network.links.find((each) =>
    [each.a, each.b].some((end) => end.deviceId === device.id && end.interface === name),
  )
  if (link === undefined && !/^ether\d+$|^ge-/.test(name)) return null
  const detail = link === undefined ? null : detailOf(network, link)
  const end = detail === null ? null : link?.a.deviceId === device.id ? detail.a : detail.b
  return ok({
    device: makeEnd(device),
    interface: end?.interface ?? makeInterface(3, device, { name, comment: null }),
    link: detail,
  })
}

const detailOf = (network: LinkedNetwork, link: Link) => {
  const [a, b] = [link.a, link.b].map((end) =>
    network.devices.find((each) => each.id === end.deviceId),
  )
  if (a === undefined || b === undefined) throw new Error(`link ${link.name} has no ends`)
  return makeLinkDetail(link, a, b, network.failover ?? makeFailover("ring"))
}

const isInState = (incident: Incident, state: string | null): boolean =>
  state === null || (state === "active" ? incident.state !== "closed" : incident.state === state)

/** Like the appliance: all, or those that affect a link or an interface, in a state and a range. */
export const incidentsAbout = (
  network: LinkedNetwork,
  query: URLSearchParams,
): readonly Incident[] => {
  const fromMs = Number(query.get("from") ?? 0)
  const toMs = Number(query.get("to") ?? Number.POSITIVE_INFINITY)
  return concerning(network, query).filter(
    (each) =>
      isInState(each, query.get("state")) &&
      isMatching(each, query) &&
      each.openedAtMs < toMs &&
      (each.closedAtMs ?? Number.POSITIVE_INFINITY) >= fromMs,
  )
}

/** As the appliance filters, as far as tests need it. */
const isMatching = (incident: Incident, query: URLSearchParams): boolean => {
  const { severity, ownerId, ownerName, causeCode, title, number } = incident
  const owner = query.get("owner")
  const q = query.get("q")?.toLowerCase() ?? ""
  const text = `${JSON.stringify(title)} #${number}`.toLowerCase()
  return (
    (query.get("severity") ?? severity) === severity &&
    (owner === null || (owner === "none" ? ownerName === null : ownerId === owner)) &&
    (query.get("causeCode") !== "none" || causeCode === null) &&
    text.includes(q)
  )
}

const concerning = (
  { devices, links, incidents }: LinkedNetwork,
  query: URLSearchParams,
): readonly Incident[] => {
  const ends = (link: Link) =>
    [link.a, link.b].some(
      (end) => end.deviceId === query.get("device") && end.interface === query.get("interface"),
    )
  if (query.has("device") && !query.has("interface")) {
    const device = devices.find((each) => each.id === query.get("device"))
    const around = new Set([device?.id, device?.siteId, device?.agentId])
    return incidents.filter(
      (each) => each.id === device?.incidentId || each.causes.some((cause) => around.has(cause.id)),
    )
  }
  if (!query.has("link") && !query.has("interface")) return incidents
  const link = links.find((each) => each.id === query.get("link") || ends(each))
  return incidents.filter((incident) => incident.causes.some((cause) => cause.id === link?.id))
}

const eventsOf = (device: Device, port: string): readonly EventRow[] =>
  Array.from({ length: 6 }, (_, n) => ({
    id: uuid(5_100 + n + (Number.parseInt(device.id.slice(-4), 16) % 64) * 10),
    atMs: Date.now() - n * 2_900_000 - 900_000,
    receivedAtMs: Date.now() - n * 2_900_000,
    deviceId: device.id,
    deviceName: device.name,
    name: n % 2 === 0 ? "link-up" : "link-down",
    source: n % 3 === 0 ? "syslog" : "routeros-api",
    severity: "info",
    interface: port,
    message: n % 2 === 0 ? `${port} link up (speed 10G, full duplex)` : `${port} link down`,
  }))

const ok = (body: unknown): Answer => ({ status: 200, body })
