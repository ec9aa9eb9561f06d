import { z } from "zod"
import { AuditEntry } from "../../api/session.ts"
import { page as pageSchema } from "../../api/shared.ts"
import { type Route, route } from "../../platform/http/http.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { page } from "./audit.ts"

const Query = z.strictObject({
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  subject: z.string().max(64).optional(),
  id: z.string().max(64).optional(),
  actor: z.string().trim().max(254).optional(),
  action: z.string().max(64).optional(),
  /** Epoch ms: from the first, up to but without the second. */
  from: z.coerce.number().min(0).max(8.64e15).optional(),
  to: z.coerce.number().min(0).max(8.64e15).optional(),
})

export const routes = ({ db }: { readonly db: Db }): readonly Route[] => [
  route({
    method: "GET",
    path: "/audit",
    summary: "Who changed what, newest first",
    permission: "audit:read",
    query: Query,
    answer: pageSchema(AuditEntry),
    handle: ({ query }, actor) =>
      db.asOrg(actor.org, (tx) =>
        page(tx, actor.org, {
          before: query.before ?? null,
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
