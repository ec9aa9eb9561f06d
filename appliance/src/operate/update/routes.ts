import { MAX_PIECE_BYTES } from "../../api/updates.ts"
import { readPiece } from "../../platform/http/body.ts"
import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { UpdatesPart } from "./update.ts"

export const routes = ({ updates }: { readonly updates: UpdatesPart }): readonly Route[] => [
  route({
    ...endpoint("GET /updates"),
    permission: "updates:read",
    isFromMemory: true,
    summary: "The release that runs, the update that was uploaded, and how the last one ended",
    handle: () => updates.view(),
  }),
  route({
    ...endpoint("PUT /updates/bundle"),
    permission: "updates:write",
    summary: "Upload a piece of an update: at most 1 MiB, as application/octet-stream, in order",
    handle: async ({ query, ctx }, actor) =>
      await updates.addPiece(actor, query, await readPiece(ctx.req, MAX_PIECE_BYTES)),
  }),
  route({
    ...endpoint("POST /updates/runs"),
    permission: "updates:write",
    summary: "Install the uploaded update, or roll back to the release before",
    handle: ({ body }, actor) => updates.request(actor, body),
  }),
]
