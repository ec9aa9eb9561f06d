import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { Companions } from "./companion.ts"

/** Every answer of the API is `Cache-Control: no-store` (http.ts): those with secrets in them need it. */
export const routes = ({ companions }: { readonly companions: Companions }): readonly Route[] => [
  route({
    ...endpoint("GET /devices/{id}/companion"),
    permission: "inventory:read",
    summary:
      "What this router is to do by itself, its keys, what it last pushed, and how far it has drifted",
    handle: ({ params }, actor) => companions.view(actor.org, params.id),
  }),
  route({
    ...endpoint("PUT /devices/{id}/companion"),
    permission: "inventory:write",
    summary:
      "Choose what this router is to do by itself; nothing on the router changes before its script is run",
    handle: ({ params, body }, actor) => companions.configure(actor, params.id, body),
  }),
  route({
    ...endpoint("POST /devices/{id}/companion/script"),
    permission: "inventory:write",
    summary: "Make a script for this router; the onboarding one holds a new key and is shown once",
    handle: ({ params, body }, actor) => companions.script(actor, params.id, body.kind),
  }),
  route({
    ...endpoint("POST /devices/{id}/companion/link"),
    permission: "inventory:write",
    summary:
      "Make a line by which the router fetches its script itself: good once, for 15 minutes; an earlier one ends",
    handle: ({ params, body }, actor) => companions.link(actor, params.id, body.kind),
  }),
  route({
    ...endpoint("POST /devices/{id}/companion/keys"),
    permission: "inventory:write",
    summary:
      "Make a new key, with the script that puts it on the router; the old one goes on until the new one is used, for a day",
    handle: ({ params }, actor) => companions.rotate(actor, params.id),
  }),
  route({
    ...endpoint("DELETE /devices/{id}/companion/keys/{key}"),
    permission: "inventory:write",
    summary: "Revoke a key at once: what is posted with it is refused",
    handle: ({ params }, actor) => companions.revoke(actor, params.id, params.key),
  }),
  route({
    ...endpoint("POST /devices/{id}/companion/verify"),
    permission: "inventory:write",
    summary:
      "Read back through the agent what the router has, and list what differs from its script; answers within 60 s",
    handle: ({ params }, actor) => companions.verify(actor, params.id),
  }),
  route({
    ...endpoint("DELETE /devices/{id}/companion"),
    permission: "inventory:write",
    summary:
      "The script was taken out of the router: revoke its keys, forget what was wished, and expect no reports any more",
    handle: ({ params }, actor) => companions.forget(actor, params.id),
  }),
  route({
    ...endpoint("POST /companion/preview"),
    permission: "inventory:write",
    summary:
      "The onboarding script for these choices, with its secrets masked; makes and keeps nothing",
    handle: ({ body: { deviceId, ...input } }, actor) =>
      companions.preview(actor.org, deviceId, input),
  }),
]
