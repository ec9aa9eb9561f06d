/** TLS listeners at every address, and how errors become answers. */
import { once } from "node:events"
import type { Server } from "node:https"
import type { Authority } from "@ispvm/pki"
import { HttpError } from "../platform/http/http-error.ts"
import { type Address, listen } from "../platform/http/listen.ts"
import type { TlsOptions } from "../platform/http/tls.ts"
import { isConnectionLost } from "../platform/postgres/db.ts"
import { createServerCertificate, type TlsKeyPair } from "./server-certificate.ts"

/** Any error except an HttpError is internal: the client keeps its data and tries again. */
export const toHttpError = (error: unknown, retryAfterMs: number): HttpError => {
  if (error instanceof HttpError) return error
  const options = { retryAfterMs, cause: error }
  return isConnectionLost(error)
    ? new HttpError(
        503,
        "unavailable",
        "The appliance cannot reach its database. Try again later.",
        options,
      )
    : new HttpError(
        500,
        "failed",
        "The request failed because of an internal error. Try again; the log has the cause.",
        options,
      )
}

/** The body is incomplete because the client went away. */
export const isBrokenOff = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ECONNRESET"

/** Whole seconds, at least one. */
export const retryAfter = ({ retryAfterMs }: HttpError): { readonly "retry-after"?: string } =>
  retryAfterMs === null
    ? {}
    : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }

/** Resolves when the last connection is gone; after 2 s the rest are closed. */
const closeServer = async (server: Server): Promise<void> => {
  if (!server.listening) return
  const closed = once(server, "close")
  server.close()
  // A connection that is answering now becomes idle a moment later.
  const idle = setInterval(() => server.closeIdleConnections(), 20)
  const cut = setTimeout(() => server.closeAllConnections(), 2_000)
  await closed
  clearInterval(idle)
  clearTimeout(cut)
}

export type ListenerLog = {
  readonly [level in "info" | "warn" | "error"]: (fields: object, message: string) => void
}
type ListenerDeps = {
  /** Name of the certificate's files in the data folder. */
  readonly name: string
  /** How log lines begin. */
  readonly logPrefix: string
  readonly authority: Pick<Authority, "ensureServer" | "issuingPem">
  /** Names in the certificate, read several times a minute. */
  readonly names: () => readonly string[]
  readonly tls: TlsOptions
  readonly binds: readonly string[]
  /** 0: a free port, the same for all addresses. */
  readonly port: number
  readonly address: (host: string, port: number) => Address
  readonly make: (keyPair: TlsKeyPair) => Server
  readonly log: ListenerLog
}
export type TlsListener = {
  /** Resolves once every address listens. */
  readonly start: () => Promise<{ readonly port: number }>
  /** Resolves once nothing runs any more. */
  readonly stop: () => Promise<void>
}

/** Servers at every address, with a certificate that is renewed while they run. */
export const createTlsListener = ({
  name,
  logPrefix,
  authority,
  names,
  tls,
  binds,
  port,
  address,
  make,
  log,
}: ListenerDeps): TlsListener => {
  const servers: Server[] = []
  const certificate = createServerCertificate({
    name,
    authority,
    names,
    tls,
    onFresh: (keyPair, serial) => {
      log.info({ serial }, `${logPrefix}: new server certificate`)
      for (const server of servers) server.setSecureContext(keyPair)
    },
    onError: (err) => log.error({ err }, `${logPrefix}: renewal failed`),
  })
  return {
    start: async () => {
      const made = await certificate.start()
      let chosen = port
      for (const bind of binds) {
        const server = make(made)
        servers.push(server)
        chosen = await listen(server, address(bind, chosen))
        // Out of file descriptors: this connection is lost, the listener stays.
        server.on("error", (err) =>
          log.error({ err }, `${logPrefix}: a connection could not be accepted`),
        )
      }
      return { port: chosen }
    },
    stop: async () => {
      certificate.stop()
      await Promise.all(servers.splice(0).map(closeServer))
    },
  }
}
