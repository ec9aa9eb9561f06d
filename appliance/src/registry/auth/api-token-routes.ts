import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { ApiTokens } from "./api-tokens.ts"

export const apiTokenRoutes = ({ tokens }: { readonly tokens: ApiTokens }): readonly Route[] => [
  route({
    ...endpoint("GET /tokens"),
    permission: "tokens:read",
    summary: "API tokens, newest first, without their secrets",
    handle: async (_, actor) => ({ items: await tokens.list(actor.org), next: null }),
  }),
  route({
    ...endpoint("POST /tokens"),
    permission: "tokens:write",
    summary: "Create an API token; its text is answered once",
    handle: ({ body }, actor) => tokens.create(actor, body),
  }),
  route({
    ...endpoint("POST /tokens/{id}/revoke"),
    permission: "tokens:write",
    summary: "Revoke an API token; its next request is rejected",
    handle: ({ params }, actor) => tokens.revoke(actor, params.id),
  }),
]
