import type { Context } from "koa"
import { z } from "zod"
import { AppError } from "../../platform/errors.ts"
import { type Actor, type Route, route } from "../../platform/http.ts"
import type { Live } from "./live.ts"

export type LiveRoutesDeps = {
  readonly live: Live
  /** Whether who opened the stream may still have it: the session stands, the account is not disabled. */
  readonly allowed: (ctx: Context, actor: Actor) => Promise<boolean>
}

const Query = z.strictObject({ after: z.string().max(64).optional() })

export const routes = ({ live, allowed }: LiveRoutesDeps): readonly Route[] => [
  route({
    method: "GET",
    path: "/live",
    summary: "Everything that changes, as server-sent events; Last-Event-ID or `after` resumes",
    permission: "live:read",
    query: Query,
    handle: async ({ query, ctx }, actor) => {
      const header = ctx.get("last-event-id")
      const after = header === "" ? (query.after ?? null) : header
      ctx.req.socket.setNoDelay(true)
      ctx.req.socket.setTimeout(0)
      if (!live.stream(actor.org, ctx.res, after, () => allowed(ctx, actor)))
        throw new AppError(503, "too-many-streams", "Too many screens are open at once. Close one and try again.")
      ctx.respond = false
    },
  }),
]
