import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { Backups } from "./backup.ts"

export { claimRestoreRoutes } from "./claim-restore-routes.ts"

/** Every answer of the API is `Cache-Control: no-store` (http.ts), which the private key needs. */
export const routes = ({ backups }: { readonly backups: Backups }): readonly Route[] => [
  route({
    ...endpoint("GET /backup"),
    permission: "backup:read",
    summary: "Settings of backups, the last verified one, and the newest runs",
    handle: () => backups.view(),
  }),
  route({
    ...endpoint("PUT /backup/settings"),
    permission: "backup:write",
    summary: "When backups are made, where they are stored, and how long they are kept",
    handle: ({ body }, actor) => backups.change(actor, body),
  }),
  route({
    ...endpoint("POST /backup/key"),
    permission: "backup:write",
    summary: "Create the key of later backups; its private part is shown once and not stored",
    handle: ({ body }, actor) => backups.createKey(actor, body),
  }),
  route({
    ...endpoint("POST /backup/runs"),
    permission: "backup:write",
    summary: "Make a backup now",
    handle: (_, actor) => backups.request(actor),
  }),
]
