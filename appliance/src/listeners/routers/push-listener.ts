/**
 * The routers' door: HTTPS with our own certificate, three paths, and a key in a header. Routers are many, and any of them may have gone
 * wild or be in other hands; so the cheapest question comes first, and a sender that is refused has to connect anew.
 *
 *   connection ─▶ limit (address) ─▶ TLS ─▶ path ─▶ key (cached) ─▶ throttle (key) ─▶ body within bounds ─▶ accept ─▶ answer
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http"
import { createServer, type Server } from "node:https"
import type { Socket } from "node:net"
import type { Authority } from "@ispvm/pki"
import { PUSH_LIMITS } from "@ispvm/wire/push"
import { certificateNames } from "../../platform/http/certificate-names.ts"
import {
  type ConnectionLimit,
  createConnectionLimit,
} from "../../platform/http/connection-limit.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { Address } from "../../platform/http/listen.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import { TLS_COMPATIBLE, TLS_MODERN } from "../../platform/http/tls.ts"
import { createRateLimit } from "../../platform/rate-limit.ts"
import type { TlsKeyPair } from "../server-certificate.ts"
import {
  createTlsListener,
  isBrokenOff,
  retryAfter,
  type TlsListener,
  toHttpError,
} from "../tls-listener.ts"
import { drainPush } from "./push-body.ts"
import { json, type PushPathsDeps, pushPaths, type Reply } from "./push-paths.ts"

export type PushListenerDeps = Omit<PushPathsDeps, "identified"> & {
  readonly authority: Authority
  readonly binds: readonly string[]
  /** 0 takes a free one. */
  readonly port: number
  readonly publicHost: string | null
  readonly names?: () => readonly string[]
  readonly limits?: Partial<PushListenerLimits>
  /** `modern` where every router's release offers ECDHE with AEAD. */
  readonly tls?: "compatible" | "modern"
}
export type PushListenerLimits = {
  /** New connections of one address at once, and a second in the long run. */
  readonly burst: number
  readonly perSecond: number
  /** Open connections of one address that have shown no key yet. */
  readonly atOnce: number
  readonly headersMs: number
  readonly requestMs: number
}
export type PushListener = TlsListener

const LIMITS: PushListenerLimits = {
  burst: PUSH_LIMITS.addressBurst,
  perSecond: PUSH_LIMITS.addressPerSecond,
  atOnce: 256,
  headersMs: 5_000,
  requestMs: 15_000,
}

export const pushListenerAddress = (host: string, port: number): Address => ({
  host,
  port,
  errorPrefix: "The push API cannot listen",
  portSetting: "ISPVM_PUSH_PORT",
  hostSetting: "ISPVM_PUSH_BIND",
})

const send = (
  response: ServerResponse,
  status: number,
  { type, body }: Reply,
  headers: OutgoingHttpHeaders = {},
): void => {
  if (response.destroyed || response.headersSent) return
  const length = { "content-type": type, "content-length": String(Buffer.byteLength(body)) }
  response.writeHead(status, { "cache-control": "no-store", ...length, ...headers })
  response.end(body)
}

const RETRY_AFTER_MS = 5_000
type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Of one key: a router has two queues, and each push may be a connection of its own. */
const CONNECTIONS = { unauthenticated: 1_024, perIdentity: 64, authenticated: 2_048 } as const

const makeServer = (
  keyPair: TlsKeyPair,
  limits: PushListenerLimits,
  serve: Serve,
  connections: ConnectionLimit,
  onHandshake: (suite: string) => void,
): Server => {
  const server = createServer(
    {
      ...keyPair,
      handshakeTimeout: limits.headersMs,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 10_000,
      maxHeaderSize: 8_192,
      noDelay: true,
    },
    (request, response) => void serve(request, response),
  )
  server.on("clientError", (_error, socket) => socket.destroy())
  server.on("tlsClientError", (_error, socket) => socket.destroy())
  connections.guard(server)
  server.on("secureConnection", (socket) => onHandshake(socket.getCipher().standardName))
  return server
}

export const createPushListener = (deps: PushListenerDeps): PushListener => {
  const { authority, clock, binds, port, publicHost, counters, log } = deps
  const limits = { ...LIMITS, ...deps.limits }
  const names = deps.names ?? (() => certificateNames({ binds, publicHost }))
  const logLimit = createRateLimit(clock, { burst: 3, perSecond: 1 / 60 })
  const connectionRate = createRateLimit(clock, {
    burst: limits.burst,
    perSecond: limits.perSecond,
  })
  const connections = createConnectionLimit({
    limits: { ...CONNECTIONS, perSource: limits.atOnce },
    onDrop: counters.droppedConnection,
    checkRate: (source) => connectionRate.take(source),
  })
  const paths = pushPaths({
    ...deps,
    identified: (socket, router) => connections.authenticated(socket, router.key),
  })

  /** A few lines say what a flood says. Of the request only what is ours to choose is told: no header, no path of its own, no body. */
  const logRejection = (httpError: HttpError, at: string, source: string, error: unknown): void => {
    const { status, code } = httpError
    counters.request(code)
    if (status === 429 || (code !== "failed" && logLimit.take(`${source} ${at} ${code}`) > 0))
      return
    const fields = { path: at, address: source, status, code }
    if (status >= 500) log.error({ ...fields, err: error }, "push API: failed")
    else log.warn(fields, "push API: rejected")
  }
  /** Connections that end with the answer under way: what was sent ahead on one of them is not even looked at. */
  const ending = new WeakSet<Socket>()
  const serve: Serve = async (request, response) => {
    if (ending.has(request.socket)) return void request.resume()
    const source = sourceOf(request.socket.remoteAddress)
    const [pathname = ""] = (request.url ?? "").split("?", 1)
    const path = paths.byPath.get(pathname)
    try {
      if (path === undefined)
        throw new HttpError(404, "not-found", "There is no such path on the push API.")
      if (request.method !== path.method)
        throw new HttpError(405, "method", `Only ${path.method} is answered here.`)
      if (path.isOnce) ending.add(request.socket)
      send(
        response,
        200,
        await path.answer(request, source),
        path.isOnce ? { connection: "close" } : {},
      )
    } catch (error) {
      if (request.destroyed && isBrokenOff(error)) return
      const httpError = toHttpError(error, RETRY_AFTER_MS)
      const { status, code, message } = httpError
      ending.add(request.socket)
      logRejection(httpError, path === undefined ? "other" : pathname, source, error)
      await drainPush(request)
      send(response, status, json({ code, message }), {
        connection: "close", // whoever is rejected passes the connection limit again
        ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
        ...(status === 405 ? { allow: path?.method ?? "" } : {}),
        ...retryAfter(httpError),
      })
    } finally {
      request.resume()
    }
  }

  const make = (keyPair: TlsKeyPair): Server =>
    makeServer(keyPair, limits, serve, connections, counters.handshake ?? (() => undefined))
  const listener = createTlsListener({
    name: "push",
    logPrefix: "push API",
    authority,
    names,
    tls: deps.tls === "modern" ? TLS_MODERN : TLS_COMPATIBLE,
    binds,
    port,
    address: pushListenerAddress,
    make,
    log,
  })
  return {
    start: listener.start,
    stop: async () => {
      paths.stop()
      await listener.stop()
    },
  }
}
