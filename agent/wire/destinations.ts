/**
 * Which addresses an agent may contact. The appliance checks an address when it is saved or tested;
 * the agent checks it again after it has resolved a name. Pure.
 */
import { BlockList, isIP, isIPv4 } from "node:net"
import { z } from "zod"

/** An IPv4 or IPv6 address or prefix, without a zone. */
export const Network = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  "expected an IP address or a prefix such as 192.0.2.0/24",
)

/** `own`: an address of the connecting machine. `other`: any address a router can have. */
export type AddressKind =
  | "loopback"
  | "link-local"
  | "metadata"
  | "multicast"
  | "broadcast"
  | "unspecified"
  | "own"
  | "other"

/**
 * RFC 6890 and its registries. `metadata`: addresses where clouds return the credentials of the
 * requesting machine.
 */
const KINDS: readonly (readonly [Exclude<AddressKind, "own" | "other">, readonly string[]])[] = [
  [
    "metadata",
    ["169.254.169.254/32", "169.254.170.2/32", "100.100.100.200/32", "fd00:ec2::254/128"],
  ],
  ["unspecified", ["0.0.0.0/8", "::/128"]],
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["link-local", ["169.254.0.0/16", "fe80::/10"]],
  ["multicast", ["224.0.0.0/4", "ff00::/8"]],
  ["broadcast", ["255.255.255.255/32"]],
]

const familyOf = (ip: string): "ipv4" | "ipv6" => (isIPv4(ip) ? "ipv4" : "ipv6")
const splitPrefix = (network: string): { readonly ip: string; readonly bits: number } => {
  const [ip = "", bits] = network.split("/")
  return { ip, bits: bits === undefined ? (isIPv4(ip) ? 32 : 128) : Number(bits) }
}
const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const network of networks) {
    const { ip, bits } = splitPrefix(network)
    list.addSubnet(ip, bits, familyOf(ip))
  }
  return list
}
const LISTS = KINDS.map(([kind, networks]) => [kind, listOf(networks)] as const)

/** An IPv4 address inside an IPv6 one (mapped, compatible, NAT64) leads to that IPv4 address. */
const embedded = /^(?:::ffff:|::|64:ff9b::)(\d{1,3}(?:\.\d{1,3}){3})$/i
const embeddedHex = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i
const unwrapIpv4 = (ip: string): string => {
  const dotted = embedded.exec(ip)?.[1]
  if (dotted !== undefined) return dotted
  const [, high, low] = embeddedHex.exec(ip) ?? []
  if (high === undefined || low === undefined) return ip
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`
}
const canonical = (ip: string): string => {
  const bare = ip.split("%")[0] ?? ""
  if (isIP(bare) !== 6) return bare
  return unwrapIpv4(new URL(`http://[${bare}]`).hostname.slice(1, -1))
}

/**
 * The address that a typed host means without a name server: `127.1`, `0x7f000001`, `localhost`.
 * Null: it is a name.
 */
export const literalAddress = (host: string): string | null => {
  if (isIP(host) !== 0) return canonical(host)
  const name = host.toLowerCase().replace(/\.$/, "")
  if (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "ip6-localhost" ||
    name === "ip6-loopback"
  )
    return "127.0.0.1"
  if (
    !/^(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*$/.test(name) ||
    !URL.canParse(`http://${name}`)
  )
    return null
  const { hostname } = new URL(`http://${name}`)
  return isIP(hostname) === 0 ? null : hostname
}

/** `own` are the addresses of this machine. */
export const addressKind = (ip: string, own: readonly string[] = []): AddressKind => {
  const address = canonical(ip)
  const family = familyOf(address)
  const special = LISTS.find(([, list]) => list.check(address, family))?.[0]
  if (special !== undefined) return special
  return own.some((each) => canonical(each) === address) ? "own" : "other"
}

export const isWithin = (ip: string, networks: readonly string[]): boolean => {
  const address = canonical(ip)
  return isIP(address) !== 0 && listOf(networks).check(address, familyOf(address))
}

/**
 * A wide network such as 0.0.0.0/0 does not allow loopback: a special address needs a network of
 * its own kind.
 */
const isNamed = (ip: string, kind: AddressKind, networks: readonly string[]): boolean =>
  networks.some((network) => {
    const first = splitPrefix(network)
    if (!isWithin(ip, [network])) return false
    return kind === "own"
      ? first.bits === (isIPv4(first.ip) ? 32 : 128)
      : addressKind(first.ip) === kind && first.bits >= 8
  })

export type DestinationRules = {
  /** The agent's list: only these networks. Empty: every address that is not special. */
  readonly allowedNetworks: readonly string[]
  readonly allowLoopback: boolean
  readonly own: readonly string[]
}
/**
 * `probe`: a ping or TCP handshake of a device, without data. `access`: anything that sends a
 * secret, and every test.
 */
export type Contact = "probe" | "access"
export type DestinationResult =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly reason: Exclude<AddressKind, "other"> | "outside-allowed-networks"
    }

const ALWAYS_DENIED: ReadonlySet<AddressKind> = new Set(["multicast", "broadcast", "unspecified"])
/**
 * Only a probe may reach these without a rule for them: it sends no data and shows only whether a
 * host is there.
 */
const PROBE_ALLOWED: ReadonlySet<AddressKind> = new Set(["loopback", "link-local", "own"])

export const checkDestination = (
  ip: string,
  contact: Contact,
  rules: DestinationRules,
): DestinationResult => {
  const kind = addressKind(ip, rules.own)
  if (ALWAYS_DENIED.has(kind) && kind !== "other") return { ok: false, reason: kind }
  if (kind === "loopback" && rules.allowLoopback) return { ok: true }
  if (kind !== "other" && isNamed(ip, kind, rules.allowedNetworks)) return { ok: true }
  if (kind !== "other" && !(contact === "probe" && PROBE_ALLOWED.has(kind)))
    return { ok: false, reason: kind }
  if (rules.allowedNetworks.length === 0 || isWithin(ip, rules.allowedNetworks)) return { ok: true }
  return { ok: false, reason: "outside-allowed-networks" }
}

const KIND_TEXT: Readonly<Record<Exclude<DestinationResult, { ok: true }>["reason"], string>> = {
  loopback: "is a loopback address: the agent's own machine",
  "link-local": "is a link-local address",
  metadata: "is where a cloud returns the credentials of the agent's machine",
  multicast: "is a multicast address",
  broadcast: "is a broadcast address",
  unspecified: "is not the address of a host",
  own: "is an address of the agent's or the appliance's own machine",
  "outside-allowed-networks": "is outside the networks this agent may contact",
}
/** A sentence without its full stop. */
export const destinationSentence = (
  ip: string,
  reason: Exclude<DestinationResult, { ok: true }>["reason"],
): string => `${ip} ${KIND_TEXT[reason]}`
