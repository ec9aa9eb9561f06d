/**
 * Forwards received lines to another log system by TCP or TLS, as RFC 5424 with the length before
 * each line (RFC 6587, 5425). The queue is bounded: while the other system does not read, further
 * lines are dropped and counted, and nothing else waits.
 */
import net from "node:net"
import tls from "node:tls"
import type { Line } from "./lines.ts"

export type ForwardTarget = { readonly tls: boolean; readonly host: string; readonly port: number }
export type ForwardCounts = { sent: number; dropped: number; connects: number }
export type Forward = {
  readonly counts: ForwardCounts
  readonly push: (device: string, line: Line, atMs: number) => void
  readonly note: () => string | null
  stop(): void
}

const MAX_BYTES = 8 * 1024 * 1024
const MAX_LINES = 20_000
const CONNECT_MS = 10_000
/** A connection that takes nothing for so long is replaced. */
const STUCK_MS = 60_000
const FIRST_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 60_000
const DAEMON = 3
const LEVEL = { debug: 7, info: 6, warning: 4, error: 3 } as const

/** Printable ASCII without spaces, as RFC 5424 requires of a host name. */
const hostName = (name: string): string => {
  const safe = name.replaceAll(/[^\x21-\x7e]/g, "_").slice(0, 255)
  return safe === "" ? "-" : safe
}

/** The line with its length before it. */
export const forwarded = (device: string, line: Line, atMs: number): Buffer => {
  const pri = line.pri ?? DAEMON * 8 + LEVEL[line.severity]
  const topics = line.topics.length === 0 ? "" : `${line.topics.join(",")} `
  const head = `<${pri}>1 ${new Date(atMs).toISOString()} ${hostName(device)} routeros - - -`
  const body = Buffer.from(`${head} ${topics}${line.message.replaceAll(/[\r\n\0]/g, " ")}`)
  return Buffer.concat([Buffer.from(`${body.length} `), body])
}

export type ForwardOptions = {
  readonly target: ForwardTarget
  /** Certificates to trust, PEM; null: those of the system. */
  readonly ca: string | null
}

class Sender implements Forward {
  readonly counts: ForwardCounts = { sent: 0, dropped: 0, connects: 0 }
  readonly #options: ForwardOptions
  #queue: Buffer[] = []
  #bytes = 0
  #socket: net.Socket | null = null
  #isReady = false
  #problem: string | null = null
  #pauseMs = FIRST_PAUSE_MS
  #timer: NodeJS.Timeout | null = null
  #isStopped = false

  constructor(options: ForwardOptions) {
    this.#options = options
    this.#connect()
  }

  readonly push = (device: string, line: Line, atMs: number): void => {
    if (this.#queue.length >= MAX_LINES || this.#bytes >= MAX_BYTES) {
      this.counts.dropped += 1
      return
    }
    const bytes = forwarded(device, line, atMs)
    this.#queue.push(bytes)
    this.#bytes += bytes.length
    this.#flush()
  }

  readonly note = (): string | null => {
    const { host, port } = this.#options.target
    const dropped = this.counts.dropped > 0 ? ` ${this.counts.dropped} lines were dropped.` : ""
    if (this.#problem !== null)
      return `Syslog is not forwarded to ${host} port ${port}: ${this.#problem}.${dropped}`
    return dropped === "" ? null : `Syslog forwarding to ${host} port ${port}:${dropped}`
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#socket?.destroy()
  }

  #connect(): void {
    const { target, ca } = this.#options
    const { host, port } = target
    const trust = ca === null ? {} : { ca }
    const name = net.isIP(host) === 0 ? { servername: host } : {}
    const socket = target.tls
      ? tls.connect({ host, port, minVersion: "TLSv1.2", ...trust, ...name })
      : net.connect({ host, port })
    this.#socket = socket
    let fault = "it does not answer"
    // One listener for all times: with a function, `setTimeout` adds another at each call.
    socket.on("timeout", () => socket.destroy(new Error(fault)))
    socket.setTimeout(CONNECT_MS)
    socket.once(target.tls ? "secureConnect" : "connect", () => {
      this.counts.connects += 1
      fault = "it does not read"
      this.#pauseMs = FIRST_PAUSE_MS
      this.#problem = null
      this.#isReady = true
      socket.setTimeout(0)
      this.#flush()
    })
    socket.on("drain", () => {
      socket.setTimeout(0)
      this.#isReady = true
      this.#flush()
    })
    socket.on("data", () => undefined)
    socket.on("error", (error) => {
      this.#problem = error.message
    })
    socket.once("close", () => this.#retry())
  }

  #retry(): void {
    this.#isReady = false
    this.#socket = null
    if (this.#isStopped) return
    this.#problem ??= "the connection was closed"
    this.#timer = setTimeout(() => this.#connect(), this.#pauseMs)
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 2)
  }

  #flush(): void {
    const socket = this.#socket
    if (socket === null || !this.#isReady || this.#queue.length === 0) return
    const lines = this.#queue
    this.#queue = []
    this.#bytes = 0
    this.counts.sent += lines.length
    if (socket.write(Buffer.concat(lines))) return
    this.#isReady = false
    socket.setTimeout(STUCK_MS)
  }
}

export const createForward = (options: ForwardOptions): Forward => new Sender(options)
