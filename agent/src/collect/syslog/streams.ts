/** Syslog by TCP on the port of the datagrams: bounded connections, an address and in all, each with bounded memory and a time to idle. */
import net from "node:net"
import { canonicalIp } from "../reachability/resolve.ts"
import { createFrames, type FrameFault } from "./frames.ts"

export const STREAM_LIMIT = {
  /** Connections in all, and of all addresses that are no device. */
  all: 2_000,
  unknownSenders: 16,
  /** Of one address, for each device there: a router opens one for each of its logging actions. */
  perDevice: 4,
  /** Of one relay, and of this host. */
  relay: 32,
  /** Of lines that have not ended, over all connections. */
  pendingBytes: 16 * 1024 * 1024,
  /** A router that has nothing to log is silent for long; a stranger has no business here. */
  idleMs: 1_800_000,
  unknownSenderIdleMs: 30_000,
  /** RouterOS's default format has no end of line: what has come when the sender pauses is one. */
  pauseMs: 1_000,
} as const

export type StreamDeps = {
  readonly port: number
  readonly bind: string
  /** How many connections this address may have, and whether it is a device or a relay. */
  readonly limitOf: (ip: string) => { readonly max: number; readonly isUnknownSender: boolean }
  readonly onLine: (line: Buffer, address: string, channel: string) => void
  readonly onFault: (fault: FrameFault | "connection-limit", address: string) => void
  readonly limit?: Partial<Record<keyof typeof STREAM_LIMIT, number>>
}
export type Streams = { readonly open: () => number; stop(): Promise<void> }

type Open = { readonly socket: net.Socket; readonly ip: string; readonly isUnknownSender: boolean }

/** Rejects where the port cannot be bound. */
export const startStreams = (deps: StreamDeps): Promise<Streams> => {
  const limit = { ...STREAM_LIMIT, ...deps.limit }
  const open = new Set<Open>()
  let numbers = 0
  let pendingBytes = 0

  /** The oldest gives way: a router that restarted has left its connections behind. */
  const makeRoom = (ip: string, max: number, isUnknownSender: boolean): boolean => {
    const same = [...open].filter((one) => one.ip === ip)
    const unknownSenders = isUnknownSender ? [...open].filter((one) => one.isUnknownSender) : []
    const oldest =
      same.length >= max
        ? same[0]
        : unknownSenders.length >= limit.unknownSenders
          ? unknownSenders[0]
          : undefined
    if (oldest !== undefined) {
      deps.onFault("connection-limit", ip)
      open.delete(oldest)
      oldest.socket.destroy()
    }
    return open.size < limit.all
  }

  const accept = (socket: net.Socket): void => {
    socket.on("error", () => socket.destroy())
    const ip = canonicalIp(socket.remoteAddress ?? "") ?? ""
    const { max, isUnknownSender } = deps.limitOf(ip)
    if (ip === "" || !makeRoom(ip, max, isUnknownSender)) {
      deps.onFault("connection-limit", ip)
      socket.destroy()
      return
    }
    numbers += 1
    const channel = `tcp ${numbers}`
    const frames = createFrames(
      (line) => deps.onLine(line, ip, channel),
      (fault) => deps.onFault(fault, ip),
    )
    const one: Open = { socket, ip, isUnknownSender }
    open.add(one)
    let pause: NodeJS.Timeout | null = null
    const cancelPause = (): void => {
      if (pause !== null) clearTimeout(pause)
      pause = null
    }
    const flush = (): void => {
      cancelPause()
      pendingBytes -= frames.pending()
      frames.flush()
    }
    socket.setKeepAlive(true, 60_000)
    socket.setTimeout(isUnknownSender ? limit.unknownSenderIdleMs : limit.idleMs, () =>
      socket.destroy(),
    )
    socket.on("data", (chunk: Buffer) => {
      cancelPause()
      const before = frames.pending()
      const isReadable = frames.push(chunk)
      pendingBytes += frames.pending() - before
      if (!isReadable) return void socket.destroy()
      if (frames.pending() === 0) return
      if (pendingBytes <= limit.pendingBytes) pause = setTimeout(flush, limit.pauseMs)
      else {
        deps.onFault("connection-limit", ip)
        socket.destroy()
      }
    })
    socket.on("end", () => {
      flush()
      socket.end()
    })
    socket.on("close", () => {
      cancelPause()
      pendingBytes -= frames.pending()
      open.delete(one)
    })
  }

  const server = net.createServer({ allowHalfOpen: true }, accept)
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen({ port: deps.port, host: deps.bind }, () => {
      server.removeAllListeners("error")
      server.on("error", () => undefined) // of one accept; listening goes on
      resolve({
        open: () => open.size,
        stop: () =>
          new Promise((done) => {
            server.close(() => done())
            for (const { socket } of open) socket.destroy()
          }),
      })
    })
  })
}
