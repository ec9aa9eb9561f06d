/**
 * Limits the connections of a listener before the TLS handshake, which costs a thousand times more
 * than closing.
 *
 *   connection ─▶ unauthenticated: counted by source address ─▶ authenticated: counted by identity
 *
 * A full limit accepts the new connection and closes the oldest one of the source that holds the
 * most. A legitimate client authenticates within moments, so no source can lock out others, nor
 * clients that share its address.
 */
import type { Server, Socket } from "node:net"
import { sourceOf } from "./source-address.ts"

export type DropReason = "too-fast" | "too-many-of-address" | "too-many-of-identity" | "too-many"
export type ConnectionLimits = {
  /** Unauthenticated connections of one source (IPv4 address or IPv6 /64), and of all sources. */
  readonly perSource: number
  readonly unauthenticated: number
  /** Authenticated connections of one identity, and of all identities. */
  readonly perIdentity: number
  readonly authenticated: number
}
type Options = {
  readonly limits: ConnectionLimits
  readonly onDrop: (reason: DropReason) => void
  /** Rate of new connections by source: 0 accepts, else the connection is closed. Optional. */
  readonly checkRate?: (source: string) => number
  /** A trusted proxy counts as one identity without a limit of its own. */
  readonly isTrustedProxy?: (address: string | undefined) => boolean
}
export type ConnectionLimit = {
  /** Attaches the limit to a plain or TLS server. */
  readonly guard: (server: Server) => void
  /** Counts the connection by `identity` from now on. `socket` is that of a request. */
  readonly authenticated: (socket: Socket, identity: string) => void
  readonly stats: () => { readonly unauthenticated: number; readonly authenticated: number }
}

/** `socket` is the outermost known: destroying a TLS socket closes what is below. */
type Entry = { socket: Socket; key: string; isAuthenticated: boolean }

/** Connections by key, each key's oldest first. */
const createPool = (
  perKey: number,
  total: number,
  ofKey: DropReason,
  isUnlimited: (key: string) => boolean = () => false,
) => {
  const groups = new Map<string, Set<Entry>>()
  let size = 0
  /** The oldest connection of the key with the most; among equals, of the oldest key. */
  const heaviest = (): Entry | undefined => {
    let largest: Set<Entry> | undefined
    for (const group of groups.values())
      if (largest === undefined || group.size > largest.size) largest = group
    return largest?.values().next().value
  }
  return {
    size: () => size,
    /** The connection to close so that one more of `key` fits; null if it fits. */
    victim: (key: string): { readonly entry: Entry; readonly reason: DropReason } | null => {
      const group = groups.get(key)
      const ofGroup =
        group !== undefined && group.size >= perKey && !isUnlimited(key)
          ? group.values().next().value
          : undefined
      if (ofGroup !== undefined) return { entry: ofGroup, reason: ofKey }
      const ofAll = size >= total ? heaviest() : undefined
      return ofAll === undefined ? null : { entry: ofAll, reason: "too-many" }
    },
    add: (entry: Entry): void => {
      const group = groups.get(entry.key) ?? new Set<Entry>()
      groups.set(entry.key, group.add(entry))
      size += 1
    },
    remove: (entry: Entry): void => {
      const group = groups.get(entry.key)
      if (group?.delete(entry) !== true) return
      size -= 1
      if (group.size === 0) groups.delete(entry.key)
    },
    /** A request makes its connection the youngest of its key. */
    touch: (entry: Entry): void => {
      const group = groups.get(entry.key)
      if (group?.delete(entry) === true) group.add(entry)
    },
  }
}

const PROXY = "proxy "
const endsOf = (socket: Socket): string =>
  `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress} ${socket.localPort}`

type GuardDeps = {
  readonly max: number
  readonly entries: WeakMap<Socket, Entry>
  readonly onDrop: Options["onDrop"]
  /** False: the connection is not accepted. */
  readonly admit: (socket: Socket) => boolean
  readonly touch: (entry: Entry) => void
}
const createGuard =
  ({ max, entries, onDrop, admit, touch }: GuardDeps) =>
  (server: Server): void => {
    server.maxConnections = max
    server.on("drop", () => onDrop("too-many"))
    // A TLS socket does not name the socket below it: the two ends of the connection do.
    const handshakes = new Map<string, Entry>()
    const begin = server.listeners("connection")
    server.removeAllListeners("connection")
    server.on("connection", (socket: Socket) => {
      if (!admit(socket)) {
        socket.on("error", () => undefined)
        return socket.resetAndDestroy()
      }
      const entry = entries.get(socket)
      const ends = endsOf(socket)
      if (entry !== undefined) handshakes.set(ends, entry)
      socket.once("close", () => handshakes.delete(ends))
      for (const each of begin) each.call(server, socket)
    })
    server.on("secureConnection", (socket: Socket) => {
      const entry = handshakes.get(endsOf(socket))
      if (entry === undefined) return
      entry.socket = socket
      entries.set(socket, entry)
    })
    server.on("request", ({ socket }: { readonly socket: Socket }) => {
      const entry = entries.get(socket)
      if (entry !== undefined) touch(entry)
    })
  }

export const createConnectionLimit = ({
  limits,
  onDrop,
  checkRate,
  isTrustedProxy,
}: Options): ConnectionLimit => {
  const { perSource, unauthenticated, perIdentity, authenticated } = limits
  const anonymous = createPool(perSource, unauthenticated, "too-many-of-address")
  const identified = createPool(perIdentity, authenticated, "too-many-of-identity", (key) =>
    key.startsWith(PROXY),
  )
  const poolOf = (entry: Entry) => (entry.isAuthenticated ? identified : anonymous)
  const entries = new WeakMap<Socket, Entry>()

  const drop = (entry: Entry, reason: DropReason): void => {
    poolOf(entry).remove(entry)
    onDrop(reason)
    entry.socket.destroy()
  }
  const place = (entry: Entry): void => {
    const pool = poolOf(entry)
    const victim = pool.victim(entry.key)
    if (victim !== null) drop(victim.entry, victim.reason)
    pool.add(entry)
  }
  /** False: it is not taken. */
  const admit = (socket: Socket): boolean => {
    const source = sourceOf(socket.remoteAddress)
    if (checkRate !== undefined && checkRate(source) > 0) {
      onDrop("too-fast")
      return false
    }
    const isProxy = isTrustedProxy?.(socket.remoteAddress) === true
    const entry: Entry = {
      socket,
      key: isProxy ? `${PROXY}${source}` : source,
      isAuthenticated: isProxy,
    }
    entries.set(socket, entry)
    place(entry)
    socket.once("close", () => poolOf(entry).remove(entry))
    return true
  }

  return {
    guard: createGuard({
      max: unauthenticated + authenticated + 64,
      entries,
      onDrop,
      admit,
      touch: (entry) => poolOf(entry).touch(entry),
    }),
    authenticated: (socket, identity) => {
      const entry = entries.get(socket)
      if (
        entry === undefined ||
        socket.destroyed ||
        entry.key === identity ||
        entry.key.startsWith(PROXY)
      )
        return
      poolOf(entry).remove(entry)
      entry.key = identity
      entry.isAuthenticated = true
      place(entry)
    },
    stats: () => ({ unauthenticated: anonymous.size(), authenticated: identified.size() }),
  }
}
