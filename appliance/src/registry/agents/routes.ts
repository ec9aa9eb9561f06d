import { z } from "zod"
import { Agent, AgentInput, AgentPatch, TokenAnswer } from "../../api/agents.ts"
import { TestAnswer, TestRequest } from "../../api/inventory.ts"
import { page } from "../../api/shared.ts"
import { type Route, route } from "../../platform/http/http.ts"
import type { Agents } from "./agents.ts"

const Id = z.strictObject({ id: z.uuid() })
const write = { permission: "agents:write", params: Id } as const

export const routes = ({ agents }: { readonly agents: Agents }): readonly Route[] => [
  route({
    method: "GET",
    path: "/agents",
    summary: "Agents by name, each with its state",
    permission: "agents:read",
    answer: page(Agent),
    handle: async (_, actor) => ({ items: [...(await agents.all(actor.org))], next: null }),
  }),
  route({
    method: "GET",
    path: "/agents/{id}",
    summary: "One agent",
    permission: "agents:read",
    params: Id,
    answer: Agent,
    handle: ({ params }, actor) => agents.one(actor.org, params.id),
  }),
  route({
    method: "POST",
    path: "/agents",
    summary: "Add an agent; make a token next",
    permission: "agents:write",
    body: AgentInput,
    answer: Id,
    status: 201,
    handle: ({ body }, actor) => agents.create(actor, body),
  }),
  route({
    ...write,
    method: "PATCH",
    path: "/agents/{id}",
    summary: "Change an agent's name or place",
    body: AgentPatch,
    answer: Id,
    handle: ({ params, body }, actor) => agents.change(actor, params.id, body),
  }),
  route({
    ...write,
    method: "DELETE",
    path: "/agents/{id}",
    summary: "Remove an agent; its devices stay and are watched by nobody",
    handle: ({ params }, actor) => agents.remove(actor, params.id),
  }),
  route({
    ...write,
    method: "POST",
    path: "/agents/{id}/token",
    summary: "Make an enrolment token: shown once, good once, for ten minutes; an earlier one ends",
    answer: TokenAnswer,
    status: 201,
    handle: ({ params, ctx }, actor) => agents.token(actor, params.id, ctx.hostname),
  }),
  route({
    ...write,
    method: "POST",
    path: "/agents/{id}/revoke",
    summary: "Revoke an agent's certificates and tokens, from its next request on",
    handle: ({ params }, actor) => agents.revoke(actor, params.id),
  }),
  route({
    method: "POST",
    path: "/devices/test",
    summary: "Try an access on an agent before it is saved; answers within 20 s",
    permission: "inventory:write",
    body: TestRequest,
    answer: TestAnswer,
    handle: ({ body }, actor) => agents.test(actor, body),
  }),
]
