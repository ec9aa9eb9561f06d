import { z } from "zod"
import {
  Companion,
  CompanionInput,
  CompanionScript,
  KeyRotation,
  PreviewInput,
  ScriptLink,
  ScriptRequest,
  Verification,
} from "../../api/companion.ts"
import { type Route, route } from "../../platform/http/http.ts"
import type { Companions } from "./companion.ts"

const Id = z.strictObject({ id: z.uuid() })
const KeyId = z.strictObject({ id: z.uuid(), key: z.string().regex(/^[A-Za-z0-9_-]{16}$/) })
const write = { permission: "inventory:write", params: Id } as const

/** Every answer of the API is `Cache-Control: no-store` (http.ts): those with secrets in them need it. */
export const routes = ({ companions }: { readonly companions: Companions }): readonly Route[] => [
  route({
    method: "GET",
    path: "/devices/{id}/companion",
    summary:
      "What this router is to do by itself, its keys, what it last pushed, and how far it has drifted",
    permission: "inventory:read",
    params: Id,
    answer: Companion,
    handle: ({ params }, actor) => companions.view(actor.org, params.id),
  }),
  route({
    ...write,
    method: "PUT",
    path: "/devices/{id}/companion",
    summary:
      "Choose what this router is to do by itself; nothing on the router changes before its script is run",
    body: CompanionInput,
    answer: Companion,
    handle: ({ params, body }, actor) => companions.configure(actor, params.id, body),
  }),
  route({
    ...write,
    method: "POST",
    path: "/devices/{id}/companion/script",
    summary: "Make a script for this router; the onboarding one holds a new key and is shown once",
    body: ScriptRequest,
    answer: CompanionScript,
    status: 201,
    handle: ({ params, body }, actor) => companions.script(actor, params.id, body.kind),
  }),
  route({
    ...write,
    method: "POST",
    path: "/devices/{id}/companion/link",
    summary:
      "Make a line by which the router fetches its script itself: good once, for 15 minutes; an earlier one ends",
    body: ScriptRequest,
    answer: ScriptLink,
    status: 201,
    handle: ({ params, body }, actor) => companions.link(actor, params.id, body.kind),
  }),
  route({
    ...write,
    method: "POST",
    path: "/devices/{id}/companion/keys",
    summary:
      "Make a new key, with the script that puts it on the router; the old one goes on until the new one is used, for a day",
    answer: KeyRotation,
    status: 201,
    handle: ({ params }, actor) => companions.rotate(actor, params.id),
  }),
  route({
    method: "DELETE",
    path: "/devices/{id}/companion/keys/{key}",
    summary: "Revoke a key at once: what is posted with it is refused",
    permission: "inventory:write",
    params: KeyId,
    handle: ({ params }, actor) => companions.revoke(actor, params.id, params.key),
  }),
  route({
    ...write,
    method: "POST",
    path: "/devices/{id}/companion/verify",
    summary:
      "Read back through the agent what the router has, and list what differs from its script; answers within 60 s",
    answer: Verification,
    handle: ({ params }, actor) => companions.verify(actor, params.id),
  }),
  route({
    method: "DELETE",
    path: "/devices/{id}/companion",
    summary:
      "The script was taken out of the router: revoke its keys, forget what was wished, and expect no reports any more",
    permission: "inventory:write",
    params: Id,
    handle: ({ params }, actor) => companions.forget(actor, params.id),
  }),
  route({
    method: "POST",
    path: "/companion/preview",
    summary:
      "The onboarding script for these choices, with its secrets masked; makes and keeps nothing",
    permission: "inventory:write",
    body: PreviewInput,
    answer: CompanionScript,
    handle: ({ body: { deviceId, ...input } }, actor) =>
      companions.preview(actor.org, deviceId, input),
  }),
]
