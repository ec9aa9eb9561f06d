/** Access to the UI and its API: connections, proxies, sessions, metrics. */
import type { Context } from "koa"
import { createCache } from "../../platform/cache.ts"
import { createTrustedProxies, type TrustedProxies } from "../../platform/http/client-address.ts"
import {
  type ConnectionLimit,
  createConnectionLimit,
} from "../../platform/http/connection-limit.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { Address } from "../../platform/http/listen.ts"
import {
  type ApiTokens,
  type Auth,
  bearerOf,
  hashToken,
  isWallSession,
  type WallDisplays,
} from "../../registry/auth/auth.ts"
import { authenticate, sessionCookie } from "../../registry/auth/routes.ts"
import type { HttpOptions } from "./http.ts"

/** An office shares one address, and each browser opens up to six connections before login. */
const CONNECTIONS = {
  perSource: 256,
  unauthenticated: 1_024,
  perIdentity: 256,
  authenticated: 4_096,
} as const

/** Who asked so recently may read what needs no database while that is down. */
const RECALLED_MS = 15 * 60_000
const MAX_RECALLED = 1_000

/** The settings of the appliance that this listener reads. */
export type UiSettings = {
  readonly ISPVM_BIND: string
  readonly ISPVM_HTTP_PORT: number
  readonly ISPVM_REDIRECT_PORT: number | null
  readonly ISPVM_TRUSTED_PROXIES: readonly string[] | null
  readonly ISPVM_METRICS_TOKEN: string | null
  readonly PUBLIC_BASE_URL: string | null
  readonly uiTls: boolean
}

export const uiAddress = (config: UiSettings): Address => ({
  host: config.ISPVM_BIND,
  port: config.ISPVM_HTTP_PORT,
  errorPrefix: "The UI cannot be served",
  portSetting: "ISPVM_HTTP_PORT",
  hostSetting: "ISPVM_BIND",
})

/** Null: nothing is redirected, because no port is set or the UI has no HTTPS. */
export const redirectAddress = (config: UiSettings): Address | null =>
  config.ISPVM_REDIRECT_PORT === null || !config.uiTls
    ? null
    : {
        host: config.ISPVM_BIND,
        port: config.ISPVM_REDIRECT_PORT,
        errorPrefix: "Plain HTTP cannot be redirected",
        portSetting: "ISPVM_REDIRECT_PORT",
        hostSetting: "ISPVM_BIND",
      }

type Deps = {
  readonly config: UiSettings
  readonly auth: Auth
  readonly tokens: ApiTokens
  readonly walls: WallDisplays
  readonly onDrop: (reason: string) => void
}
export type UiAccess = {
  readonly connections: ConnectionLimit
  readonly proxies: TrustedProxies
  /** The account of a request, by session or API token; from then on its connection is counted for that account. */
  readonly authenticateRequest: (ctx: Context) => Promise<Actor | null>
  /** The account as it was known shortly before, for while the database is down. */
  readonly recall: (ctx: Context) => Actor | null
  readonly metrics: HttpOptions["metrics"]
}

export const createUiAccess = ({ config, auth, tokens, walls, onDrop }: Deps): UiAccess => {
  const proxies = createTrustedProxies(config.ISPVM_TRUSTED_PROXIES ?? [])
  const connections = createConnectionLimit({
    limits: CONNECTIONS,
    onDrop,
    isTrustedProxy: proxies.isTrusted,
  })
  const byCookie = authenticate({ auth, tls: config.uiTls })
  // A token decides alone: a request with both must not be more than its token.
  const actorOf = (ctx: Context): Promise<Actor | null> => {
    const bearer = bearerOf(ctx.get("authorization"))
    if (bearer === null) return byCookie(ctx)
    return isWallSession(bearer) ? walls.actor(bearer, ctx.ip) : tokens.actor(bearer, ctx.ip)
  }
  const recent = createCache<string, Actor>({
    maxEntries: MAX_RECALLED,
    ttlMs: RECALLED_MS,
    now: () => performance.now(),
  })
  const keyOf = (ctx: Context): string | null => {
    const secret =
      bearerOf(ctx.get("authorization")) ?? ctx.cookies.get(sessionCookie(config.uiTls))
    return secret === undefined ? null : hashToken(secret).toString("base64")
  }
  const token = config.ISPVM_METRICS_TOKEN
  return {
    connections,
    proxies,
    authenticateRequest: async (ctx) => {
      const actor = await actorOf(ctx)
      const key = keyOf(ctx)
      if (key !== null && actor !== null) recent.set(key, actor)
      if (key !== null && actor === null) recent.delete(key)
      if (actor !== null) connections.authenticated(ctx.req.socket, actor.account)
      return actor
    },
    recall: (ctx) => {
      const key = keyOf(ctx)
      return key === null ? null : (recent.get(key) ?? null)
    },
    // Behind a proxy, a request from this host may be from anywhere.
    metrics: {
      token,
      isOpenLocally: token === null && config.PUBLIC_BASE_URL === null && proxies.isEmpty,
    },
  }
}
