import type { Context } from "koa"
import { type Actor, endpoint, type Route, route } from "../../platform/http/http.ts"
import { forbidden, HttpError } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import { wallTopics } from "../../platform/http/wall-access.ts"
import type { Live, StreamExcess } from "./live.ts"

export type LiveRoutesDeps = {
  readonly live: Live
  /** Whether the stream may go on: the session is valid, the account is not disabled. */
  readonly allowed: (ctx: Context, actor: Actor) => Promise<boolean>
}

const acceptsGzip = (header: string): boolean =>
  header
    .split(",")
    .some((each) => each.trim().split(";")[0] === "gzip" && !/;\s*q=0(\.0*)?\s*$/.test(each))

const SENTENCES: Readonly<Record<StreamExcess, string>> = {
  "too-many-of-session": "This browser has too many pages open. Close one and try again.",
  "too-many-of-account": "Too many pages are open with this account. Close one and try again.",
  "too-many": "Too many screens are open at once. Close one and try again.",
}
/** 429 for limits of one client, which it can fix itself; 503 for the limit of all together. */
const tooMany = (excess: StreamExcess): HttpError =>
  new HttpError(excess === "too-many" ? 503 : 429, "too-many-streams", SENTENCES[excess])

const topicsOf = (
  { token }: Actor,
  topics: readonly string[] | undefined,
): ReadonlySet<string> | null =>
  token?.isWall ? wallTopics(topics) : topics === undefined ? null : new Set(topics)

export const routes = ({ live, allowed }: LiveRoutesDeps): readonly Route[] => [
  route({
    ...endpoint("GET /live"),
    permission: "live:read",
    summary:
      "Changes as server-sent events, of all topics or the given ones; Last-Event-ID or `after` resumes",
    handle: async ({ query, ctx }, actor) => {
      if (
        query.topics?.some((topic) => topic.startsWith("diagnosis:")) === true &&
        !may(actor, "diagnostics:run")
      )
        throw forbidden({
          code: "problem.no-permission",
          params: { role: actor.role, permission: "diagnostics:run" },
        })
      const header = ctx.get("last-event-id")
      const after = header === "" ? (query.after ?? null) : header
      ctx.req.socket.setNoDelay(true)
      ctx.req.socket.setTimeout(0)
      const owner = {
        account: actor.account,
        session: actor.session ?? "",
        isAdmin: actor.role === "admin",
        seesPersons: may(actor, "subscribers:read"),
        isWall: actor.token?.isWall === true,
      }
      const options = {
        topics: topicsOf(actor, query.topics),
        isGzip: acceptsGzip(ctx.get("accept-encoding")),
        owner,
      }
      const excess = live.excess(owner)
      if (!live.stream(actor.org, ctx.res, after, () => allowed(ctx, actor), options))
        throw tooMany(excess ?? "too-many")
      ctx.respond = false
    },
  }),
]
