import { endpoint, type Route, route } from "../../platform/http/http.ts"
import { subscribersFor } from "../../platform/http/subscriber-access.ts"
import type { Incidents } from "./incidents.ts"

export const handoverRoutes = (incidents: Incidents): readonly Route[] => [
  route({
    ...endpoint("GET /handovers"),
    permission: "incidents:read",
    summary: "Open incidents, what happened since a time, and earlier handovers",
    handle: ({ query }, { org }) => incidents.handover(org, query.since ?? null),
  }),
  route({
    ...endpoint("POST /handovers"),
    permission: "incidents:act",
    summary: "Hand over to the next shift",
    handle: ({ body }, actor) => incidents.handOver(actor, body.sinceMs, body.text),
  }),
  route({
    ...endpoint("GET /saved-filters"),
    permission: "session:own",
    summary: "Own saved filters of the incident list, by name",
    handle: async (_, actor) => ({ items: await incidents.savedFilters(actor), next: null }),
  }),
  route({
    ...endpoint("POST /saved-filters"),
    permission: "session:own",
    summary: "Save a filter of the incident list; one of the same name is replaced",
    handle: ({ body }, actor) => incidents.saveFilter(actor, body),
  }),
  route({
    ...endpoint("DELETE /saved-filters/{id}"),
    permission: "session:own",
    summary: "Remove a saved filter",
    handle: ({ params }, actor) => incidents.removeFilter(actor, params.id),
  }),
  route({
    ...endpoint("GET /incidents/{id}/post-mortem"),
    permission: "incidents:read",
    summary: "The incident as a document, also as Markdown",
    // Its texts are sentences: names are left out before they are made.
    handle: ({ params, query }, actor) =>
      incidents.postMortem(actor.org, params.id, query.language, subscribersFor(actor)),
  }),
]
