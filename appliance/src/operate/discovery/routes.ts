import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { Discovery } from "./discovery.ts"

export const routes = ({ discovery }: { readonly discovery: Discovery }): readonly Route[] => [
  route({
    ...endpoint("GET /discovery"),
    permission: "inventory:read",
    summary: "Devices and links that discovery proposes, with evidence, and the last run",
    handle: ({ query }, { org }) => discovery.list(org, query),
  }),
  route({
    ...endpoint("POST /discovery/run"),
    permission: "inventory:write",
    summary: "Compare now what devices report with the inventory",
    handle: (_, actor) => discovery.runFor(actor),
  }),
  route({
    ...endpoint("POST /discovery/decisions"),
    permission: "inventory:write",
    summary: "Accept, reject or reopen proposals",
    handle: ({ body }, actor) => discovery.decide(actor, body),
  }),
]
