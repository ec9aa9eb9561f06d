/**
 * The listener of the agent API: HTTPS that requests a client certificate and checks it on every
 * request, so that a revocation takes effect at once, also on open connections.
 *
 *   connection ─▶ connection limit ─▶ TLS ─▶ dispatcher (route, certificate, rate limit, handler)
 */
import type { IncomingMessage } from "node:http"
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
import { TLS_MODERN } from "../../platform/http/tls.ts"
import type { AgentId } from "../../platform/ids.ts"
import {
  type Agents,
  certificateSentence,
  type KnownAgent,
  type PeerCertificate,
  peerCertificateOf,
} from "../../registry/agents/agents.ts"
import { createDispatcher, type Serve } from "../dispatcher.ts"
import type { TlsKeyPair } from "../server-certificate.ts"
import { createTlsListener, type ListenerLog, type TlsListener } from "../tls-listener.ts"
import { agentRoutes, type OnBatch } from "./agent-api.ts"

type Deps = {
  readonly agents: Agents
  readonly authority: Authority
  readonly clock: Clock
  readonly onBatch: OnBatch
  readonly binds: readonly string[]
  /** 0: any free port. */
  readonly port: number
  /** The host of PUBLIC_BASE_URL, if there is one. */
  readonly publicHost: string | null
  /** The names in its certificate; by default all addresses and names of this machine. */
  readonly names?: () => readonly string[]
  readonly batchBytes?: number
  /** Connections that were closed because a limit was full, by reason. */
  readonly droppedConnection?: (reason: string) => void
  readonly connections?: Partial<ConnectionLimits>
  readonly log: ListenerLog
}
export type AgentListener = TlsListener

/** Many agents may share one translated address. */
const CONNECTIONS: ConnectionLimits = {
  perSource: 256,
  unauthenticated: 1_024,
  perIdentity: 64,
  authenticated: 4_096,
}

/** The start checks that these are free before it does anything else. */
export const agentListenerAddress = (host: string, port: number): Address => ({
  host,
  port,
  errorPrefix: "The agent API cannot listen",
  portSetting: "ISPVM_AGENT_API_PORT",
  hostSetting: "ISPVM_AGENT_API_BIND",
})

/** A connection keeps its certificate, so it is read once; its validity is checked each time. */
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

/** Open connections by agent, kept only so that they can be closed. */
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

const RETRY_AFTER_MS = 2_000
const makeServer = (
  keyPair: TlsKeyPair & { readonly ca: string },
  serve: Serve,
  connections: ConnectionLimit,
): Server => {
  const server = createServer(
    {
      ...keyPair,
      requestCert: true,
      rejectUnauthorized: false, // `identify` checks it and can give the reason.
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

/** The agents of open connections, so that a revoked agent can be disconnected. */
const createIdentify = (
  { agents, authority }: Deps,
  limit: ConnectionLimit,
  connections: ReturnType<typeof createAgentConnections>,
) => {
  const peerCertificate = createPeerCertificates(authority)
  return async ({ socket }: IncomingMessage): Promise<KnownAgent> => {
    const identified = await agents.identify(peerCertificate(socket))
    if (!identified.ok)
      throw new HttpError(401, identified.reason, certificateSentence(identified.reason))
    connections.add(identified.agent.id, socket)
    limit.authenticated(socket, identified.agent.id)
    return identified.agent
  }
}

export const createAgentListener = (deps: Deps): AgentListener => {
  const { agents, authority, clock, binds, port, publicHost, log } = deps
  const names = deps.names ?? (() => certificateNames({ binds, publicHost }))
  const connections = createAgentConnections()
  const limit = createConnectionLimit({
    limits: { ...CONNECTIONS, ...deps.connections },
    onDrop: deps.droppedConnection ?? (() => undefined),
  })
  const stopListening = agents.disconnect.on(connections.disconnect)
  const dispatcher = createDispatcher({
    name: "agent API",
    routes: agentRoutes(deps),
    identify: createIdentify(deps, limit, connections),
    keyOf: (agent) => agent.id,
    hidesPaths: true,
    closesOnError: false,
    drain: null,
    challenge: null,
    retryAfterMs: RETRY_AFTER_MS,
    onRejected: () => undefined,
    clock,
    log,
  })
  const listener = createTlsListener({
    name: "door",
    logPrefix: "agent API",
    authority,
    names,
    binds,
    port,
    address: agentListenerAddress,
    tls: TLS_MODERN,
    make: (keyPair) => makeServer({ ...keyPair, ca: authority.rootPem }, dispatcher.serve, limit),
    log,
  })
  return {
    start: listener.start,
    stop: async () => {
      stopListening()
      dispatcher.abort() // Each long poll ends with an empty answer.
      await listener.stop()
    },
  }
}
