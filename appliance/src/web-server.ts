/** The port of the screens and the API: plain on loopback, with our own authority's certificate elsewhere. */
import { once } from "node:events"
import { createServer, type RequestListener } from "node:http"
import { createServer as createTlsServer, Server as TlsServer } from "node:https"
import type { Authority } from "@ispvm/pki"
import { type Address, listen } from "./platform/listen.ts"

export type WebServer = { readonly port: number; readonly stop: () => Promise<void> }
export type WebServerOptions = {
  readonly listener: RequestListener
  readonly at: Address
  /** Null: without TLS. */
  readonly tls: { readonly authority: Authority; readonly names: readonly string[] } | null
  readonly onError: (error: unknown) => void
}

const DAY_MS = 86_400_000
/** Answers under way get this long; an event stream would never end by itself. */
const GRACE_MS = 1_000

export const startWebServer = async ({ listener, at, tls, onError }: WebServerOptions): Promise<WebServer> => {
  const server = tls === null ? createServer(listener) : createTlsServer(await certificate(tls), listener)
  server.requestTimeout = 60_000
  server.headersTimeout = 15_000
  server.keepAliveTimeout = 65_000
  server.maxConnections = 4_096
  const port = await listen(server, at)
  server.on("error", onError)
  server.on("clientError", (_, socket) => socket.destroy())
  // Looked at daily: a certificate near its end is replaced without a restart.
  const renew = async () => {
    if (tls !== null && server instanceof TlsServer) server.setSecureContext(await certificate(tls))
  }
  const timer = setInterval(() => void renew().catch(onError), DAY_MS).unref()
  return {
    port,
    stop: async () => {
      clearInterval(timer)
      const closed = once(server, "close")
      server.close()
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS)
      await closed
      clearTimeout(cut)
    },
  }
}

const certificate = async ({ authority, names }: NonNullable<WebServerOptions["tls"]>) => {
  const { certificate, keyPem } = await authority.keepServer("screens", names)
  return { cert: certificate.pem + authority.issuingPem, key: keyPem, minVersion: "TLSv1.2" as const }
}
