/**
 * The network of cloud-init, versions 1 and 2 (also below `network:`), as the `network` of a seed:
 * physical interfaces, addresses, gateways, name servers. Pure; the result is checked like any seed.
 */
import type { SeedProblem } from "./model.ts"
import { isRecord } from "./seed-keys.ts"

type Interface = {
  interface?: unknown
  addresses: unknown[]
  gateways: unknown[]
  dns: unknown[]
  search: unknown[]
}
type Translated = { readonly network: unknown; readonly problems: readonly SeedProblem[] }

const FILE = "network-config"
const DEFAULT_ROUTES: ReadonlySet<unknown> = new Set(["default", "0.0.0.0/0", "::/0", "0/0"])

const listOf = (given: unknown): unknown[] =>
  Array.isArray(given) ? given : given === undefined || given === null ? [] : [given]
const notSupported = (key: string): SeedProblem => ({
  key: `${FILE}: ${key}`,
  fault: "not-supported",
  detail: null,
})

/** `255.255.255.0` as 24; undefined if it is no mask. */
const prefixOf = (mask: unknown): number | undefined => {
  if (typeof mask === "number") return mask
  const parts = String(mask).split(".").map(Number)
  if (/^\d{1,3}$/.test(String(mask))) return Number(mask)
  const bits = parts.map((part) => part.toString(2).padStart(8, "0")).join("")
  return parts.length === 4 && /^1*0*$/.test(bits)
    ? bits.indexOf("0") + (bits.includes("0") ? 0 : 33)
    : undefined
}

/** An address of version 1 may have its prefix beside it. */
const withPrefix = (address: unknown, netmask: unknown): unknown => {
  if (String(address).includes("/") || netmask === undefined) return address
  return `${address}/${prefixOf(netmask) ?? netmask}`
}

const empty = (): Interface => ({ addresses: [], gateways: [], dns: [], search: [] })

const readSubnet = (subnet: Readonly<Record<string, unknown>>, into: Interface): boolean => {
  const { type, address, netmask, gateway, dns_nameservers: dns, dns_search: search } = subnet
  into.dns.push(...listOf(dns))
  into.search.push(...listOf(search))
  if (/^(?:dhcp[46]?|ipv6_(?:slaac|dhcpv6-stateless|dhcpv6-stateful))$/.test(String(type)))
    return true
  if (type !== "static" && type !== "static6") return false
  into.addresses.push(withPrefix(address, netmask))
  into.gateways.push(...listOf(gateway))
  return true
}

const readVersion1 = (config: readonly unknown[]): Translated => {
  const interfaces: Interface[] = []
  const problems: SeedProblem[] = []
  const shared = empty()
  for (const [index, entry] of config.entries()) {
    const at = `config[${index}]`
    if (!isRecord(entry)) problems.push(notSupported(at))
    else if (entry.type === "nameserver") {
      shared.dns.push(...listOf(entry.address))
      shared.search.push(...listOf(entry.search))
    } else if (entry.type === "physical") {
      const made = { ...empty(), interface: entry.mac_address ?? entry.name }
      for (const [number, subnet] of listOf(entry.subnets).entries())
        if (!isRecord(subnet) || !readSubnet(subnet, made))
          problems.push(notSupported(`${at}.subnets[${number}]`))
      interfaces.push(made)
    } else problems.push(notSupported(`${at}, type ${String(entry.type).slice(0, 40)}`))
  }
  const network = interfaces.map(({ dns, search, ...rest }) => ({
    ...rest,
    dns: [...dns, ...shared.dns],
    search: [...search, ...shared.search],
  }))
  return { network, problems }
}

const KNOWN_V2: ReadonlySet<string> = new Set(
  "match set-name dhcp4 dhcp6 accept-ra addresses gateway4 gateway6 routes nameservers optional".split(
    " ",
  ),
)

const readEthernet = (name: string, entry: Readonly<Record<string, unknown>>): Interface => {
  const match = isRecord(entry.match) ? entry.match : {}
  const nameservers = isRecord(entry.nameservers) ? entry.nameservers : {}
  const routes = listOf(entry.routes).filter(isRecord)
  return {
    interface: match.macaddress ?? match.name ?? name,
    addresses: listOf(entry.addresses),
    gateways: [
      ...listOf(entry.gateway4),
      ...listOf(entry.gateway6),
      ...routes.filter(({ to }) => DEFAULT_ROUTES.has(to)).map(({ via }) => via),
    ],
    dns: listOf(nameservers.addresses),
    search: listOf(nameservers.search),
  }
}

const readVersion2 = (given: Readonly<Record<string, unknown>>): Translated => {
  const ethernets = isRecord(given.ethernets) ? given.ethernets : {}
  const problems = Object.keys(given)
    .filter((name) => !["version", "ethernets", "renderer"].includes(name))
    .map(notSupported)
  const network = Object.entries(ethernets).flatMap(([name, entry]) => {
    if (!isRecord(entry)) {
      problems.push(notSupported(`ethernets.${name}`))
      return []
    }
    const others = Object.keys(entry).filter((each) => !KNOWN_V2.has(each))
    problems.push(...others.map((each) => notSupported(`ethernets.${name}.${each}`)))
    return [readEthernet(name, entry)]
  })
  return { network, problems }
}

/** Empty lists are left out, so that a problem names what was given. */
const compact = (network: unknown): unknown =>
  listOf(network).map((each) =>
    isRecord(each)
      ? Object.fromEntries(
          Object.entries(each).filter(([, value]) => !Array.isArray(value) || value.length > 0),
        )
      : each,
  )

export const readNetworkConfig = (given: unknown): Translated => {
  const config = isRecord(given) && isRecord(given.network) ? given.network : given
  if (!isRecord(config)) return { network: undefined, problems: [notSupported("not a map")] }
  if (config.config === "disabled") return { network: undefined, problems: [] }
  const { network, problems } =
    config.version === 1
      ? readVersion1(listOf(config.config))
      : config.version === 2
        ? readVersion2(config)
        : { network: undefined, problems: [notSupported(`version ${String(config.version)}`)] }
  return {
    network: network === undefined || listOf(network).length === 0 ? undefined : compact(network),
    problems,
  }
}
