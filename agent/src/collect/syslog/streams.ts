/** Syslog by TCP, on the same port as UDP, and by TLS. Connections, their memory and idle time are limited. */
import { createPublicKey, X509Certificate } from "node:crypto"
import net from "node:net"
import tls from "node:tls"
import { canonicalIp } from "../reachability/resolve.ts"
import { createFrames, type FrameFault } from "./frames.ts"

export const STREAM_LIMIT = {
  /** All connections, and those of all senders that are not devices. */
  all: 2_000,
  unknownSenders: 16,
  /** Per device at an address: a router opens one for each of its logging actions. */
  perDevice: 4,
  /** Of one relay, or of this host. */
  relay: 32,
  /** Of incomplete lines, over all connections. */
  pendingBytes: 16 * 1024 * 1024,
  /** A router may log nothing for a long time; other senders get less. */
  idleMs: 1_800_000,
  unknownSenderIdleMs: 30_000,
  /** The default format of RouterOS has no line end: a pause ends the line. */
  pauseMs: 1_000,
} as const

/** PEM. */
export type TlsCertificate = { readonly key: string; readonly cert: string }

export type StreamDeps = {
  readonly port: number
  readonly bind: string
  /** For TLS: gives the certificate. */
  readonly certificate?: (() => TlsCertificate) | undefined
  /** Tests shorten them. */
  readonly renewEveryMs?: number
  readonly handshakeMs?: number
  /** How many connections this address may have, and whether it is neither device nor relay. */
  readonly limitOf: (ip: string) => { readonly max: number; readonly isUnknownSender: boolean }
  readonly onLine: (line: Buffer, address: string, channel: string) => void
  readonly onFault: (fault: FrameFault | "connection-limit", address: string) => void
  readonly limit?: Partial<Record<keyof typeof STREAM_LIMIT, number>>
}
export type Streams = {
  readonly port: number
  readonly open: () => number
  stop(): Promise<void>
}

type Open = { readonly socket: net.Socket; readonly ip: string; readonly isUnknownSender: boolean }

class StreamSet {
  readonly open = new Set<Open>()
  readonly #deps: StreamDeps
  readonly #limit: Readonly<Record<keyof typeof STREAM_LIMIT, number>>
  #numbers = 0
  #pendingBytes = 0

  constructor(deps: StreamDeps) {
    this.#deps = deps
    this.#limit = { ...STREAM_LIMIT, ...deps.limit }
  }

  accept(socket: net.Socket): void {
    socket.on("error", () => socket.destroy())
    const ip = canonicalIp(socket.remoteAddress ?? "") ?? ""
    const { max, isUnknownSender } = this.#deps.limitOf(ip)
    if (ip === "" || !this.#makeRoom(ip, max, isUnknownSender)) {
      this.#deps.onFault("connection-limit", ip)
      socket.destroy()
      return
    }
    const one: Open = { socket, ip, isUnknownSender }
    this.open.add(one)
    socket.setKeepAlive(true, 60_000)
    socket.setTimeout(isUnknownSender ? this.#limit.unknownSenderIdleMs : this.#limit.idleMs, () =>
      socket.destroy(),
    )
    this.#read(one)
  }

  /** Closes the oldest connection if needed: a router that restarted left its connections open. */
  #makeRoom(ip: string, max: number, isUnknownSender: boolean): boolean {
    const same = [...this.open].filter((one) => one.ip === ip)
    const unknownSenders = isUnknownSender
      ? [...this.open].filter((one) => one.isUnknownSender)
      : []
    const oldest =
      same.length >= max
        ? same[0]
        : unknownSenders.length >= this.#limit.unknownSenders
          ? unknownSenders[0]
          : undefined
    if (oldest !== undefined) {
      this.#deps.onFault("connection-limit", ip)
      this.open.delete(oldest)
      oldest.socket.destroy()
    }
    return this.open.size < this.#limit.all
  }

  #read(one: Open): void {
    const { socket, ip } = one
    this.#numbers += 1
    const channel = `tcp ${this.#numbers}`
    const frames = createFrames(
      (line) => this.#deps.onLine(line, ip, channel),
      (fault) => this.#deps.onFault(fault, ip),
    )
    let pause: NodeJS.Timeout | null = null
    const cancelPause = (): void => {
      if (pause !== null) clearTimeout(pause)
      pause = null
    }
    const flush = (): void => {
      cancelPause()
      this.#pendingBytes -= frames.pending()
      frames.flush()
    }
    socket.on("data", (chunk: Buffer) => {
      cancelPause()
      const before = frames.pending()
      const isReadable = frames.push(chunk)
      this.#pendingBytes += frames.pending() - before
      if (!isReadable) return void socket.destroy()
      if (frames.pending() === 0) return
      if (this.#pendingBytes <= this.#limit.pendingBytes)
        pause = setTimeout(flush, this.#limit.pauseMs)
      else {
        this.#deps.onFault("connection-limit", ip)
        socket.destroy()
      }
    })
    socket.on("end", () => {
      flush()
      socket.end()
    })
    socket.on("close", () => {
      cancelPause()
      this.#pendingBytes -= frames.pending()
      this.open.delete(one)
    })
  }
}

const HANDSHAKE_MS = 10_000
/** Of one address, beside its connections. */
const MAX_HANDSHAKES = 4
const RENEW_EVERY_MS = 60_000
/** Throws if it is unusable. Without a certificate, OpenSSL would accept it and no client. */
const checked = (certificate: TlsCertificate): TlsCertificate => {
  const { publicKey } = new X509Certificate(certificate.cert)
  const own = createPublicKey(certificate.key)
  if (!own.equals(publicKey)) throw new Error("the key is not that of the certificate")
  return certificate
}

/** With TLS, a renewed certificate is used for new connections. */
const createServer = (
  {
    certificate,
    limitOf,
    onFault,
    renewEveryMs = RENEW_EVERY_MS,
    handshakeMs = HANDSHAKE_MS,
  }: StreamDeps,
  onSocket: (socket: net.Socket) => void,
): { readonly server: net.Server; readonly stop: () => void } => {
  if (certificate === undefined) {
    const server = net.createServer({ allowHalfOpen: true }, onSocket)
    return { server, stop: () => undefined }
  }
  let current = checked(certificate())
  const server = tls.createServer(
    { ...current, allowHalfOpen: true, minVersion: "TLSv1.2", handshakeTimeout: handshakeMs },
    onSocket,
  )
  server.maxConnections = STREAM_LIMIT.all
  // Of one sender. Node leaves a connection open whose handshake takes too long.
  server.on("tlsClientError", (_, socket) => void socket.destroy())
  const sockets = new Set<net.Socket>()
  server.on("connection", (socket: net.Socket) => {
    // Before the handshake too: one address must not hold the connections of all.
    const { remoteAddress = "" } = socket
    const same = [...sockets].filter((each) => each.remoteAddress === remoteAddress).length
    if (same >= limitOf(canonicalIp(remoteAddress) ?? "").max + MAX_HANDSHAKES) {
      onFault("connection-limit", remoteAddress)
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  const timer = setInterval(() => {
    try {
      const next = certificate()
      if (next.cert === current.cert) return
      server.setSecureContext(checked(next))
      current = next
    } catch {
      // Its file is being written or cannot be read: the one in use stays, and the next look counts.
    }
  }, renewEveryMs)
  const stop = (): void => {
    clearInterval(timer)
    for (const socket of sockets) socket.destroy()
  }
  return { server, stop }
}

/** Rejects if the port cannot be bound, or the certificate is unusable. */
export const startStreams = async (deps: StreamDeps): Promise<Streams> => {
  const streams = new StreamSet(deps)
  const { server, stop } = createServer(deps, (socket) => streams.accept(socket))
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      stop()
      reject(error)
    })
    server.listen({ port: deps.port, host: deps.bind }, () => {
      server.removeAllListeners("error")
      server.on("error", () => undefined) // of one accept; the server keeps listening
      const at = server.address()
      resolve({
        port: typeof at === "object" && at !== null ? at.port : deps.port,
        open: () => streams.open.size,
        stop: () =>
          new Promise((done) => {
            server.close(() => done())
            stop()
            for (const { socket } of streams.open) socket.destroy()
          }),
      })
    })
  })
}
