/** What the agents' door and the routers' door have in common: how TLS is spoken, how a fault becomes a refusal, and how a door lives. */
import { once } from "node:events"
import type { Server } from "node:https"
import type { Authority } from "@ispvm/pki"
import { HttpError } from "../platform/http/http-error.ts"
import { type Address, listen } from "../platform/http/listen.ts"
import type { TlsOptions } from "../platform/http/tls.ts"
import { isConnectionLost } from "../platform/postgres/db.ts"
import { createServerCertificate, type TlsKeyPair } from "./server-certificate.ts"

/** What is not said already is a fault of ours: the sender keeps what it has, and comes again after a while. */
export const toHttpError = (error: unknown, retryAfterMs: number): HttpError => {
  if (error instanceof HttpError) return error
  const options = { retryAfterMs, cause: error }
  return isConnectionLost(error)
    ? new HttpError(
        503,
        "unavailable",
        "The appliance cannot reach its database; try again.",
        options,
      )
    : new HttpError(500, "failed", "The appliance failed at this request; try again.", options)
}

/** The body came to no end because the sender went away. */
export const isBrokenOff = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ECONNRESET"

/** In whole seconds, and never at once. */
export const retryAfter = ({ retryAfterMs }: HttpError): { readonly "retry-after"?: string } =>
  retryAfterMs === null
    ? {}
    : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }

/** Resolves when the last connection is gone; what does not come to an end within 2 s is cut. */
const closeServer = async (server: Server): Promise<void> => {
  if (!server.listening) return
  const closed = once(server, "close")
  server.close()
  const idle = setInterval(() => server.closeIdleConnections(), 20) // what answers now becomes idle a moment later
  const cut = setTimeout(() => server.closeAllConnections(), 2_000)
  await closed
  clearInterval(idle)
  clearTimeout(cut)
}

export type ListenerLog = {
  readonly [level in "info" | "warn" | "error"]: (fields: object, message: string) => void
}
type ListenerDeps = {
  /** Of the certificate's files in the data folder. */
  readonly name: string
  /** What messages on the log begin with. */
  readonly logPrefix: string
  readonly authority: Pick<Authority, "ensureServer" | "issuingPem">
  /** What the certificate names, read anew several times a minute. */
  readonly names: () => readonly string[]
  readonly tls: TlsOptions
  readonly binds: readonly string[]
  /** 0 takes a free one, the same for all addresses. */
  readonly port: number
  readonly address: (host: string, port: number) => Address
  readonly make: (keyPair: TlsKeyPair) => Server
  readonly log: ListenerLog
}
export type TlsListener = {
  /** Resolves once every address listens. */
  readonly start: () => Promise<{ readonly port: number }>
  /** Resolves when nothing of it runs any more. */
  readonly stop: () => Promise<void>
}

/** Servers at every address, with a certificate that is kept good. */
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
        // out of file descriptors: this connection is lost, the door stays
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
