/**
 * A network as an administrator describes it to a monitor that knows hosts and ports only: names,
 * parents, and which hosts each one depends on. Independent of faults.
 */

import type { Plan } from "../variant.ts"
import { makeWorld, type World } from "../world.ts"

export type Host = {
  readonly name: string
  /** Next hops to the vantage on all shortest paths. */
  readonly parents: readonly string[]
  /** Hosts that all its paths pass, nearest to the vantage first. */
  readonly upstream: readonly string[]
  /** Its router; of a router, itself. */
  readonly site: string
  /** Whether it is the remote end of a port. */
  readonly isRemoteEnd: boolean
}
export type Port = {
  readonly link: string
  /** The reporting host. */
  readonly host: string
  readonly remote: string
  /** The other end reports as well and is nearer to the vantage. */
  readonly isDownstreamEnd: boolean
}
/** What one observable of the world is to a monitor. */
export type Target =
  | { readonly is: "host"; readonly host: Host }
  | { readonly is: "port"; readonly port: Port }
export type NetworkInventory = {
  readonly name: string
  readonly world: World
  /** One per observable of the world. */
  readonly targets: readonly Target[]
  /** From names in a monitor to ids of the network. */
  readonly idOf: ReadonlyMap<string, string>
}

/** Hops from `from` to each node, on paths that avoid `without`. */
const hopsFrom = (world: World, from: number, without = -1): Map<number, number> => {
  const distances = new Map([[from, 0]])
  for (const [here, hops] of distances)
    for (const { node } of world.hops[here] ?? [])
      if (node !== without && !distances.has(node)) distances.set(node, hops + 1)
  return distances
}

/**
 * `name` is the prefix of all hosts and links, so that one monitor can hold many networks. Probes
 * come from the first vantage.
 */
export const makeInventory = (name: string, plan: Plan): NetworkInventory => {
  const world = makeWorld({ ...plan, vantages: plan.vantages.slice(0, 1) })
  const { nodes, links } = world.plan
  const hostName = (node: number): string =>
    `${name}-${nodes[node]?.kind === "customer" ? "c" : "r"}${node}`
  const linkName = (link: number): string => `${name}-l${link}`
  const vantage = world.indexOf.get(plan.vantages[0] ?? "") ?? 0
  const distances = hopsFrom(world, vantage)
  const distance = (node: number): number => distances.get(node) ?? 0
  const hopsWithout = nodes.map((_, node) =>
    node === vantage ? distances : hopsFrom(world, vantage, node),
  )
  const articulationPoints = nodes
    .map((_, node) => node)
    .filter((node) => node !== vantage && (hopsWithout[node]?.size ?? 0) < distances.size - 1)
  const ports = world.ports.map(({ link, end, remote: there }): Port => {
    const isFirst =
      distance(there) < distance(end) || (distance(there) === distance(end) && there < end)
    return {
      link: linkName(link - nodes.length),
      host: hostName(end),
      remote: hostName(there),
      isDownstreamEnd: isFirst && nodes[there]?.monitored === true,
    }
  })
  const remoteEnds = new Set(ports.map((port) => port.remote))
  const hosts = nodes.map((node, index): Host => {
    const upstreamNodes = (world.hops[index] ?? [])
      .filter((hop) => distance(hop.node) === distance(index) - 1)
      .map((hop) => hop.node)
    const parents = [...new Set(upstreamNodes)].map(hostName)
    return {
      name: hostName(index),
      parents,
      upstream: articulationPoints
        .filter((point) => point !== index && hopsWithout[point]?.has(index) === false)
        .sort((one, other) => distance(one) - distance(other))
        .map(hostName),
      site: node.kind === "customer" ? (parents[0] ?? hostName(index)) : hostName(index),
      isRemoteEnd: remoteEnds.has(hostName(index)),
    }
  })
  return {
    name,
    world,
    targets: [
      ...hosts.map((host): Target => ({ is: "host", host })),
      ...ports.map((port): Target => ({ is: "port", port })),
    ],
    idOf: new Map([
      ...nodes.map(({ id }, node) => [hostName(node), id] as const),
      ...links.map(({ id }, link) => [linkName(link), id] as const),
    ]),
  }
}

export const hostsOf = (inventory: NetworkInventory): Host[] =>
  inventory.targets.flatMap((target) => (target.is === "host" ? [target.host] : []))
export const portsOf = (inventory: NetworkInventory): Port[] =>
  inventory.targets.flatMap((target) => (target.is === "port" ? [target.port] : []))
