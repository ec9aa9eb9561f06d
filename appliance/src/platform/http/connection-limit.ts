/**
 * Limits the connections of a listener before TLS is spoken, since a handshake costs a thousand times what it costs to hang up.
 *
 *   connection ─▶ unauthenticated: counted by source address ─▶ authenticated: counted by identity
 *
 * A full limit never refuses the newcomer: it closes the oldest connection of whoever holds the most. A client that means it
 * authenticates within moments; one that holds connections open loses its oldest. So no address can lock out others, nor those
 * that share the address with it.
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
  /** New connections of one source over time: 0 to go on, else it is closed at once. Without it the rate is not limited. */
  readonly checkRate?: (source: string) => number
  /** A proxy in front of us carries many people's connections: it is counted as one identity without a limit of its own. */
  readonly isTrustedProxy?: (address: string | undefined) => boolean
}
export type ConnectionLimit = {
  /** Takes the place of what answers a new connection, for plain and TLS servers alike. */
  readonly guard: (server: Server) => void
  /** From now on counted by `identity`. `socket` is a request's. */
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
  /** The oldest connection of the key with the most; among equals the key that is longest in the map. */
  const heaviest = (): Entry | undefined => {
    let largest: Set<Entry> | undefined
    for (const group of groups.values())
      if (largest === undefined || group.size > largest.size) largest = group
    return largest?.values().next().value
  }
  return {
    size: () => size,
    /** Who has to go so that one more of `key` fits; null where it fits. */
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
    /** Its last request makes it the youngest of its key. */
    touch: (entry: Entry): void => {
      const group = groups.get(entry.key)
      if (group?.delete(entry) === true) group.add(entry)
    },
  }
}

const PROXY = "proxy "
const endsOf = (socket: Socket): string =>
  `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress} ${socket.localPort}`

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
    guard: (server) => {
      server.maxConnections = unauthenticated + authenticated + 64
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
        if (entry !== undefined) poolOf(entry).touch(entry)
      })
    },
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
