import type { Context } from "koa"
import { z } from "zod"
import { TOPICS } from "../../api/live.ts"
import { AppError } from "../../platform/errors.ts"
import { type Actor, type Route, route } from "../../platform/http.ts"
import type { Live } from "./live.ts"

export type LiveRoutesDeps = {
  readonly live: Live
  /** Whether who opened the stream may still have it: the session stands, the account is not disabled. */
  readonly allowed: (ctx: Context, actor: Actor) => Promise<boolean>
}

const MAX_TOPICS = 64
/** Names of events, and `ports:DEVICE` for the ports of one device. */
const Topic = z.union([z.enum(TOPICS), z.templateLiteral(["ports:", z.uuid()])])
const Query = z.strictObject({
  after: z.string().max(64).optional(),
  /** Joined by commas. Without, everything is sent. */
  topics: z
    .string()
    .max(4_000)
    .transform((text) => text.split(","))
    .pipe(z.array(Topic).min(1).max(MAX_TOPICS))
    .optional(),
})
const acceptsGzip = (header: string): boolean =>
  header.split(",").some((each) => each.trim().split(";")[0] === "gzip" && !/;\s*q=0(\.0*)?\s*$/.test(each))

export const routes = ({ live, allowed }: LiveRoutesDeps): readonly Route[] => [
  route({
    method: "GET",
    path: "/live",
    summary: "Everything that changes, as server-sent events, of all topics or those named; Last-Event-ID or `after` resumes",
    permission: "live:read",
    query: Query,
    handle: async ({ query, ctx }, actor) => {
      const header = ctx.get("last-event-id")
      const after = header === "" ? (query.after ?? null) : header
      ctx.req.socket.setNoDelay(true)
      ctx.req.socket.setTimeout(0)
      const options = {
        topics: query.topics === undefined ? null : new Set<string>(query.topics),
        isGzip: acceptsGzip(ctx.get("accept-encoding")),
      }
      if (!live.stream(actor.org, ctx.res, after, () => allowed(ctx, actor), options))
        throw new AppError(503, "too-many-streams", "Too many screens are open at once. Close one and try again.")
      ctx.respond = false
    },
  }),
]
