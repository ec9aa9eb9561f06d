/** Who may reach the UI and its API, and as whom: connections, proxies, sessions, metrics. */
import type { Context } from "koa"
import type { Config } from "./config.ts"
import type { HttpOptions } from "./http.ts"
import { createTrustedProxies, type TrustedProxies } from "./platform/client-address.ts"
import { type ConnectionLimit, createConnectionLimit } from "./platform/connection-limit.ts"
import type { Actor } from "./platform/http.ts"
import type { Address } from "./platform/listen.ts"
import type { Auth } from "./registry/auth/auth.ts"
import { authenticate } from "./registry/auth/routes.ts"

/** An office behind one address has several browsers of six connections each before anybody of it has logged in. */
const CONNECTIONS = { perSource: 256, unauthenticated: 1_024, perIdentity: 256, authenticated: 4_096 } as const

export const screensAddress = (config: Config): Address => ({
  host: config.ISPVM_BIND,
  port: config.ISPVM_HTTP_PORT,
  refusal: "The screens cannot be served",
  portSetting: "ISPVM_HTTP_PORT",
  hostSetting: "ISPVM_BIND",
})

type Deps = { readonly config: Config; readonly auth: Auth; readonly onDrop: (reason: string) => void }
export type UiAccess = {
  readonly connections: ConnectionLimit
  readonly proxies: TrustedProxies
  /** Whose request this is; its connection counts by that account from then on. */
  readonly whoAsks: (ctx: Context) => Promise<Actor | null>
  readonly metrics: HttpOptions["metrics"]
}

export const createUiAccess = ({ config, auth, onDrop }: Deps): UiAccess => {
  const proxies = createTrustedProxies(config.ISPVM_TRUSTED_PROXIES ?? [])
  const connections = createConnectionLimit({ limits: CONNECTIONS, onDrop, isTrustedProxy: proxies.isTrusted })
  const byCookie = authenticate({ auth, tls: config.uiTls })
  const token = config.ISPVM_METRICS_TOKEN
  return {
    connections,
    proxies,
    whoAsks: async (ctx) => {
      const actor = await byCookie(ctx)
      if (actor !== null) connections.authenticated(ctx.req.socket, actor.account)
      return actor
    },
    // Where a proxy stands in front, a request from this machine may be anybody's.
    metrics: { token, isOpenLocally: token === null && config.PUBLIC_BASE_URL === null && proxies.isEmpty },
  }
}
