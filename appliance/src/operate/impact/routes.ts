import { endpoint, type Route, route } from "../../platform/http/http.ts"
import { may } from "../../platform/http/permissions.ts"
import type { Impact } from "./impact.ts"

export const routes = ({ impact }: { readonly impact: Impact }): readonly Route[] => [
  route({
    ...endpoint("GET /incidents/{id}/impact"),
    permission: "incidents:read",
    summary:
      "Sessions of customers that an incident cut off, by device, and which of them are back",
    handle: ({ params }, actor) =>
      impact.ofIncident(actor.org, params.id, may(actor, "subscribers:read")),
  }),
]
