import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { Diagnostics } from "./diagnostics.ts"

export const routes = ({
  diagnostics,
}: {
  readonly diagnostics: Diagnostics
}): readonly Route[] => [
  route({
    ...endpoint("GET /devices/{id}/diagnostics"),
    permission: "diagnostics:run",
    summary: "Whether diagnostics can be run on a device, with which accounts, and the last runs",
    handle: ({ params }, actor) => diagnostics.ofDevice(actor.org, params.id),
  }),
  route({
    ...endpoint("POST /devices/{id}/diagnostics"),
    permission: "diagnostics:run",
    summary:
      "Run a diagnostic of the fixed list; its output follows in the live stream, topic `diagnosis:RUN`",
    handle: ({ params, body }, actor) => diagnostics.start(actor, params.id, body),
  }),
  route({
    ...endpoint("GET /diagnostics/{id}"),
    permission: "diagnostics:run",
    summary: "A run with the output so far",
    handle: ({ params }, actor) => diagnostics.run(actor.org, params.id),
  }),
  route({
    ...endpoint("POST /diagnostics/{id}/cancel"),
    permission: "diagnostics:run",
    summary: "End a run; what it has printed is kept",
    handle: ({ params }, actor) => diagnostics.cancel(actor.org, params.id),
  }),
]
