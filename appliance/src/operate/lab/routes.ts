import { LabCommand, LabState } from "../../api/lab.ts"
import { type Route, route } from "../../platform/http/http.ts"
import type { Lab } from "./lab.ts"

export const routes = ({ lab }: { readonly lab: Lab }): readonly Route[] => [
  route({
    method: "GET",
    path: "/lab",
    summary: "What is broken by hand in the simulated network",
    permission: "lab:operate",
    answer: LabState,
    handle: () => lab.state(),
  }),
  route({
    method: "POST",
    path: "/lab",
    summary: "Break or repair something in the simulated network",
    permission: "lab:operate",
    body: LabCommand,
    answer: LabState,
    handle: ({ body }) => lab.execute(body),
  }),
]
