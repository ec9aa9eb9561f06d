/**
 * The routing of a topology: addresses of its links, OSPF inside the network, BGP with upstreams
 * and between borders and route reflectors. FRR and the exported router scripts come from it. Pure.
 */
import type { End, Link, RouterPlan, Topology } from "../topology.ts"

export type RoutedInterface = {
  readonly port: string
  readonly link: string
  readonly peer: string
  readonly address: string
  readonly peerAddress: string
  readonly hasOspf: boolean
}
export type BgpSession = {
  readonly peer: string
  readonly address: string
  readonly remoteAs: number
  readonly kind: "external" | "internal" | "client"
}
export type RoutedRouter = {
  readonly name: string
  /** From 1, in the order of the file. */
  readonly number: number
  readonly routerId: string
  /** The address by which it is monitored. */
  readonly address: string
  readonly as: number
  readonly isUpstream: boolean
  readonly isBorder: boolean
  readonly isReflector: boolean
  readonly interfaces: readonly RoutedInterface[]
  readonly sessions: readonly BgpSession[]
}

export const OWN_AS = 64_512
const FIRST_UPSTREAM_AS = 65_010
const MAX_ROUTERS = 1_000
const MAX_LINKS = 4_000
/** All addresses of monitored routers are in it. */
export const OWN_NETWORK = "10.0.0.0/8"

const routerIdOf = (number: number): string => `172.31.${number >> 8}.${number & 255}`
/** One of the /30 networks from 172.24.0.0 on. */
const linkAddress = (n: number, host: number): string =>
  `172.${24 + (n >> 14)}.${(n >> 6) & 255}.${(n & 63) * 4 + host}`

const has = (router: RouterPlan | undefined, role: string): boolean =>
  router?.roles.includes(role) === true

/** Routers of customers take no part: they have a default route. */
export const isRouted = (router: RouterPlan): boolean => !has(router, "cpe")

const interfacesOf = (
  topology: Topology,
  routed: ReadonlyMap<string, RouterPlan>,
  name: string,
): RoutedInterface[] =>
  topology.links.flatMap((link: Link, n): RoutedInterface[] => {
    const ends: readonly (readonly [End, End, number])[] = [
      [link.a, link.b, 1],
      [link.b, link.a, 2],
    ]
    return ends.flatMap(([own, other, host]) => {
      const [mine, peer] = [routed.get(own.router), routed.get(other.router)]
      if (own.router !== name || mine === undefined || peer === undefined) return []
      return [
        {
          port: own.port,
          link: link.name,
          peer: other.router,
          address: linkAddress(n, host),
          peerAddress: linkAddress(n, 3 - host),
          hasOspf: !has(mine, "upstream") && !has(peer, "upstream"),
        },
      ]
    })
  })

export const planRouting = (topology: Topology): readonly RoutedRouter[] => {
  if (topology.routers.length > MAX_ROUTERS || topology.links.length > MAX_LINKS)
    throw new Error(`at most ${MAX_ROUTERS} routers and ${MAX_LINKS} links`)
  const all = topology.routers.filter(isRouted)
  const routed = new Map(all.map((router) => [router.name, router]))
  const upstreams = all.filter((router) => has(router, "upstream")).map(({ name }) => name)
  const asOf = (name: string): number => {
    const n = upstreams.indexOf(name)
    return n < 0 ? OWN_AS : FIRST_UPSTREAM_AS + n
  }
  const idOf = (name: string): string =>
    routerIdOf(topology.routers.findIndex((r) => r.name === name) + 1)
  const isBorder = ({ name }: RouterPlan): boolean =>
    !upstreams.includes(name) &&
    interfacesOf(topology, routed, name).some(({ peer }) => upstreams.includes(peer))
  const internal = (router: RouterPlan): BgpSession[] => {
    const isReflector = has(router, "route-reflector")
    if (upstreams.includes(router.name) || !(isReflector || isBorder(router))) return []
    return all.flatMap((other): BgpSession[] => {
      if (other === router || upstreams.includes(other.name)) return []
      const isOther = has(other, "route-reflector")
      if (!isOther && !(isReflector && isBorder(other))) return []
      const kind = isReflector && !isOther ? "client" : "internal"
      return [{ peer: other.name, address: idOf(other.name), remoteAs: OWN_AS, kind }]
    })
  }
  return all.map((router): RoutedRouter => {
    const interfaces = interfacesOf(topology, routed, router.name)
    const external = interfaces
      .filter(({ hasOspf }) => !hasOspf)
      .map(
        ({ peer, peerAddress }): BgpSession => ({
          peer,
          address: peerAddress,
          remoteAs: asOf(peer),
          kind: "external",
        }),
      )
    return {
      name: router.name,
      number: topology.routers.indexOf(router) + 1,
      routerId: idOf(router.name),
      address: router.address,
      as: asOf(router.name),
      isUpstream: upstreams.includes(router.name),
      isBorder: isBorder(router),
      isReflector: has(router, "route-reflector"),
      interfaces,
      sessions: [...external, ...internal(router)],
    }
  })
}
