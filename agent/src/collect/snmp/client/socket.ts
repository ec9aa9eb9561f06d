/**
 * One UDP socket for all devices, instead of one per session: ten thousand devices would need as
 * many file descriptors. A packet is passed only to the session of its address and port, so that no
 * device can answer for another.
 */
import dgram from "node:dgram"
import { canonicalIp } from "../../reachability/resolve.ts"

type OnMessage = (bytes: Buffer) => void
type Endpoint = { readonly ip: string; readonly port: number }

const RECEIVE_BYTES = 4 * 1024 * 1024
/** An IPv4 address of the kernel has one form. */
const keyOf = (ip: string, port: number): string =>
  `${ip.includes(":") ? (canonicalIp(ip) ?? ip) : ip} ${port}`

/**
 * One session's share of the socket. `send` reports errors of this host, such as a missing route.
 */
export type SocketShare = {
  send(bytes: Buffer, done: (error: Error | null) => void): void
  close(): void
}
export type SharedSocket = {
  open(endpoint: Endpoint, onMessage: OnMessage): SocketShare
  readonly unknownSenders: () => number
  close(): Promise<void>
}

export const createSharedSocket = (): SharedSocket => {
  const sockets = new Map<string, dgram.Socket>()
  const sessions = new Map<string, Set<OnMessage>>()
  let unknownSenders = 0

  const socketOf = (transport: string): dgram.Socket => {
    const was = sockets.get(transport)
    if (was !== undefined) return was
    const socket = dgram.createSocket({
      type: transport === "udp6" ? "udp6" : "udp4",
      recvBufferSize: RECEIVE_BYTES,
      // Only addresses get here: the usual look-up costs as much as the rest of sending.
      lookup: (address, _options, callback) =>
        callback(null, address, transport === "udp6" ? 6 : 4),
    })
    socket.on("message", (bytes, { address, port }) => {
      const listeners = sessions.get(keyOf(address, port))
      if (listeners === undefined) unknownSenders += 1
      // Two sessions with one address (a device listed twice) both get it; the request id shows
      // whose it is.
      else for (const listener of [...listeners]) listener(bytes)
    })
    socket.on("error", () => undefined) // An error of a single send, which its callback reports.
    socket.unref()
    sockets.set(transport, socket)
    return socket
  }

  return {
    unknownSenders: () => unknownSenders,
    open: ({ ip, port }, onMessage) => {
      const key = keyOf(ip, port)
      sessions.set(key, (sessions.get(key) ?? new Set()).add(onMessage))
      return {
        send: (bytes, done) =>
          socketOf(ip.includes(":") ? "udp6" : "udp4").send(bytes, port, ip, (error) =>
            done(error),
          ),
        close: () => {
          const listeners = sessions.get(key)
          listeners?.delete(onMessage)
          if (listeners?.size === 0) sessions.delete(key)
        },
      }
    },
    async close() {
      sessions.clear()
      await Promise.all(
        [...sockets.values()].map(
          (socket) => new Promise<void>((resolve) => socket.close(() => resolve())),
        ),
      )
      sockets.clear()
    },
  }
}
