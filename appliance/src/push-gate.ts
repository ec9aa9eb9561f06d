/**
 * Who may connect to the routers' door at all: asked of every connection before TLS is spoken, since a handshake costs a thousand
 * times what it costs to hang up.
 */
import { isIPv6, type Socket } from "node:net"
import type { Clock } from "./platform/clock.ts"
import { createThrottle } from "./registry/agents/throttle.ts"

export type GateRefusal = "too-fast" | "too-many-of-address"
export type Gate = {
  /** Null: come in. Otherwise why not; the socket is left to the caller. */
  readonly judge: (socket: Socket) => GateRefusal | null
}
export type GateLimits = { readonly burst: number; readonly perSecond: number; readonly atOnce: number }

/** The first 64 bits of an IPv6 address are one customer, who has all the rest to choose from. */
const prefixOf = (address: string): string => {
  const [head = "", tail] = address.split("::", 2)
  const front = head === "" ? [] : head.split(":")
  const back = tail === undefined || tail === "" ? [] : tail.split(":")
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array<string>(zeros).fill("0"), ...back]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`
}
/** By what an address is counted. IPv4 reached by way of IPv6 is IPv4. */
export const sourceOf = (address: string | undefined): string => {
  const plain = (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "")
  return isIPv6(plain) ? prefixOf(plain) : plain
}

export const createGate = (clock: Clock, { burst, perSecond, atOnce }: GateLimits): Gate => {
  const fresh = createThrottle(clock, { burst, perSecond })
  const open = new Map<string, number>()
  return {
    judge: (socket) => {
      const source = sourceOf(socket.remoteAddress)
      const mine = open.get(source) ?? 0
      if (mine >= atOnce) return "too-many-of-address"
      if (fresh.take(source) > 0) return "too-fast"
      open.set(source, mine + 1)
      socket.once("close", () => {
        const left = (open.get(source) ?? 1) - 1
        if (left === 0) open.delete(source)
        else open.set(source, left)
      })
      return null
    },
  }
}
