import { describeFamily, FAMILIES, type Family } from "@ispvm/wire/families"
import { latestQuery, seriesQuery } from "../../api/series.ts"
import { endpoint, type Route, route } from "../../platform/http/http.ts"
import { may } from "../../platform/http/permissions.ts"
import type { Fleet } from "./fleet.ts"
import { pageOfDevices, pageOfInterfaces, pageOfLinks } from "./pages.ts"

const whole = <T>(items: T[]) => ({ items, next: null })

type Deps = { readonly fleet: Fleet; readonly families?: readonly Family[] }

const deviceRoutes = ({ fleet }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /devices"),
    permission: "inventory:read",
    isShared: true,
    summary: "Devices by name, each with its state and latest values; in pages with `limit`",
    handle: async ({ query }, { org }) => pageOfDevices(await fleet.devices(org), query),
  }),
  route({
    ...endpoint("GET /devices/{id}"),
    permission: "inventory:read",
    summary: "One device with its state and latest values",
    handle: ({ params }, { org }) => fleet.device(org, params.id),
  }),
  route({
    ...endpoint("GET /devices/{id}/interfaces"),
    permission: "inventory:read",
    summary: "The ports of a device with their latest values; in pages with `limit`",
    handle: async ({ params, query }, { org }) =>
      pageOfInterfaces(await fleet.interfaces(org, params.id), query),
  }),
  route({
    ...endpoint("GET /devices/{id}/interface"),
    permission: "inventory:read",
    summary: "One interface by its name, with its device and the link that ends on it",
    handle: ({ params, query }, { org }) => fleet.interface(org, params.id, query.name),
  }),
]

const metricRoutes = ({ fleet, families = FAMILIES }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /devices/{id}/series"),
    permission: "series:read",
    summary: "Values of a device over time, in columns; a gap is null",
    query: seriesQuery(families),
    handle: ({ params, query }, actor) =>
      fleet.series(actor.org, params.id, query, may(actor, "subscribers:read")),
  }),
  route({
    ...endpoint("GET /devices/{id}/metrics"),
    permission: "series:read",
    summary: "Latest values of a device by metric; of one family with `family`",
    query: latestQuery(families),
    handle: async ({ params, query }, { org }) =>
      whole([...(await fleet.latest(org, params.id, query.family ?? null))]),
  }),
  route({
    ...endpoint("GET /devices/{id}/metric-families"),
    permission: "series:read",
    summary: "Every metric family, and whether the device has values of it",
    handle: async ({ params }, { org }) => {
      const known = await fleet.familiesOf(org, params.id)
      return whole(
        families.map((family) => ({
          ...describeFamily(family),
          hasValues: known.has(family.name),
        })),
      )
    },
  }),
  route({
    ...endpoint("GET /metric-families"),
    permission: "series:read",
    summary: "What is measured: metrics with unit, entity and charts, by family",
    handle: async () => whole(families.map(describeFamily)),
  }),
]

const eventRoutes = ({ fleet }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /devices/{id}/events"),
    permission: "events:read",
    summary: "What happened on a device, newest first; on one of its interfaces with `interface`",
    handle: ({ params, query: { since, cursor, limit, ...query } }, actor) =>
      fleet.events(actor.org, {
        device: params.id,
        interface: query.interface ?? null,
        source: query.source ?? null,
        severity: query.severity ?? null,
        search: query.search ?? null,
        since: since ?? null,
        cursor: cursor ?? null,
        limit,
        withPersons: may(actor, "subscribers:read"),
      }),
  }),
  route({
    ...endpoint("GET /events"),
    permission: "events:read",
    summary: "What happened, newest first; of one device with `device`",
    handle: ({ query: { device, since, cursor, limit, ...query } }, actor) =>
      fleet.events(actor.org, {
        device: device ?? null,
        source: query.source ?? null,
        severity: query.severity ?? null,
        search: query.search ?? null,
        since: since ?? null,
        cursor: cursor ?? null,
        limit,
        withPersons: may(actor, "subscribers:read"),
      }),
  }),
]

const networkRoutes = ({ fleet }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /links"),
    permission: "inventory:read",
    isShared: true,
    summary: "Links by name, with their state and load; in pages with `limit`",
    handle: async ({ query }, { org }) => pageOfLinks(await fleet.links(org), query),
  }),
  route({
    ...endpoint("GET /links/{id}"),
    permission: "inventory:read",
    summary: "One link: both ends, its load, and the capacity left when it or its partner fails",
    handle: ({ params }, { org }) => fleet.link(org, params.id),
  }),
  route({
    ...endpoint("GET /topology"),
    permission: "inventory:read",
    isShared: true,
    summary: "Sites, devices, links and agents: everything map and graph draw",
    handle: (_, { org }) => fleet.topology(org),
  }),
  route({
    ...endpoint("GET /overview"),
    permission: "inventory:read",
    isShared: true,
    summary: "Figures of the whole network, open incidents and recent events",
    handle: (_, actor) => fleet.overview(actor.org, may(actor, "subscribers:read")),
  }),
]

export const routes = (deps: Deps): readonly Route[] => [
  ...deviceRoutes(deps),
  ...metricRoutes(deps),
  ...eventRoutes(deps),
  ...networkRoutes(deps),
]
