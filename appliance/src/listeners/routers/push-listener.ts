/**
 * The listener of the push API: HTTPS with a key in a header. Any router may malfunction or be in
 * other hands, so the cheapest check comes first, and a rejected sender has to connect again.
 *
 *   connection ─▶ connection limit ─▶ TLS ─▶ dispatcher (route, key, rate limit, handler)
 */
import { createServer, type Server } from "node:https"
import type { Authority } from "@ispvm/pki"
import { PUSH_LIMITS } from "@ispvm/wire/push"
import { certificateNames } from "../../platform/http/certificate-names.ts"
import {
  type ConnectionLimit,
  createConnectionLimit,
} from "../../platform/http/connection-limit.ts"
import type { Address } from "../../platform/http/listen.ts"
import { TLS_COMPATIBLE, TLS_MODERN } from "../../platform/http/tls.ts"
import { createRateLimit } from "../../platform/rate-limit.ts"
import { createDispatcher, type Serve } from "../dispatcher.ts"
import type { TlsKeyPair } from "../server-certificate.ts"
import { createTlsListener, type TlsListener } from "../tls-listener.ts"
import { type PushRoutesDeps, pushRoutes } from "./push-api.ts"
import { PUSH_DRAIN } from "./push-body.ts"

export type PushListenerDeps = PushRoutesDeps & {
  readonly authority: Authority
  readonly binds: readonly string[]
  /** 0: any free port. */
  readonly port: number
  readonly publicHost: string | null
  readonly names?: () => readonly string[]
  readonly limits?: Partial<PushListenerLimits>
  /** `modern` if every router's release offers ECDHE with AEAD. */
  readonly tls?: "compatible" | "modern"
}
export type PushListenerLimits = {
  /** New connections of one address: burst, and long-term rate per second. */
  readonly burst: number
  readonly perSecond: number
  /** Open connections of one address that have not shown a key yet. */
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

const RETRY_AFTER_MS = 5_000

/** Per key: a router has two queues, and each push may use a connection of its own. */
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
  const connectionRate = createRateLimit(clock, {
    burst: limits.burst,
    perSecond: limits.perSecond,
  })
  const connections = createConnectionLimit({
    limits: { ...CONNECTIONS, perSource: limits.atOnce },
    onDrop: counters.droppedConnection,
    checkRate: (source) => connectionRate.take(source),
  })
  const { routes, identify, stop } = pushRoutes(deps)
  const dispatcher = createDispatcher({
    name: "push API",
    routes,
    identify: async (request, source) => {
      const router = await identify(request.headers.authorization, source)
      connections.authenticated(request.socket, router.key)
      return router
    },
    keyOf: (router) => router.key,
    hidesPaths: false,
    closesOnError: true,
    drain: PUSH_DRAIN,
    challenge: "Bearer",
    retryAfterMs: RETRY_AFTER_MS,
    onRejected: counters.request,
    clock,
    log,
  })
  const make = (keyPair: TlsKeyPair): Server =>
    makeServer(
      keyPair,
      limits,
      dispatcher.serve,
      connections,
      counters.handshake ?? (() => undefined),
    )
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
      stop()
      dispatcher.abort()
      await listener.stop()
    },
  }
}
