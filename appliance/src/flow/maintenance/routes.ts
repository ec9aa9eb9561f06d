import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { Maintenance } from "./maintenance.ts"

export const routes = (maintenance: Maintenance): readonly Route[] => [
  route({
    ...endpoint("GET /maintenance"),
    permission: "maintenance:read",
    summary: "Maintenance windows with their occurrences between `from` and `to`",
    handle: async ({ query }, { org }) => ({
      items: await maintenance.list(org, query),
      next: null,
    }),
  }),
  route({
    ...endpoint("GET /maintenance/{id}"),
    permission: "maintenance:read",
    summary: "One maintenance window with the incidents that it held back",
    handle: ({ params }, { org }) => maintenance.detail(org, params.id),
  }),
  route({
    ...endpoint("POST /maintenance"),
    permission: "maintenance:write",
    summary: "Plan a maintenance window, once or by a rule",
    handle: ({ body }, actor) => maintenance.create(actor, body),
  }),
  route({
    ...endpoint("POST /maintenance/now"),
    permission: "maintenance:write",
    summary: "Begin a maintenance window that ends after some minutes",
    handle: ({ body }, actor) => maintenance.startNow(actor, body),
  }),
  route({
    ...endpoint("PUT /maintenance/{id}"),
    permission: "maintenance:write",
    summary: "Change a maintenance window",
    handle: ({ params, body }, actor) => maintenance.change(actor, params.id, body),
  }),
  route({
    ...endpoint("POST /maintenance/{id}/end"),
    permission: "maintenance:write",
    summary: "End the occurrence that is on",
    handle: ({ params }, actor) => maintenance.endNow(actor, params.id),
  }),
  route({
    ...endpoint("DELETE /maintenance/{id}"),
    permission: "maintenance:write",
    summary: "Remove a maintenance window",
    handle: ({ params }, actor) => maintenance.remove(actor, params.id),
  }),
]
