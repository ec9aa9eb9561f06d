/**
 * Serves a table of routes for the agent API or the push API.
 *
 *   request ─▶ route ─▶ identity ─▶ rate limit ─▶ handler ─▶ answer, or error and log line
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Clock } from "../platform/clock.ts"
import { type DrainLimits, drain } from "../platform/http/body.ts"
import { HttpError } from "../platform/http/http-error.ts"
import { sourceOf } from "../platform/http/source-address.ts"
import { createRateLimit } from "../platform/rate-limit.ts"
import { type ApiRoute, type Call, json, type Reply } from "./api-route.ts"
import { isBrokenOff, type ListenerLog, retryAfter, toHttpError } from "./tls-listener.ts"

export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>
export type Dispatcher = {
  readonly serve: Serve
  /** Ends waiting calls. */
  readonly abort: () => void
}
export type DispatcherOptions<I> = {
  /** How log lines begin: "agent API". */
  readonly name: string
  readonly routes: readonly ApiRoute<I>[]
  /** Throws 401 if the caller cannot be identified. */
  readonly identify: (request: IncomingMessage, source: string) => Promise<I>
  /** The key under which a caller's requests are counted. */
  readonly keyOf: (identity: I) => string
  /** Callers learn which paths exist only once they are identified. */
  readonly hidesPaths: boolean
  /** A rejected client has to connect again, which counts against its connection limit. */
  readonly closesOnError: boolean
  /** How much of a rejected request is read on, so that the client sees the answer. */
  readonly drain: DrainLimits | null
  /** Value of WWW-Authenticate with 401. */
  readonly challenge: string | null
  /** When a client may try again after a fault of the appliance. */
  readonly retryAfterMs: number
  readonly onRejected: (code: string) => void
  readonly clock: Clock
  readonly log: ListenerLog
}

const send = (
  response: ServerResponse,
  { status, type, body }: Reply,
  headers: OutgoingHttpHeaders = {},
): void => {
  if (response.destroyed || response.headersSent) return
  const length = { "content-type": type, "content-length": String(Buffer.byteLength(body)) }
  response.writeHead(status, {
    "cache-control": "no-store",
    ...(body === "" ? {} : length),
    ...headers,
  })
  response.end(body === "" ? undefined : body)
}

/** Routes by method and path. */
const createTable = <I>(routes: readonly ApiRoute<I>[]) => {
  const byKey = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]))
  const byPath = new Map(routes.map((route) => [route.path, route.method]))
  return {
    find: (method: string, path: string) => byKey.get(`${method} ${path}`),
    /** The path for the log: invented paths are not logged. */
    known: (path: string): string => (byPath.has(path) ? path : "other"),
    missing: (path: string): HttpError => {
      const method = byPath.get(path)
      return method === undefined
        ? new HttpError(
            404,
            "not-found",
            "This API has no such path. Check the URL and the release of the client.",
          )
        : new HttpError(405, "method", `This path accepts ${method} only.`)
    },
    allowed: (path: string): string => byPath.get(path) ?? "",
  }
}

/** Logs rejections; a flood of equal ones gives a few lines. */
const createRejectionLog = <I>({ name, clock, log, onRejected }: DispatcherOptions<I>) => {
  const limit = createRateLimit(clock, { burst: 3, perSecond: 1 / 60 })
  return (httpError: HttpError, call: Call, path: string, error: unknown): void => {
    const { status, code } = httpError
    onRejected(code)
    if (status === 429) return
    if (code !== "failed" && limit.take(`${call.source} ${path} ${code}`) > 0) return
    const fields = { path, address: call.address, status, code }
    if (status >= 500) log.error({ ...fields, err: error }, `${name}: failed`)
    else log.warn(fields, `${name}: rejected`)
  }
}

const UNREAD_BODY: ReadonlySet<number> = new Set([400, 413, 415])

export const createDispatcher = <I>(options: DispatcherOptions<I>): Dispatcher => {
  const { routes, identify, keyOf, hidesPaths, closesOnError, challenge } = options
  const table = createTable(routes)
  const logRejection = createRejectionLog(options)
  const running = new Set<AbortController>()
  /** Connections that end with the current answer; later requests on them are not served. */
  const closing = new WeakSet<Socket>()

  const answer = async (call: Call, path: string): Promise<Reply> => {
    const { request, source } = call
    const route = table.find(request.method ?? "", path)
    if (route === undefined) {
      if (hidesPaths) await identify(request, source)
      throw table.missing(path)
    }
    if (route.isLast) closing.add(request.socket)
    if (route.identity === "none") return await route.handle(call)
    const identity = await identify(request, source)
    route.rateLimit.require(keyOf(identity))
    return await route.handle(call, identity)
  }
  const reject = async (
    call: Call,
    path: string,
    error: unknown,
    response: ServerResponse,
  ): Promise<void> => {
    const { request } = call
    if (request.destroyed && isBrokenOff(error)) return
    const httpError = toHttpError(error, options.retryAfterMs)
    const { status, code, message } = httpError
    if (closesOnError) closing.add(request.socket)
    logRejection(httpError, call, table.known(path), error)
    if (options.drain !== null) await drain(request, options.drain)
    const isUnread = UNREAD_BODY.has(status) && !request.complete
    send(response, json({ code, message }, status), {
      ...(closesOnError || isUnread ? { connection: "close" } : {}),
      ...(status === 401 && challenge !== null ? { "www-authenticate": challenge } : {}),
      ...(status === 405 ? { allow: table.allowed(path) } : {}),
      ...retryAfter(httpError),
    })
  }
  return {
    serve: async (request, response) => {
      if (closing.has(request.socket)) return void request.resume()
      const ending = new AbortController()
      running.add(ending)
      response.once("close", () => {
        running.delete(ending)
        ending.abort()
      })
      const [path = "", search = ""] = (request.url ?? "").split("?", 2)
      const address = request.socket.remoteAddress ?? ""
      const call: Call = {
        request,
        query: new URLSearchParams(search),
        address,
        source: sourceOf(address),
        signal: ending.signal,
      }
      try {
        const reply = await answer(call, path)
        send(response, reply, closing.has(request.socket) ? { connection: "close" } : {})
      } catch (error) {
        await reject(call, path, error, response)
      } finally {
        // Unread bytes must not block the next request on this connection.
        request.resume()
      }
    },
    abort: () => {
      for (const ending of running) ending.abort()
    },
  }
}
