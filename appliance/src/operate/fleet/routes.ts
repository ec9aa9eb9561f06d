import { z } from "zod"
import { EventRow } from "../../api/incidents.ts"
import { Device, Interface, Link, Topology } from "../../api/inventory.ts"
import { InterfaceDetail, InterfaceQuery, LinkDetail } from "../../api/links.ts"
import { Overview } from "../../api/overview.ts"
import { SeriesAnswer, SeriesQuery } from "../../api/series.ts"
import { Line, page } from "../../api/shared.ts"
import { type Route, route } from "../../platform/http/http.ts"
import type { Fleet } from "./fleet.ts"

const Id = z.strictObject({ id: z.uuid() })
const EventsOfDevice = z.strictObject({
  interface: Line(256).optional(),
  since: z.coerce.number().int().nonnegative().max(8_640_000_000_000_000).optional(),
  cursor: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
const Events = EventsOfDevice.omit({ interface: true }).extend({ device: z.uuid().optional() })

const whole = <T>(items: T[]) => ({ items, next: null })

export const routes = ({ fleet }: { readonly fleet: Fleet }): readonly Route[] => [
  route({
    method: "GET",
    path: "/devices",
    permission: "inventory:read",
    summary: "Devices by name, each with its state and latest values; all of them in one page",
    answer: page(Device),
    handle: async (_, { org }) => whole(await fleet.devices(org)),
  }),
  route({
    method: "GET",
    path: "/devices/{id}",
    permission: "inventory:read",
    summary: "One device with its state and latest values",
    params: Id,
    answer: Device,
    handle: ({ params }, { org }) => fleet.device(org, params.id),
  }),
  route({
    method: "GET",
    path: "/devices/{id}/interfaces",
    permission: "inventory:read",
    summary: "The ports of a device with their latest values",
    params: Id,
    answer: page(Interface),
    handle: async ({ params }, { org }) => whole(await fleet.interfaces(org, params.id)),
  }),
  route({
    method: "GET",
    path: "/devices/{id}/interface",
    permission: "inventory:read",
    summary: "One interface by its name, with its device and the link that ends on it",
    params: Id,
    query: InterfaceQuery,
    answer: InterfaceDetail,
    handle: ({ params, query }, { org }) => fleet.interface(org, params.id, query.name),
  }),
  route({
    method: "GET",
    path: "/devices/{id}/series",
    permission: "series:read",
    summary: "Values of a device over time, in columns; a gap is null",
    params: Id,
    query: SeriesQuery,
    answer: SeriesAnswer,
    handle: ({ params, query }, { org }) =>
      fleet.series(org, params.id, { ...query, interface: query.interface ?? null }),
  }),
  route({
    method: "GET",
    path: "/devices/{id}/events",
    permission: "events:read",
    summary: "What happened on a device, newest first; on one of its interfaces with `interface`",
    params: Id,
    query: EventsOfDevice,
    answer: page(EventRow),
    handle: ({ params, query: { since, cursor, limit, ...query } }, { org }) =>
      fleet.events(org, {
        device: params.id,
        interface: query.interface ?? null,
        since: since ?? null,
        cursor: cursor ?? null,
        limit,
      }),
  }),
  route({
    method: "GET",
    path: "/events",
    permission: "events:read",
    summary: "What happened, newest first; of one device with `device`",
    query: Events,
    answer: page(EventRow),
    handle: ({ query: { device, since, cursor, limit } }, { org }) =>
      fleet.events(org, {
        device: device ?? null,
        since: since ?? null,
        cursor: cursor ?? null,
        limit,
      }),
  }),
  route({
    method: "GET",
    path: "/links",
    permission: "inventory:read",
    summary: "Links with their state and load",
    answer: page(Link),
    handle: async (_, { org }) => whole(await fleet.links(org)),
  }),
  route({
    method: "GET",
    path: "/links/{id}",
    permission: "inventory:read",
    summary: "One link: both ends, its load, and the capacity left when it or its partner fails",
    params: Id,
    answer: LinkDetail,
    handle: ({ params }, { org }) => fleet.link(org, params.id),
  }),
  route({
    method: "GET",
    path: "/topology",
    permission: "inventory:read",
    summary: "Sites, devices, links and agents: everything map and graph draw",
    answer: Topology,
    handle: (_, { org }) => fleet.topology(org),
  }),
  route({
    method: "GET",
    path: "/overview",
    permission: "inventory:read",
    summary: "Figures of the whole network, open incidents and recent events",
    answer: Overview,
    handle: (_, { org }) => fleet.overview(org),
  }),
]
