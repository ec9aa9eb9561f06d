/**
 * The agents' door: HTTPS that asks for a client certificate and judges it itself, anew for every request, so that a revocation
 * holds from the next request on, on connections long open too.
 *
 *   TLS ─▶ certificate, if any ─▶ path ─▶ identify (database) ─▶ throttle ─▶ answer
 */
import { once } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { createServer, type Server } from "node:https"
import type { Socket } from "node:net"
import { TLSSocket } from "node:tls"
import type { Authority } from "@ispvm/pki"
import type { Clock } from "./platform/clock.ts"
import { isConnectionLost } from "./platform/db.ts"
import { AppError } from "./platform/errors.ts"
import type { AgentId } from "./platform/ids.ts"
import { type Agents, certificateSentence, type KnownAgent, type Shown, shownOf } from "./registry/agents/agents.ts"
import { doorNames } from "./registry/agents/door-names.ts"
import { type DoorPath, doorPaths, type OnBatch, type Reply } from "./registry/agents/door-paths.ts"
import { Refusal, slowDown } from "./registry/agents/refusal.ts"
import { createThrottle } from "./registry/agents/throttle.ts"

type Log = { readonly [level in "info" | "warn" | "error"]: (fields: object, message: string) => void }
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
  readonly batchBytes?: number
  readonly log: Log
}
export type Door = {
  /** Resolves once every address listens. */
  readonly start: () => Promise<{ readonly port: number }>
  /** Resolves when nothing of it runs any more. */
  readonly stop: () => Promise<void>
}

const MORE_CONNECTIONS = 4_096

const listen = async (server: Server, port: number, host: string): Promise<number> => {
  try {
    server.listen(port, host)
    await once(server, "listening")
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown"
    const why: Record<string, string> = {
      EADDRINUSE: "another program uses it; stop that one, or choose another port with ISPVM_DOOR_PORT",
      EADDRNOTAVAIL: "this machine has no such address; see ISPVM_DOOR_BIND",
      EACCES: "this user may not use ports below 1024; choose another with ISPVM_DOOR_PORT",
    }
    throw new Error(`The agents' door cannot listen on ${host} port ${port}: ${why[code] ?? code}.`, { cause })
  }
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : port
}

const refusalOf = (error: unknown): Refusal | null => {
  if (error instanceof Refusal) return error
  return error instanceof AppError ? new Refusal(error.status, error.code, error.message) : null
}

export const createDoor = ({ agents, authority, clock, onBatch, binds, port, publicHost, batchBytes, log }: Deps): Door => {
  const paths = doorPaths({ agents, authority, clock, onBatch, ...(batchBytes === undefined ? {} : { batchBytes }) })
  const told = createThrottle(clock, { burst: 3, perSecond: 1 / 60 })
  const shown = new WeakMap<Socket, Shown | null>()
  const connections = new Map<AgentId, Set<Socket>>()
  const servers: Server[] = []
  let stopping = new AbortController()

  const showOf = (socket: Socket): Shown | null => {
    const known = shown.get(socket)
    if (known !== undefined) return known
    const peer = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
    const made = peer === undefined ? null : shownOf(peer, authority.signed)
    shown.set(socket, made)
    return made
  }
  /** Remembered only so that they can be cut: nothing is believed of a connection because it is here. */
  const remember = (agent: AgentId, socket: Socket): void => {
    const sockets = connections.get(agent) ?? new Set<Socket>()
    if (sockets.has(socket)) return
    connections.set(agent, sockets.add(socket))
    socket.once("close", () => {
      sockets.delete(socket)
      if (sockets.size === 0 && connections.get(agent) === sockets) connections.delete(agent)
    })
  }
  const stopCutting = agents.cut.on((agent) => {
    for (const socket of connections.get(agent) ?? []) socket.destroy()
  })

  const identify = async (socket: Socket): Promise<KnownAgent> => {
    const identified = await agents.identify(showOf(socket))
    if (!identified.ok) throw new Refusal(401, identified.reason, certificateSentence(identified.reason))
    remember(identified.agent.id, socket)
    return identified.agent
  }
  const answer = async (request: IncomingMessage, signal: AbortSignal): Promise<Reply> => {
    const [pathname = "", search = ""] = (request.url ?? "").split("?", 2)
    const path: DoorPath | undefined = paths.get(`${request.method} ${pathname}`)
    const asked = { request, query: new URLSearchParams(search), address: request.socket.remoteAddress ?? "", signal }
    if (path?.open === true) return await path.answer(asked)
    const agent = await identify(request.socket)
    if (path === undefined) throw new Refusal(404, "not-found", "There is no such path on the agents' door.")
    const waitMs = path.throttle.take(agent.id)
    if (waitMs > 0) throw slowDown(waitMs)
    return await path.answer(asked, agent)
  }

  const refuse = (error: unknown, request: IncomingMessage): Refusal => {
    const refusal = refusalOf(error)
    const fields = { method: request.method, path: request.url?.split("?")[0], address: request.socket.remoteAddress }
    if (refusal !== null) {
      // an agent that was revoked comes back every second: a few lines say it
      const isNews = refusal.status !== 429 && told.take(`${fields.address} ${fields.path} ${refusal.code}`) === 0
      if (isNews) log.warn({ ...fields, status: refusal.status, code: refusal.code }, "door: refused")
      return refusal
    }
    log.error({ ...fields, err: error }, "door: failed")
    const retryAfterMs = 2_000
    return isConnectionLost(error)
      ? new Refusal(503, "unavailable", "The appliance cannot reach its database; try again.", { retryAfterMs })
      : new Refusal(500, "failed", "The appliance failed at this request; try again.", { retryAfterMs })
  }
  const send = (response: ServerResponse, { status, json, text }: Reply, headers: Record<string, string> = {}): void => {
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

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    response.once("close", () => gone.abort())
    try {
      send(response, await answer(request, AbortSignal.any([gone.signal, stopping.signal])))
    } catch (error) {
      if (gone.signal.aborted) return // whoever asked has left: there is nobody to tell
      const { status, code, message, retryAfterMs } = refuse(error, request)
      const later = retryAfterMs === null ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }
      send(response, { status, json: { code, message } }, later)
    } finally {
      request.resume() // what was not read must not block the next request of this connection
    }
  }

  const makeServer = (certificate: string, key: string): Server => {
    const server = createServer(
      {
        cert: certificate + authority.issuingPem,
        key,
        ca: [authority.rootPem],
        requestCert: true,
        rejectUnauthorized: false, // judged by `identify`, which can say why
        minVersion: "TLSv1.2",
        handshakeTimeout: 10_000,
        headersTimeout: 10_000,
        requestTimeout: 60_000,
        keepAliveTimeout: 65_000,
        noDelay: true,
      },
      (request, response) => void serve(request, response),
    )
    server.maxConnections = MORE_CONNECTIONS
    server.on("clientError", (_error, socket) => socket.destroy())
    server.on("tlsClientError", (_error, socket) => socket.destroy())
    return server
  }

  return {
    start: async () => {
      stopping = new AbortController()
      const { certificate, keyPem, fresh } = await authority.keepServer("door", doorNames({ binds, publicHost }))
      if (fresh) log.info({ serial: certificate.serial }, "door: new server certificate")
      let chosen = port
      for (const bind of binds) {
        const server = makeServer(certificate.pem, keyPem)
        servers.push(server)
        chosen = await listen(server, chosen, bind)
      }
      return { port: chosen }
    },
    stop: async () => {
      stopCutting()
      stopping.abort() // ends the long polls, each with an empty answer
      const closing = servers.splice(0).map(async (server) => {
        if (!server.listening) return
        const closed = once(server, "close")
        server.close()
        // what answers now becomes idle a moment later; what does not come to an end is cut
        const idle = setInterval(() => server.closeIdleConnections(), 20)
        const cut = setTimeout(() => server.closeAllConnections(), 2_000)
        await closed
        clearInterval(idle)
        clearTimeout(cut)
      })
      await Promise.all(closing)
    },
  }
}
