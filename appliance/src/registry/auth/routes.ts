import type { Context } from "koa"
import type { Session } from "../../api/session.ts"
import { type Actor, endpoint, publicRoute, type Route, route } from "../../platform/http/http.ts"
import { may, permissionsOf } from "../../platform/http/permissions.ts"
import type { Accounts } from "./accounts.ts"
import { apiTokenRoutes } from "./api-token-routes.ts"
import type { ApiTokens } from "./api-tokens.ts"
import { type Auth, hashToken, type LoggedIn, type Visitor, type WallDisplays } from "./auth.ts"
import { wallDisplayRoutes } from "./wall-display-routes.ts"

/** What the session answer contains about the appliance. */
export type Facts = Pick<Session, "version" | "demo" | "agentApiUrl" | "mapTilesUrl">
type Deps = {
  readonly auth: Auth
  readonly accounts: Accounts
  readonly tokens: ApiTokens
  readonly walls: WallDisplays
  readonly organisation: (
    org: Actor["org"],
  ) => Promise<{ readonly id: string; readonly name: string } | null>
  readonly facts: () => Facts
  /** With TLS, the cookie is bound to this host and never sent in plain text. */
  readonly tls: boolean
}

/** `session` is the login; `browser` only says that this browser has logged in before. */
const cookieName = (tls: boolean, what: "session" | "browser" = "session"): string =>
  `${tls ? "__Host-" : ""}ispvm_${what}`
/** Name of the session cookie. */
export const sessionCookie = (tls: boolean): string => cookieName(tls)
/** Who sends a request, for the limits of wrong guesses. */
export const visitorOf = (ctx: Context, tls: boolean): Visitor => ({
  address: ctx.ip,
  userAgent: ctx.get("user-agent"),
  browser: ctx.cookies.get(cookieName(tls, "browser")) ?? "",
})
const setCookie = (
  ctx: Context,
  tls: boolean,
  value: string,
  maxAgeS: number,
  what?: "browser",
): void =>
  ctx.append(
    "Set-Cookie",
    `${cookieName(tls, what)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${tls ? "; Secure" : ""}`,
  )
const tokenOf = (ctx: Context, tls: boolean): string => ctx.cookies.get(cookieName(tls)) ?? ""
const THIRTY_DAYS_S = 30 * 86_400
const YEAR_S = 365 * 86_400

/** For http.ts: the account of a request. */
export const authenticate =
  ({ auth, tls }: Pick<Deps, "auth" | "tls">) =>
  async (ctx: Context): Promise<Actor | null> => {
    const token = tokenOf(ctx, tls)
    return token === "" ? null : await auth.actor(token, visitorOf(ctx, tls))
  }

export const routes = (deps: Deps): readonly Route[] => [
  ...sessionRoutes(deps),
  ...accountRoutes(deps),
  ...apiTokenRoutes(deps),
  ...wallDisplayRoutes(deps),
]

const sessionRoutes = ({ auth, accounts, organisation, facts, tls }: Deps): readonly Route[] => {
  const present = async (actor: Actor | null): Promise<Session> => ({
    isSetUp: actor !== null || (await auth.isSetUp()),
    account: actor === null ? null : await accounts.find(actor.org, actor.account),
    organisation: actor === null ? null : await organisation(actor.org),
    permissions: actor === null ? [] : permissionsOf(actor.role),
    ...facts(),
    // The URL contains the secret that permits its use.
    demo: actor !== null && may(actor, "incidents:act") ? facts().demo : null,
  })
  const startSession = (ctx: Context, { token, actor, browser }: LoggedIn): Promise<Session> => {
    setCookie(ctx, tls, token, THIRTY_DAYS_S)
    setCookie(ctx, tls, browser, YEAR_S, "browser")
    return present(actor)
  }
  return [
    publicRoute({
      ...endpoint("GET /session"),
      summary: "The current login, and facts about this appliance",
      handle: async ({ ctx }) => present(await authenticate({ auth, tls })(ctx)),
    }),
    publicRoute({
      ...endpoint("POST /setup"),
      summary: "Claim a new appliance with the code on its console",
      handle: async ({ body, ctx }) =>
        startSession(ctx, await auth.setUp(body, visitorOf(ctx, tls))),
    }),
    publicRoute({
      ...endpoint("POST /session"),
      summary: "Log in",
      handle: async ({ body, ctx }) =>
        startSession(ctx, await auth.login(body, visitorOf(ctx, tls))),
    }),
    route({
      ...endpoint("DELETE /session"),
      permission: "session:own",
      summary: "Log out",
      handle: async ({ ctx }) => {
        await auth.logout(tokenOf(ctx, tls), visitorOf(ctx, tls))
        setCookie(ctx, tls, "", 0)
      },
    }),
    route({
      ...endpoint("PUT /session/password"),
      permission: "session:own",
      summary: "Change the own password; all other sessions end",
      handle: ({ body, ctx }, actor) =>
        accounts.changeOwnPassword(
          actor,
          body.current,
          body.password,
          hashToken(tokenOf(ctx, tls)),
        ),
    }),
  ]
}

const accountRoutes = ({ accounts }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /accounts"),
    permission: "accounts:read",
    summary: "Accounts by name",
    handle: async (_, actor) => ({ items: await accounts.list(actor.org), next: null }),
  }),
  route({
    ...endpoint("POST /accounts"),
    permission: "accounts:write",
    summary: "Add an account",
    handle: ({ body }, actor) => accounts.create(actor, body),
  }),
  route({
    ...endpoint("PATCH /accounts/{id}"),
    permission: "accounts:write",
    summary: "Change an account; a new password ends its sessions",
    handle: ({ params, body }, actor) => accounts.change(actor, params.id, body),
  }),
  route({
    ...endpoint("DELETE /accounts/{id}"),
    permission: "accounts:write",
    summary: "Remove an account",
    handle: ({ params }, actor) => accounts.remove(actor, params.id),
  }),
]
