/** What every answer carries and every write must bring, whatever the route. */
import type { Context } from "koa"
import { HttpError } from "./http-error.ts"

export type GuardOptions = {
  readonly tls: boolean
  /** Where map tiles may be loaded from, besides ourselves. */
  readonly tilesUrl: string | null
  /** The demo's fault injection, which pages may call. */
  readonly faultInjectionUrl: string | null
  /** Origins besides the address asked for, as seen through a proxy that rewrites Host. */
  readonly publicBaseUrl: string | null
}

/** Inline styles are allowed for the graph and chart libraries; scripts only from our own files. */
const policy = ({ tilesUrl, faultInjectionUrl }: GuardOptions): string => {
  const tiles =
    tilesUrl === null
      ? ""
      : ` ${new URL(tilesUrl.replaceAll(/[{}]/g, "")).origin.replace("s.", "*.")}`
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob:${tiles}`,
    "font-src 'self' data:",
    `connect-src 'self'${faultInjectionUrl === null ? "" : ` ${new URL(faultInjectionUrl).origin}`}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ")
}

export const setHeaders = (options: GuardOptions): ((ctx: Context) => void) => {
  const headers = {
    "Content-Security-Policy": policy(options),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    // Tile servers ask who shows their tiles, hence not "no-referrer".
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    ...(options.tls ? { "Strict-Transport-Security": "max-age=31536000" } : {}),
  }
  return (ctx) => ctx.set(headers)
}

/**
 * Accepts writes from our own pages only, as a second protection beside the SameSite=Strict
 * cookie. Browsers send the origin; programs without one carry no cookie. With a bearer token the
 * cookie does not count, and no page of another site can send that header without leave.
 */
export const rejectCrossSiteWrite = (ctx: Context, { publicBaseUrl }: GuardOptions): void => {
  if (["GET", "HEAD", "OPTIONS"].includes(ctx.method)) return
  if (/^Bearer /i.test(ctx.get("authorization"))) return
  const site = ctx.get("sec-fetch-site")
  const origin = ctx.get("origin")
  const own = [ctx.host, ...(publicBaseUrl === null ? [] : [new URL(publicBaseUrl).host])]
  const fromOwn = origin !== "" && URL.canParse(origin) && own.includes(new URL(origin).host)
  const foreign = fromOwn ? false : origin !== "" || !["", "same-origin", "none"].includes(site)
  if (foreign)
    throw new HttpError(403, "foreign-origin", { code: "problem.foreign-origin", params: {} })
}
