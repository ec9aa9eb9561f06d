/**
 * The client's address behind trusted proxies: the rightmost address of X-Forwarded-For that is not
 * a trusted proxy. The client can write everything to the left of it, so that is ignored, and so is
 * the header of any other sender.
 */
import type { IncomingHttpHeaders } from "node:http"
import { BlockList, isIP } from "node:net"
import { plainAddress } from "./source-address.ts"

export type TrustedProxies = {
  readonly isTrusted: (address: string | undefined) => boolean
  readonly clientAddress: (remote: string | undefined, headers: IncomingHttpHeaders) => string
  readonly isEmpty: boolean
}

/** An address with or without a prefix length; null where it is neither. */
export const parseNetwork = (
  text: string,
): {
  readonly address: string
  readonly prefix: number
  readonly family: "ipv4" | "ipv6"
} | null => {
  const [address = "", length, ...more] = text.split("/")
  const version = isIP(address)
  const maxPrefix = version === 4 ? 32 : 128
  if (version === 0 || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length)))
    return null
  const prefix = length === undefined ? maxPrefix : Number(length)
  return prefix > maxPrefix ? null : { address, prefix, family: version === 4 ? "ipv4" : "ipv6" }
}

/** The address in forms such as `1.2.3.4:567` or `[2001:db8::1]:567`; null for anything else. */
const addressIn = (hop: string): string | null => {
  const text = hop.trim()
  const bare =
    /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+)(?::\d+)?$/.exec(text)?.[1] ?? text
  const plain = plainAddress(bare)
  return isIP(plain) === 0 ? null : plain
}
/** No chain of proxies is longer, and what is longer was not written by them. */
const MAX_HOPS = 16

/** `networks` are parsed: addresses and CIDR networks of our own proxies. */
export const createTrustedProxies = (networks: readonly string[]): TrustedProxies => {
  const list = new BlockList()
  for (const text of networks) {
    const network = parseNetwork(text)
    if (network !== null) list.addSubnet(network.address, network.prefix, network.family)
  }
  const isTrusted = (address: string | undefined): boolean => {
    const plain = plainAddress(address)
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 4 ? "ipv4" : "ipv6")
  }
  return {
    isEmpty: networks.length === 0,
    isTrusted,
    clientAddress: (remote, headers) => {
      let last = plainAddress(remote)
      if (!isTrusted(last)) return last
      const header = headers["x-forwarded-for"]
      const hops = (Array.isArray(header) ? header.join(",") : (header ?? ""))
        .split(",")
        .slice(-MAX_HOPS)
      for (const hop of hops.toReversed()) {
        const address = addressIn(hop)
        if (address === null) return last
        last = address
        if (!isTrusted(address)) return address
      }
      return last
    },
  }
}

/** Whether a proxy has passed this request on: then its connection says nothing about who asks. */
export const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "forwarded",
    "via",
  ].some((name) => headers[name] !== undefined)
