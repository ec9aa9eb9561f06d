import { endpoint, type Route, route } from "../../platform/http/http.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { page } from "./audit.ts"

export const routes = ({ db }: { readonly db: Db }): readonly Route[] => [
  route({
    ...endpoint("GET /audit"),
    permission: "audit:read",
    summary: "The audit log, newest first",
    handle: ({ query }, actor) =>
      db.asOrg(actor.org, (tx) =>
        page(tx, actor.org, {
          before: query.before ?? null,
          after: query.after ?? null,
          limit: query.limit,
          subject: query.subject ?? null,
          id: query.id ?? null,
          actor: query.actor ?? null,
          action: query.action ?? null,
          fromMs: query.from ?? null,
          toMs: query.to ?? null,
        }),
      ),
  }),
]
