/**
 * A network as an administrator would describe it to a monitor that knows hosts and ports alone: names, parents, and what each host
 * hangs on. Nothing here knows of a fault.
 */

import type { Plan } from "../variant.ts"
import { makeWorld, type World } from "../world.ts"

export type Host = {
  readonly name: string
  /** Next hops towards the vantage on every shortest path. */
  readonly parents: readonly string[]
  /** Hosts without any of which it cannot be reached, nearest to the vantage first. */
  readonly behind: readonly string[]
  /** The router it stands at; of a router, itself. */
  readonly site: string
  /** Whether some port points at it. */
  readonly isFarEnd: boolean
}
export type Port = {
  readonly link: string
  /** The host that tells. */
  readonly host: string
  readonly far: string
  /** The other end tells as well and stands nearer to the vantage. */
  readonly isSecond: boolean
}
/** What one place of the world is to a monitor. */
export type Target = { readonly is: "host"; readonly host: Host } | { readonly is: "port"; readonly port: Port }
export type Scene = {
  readonly name: string
  readonly world: World
  /** One a place of the world. */
  readonly targets: readonly Target[]
  /** From names in a monitor to ids of the network. */
  readonly idOf: ReadonlyMap<string, string>
}

/** Hops from `from` to each node, without going through `without`. */
const hopsFrom = (world: World, from: number, without = -1): Map<number, number> => {
  const far = new Map([[from, 0]])
  for (const [here, hops] of far)
    for (const { node } of world.hops[here] ?? []) if (node !== without && !far.has(node)) far.set(node, hops + 1)
  return far
}

/** `name` begins the names of its hosts and links, so that many networks may stand in one monitor. The first vantage looks. */
export const makeScene = (name: string, plan: Plan): Scene => {
  const world = makeWorld({ ...plan, vantages: plan.vantages.slice(0, 1) })
  const { nodes, links } = world.plan
  const hostName = (node: number): string => `${name}-${nodes[node]?.kind === "customer" ? "c" : "r"}${node}`
  const linkName = (link: number): string => `${name}-l${link}`
  const vantage = world.indexOf.get(plan.vantages[0] ?? "") ?? 0
  const far = hopsFrom(world, vantage)
  const distance = (node: number): number => far.get(node) ?? 0
  const cutOff = nodes.map((_, node) => (node === vantage ? far : hopsFrom(world, vantage, node)))
  const carriers = nodes.map((_, node) => node).filter((node) => node !== vantage && (cutOff[node]?.size ?? 0) < far.size - 1)
  const ports = world.ports.map(({ link, end, far: there }): Port => {
    const isNearer = distance(there) < distance(end) || (distance(there) === distance(end) && there < end)
    return {
      link: linkName(link - nodes.length),
      host: hostName(end),
      far: hostName(there),
      isSecond: isNearer && nodes[there]?.monitored === true,
    }
  })
  const farEnds = new Set(ports.map((port) => port.far))
  const hosts = nodes.map((node, index): Host => {
    const near = (world.hops[index] ?? []).filter((hop) => distance(hop.node) === distance(index) - 1).map((hop) => hop.node)
    const parents = [...new Set(near)].map(hostName)
    return {
      name: hostName(index),
      parents,
      behind: carriers
        .filter((carrier) => carrier !== index && cutOff[carrier]?.has(index) === false)
        .sort((one, other) => distance(one) - distance(other))
        .map(hostName),
      site: node.kind === "customer" ? (parents[0] ?? hostName(index)) : hostName(index),
      isFarEnd: farEnds.has(hostName(index)),
    }
  })
  return {
    name,
    world,
    targets: [...hosts.map((host): Target => ({ is: "host", host })), ...ports.map((port): Target => ({ is: "port", port }))],
    idOf: new Map([
      ...nodes.map(({ id }, node) => [hostName(node), id] as const),
      ...links.map(({ id }, link) => [linkName(link), id] as const),
    ]),
  }
}

export const hostsOf = (scene: Scene): Host[] => scene.targets.flatMap((target) => (target.is === "host" ? [target.host] : []))
export const portsOf = (scene: Scene): Port[] => scene.targets.flatMap((target) => (target.is === "port" ? [target.port] : []))
