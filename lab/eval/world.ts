/**
 * What a set of faults makes visible, written from the rules, without code of the solver:
 * - a node is reachable from a vantage while a path of working nodes and links is left;
 * - a port is down if its link, or the node at the other end, has failed;
 * - only monitored nodes that some vantage reaches report their ports;
 * - a vantage is isolated if it, or its uplink (`@uplink:ID`), has failed: everything it probes
 *   reads down, or is not observed if isolated vantages observe nothing.
 */
import type { Observation } from "@ispvm/rca"
import type { Plan } from "./variant.ts"

/** One thing that can be observed. */
export type Observable = Omit<Observation, "value">
/** One reading per observable, in the order of `observables`. */
export type Visibility = Uint8Array
export const DOWN = 0
export const UP = 1
export const UNSEEN = 2

type Hop = { readonly node: number; readonly link: number }
/** A port by the indexes of its link, its node, and the node at the other end. */
type Port = { readonly link: number; readonly end: number; readonly remote: number }
export type World = {
  readonly plan: Plan
  /** What an isolated vantage reads of everything. */
  readonly isolatedReading: typeof DOWN | typeof UNSEEN
  /** All nodes from the first vantage, from the next one, and so on; then all reported ports. */
  readonly observables: readonly Observable[]
  readonly ports: readonly Port[]
  readonly placeOf: ReadonlyMap<string, number>
  /** Nodes, then links, then uplinks of vantages. */
  readonly indexOf: ReadonlyMap<string, number>
  readonly hops: readonly (readonly Hop[])[]
  readonly members: ReadonlyMap<string, readonly string[]>
  /** Customers and the links that end at one. */
  readonly customerIds: ReadonlySet<string>
}

/** A port and its adjacency are one observable. */
const keyOf = (observable: Observable): string =>
  JSON.stringify(
    observable.signal === "reachable"
      ? [observable.entity, "from", observable.from]
      : [observable.entity, "end", observable.end],
  )
export const placeOf = (world: World, observable: Observable): number | undefined =>
  world.placeOf.get(keyOf(observable))
export const uplinkOf = (vantage: string): string => `@uplink:${vantage}`

export const makeWorld = (plan: Plan, isolatedReading: World["isolatedReading"] = DOWN): World => {
  const { nodes, links, vantages } = plan
  const ids = [
    ...nodes.map(({ id }) => id),
    ...links.map(({ id }) => id),
    ...vantages.map(uplinkOf),
  ]
  const indexOf = new Map(ids.map((id, index) => [id, index]))
  if (indexOf.size < ids.length) throw new Error("two things with the same id")
  const index = (id: string): number => {
    const found = indexOf.get(id)
    if (found === undefined) throw new Error(`${JSON.stringify(id)} is not in this network`)
    return found
  }
  const hops: Hop[][] = nodes.map(() => [])
  for (const { id, a, b } of links) {
    hops[index(a)]?.push({ node: index(b), link: index(id) })
    hops[index(b)]?.push({ node: index(a), link: index(id) })
  }
  const monitoredPorts = links
    .flatMap(({ id, a, b }) => [
      { id, end: a, remote: b },
      { id, end: b, remote: a },
    ])
    .filter(({ end }) => nodes[index(end)]?.monitored)
  const observables = [
    ...vantages.flatMap((from) =>
      nodes.map(({ id }): Observable => ({ entity: id, signal: "reachable", from })),
    ),
    ...monitoredPorts.map(({ id, end }): Observable => ({ entity: id, signal: "port", end })),
  ]
  const customers = new Set(nodes.filter(({ kind }) => kind === "customer").map(({ id }) => id))
  return {
    plan,
    isolatedReading,
    observables,
    ports: monitoredPorts.map(({ id, end, remote }) => ({
      link: index(id),
      end: index(end),
      remote: index(remote),
    })),
    placeOf: new Map(observables.map((observable, place) => [keyOf(observable), place])),
    indexOf,
    hops,
    members: new Map(plan.groups.map(({ id, members }) => [id, members])),
    customerIds: new Set([
      ...customers,
      ...links.filter(({ a, b }) => customers.has(a) || customers.has(b)).map(({ id }) => id),
    ]),
  }
}

/** By node: whether the vantage reaches it. None if the vantage is isolated. */
const reachedFrom = (world: World, vantage: string, failed: Uint8Array): Uint8Array => {
  const reached = new Uint8Array(world.plan.nodes.length)
  const [from, uplink] = [
    world.indexOf.get(vantage) ?? 0,
    world.indexOf.get(uplinkOf(vantage)) ?? 0,
  ]
  if (failed[from] === 1 || failed[uplink] === 1) return reached
  reached[from] = 1
  const queue = [from]
  for (let here = queue.pop(); here !== undefined; here = queue.pop())
    for (const { node, link } of world.hops[here] ?? [])
      if (reached[node] === 0 && failed[link] === 0 && failed[node] === 0) {
        reached[node] = 1
        queue.push(node)
      }
  return reached
}

/** Nodes, links and uplinks that have failed; groups are replaced by their members. */
export const failedBy = (world: World, components: Iterable<string>): Set<string> =>
  new Set([...components].flatMap((id) => world.members.get(id) ?? [id]))

/** Throws where a component is not in this network. */
export const visibilityOf = (world: World, components: Iterable<string>): Visibility => {
  const failed = new Uint8Array(world.indexOf.size)
  for (const id of failedBy(world, components)) {
    const index = world.indexOf.get(id)
    if (index === undefined) throw new Error(`${JSON.stringify(id)} is not in this network`)
    failed[index] = 1
  }
  const reached = world.plan.vantages.map((vantage) => reachedFrom(world, vantage, failed))
  const visibility = new Uint8Array(world.observables.length).fill(UNSEEN)
  // Reached is UP and not reached is DOWN, so that the rows can be copied.
  for (const [vantage, row] of reached.entries())
    if (world.isolatedReading === DOWN || row.includes(1)) visibility.set(row, vantage * row.length)
  let place = reached.length * world.plan.nodes.length
  for (const { link, end, remote } of world.ports) {
    if (reached.some((row) => row[end] === 1))
      visibility[place] = failed[link] === 1 || failed[remote] === 1 ? DOWN : UP
    place += 1
  }
  return visibility
}

/** Nodes that no vantage reaches. */
export const unreachableNodes = (world: World, components: readonly string[]): string[] => {
  const visibility = visibilityOf(world, components)
  const { nodes, vantages } = world.plan
  return nodes
    .map(({ id }) => id)
    .filter((_, node) => vantages.every((_, row) => visibility[row * nodes.length + node] !== UP))
}

/** Drops single customers and their access links; groups keep all their members. */
export const withoutCustomers = (world: World, components: readonly string[]): string[] =>
  components.filter((id) => !world.customerIds.has(id))

export const containsAll = (world: World, components: readonly string[]): boolean =>
  components.every((id) => world.indexOf.has(id) || world.members.has(id))

/** Whether components and truth, both without single customers, show exactly the same. */
export const isIndistinguishable = (
  world: World,
  components: readonly string[],
  truth: readonly string[],
): boolean => {
  if (!containsAll(world, components)) return false
  const expected = visibilityOf(world, withoutCustomers(world, truth))
  return visibilityOf(world, withoutCustomers(world, components)).every(
    (reading, place) => reading === expected[place],
  )
}
