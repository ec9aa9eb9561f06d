import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { Companions } from "./companion.ts"

/**
 * Every answer of the API is `Cache-Control: no-store` (http.ts), which those with secrets need.
 */
export const routes = ({ companions }: { readonly companions: Companions }): readonly Route[] => [
  route({
    ...endpoint("GET /devices/{id}/companion"),
    permission: "inventory:read",
    summary: "Desired configuration of this router, its keys, its last push, and its drift",
    handle: ({ params }, actor) => companions.view(actor.org, params.id),
  }),
  route({
    ...endpoint("PUT /devices/{id}/companion"),
    permission: "inventory:write",
    summary: "Save the desired configuration; nothing on the router changes before its script runs",
    handle: ({ params, body }, actor) => companions.configure(actor, params.id, body),
  }),
  route({
    ...endpoint("POST /devices/{id}/companion/script"),
    permission: "inventory:write",
    summary:
      "Create a script for this router; the onboarding script contains a new key and is shown once",
    handle: ({ params, body }, actor) => companions.script(actor, params.id, body.kind),
  }),
  route({
    ...endpoint("POST /devices/{id}/companion/link"),
    permission: "inventory:write",
    summary:
      "Create a one-time link with which the router fetches its script: valid for 15 minutes; it replaces an earlier one",
    handle: ({ params, body }, actor) => companions.link(actor, params.id, body.kind),
  }),
  route({
    ...endpoint("POST /devices/{id}/companion/keys"),
    permission: "inventory:write",
    summary:
      "Create a new key and the script that installs it; the old key works until the new one is used, at most for a day",
    handle: ({ params }, actor) => companions.rotate(actor, params.id),
  }),
  route({
    ...endpoint("DELETE /devices/{id}/companion/keys/{key}"),
    permission: "inventory:write",
    summary: "Revoke a key at once: pushes with it are rejected",
    handle: ({ params }, actor) => companions.revoke(actor, params.id, params.key),
  }),
  route({
    ...endpoint("POST /devices/{id}/companion/verify"),
    permission: "inventory:write",
    summary: "Compare the router, read through its agent, with its script; answers within 60 s",
    handle: ({ params }, actor) => companions.verify(actor, params.id),
  }),
  route({
    ...endpoint("DELETE /devices/{id}/companion"),
    permission: "inventory:write",
    summary:
      "The script was removed from the router: revoke its keys, delete the desired configuration, expect no reports",
    handle: ({ params }, actor) => companions.forget(actor, params.id),
  }),
  route({
    ...endpoint("POST /companion/preview"),
    permission: "inventory:write",
    summary: "Preview of the onboarding script, with its secrets masked; stores nothing",
    handle: ({ body: { deviceId, ...input } }, actor) =>
      companions.preview(actor.org, deviceId, input),
  }),
]
