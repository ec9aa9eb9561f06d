import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { Probes } from "./probes.ts"

export const routes = ({ probes }: { readonly probes: Probes }): readonly Route[] => [
  route({
    ...endpoint("GET /probes"),
    permission: "probes:read",
    summary: "Probes of services with what each agent found, and where a fault is",
    handle: ({ query }, { org }) => probes.list(org, query),
  }),
  route({
    ...endpoint("POST /probes"),
    permission: "probes:write",
    summary: "Add a probe of a service",
    handle: ({ body }, actor) => probes.create(actor, body),
  }),
  route({
    ...endpoint("POST /probes/from-template"),
    permission: "probes:write",
    summary: "Add the probes of a template: customer gateway, upstream, resolver",
    handle: ({ body }, actor) => probes.createFrom(actor, body),
  }),
  route({
    ...endpoint("PUT /probes/{id}"),
    permission: "probes:write",
    summary: "Change a probe; it keeps its name",
    handle: ({ params, body }, actor) => probes.change(actor, params.id, body),
  }),
  route({
    ...endpoint("POST /probes/{id}/run"),
    permission: "probes:write",
    summary: "Run a probe now, from all of its agents",
    handle: ({ params }, actor) => probes.run(actor, params.id),
  }),
  route({
    ...endpoint("DELETE /probes/{id}"),
    permission: "probes:write",
    summary: "Remove a probe",
    handle: ({ params }, actor) => probes.remove(actor, params.id),
  }),
]
