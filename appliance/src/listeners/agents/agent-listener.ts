/**
 * The agents' door: HTTPS that asks for a client certificate and judges it itself, anew for every request, so that a revocation
 * holds from the next request on, on connections long open too.
 *
 *   connection ─▶ limit (address) ─▶ TLS ─▶ certificate, if any ─▶ path ─▶ identify (database) ─▶ throttle ─▶ answer
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http"
import { createServer, type Server } from "node:https"
import type { Socket } from "node:net"
import { TLSSocket } from "node:tls"
import type { Authority } from "@ispvm/pki"
import type { Clock } from "../../platform/clock.ts"
import { certificateNames } from "../../platform/http/certificate-names.ts"
import {
  type ConnectionLimit,
  type ConnectionLimits,
  createConnectionLimit,
} from "../../platform/http/connection-limit.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { Address } from "../../platform/http/listen.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import { TLS_MODERN } from "../../platform/http/tls.ts"
import type { AgentId } from "../../platform/ids.ts"
import { createRateLimit } from "../../platform/rate-limit.ts"
import {
  type Agents,
  certificateSentence,
  type KnownAgent,
  type PeerCertificate,
  peerCertificateOf,
} from "../../registry/agents/agents.ts"
import type { TlsKeyPair } from "../server-certificate.ts"
import {
  createTlsListener,
  isBrokenOff,
  type ListenerLog,
  retryAfter,
  type TlsListener,
  toHttpError,
} from "../tls-listener.ts"
import { type AgentApiPath, agentApiPaths, type OnBatch, type Reply } from "./agent-api.ts"

type Deps = {
  readonly agents: Agents
  readonly authority: Authority
  readonly clock: Clock
  readonly onBatch: OnBatch
  readonly binds: readonly string[]
  /** 0 takes a free one. */
  readonly port: number
  /** The host of PUBLIC_BASE_URL, if there is one. */
  readonly publicHost: string | null
  /** What its certificate names; by default every way to it on this machine. */
  readonly names?: () => readonly string[]
  readonly batchBytes?: number
  /** Connections that were closed because a limit was full, by reason. */
  readonly droppedConnection?: (reason: string) => void
  readonly connections?: Partial<ConnectionLimits>
  readonly log: ListenerLog
}
export type AgentListener = TlsListener

/** Of one address several agents may come, a whole provider's through one translated address. */
const CONNECTIONS: ConnectionLimits = {
  perSource: 256,
  unauthenticated: 1_024,
  perIdentity: 64,
  authenticated: 4_096,
}

/** Where it listens; the start asks before it does anything else whether these are free. */
export const agentListenerAddress = (host: string, port: number): Address => ({
  host,
  port,
  errorPrefix: "The agent API cannot listen",
  portSetting: "ISPVM_AGENT_API_PORT",
  hostSetting: "ISPVM_AGENT_API_BIND",
})

/** What a connection's certificate says cannot change while it lives, so it is read once; whether it counts is asked each time. */
const createPeerCertificates = (
  authority: Authority,
): ((socket: Socket) => PeerCertificate | null) => {
  const certificates = new WeakMap<Socket, PeerCertificate | null>()
  return (socket) => {
    const cached = certificates.get(socket)
    if (cached !== undefined) return cached
    const peer = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
    const made = peer === undefined ? null : peerCertificateOf(peer, authority.hasSigned)
    certificates.set(socket, made)
    return made
  }
}

/** Remembered only so that they can be cut: nothing is believed of a connection because it is here. */
const createAgentConnections = () => {
  const byAgent = new Map<AgentId, Set<Socket>>()
  return {
    add: (agent: AgentId, socket: Socket): void => {
      const sockets = byAgent.get(agent) ?? new Set<Socket>()
      if (sockets.has(socket)) return
      byAgent.set(agent, sockets.add(socket))
      socket.once("close", () => {
        sockets.delete(socket)
        if (sockets.size === 0 && byAgent.get(agent) === sockets) byAgent.delete(agent)
      })
    },
    disconnect: (agent: AgentId): void => {
      for (const socket of byAgent.get(agent) ?? []) socket.destroy()
    },
  }
}

const send = (
  response: ServerResponse,
  { status, json, text }: Reply,
  headers: OutgoingHttpHeaders = {},
): void => {
  if (response.destroyed || response.headersSent) return
  const body = text ?? (json === undefined ? "" : JSON.stringify(json))
  const type = text === undefined ? "application/json; charset=utf-8" : "application/x-pem-file"
  const length = { "content-length": String(Buffer.byteLength(body)) }
  response.writeHead(status, {
    "cache-control": "no-store",
    ...(body === "" ? {} : { "content-type": type, ...length }),
    ...headers,
  })
  response.end(body === "" ? undefined : body)
}

const RETRY_AFTER_MS = 2_000
type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>
const makeServer = (
  keyPair: TlsKeyPair & { readonly ca: string },
  serve: Serve,
  connections: ConnectionLimit,
): Server => {
  const server = createServer(
    {
      ...keyPair,
      requestCert: true,
      rejectUnauthorized: false, // judged by `identify`, which can say why
      handshakeTimeout: 10_000,
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 65_000,
      noDelay: true,
    },
    (request, response) => void serve(request, response),
  )
  server.on("clientError", (_error, socket) => socket.destroy())
  server.on("tlsClientError", (_error, socket) => socket.destroy())
  connections.guard(server)
  return server
}

export const createAgentListener = (deps: Deps): AgentListener => {
  const { agents, authority, clock, onBatch, binds, port, publicHost, batchBytes, log } = deps
  const names = deps.names ?? (() => certificateNames({ binds, publicHost }))
  const paths = agentApiPaths({
    agents,
    authority,
    clock,
    onBatch,
    ...(batchBytes === undefined ? {} : { batchBytes }),
  })
  const logLimit = createRateLimit(clock, { burst: 3, perSecond: 1 / 60 })
  const peerCertificate = createPeerCertificates(authority)
  const connections = createAgentConnections()
  const limit = createConnectionLimit({
    limits: { ...CONNECTIONS, ...deps.connections },
    onDrop: deps.droppedConnection ?? (() => undefined),
  })
  const running = new Set<AbortController>()
  const stopListening = agents.disconnect.on(connections.disconnect)

  const identify = async (socket: Socket): Promise<KnownAgent> => {
    const identified = await agents.identify(peerCertificate(socket))
    if (!identified.ok)
      throw new HttpError(401, identified.reason, certificateSentence(identified.reason))
    connections.add(identified.agent.id, socket)
    limit.authenticated(socket, identified.agent.id)
    return identified.agent
  }
  const answer = async (request: IncomingMessage, signal: AbortSignal): Promise<Reply> => {
    const [pathname = "", search = ""] = (request.url ?? "").split("?", 2)
    const path: AgentApiPath | undefined = paths.get(`${request.method} ${pathname}`)
    const context = {
      request,
      query: new URLSearchParams(search),
      address: request.socket.remoteAddress ?? "",
      signal,
    }
    if (path?.open === true) return await path.answer(context)
    const agent = await identify(request.socket)
    if (path === undefined)
      throw new HttpError(404, "not-found", "There is no such path on the agent API.")
    path.rateLimit.require(agent.id)
    return await path.answer(context, agent)
  }

  const logRejection = (error: unknown, request: IncomingMessage): HttpError => {
    const httpError = toHttpError(error, RETRY_AFTER_MS)
    const { status, code } = httpError
    // Of the request only what is ours to choose is told: who invents paths must not write the log.
    const route = `${request.method} ${request.url?.split("?")[0]}`
    const source = sourceOf(request.socket.remoteAddress)
    const fields = {
      path: paths.has(route) ? route : "other",
      address: request.socket.remoteAddress,
      status,
      code,
    }
    // an agent that was revoked, and all agents while the database is away, come back every second: a few lines say it
    const shouldLog = code === "failed" || logLimit.take(`${source} ${fields.path} ${code}`) === 0
    if (status >= 500 && shouldLog) log.error({ ...fields, err: error }, "agent API: failed")
    else if (status !== 429 && shouldLog) log.warn(fields, "agent API: rejected")
    return httpError
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const ending = new AbortController() // the asker has left, or we stop
    running.add(ending)
    response.once("close", () => {
      running.delete(ending)
      ending.abort()
    })
    try {
      send(response, await answer(request, ending.signal))
    } catch (error) {
      if (request.destroyed && isBrokenOff(error)) return // there is nobody to tell
      const httpError = logRejection(error, request)
      const { status, code, message } = httpError
      send(response, { status, json: { code, message } }, retryAfter(httpError))
    } finally {
      request.resume() // what was not read must not block the next request of this connection
    }
  }

  const listener = createTlsListener({
    name: "door",
    logPrefix: "agent API",
    authority,
    names,
    binds,
    port,
    address: agentListenerAddress,
    tls: TLS_MODERN,
    make: (keyPair) => makeServer({ ...keyPair, ca: authority.rootPem }, serve, limit),
    log,
  })
  return {
    start: listener.start,
    stop: async () => {
      stopListening()
      for (const ending of running) ending.abort() // the long polls end, each with an empty answer
      await listener.stop()
    },
  }
}
