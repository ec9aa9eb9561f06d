import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { Lab } from "./lab.ts"

export const routes = ({ lab }: { readonly lab: Lab }): readonly Route[] => [
  route({
    ...endpoint("GET /lab"),
    permission: "lab:operate",
    summary: "What is broken by hand in the simulated network",
    handle: () => lab.state(),
  }),
  route({
    ...endpoint("POST /lab"),
    permission: "lab:operate",
    summary: "Break or repair something in the simulated network",
    handle: ({ body }) => lab.execute(body),
  }),
]
