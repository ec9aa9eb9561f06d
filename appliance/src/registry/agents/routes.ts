import type { AgentDevice } from "../../api/leases.ts"
import type { SentKind } from "../../api/redaction.ts"
import { endpoint, type Route, route } from "../../platform/http/http.ts"
import { may } from "../../platform/http/permissions.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Agents } from "./agents.ts"

const collectorRoutes = ({ collectors }: Agents): readonly Route[] => [
  route({
    ...endpoint("GET /collectors"),
    permission: "agents:read",
    summary: "Collectors of the agents, with the interval at which each reads a device",
    handle: async (_, actor) => ({ items: [...(await collectors.all(actor.org))], next: null }),
  }),
  route({
    ...endpoint("GET /collectors/profiles"),
    permission: "agents:read",
    summary: "How often devices are read: profiles of devices, roles and sites",
    handle: async (_, actor) => ({
      items: [...(await collectors.profiles(actor.org))],
      next: null,
    }),
  }),
  route({
    ...endpoint("PUT /collectors/profiles"),
    permission: "agents:write",
    summary: "Set the profile of a device, role or site; null: none",
    handle: async ({ body }, actor) => ({
      items: [...(await collectors.changeProfile(actor, body))],
      next: null,
    }),
  }),
  route({
    ...endpoint("GET /collectors/intervals"),
    permission: "agents:read",
    summary: "Intervals of groups of collectors for devices, roles and sites",
    handle: async (_, actor) => ({
      items: [...(await collectors.intervals(actor.org))],
      next: null,
    }),
  }),
  route({
    ...endpoint("PUT /collectors/intervals"),
    permission: "agents:write",
    summary: "Set the interval of a group of collectors for a device, role or site; null: none",
    handle: async ({ body }, actor) => ({
      items: [...(await collectors.changeInterval(actor, body))],
      next: null,
    }),
  }),
  route({
    ...endpoint("PATCH /collectors/{name}"),
    permission: "agents:write",
    summary: "Set the interval of a collector for all devices; null: the default",
    handle: ({ params, body }, actor) => collectors.change(actor, params.name, body),
  }),
]

/** What collectors of these devices cost, by device. */
export type CollectionCosts = (
  org: OrgId,
  devices: readonly string[],
) => Promise<ReadonlyMap<string, NonNullable<AgentDevice["cost"]>>>

const deviceRoutes = (agents: Agents, costs: CollectionCosts): readonly Route[] => [
  route({
    ...endpoint("GET /agents/{id}/devices"),
    permission: "agents:read",
    summary: "What an agent reads and probes: since when, by which method, and what it costs",
    handle: async ({ params }, { org }) => {
      const devices = await agents.devicesOf(org, params.id)
      const costOf = await costs(
        org,
        devices.flatMap(({ id, role }) => (role === "reads" ? [id] : [])),
      )
      const items = devices.map((device) => ({ ...device, cost: costOf.get(device.id) ?? null }))
      return { items, next: null }
    },
  }),
]

const redactionRoutes = (agents: Agents): readonly Route[] => [
  route({
    ...endpoint("GET /agents/{id}/sent"),
    permission: "agents:read",
    summary: "What an agent sent in the last hour by kind, with the latest of each as received",
    handle: async ({ params }, actor) => {
      const { kinds, ...rest } = await agents.sentOf(actor.org, params.id)
      const isHidden = (kind: SentKind): boolean =>
        kind !== "heartbeats" &&
        !(
          may(actor, "subscribers:read") &&
          (kind !== "diagnostics" || may(actor, "diagnostics:run"))
        )
      return {
        ...rest,
        kinds: kinds.map((sent) =>
          isHidden(sent.kind) ? { ...sent, latest: null, isHidden: true } : sent,
        ),
      }
    },
  }),
  route({
    ...endpoint("GET /redaction"),
    permission: "agents:read",
    summary: "What agents are asked to hide, and what each of them hides",
    handle: (_, actor) => agents.redaction(actor.org),
  }),
  route({
    ...endpoint("PUT /redaction"),
    permission: "redaction:write",
    summary: "Set what agents hide, besides what the settings of their hosts hide",
    handle: ({ body }, actor) => agents.changeRedaction(actor, body),
  }),
]

type Deps = { readonly agents: Agents; readonly collectionCosts: CollectionCosts }
export const routes = ({ agents, collectionCosts }: Deps): readonly Route[] => [
  ...collectorRoutes(agents),
  ...redactionRoutes(agents),
  ...deviceRoutes(agents, collectionCosts),
  route({
    ...endpoint("GET /devices/{id}/reading"),
    permission: "inventory:read",
    summary: "By which agent and method a device is read, since when, and why",
    handle: ({ params }, actor) => agents.reading(actor.org, params.id),
  }),
  route({
    ...endpoint("GET /agents"),
    permission: "agents:read",
    summary: "Agents by name, each with its status",
    handle: async (_, actor) => ({ items: [...(await agents.all(actor.org))], next: null }),
  }),
  route({
    ...endpoint("GET /agents/{id}"),
    permission: "agents:read",
    summary: "One agent",
    handle: ({ params }, actor) => agents.one(actor.org, params.id),
  }),
  route({
    ...endpoint("POST /agents"),
    permission: "agents:write",
    summary: "Add an agent; then create an enrolment token",
    handle: ({ body }, actor) => agents.create(actor, body),
  }),
  route({
    ...endpoint("PATCH /agents/{id}"),
    permission: "agents:write",
    summary: "Change an agent's name, site, device or networks",
    handle: ({ params, body }, actor) => agents.change(actor, params.id, body),
  }),
  route({
    ...endpoint("DELETE /agents/{id}"),
    permission: "agents:write",
    summary: "Remove an agent; its devices stay and are no longer monitored",
    handle: ({ params }, actor) => agents.remove(actor, params.id),
  }),
  route({
    ...endpoint("POST /agents/{id}/token"),
    permission: "agents:write",
    summary:
      "Create an enrolment token: shown once, valid once, for ten minutes; it replaces an earlier one",
    handle: ({ params, ctx }, actor) => agents.token(actor, params.id, ctx.hostname),
  }),
  route({
    ...endpoint("POST /agents/{id}/revoke"),
    permission: "agents:write",
    summary: "Revoke an agent's certificates and tokens, from its next request on",
    handle: ({ params }, actor) => agents.revoke(actor, params.id),
  }),
  route({
    ...endpoint("POST /agents/{id}/update"),
    permission: "agents:write",
    summary: "Offer an agent the release again that it has given up",
    handle: ({ params }, actor) => agents.retryUpdate(actor, params.id),
  }),
  route({
    ...endpoint("POST /devices/test"),
    permission: "inventory:write",
    summary: "Test an access from an agent before it is saved; answers within 20 s",
    handle: ({ body }, actor) => agents.test(actor, body),
  }),
]
