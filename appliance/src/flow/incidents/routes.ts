import { z } from "zod"
import { AcknowledgeRequest, Incident, IncidentDetail, NoteRequest } from "../../api/incidents.ts"
import { Line, page } from "../../api/shared.ts"
import { invalid } from "../../platform/http/errors.ts"
import { type Route, route } from "../../platform/http/http.ts"
import type { Incidents } from "./incidents.ts"
import type { About } from "./store.ts"

const Query = z.strictObject({
  /** `active`: open or acknowledged. */
  state: z.enum(["open", "acknowledged", "closed", "active"]).optional(),
  before: z.coerce.number().int().positive().max(2_147_483_647).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** Only what concerns this link. */
  link: z.uuid().optional(),
  /** Only what concerns this device; with `interface`, that interface of it. */
  device: z.uuid().optional(),
  interface: Line(256).optional(),
})
type Query = z.infer<typeof Query>

const aboutOf = ({ link, device, interface: name }: Query): About | null => {
  if (device === undefined && name !== undefined)
    throw invalid([
      {
        path: "device",
        message: "`interface` needs `device`: an interface is named within its device",
      },
    ])
  if (link !== undefined) return { kind: "link", id: link }
  if (device === undefined) return null
  return name === undefined ? { kind: "device", id: device } : { kind: "interface", device, name }
}

const Params = z.strictObject({ id: z.uuid() })
const Id = z.object({ id: z.uuid() })

export const routes = (incidents: Incidents): readonly Route[] => [
  route({
    method: "GET",
    path: "/incidents",
    summary:
      "Incidents, newest first; `before` continues from the page before, `link`, or `device` with or without `interface`, narrows it",
    permission: "incidents:read",
    query: Query,
    answer: page(Incident),
    handle: ({ query }, { org }) =>
      incidents.list(org, {
        state: query.state ?? null,
        before: query.before ?? null,
        limit: query.limit,
        about: aboutOf(query),
      }),
  }),
  route({
    method: "GET",
    path: "/incidents/{id}",
    summary: "One incident with its symptoms, its timeline and why we believe it",
    permission: "incidents:read",
    params: Params,
    answer: IncidentDetail,
    handle: ({ params }, { org }) => incidents.detail(org, params.id),
  }),
  route({
    method: "POST",
    path: "/incidents/{id}/acknowledge",
    summary: "Somebody has seen it and takes care",
    permission: "incidents:act",
    params: Params,
    body: AcknowledgeRequest,
    answer: Id,
    handle: ({ params, body }, actor) => incidents.acknowledge(actor, params.id, body.note),
  }),
  route({
    method: "POST",
    path: "/incidents/{id}/unacknowledge",
    summary: "Takes the acknowledgement back",
    permission: "incidents:act",
    params: Params,
    answer: Id,
    handle: ({ params }, actor) => incidents.unacknowledge(actor, params.id),
  }),
  route({
    method: "POST",
    path: "/incidents/{id}/notes",
    summary: "Adds a note to the timeline",
    permission: "incidents:act",
    params: Params,
    body: NoteRequest,
    answer: Id,
    status: 201,
    handle: ({ params, body }, actor) => incidents.note(actor, params.id, body.note),
  }),
]
