/**
 * The UI listener: plain HTTP on loopback, elsewhere TLS with a certificate of the appliance's
 * authority.
 */
import { once } from "node:events"
import { createServer, type RequestListener } from "node:http"
import { createServer as createTlsServer, Server as TlsServer } from "node:https"
import type { ConnectionLimit } from "../../platform/http/connection-limit.ts"
import { type Address, listen } from "../../platform/http/listen.ts"
import { TLS_MODERN } from "../../platform/http/tls.ts"
import {
  createServerCertificate,
  type ServerCertificate,
  type ServerCertificateSource,
} from "../server-certificate.ts"

export { createHttp } from "./http.ts"
export { createRedirect } from "./redirect.ts"
export { createUiAccess, redirectAddress, type UiAccess, uiAddress } from "./ui-access.ts"

export type WebServer = { readonly port: number; readonly stop: () => Promise<void> }
export type WebServerOptions = {
  readonly listener: RequestListener
  readonly at: Address
  /** Null: without TLS. */
  readonly tls: {
    readonly authority: ServerCertificateSource
    readonly names: () => readonly string[]
  } | null
  readonly connections: ConnectionLimit
  readonly onError: (error: unknown) => void
}

/** Running answers get this time; an event stream would never end by itself. */
const GRACE_MS = 1_000
const HANDSHAKE_MS = 10_000

export const startWebServer = async (options: WebServerOptions): Promise<WebServer> => {
  const { listener, at, tls, connections, onError } = options
  const certificate =
    tls === null
      ? null
      : certificateOf(tls, onError, (keyPair) => {
          if (server instanceof TlsServer) server.setSecureContext(keyPair)
        })
  const server =
    certificate === null
      ? createServer(listener)
      : createTlsServer(
          { ...(await certificate.start()), handshakeTimeout: HANDSHAKE_MS },
          listener,
        )
  server.requestTimeout = 60_000
  server.headersTimeout = 15_000
  server.keepAliveTimeout = 65_000
  server.on("clientError", (_, socket) => socket.destroy())
  server.on("tlsClientError", (_: Error, socket: { destroy: () => void }) => socket.destroy())
  connections.guard(server)
  const port = await listen(server, at)
  server.on("error", onError)
  return {
    port,
    stop: async () => {
      certificate?.stop()
      const closed = once(server, "close")
      server.close()
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS)
      await closed
      clearTimeout(cut)
    },
  }
}

const certificateOf = (
  { authority, names }: NonNullable<WebServerOptions["tls"]>,
  onError: WebServerOptions["onError"],
  onFresh: Parameters<typeof createServerCertificate>[0]["onFresh"],
): ServerCertificate =>
  createServerCertificate({ name: "screens", authority, names, tls: TLS_MODERN, onFresh, onError })
