/** Sockets of the binary API: plain and TLS, opened and closed with the router. */
import { createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import type { ApiBackend } from "./api-backend.ts"
import { ApiSession } from "./api-session.ts"
import { encodeSentence, SentenceReader } from "./api-words.ts"
import type { Identity } from "./certificate.ts"

const serve = (backend: ApiBackend, service: "api" | "api-ssl", socket: Socket): void => {
  const reader = new SentenceReader()
  socket.setNoDelay(true)
  const session = new ApiSession(backend, {
    from: socket.remoteAddress ?? "",
    service,
    send: (words) => {
      if (socket.writable) socket.write(encodeSentence(words))
    },
    end: () => socket.end(),
  })
  socket.on("data", (bytes: Buffer) => {
    // Many small sentences leave in one packet, as on a router.
    socket.cork()
    try {
      for (const words of reader.push(bytes)) session.receive(words)
    } catch {
      // Input that cannot be read cannot be answered: RouterOS closes the connection as well.
      socket.destroy()
    }
    socket.uncork()
  })
  socket.on("error", () => socket.destroy())
  socket.on("close", () => session.close())
}

export class ApiServer {
  readonly #backend: ApiBackend
  readonly #identity: Identity | null
  readonly #allows: (address: string) => boolean
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null

  /**
   * With an identity it is `api-ssl`, without one the plain service. It drops clients that are not
   * allowed.
   */
  constructor(
    backend: ApiBackend,
    identity: Identity | null,
    allows: (address: string) => boolean = () => true,
  ) {
    this.#backend = backend
    this.#identity = identity
    this.#allows = allows
  }

  get port(): number {
    const address = this.#server?.address()
    return typeof address === "object" && address !== null ? address.port : 0
  }

  open(address: string, port: number): Promise<void> {
    const identity = this.#identity
    const server =
      identity === null
        ? createServer((socket) => serve(this.#backend, "api", socket))
        : createTlsServer({ key: identity.keyPem, cert: identity.certificatePem }, (socket) =>
            serve(this.#backend, "api-ssl", socket),
          )
    server.on("connection", (socket: Socket) => {
      if (!this.#allows(socket.remoteAddress ?? "")) {
        socket.destroy()
        return
      }
      this.#sockets.add(socket)
      socket.on("error", () => socket.destroy())
      socket.on("close", () => this.#sockets.delete(socket))
    })
    // A client without TLS, or one that rejects the certificate, is not a fault of the router.
    server.on("tlsClientError", () => undefined)
    this.#server = server
    return new Promise((resolve, reject) => {
      server.once("error", reject)
      server.listen(port, address, () => {
        server.off("error", reject)
        resolve()
      })
    })
  }

  /** Drops every client without a clean close, as in a power cut, and stops listening. */
  close(): Promise<void> {
    const server = this.#server
    this.#server = null
    for (const socket of this.#sockets) socket.resetAndDestroy()
    this.#sockets.clear()
    return new Promise((resolve) => (server === null ? resolve() : server.close(() => resolve())))
  }
}
