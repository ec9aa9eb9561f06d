/** The pipeline of the UI API: headers, host and origin checks, routes of all modules, errors. */
import { createHash, randomUUID, timingSafeEqual } from "node:crypto"
import Router from "@koa/router"
import Koa, { type Context } from "koa"
import type { Permission } from "../../api/shared.ts"
import type { Counters } from "../../platform/counters.ts"
import type { TrustedProxies } from "../../platform/http/client-address.ts"
import { type GuardOptions, rejectCrossSiteWrite, setHeaders } from "../../platform/http/guards.ts"
import { isLocalRequest, rejectUnknownHost } from "../../platform/http/host-guard.ts"
import type { Actor, AnsweredRequest, Route } from "../../platform/http/http.ts"
import { forbidden, HttpError, nothingAt } from "../../platform/http/http-error.ts"
import { openApi } from "../../platform/http/openapi.ts"
import { may } from "../../platform/http/permissions.ts"
import { PROBLEM_TYPE, problem, toProblem } from "../../platform/http/problem.ts"
import { parseRequest } from "../../platform/http/request.ts"
import {
  type Audience,
  type SharedAnswers,
  sendPacked,
} from "../../platform/http/shared-answers.ts"
import { withoutSubscribers } from "../../platform/http/subscriber-access.ts"
import type { UiFiles } from "../../platform/http/ui-files.ts"
import { requireWallRoute, withoutPersons } from "../../platform/http/wall-access.ts"
import type { Log } from "../../platform/log.ts"
import { isConnectionLost } from "../../platform/postgres/db.ts"
import { NO_TRACING, type Span, type Tracing } from "../../platform/tracing/tracing.ts"
import type { Denials } from "../../registry/audit/model.ts"
import { sessionCookie } from "../../registry/auth/routes.ts"

export const API = "/api/v1"

export type HttpOptions = {
  readonly routes: readonly Route[]
  /** The account of the request, or null; from auth. */
  readonly authenticate: (ctx: Context) => Promise<Actor | null>
  /** The account of a request as it was known shortly before; null: it was not. */
  readonly recall?: (ctx: Context) => Actor | null
  readonly uiFiles: UiFiles
  readonly guards: GuardOptions
  readonly counters: Counters
  readonly log: Log
  readonly version: string
  /** An account was denied for lack of a permission. */
  readonly onDenied?: Denials
  /** Names that are accepted in a Host header, besides localhost and addresses. */
  readonly hostNames: () => readonly string[]
  readonly proxies: TrustedProxies
  /** `isOpenLocally`: this host needs no login. `token`: for a Prometheus elsewhere. */
  readonly metrics: { readonly token: string | null; readonly isOpenLocally: boolean }
  readonly onAnswered?: (answered: AnsweredRequest) => void
  readonly tracing?: Tracing
  readonly shared?: SharedAnswers
  /** Each gives the reasons why it is not ready; empty if it is. */
  readonly readiness: () => Promise<readonly string[]>
}

export const createHttp = (options: HttpOptions): Koa => {
  const { log, guards, counters, tracing = NO_TRACING } = options
  const app = new Koa()
  const headers = setHeaders(guards)
  const seconds = counters.histogram("http_seconds", "Time to an answer, by route", [
    "method",
    "route",
    "status",
  ])
  // Errors that escape below concern a closed socket: nobody can be answered.
  app.silent = true
  app.on("error", (error: unknown) => log.debug({ error }, "request broken off"))

  app.use(async (ctx, next) => {
    ctx.request.ip = options.proxies.clientAddress(ctx.req.socket.remoteAddress, ctx.req.headers)
    const startedMs = performance.now()
    const requestId = requestIdOf(ctx)
    ctx.set("X-Request-Id", requestId)
    headers(ctx)
    await tracing.run(ctx.method, async (span) => {
      try {
        await next()
      } catch (error) {
        sendProblem(ctx, error, requestId, log)
      }
      describe(span, ctx)
    })
    const route = routeOf(ctx)
    const tookS = (performance.now() - startedMs) / 1_000
    seconds.observe({ method: ctx.method, route, status: ctx.status }, tookS)
    const tookMs = tookS * 1_000
    options.onAnswered?.({ method: ctx.method, route, status: ctx.status, tookMs })
    log.debug(
      {
        requestId,
        method: ctx.method,
        route,
        status: ctx.status,
        tookMs: Math.round(tookMs),
      },
      "answered",
    )
  })
  app.use(async (ctx, next) => {
    rejectUnknownHost(ctx, options.hostNames)
    rejectCrossSiteWrite(ctx, guards)
    await next()
  })

  const router = new Router()
  for (const route of byMatchOrder(options.routes)) {
    const path = `${API}${route.path}`.replaceAll(/\{(\w+)\}/g, ":$1")
    router.register(path, [route.method], (ctx) => serve(route, ctx, options))
  }
  mountOperational(router, options)
  app.use(router.routes())
  app.use(async (ctx) => {
    const allowed = new Set(
      ctx.matched?.flatMap((layer: { readonly methods: readonly string[] }) => layer.methods) ?? [],
    )
    if (allowed.size > 0) {
      ctx.set("Allow", [...allowed].join(", "))
      throw new HttpError(
        405,
        "method-not-allowed",
        `${ctx.method} is not allowed at this path. Use ${[...allowed].join(", ")}.`,
      )
    }
    const isRead = ctx.method === "GET" || ctx.method === "HEAD"
    if (isRead && !ctx.path.startsWith("/api/") && (await options.uiFiles(ctx))) return
    throw nothingAt(ctx.path)
  })
  return app
}

/** The path as the route has it: never an id, and nothing that a visitor made up. */
const routeOf = (ctx: Context): string =>
  typeof ctx._matchedRoute === "string" ? ctx._matchedRoute : "other"

const describe = (span: Span, ctx: Context): void => {
  const { method, status } = ctx
  const route = routeOf(ctx)
  span.rename(`${method} ${route}`)
  span.set({
    "http.request.method": method,
    "http.route": route,
    "http.response.status_code": status,
  })
  if (status >= 500) span.fail(String(status))
}

/** `/devices/import` before `/devices/{id}`: the first match wins. */
const byMatchOrder = (routes: readonly Route[]): readonly Route[] => {
  const rank = (path: string) =>
    path
      .split("/")
      .map((part) => (part.startsWith("{") ? "1" : "0"))
      .join("")
  return [...routes].sort((a, b) => rank(a.path).localeCompare(rank(b.path)))
}

const serve = async (route: Route, ctx: Context, options: HttpOptions): Promise<void> => {
  const actor = route.permission === "public" ? null : await requireActor(route, ctx, options)
  ctx.set("Cache-Control", "no-store")
  await reportDenial(route, actor, options.onDenied, async () => {
    if (actor?.token?.isWall) requireWallRoute(route)
    if (actor !== null && route.permission !== "public") requirePermission(route.permission, actor)
    const parts = await parseRequest(route, ctx, ctx.params)
    const make = async (): Promise<unknown> =>
      shownTo(actor, await route.handle({ ...parts, ctx }, actor))
    if (
      route.isShared &&
      ctx.querystring === "" &&
      actor !== null &&
      options.shared !== undefined
    ) {
      const key = { org: actor.org, audience: audienceOf(actor), path: route.path }
      await sendPacked(ctx, await options.shared.answer(key, make))
      return
    }
    const answer = await make().finally(() => {
      // What failed half-way may have written as well.
      if (route.method !== "GET" && actor !== null) options.shared?.onWritten(actor.org)
    })
    if (answer !== undefined) {
      ctx.status = route.status
      ctx.body = answer
    } else if (ctx.respond !== false && !ctx.headerSent && ctx.body === undefined) {
      ctx.status = 204
    }
  })
}

/** What is shown to this actor: an answer that is shared is made for an audience, and never for one. */
const shownTo = (actor: Actor | null, answer: unknown): unknown => {
  const shown = actor?.token?.isWall ? withoutPersons(answer) : answer
  return actor === null || may(actor, "subscribers:read") ? shown : withoutSubscribers(shown)
}
const audienceOf = (actor: Actor): Audience =>
  `${actor.token?.isWall ? "wall" : "people"} ${may(actor, "subscribers:read") ? "with" : "without"} subscribers`

/** A wrong saved secret counts as a denial: somebody may be guessing it. */
const isDenial = ({ status, code }: HttpError): boolean => status === 403 || code === "secret-wrong"
/** Reports a missing permission, whether the route or something it calls rejected it. */
const reportDenial = async <T>(
  { method, path, permission }: Route,
  actor: Actor | null,
  onDenied: HttpOptions["onDenied"],
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (actor !== null && error instanceof HttpError && isDenial(error))
      onDenied?.(actor, { method, path, permission, code: error.code })
    throw error
  }
}

const requireActor = async (
  { isFromMemory }: Route,
  ctx: Context,
  { authenticate, recall }: HttpOptions,
): Promise<Actor> => {
  const actor = await authenticate(ctx).catch((error: unknown) => {
    const known = isFromMemory && isConnectionLost(error) ? (recall?.(ctx) ?? null) : null
    if (known === null) throw error
    return known
  })
  if (actor === null)
    throw new HttpError(401, "not-logged-in", { code: "problem.not-logged-in", params: {} })
  return actor
}
const requirePermission = (permission: Permission, actor: Actor): void => {
  if (may(actor, permission)) return
  const { role, token } = actor
  if (token !== undefined && !token.permissions.includes(permission))
    throw new HttpError(403, "token-scope", {
      code: "problem.token-scope",
      params: { name: token.name, permission },
    })
  throw forbidden({ code: "problem.no-permission", params: { role, permission } })
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
/** Allowed: this host, a client with the token, and who may read series. */
const maySeeMetrics = async (
  ctx: Context,
  { metrics, authenticate }: HttpOptions,
): Promise<boolean> => {
  if (metrics.isOpenLocally && isLocalRequest(ctx)) return true
  const [, shown = ""] = /^Bearer +(\S+) *$/i.exec(ctx.get("authorization")) ?? []
  if (metrics.token !== null && timingSafeEqual(digest(shown), digest(metrics.token))) return true
  const actor = await authenticate(ctx)
  return actor !== null && may(actor, "series:read")
}

const mountOperational = (router: Router, options: HttpOptions): void => {
  const { routes, version, counters, readiness, guards } = options
  const cookie = sessionCookie(guards.tls)
  const document = openApi(routes, { version, base: API, cookie })
  router.get("/api/openapi.json", (ctx) => {
    ctx.body = document
  })
  router.get("/healthz", (ctx) => {
    ctx.body = { ok: true }
  })
  router.get("/readyz", async (ctx) => {
    const missing = await readiness()
    ctx.status = missing.length === 0 ? 200 : 503
    ctx.body = { ready: missing.length === 0, missing }
  })
  router.get("/metrics", async (ctx) => {
    if (!(await maySeeMetrics(ctx, options)))
      throw new HttpError(
        401,
        "not-logged-in",
        "Metrics are not public. Log in, use ISPVM_METRICS_TOKEN, or send the request from this host.",
      )
    const { type, body } = await counters.text()
    ctx.set("Content-Type", type)
    ctx.body = body
  })
}

/** A proxy's request id is kept if it is harmless, so that both logs have the same one. */
const requestIdOf = (ctx: Context): string => {
  const proxied = ctx.get("x-request-id")
  return /^[\w.-]{1,64}$/.test(proxied) ? proxied : randomUUID()
}

const sendProblem = (ctx: Context, error: unknown, requestId: string, log: Log): void => {
  // Koa and its router throw errors of their own (a path that is not UTF-8): they have a status.
  const own =
    error instanceof Error &&
    "status" in error &&
    typeof error.status === "number" &&
    error.status < 500 &&
    !(error instanceof HttpError)
  const response = own
    ? { problem: problem(Number(error.status), "bad-request", error.message), fault: false }
    : toProblem(error, requestId)
  if (response.fault)
    log.error({ requestId, method: ctx.method, path: ctx.path, err: error }, "request failed")
  if (ctx.headerSent) return
  if ("retryAfterS" in response && response.retryAfterS !== undefined)
    ctx.set("Retry-After", String(response.retryAfterS))
  ctx.status = response.problem.status
  ctx.body = JSON.stringify(response.problem)
  ctx.set("Content-Type", PROBLEM_TYPE)
  // The rest of a rejected body would be read as the next request.
  if (!ctx.req.complete) ctx.set("Connection", "close")
}
