import type { IncidentQuery } from "../../api/incidents.ts"
import { endpoint, type Route, route } from "../../platform/http/http.ts"
import { invalid } from "../../platform/http/http-error.ts"
import { actOnAll } from "./bulk.ts"
import { handoverRoutes } from "./handover-routes.ts"
import type { Incidents } from "./incidents.ts"
import type { About } from "./store.ts"

const aboutOf = ({ link, device, interface: name }: IncidentQuery): About | null => {
  if (device === undefined && name !== undefined)
    throw invalid([{ path: "device", code: "field.device-needed", params: {} }])
  if (link !== undefined) return { kind: "link", id: link }
  if (device === undefined) return null
  return name === undefined ? { kind: "device", id: device } : { kind: "interface", device, name }
}

/** `onFault`: of a single incident, where a request is about several. */
export const routes = (
  incidents: Incidents,
  onFault: (error: unknown) => void,
): readonly Route[] => [
  ...handoverRoutes(incidents),
  route({
    ...endpoint("GET /incidents"),
    permission: "incidents:read",
    summary:
      "Incidents, newest first; `cursor` continues, `before` and `after` are the numbers to continue from; `from`, `to`, `link`, `device` (with `interface`), `q`, `severity`, `owner`, `site` and `causeCode` filter",
    handle: ({ query }, { org }) =>
      incidents.list(org, {
        state: query.state ?? null,
        before: query.cursor ?? query.before ?? null,
        after: query.after ?? null,
        fromMs: query.from ?? null,
        toMs: query.to ?? null,
        limit: query.limit,
        about: aboutOf(query),
        q: query.q ?? null,
        severity: query.severity ?? null,
        owner: query.owner ?? null,
        site: query.site ?? null,
        causeCode: query.causeCode ?? null,
      }),
  }),
  route({
    ...endpoint("GET /incidents/{id}"),
    permission: "incidents:read",
    summary: "One incident with its symptoms, timeline and diagnosis",
    handle: ({ params }, { org }) => incidents.detail(org, params.id),
  }),
  route({
    ...endpoint("POST /incidents/actions"),
    permission: "incidents:act",
    summary: "One action on several incidents, with a result for each",
    handle: async ({ body }, actor) => ({
      results: await actOnAll(incidents, actor, body, onFault),
    }),
  }),
  route({
    ...endpoint("POST /incidents/{id}/acknowledge"),
    permission: "incidents:act",
    summary: "Acknowledge an incident",
    handle: ({ params, body }, actor) =>
      incidents.act(actor, params.id, { action: "acknowledge", ids: [], ...body }),
  }),
  route({
    ...endpoint("POST /incidents/{id}/unacknowledge"),
    permission: "incidents:act",
    summary: "Withdraw the acknowledgement",
    handle: ({ params }, actor) =>
      incidents.act(actor, params.id, { action: "unacknowledge", ids: [] }),
  }),
  route({
    ...endpoint("POST /incidents/{id}/notes"),
    permission: "incidents:act",
    summary: "Add a note to the timeline",
    handle: ({ params, body }, actor) =>
      incidents.act(actor, params.id, { action: "note", ids: [], ...body }),
  }),
  route({
    ...endpoint("POST /incidents/{id}/split"),
    permission: "incidents:act",
    summary: "Make some of its active symptoms an incident of their own",
    handle: ({ params, body }, actor) => incidents.split(actor, params.id, body.alertIds),
  }),
  route({
    ...endpoint("GET /assignees"),
    permission: "incidents:read",
    summary: "Accounts that incidents can be assigned to and notes can mention",
    handle: async (_, { org }) => ({ items: await incidents.assignees(org), next: null }),
  }),
]
