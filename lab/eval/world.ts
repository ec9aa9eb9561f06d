/**
 * What a set of faults makes visible, written from the rules alone and apart from the solver's own model:
 * - a node is reachable from a vantage as long as one path of working nodes and links is left;
 * - a port is down at an end if its link, or the node at the other end, has failed;
 * - only monitored nodes that some vantage still reaches tell of their ports;
 * - a failed vantage sees nothing, nor does one whose own way out (`@uplink:ID`) has failed: all it looks at reads down, or, where
 *   such a vantage keeps silent, is not observed.
 */
import type { Observation } from "@ispvm/appliance/cause"
import type { Plan } from "./variant.ts"

/** One thing that can be looked at. */
export type Thing = Omit<Observation, "value">
/** One reading a thing, in the order of `things`. */
export type Sight = Uint8Array
export const DOWN = 0
export const UP = 1
export const UNSEEN = 2

type Hop = { readonly node: number; readonly link: number }
/** A port by the indexes of its link, the end that tells, and the far end. */
type Port = { readonly link: number; readonly end: number; readonly far: number }
export type World = {
  readonly plan: Plan
  /** What a vantage that sees nothing says of everything. */
  readonly blind: typeof DOWN | typeof UNSEEN
  /** Every node from the first vantage, from the next one, and so on; then every port that is told of. */
  readonly things: readonly Thing[]
  readonly ports: readonly Port[]
  readonly placeOf: ReadonlyMap<string, number>
  /** Nodes, then links, then the ways out of the vantages. */
  readonly indexOf: ReadonlyMap<string, number>
  readonly hops: readonly (readonly Hop[])[]
  readonly members: ReadonlyMap<string, readonly string[]>
  /** Customers and the links that end at one. */
  readonly single: ReadonlySet<string>
}

/** Port and adjacency tell the same truth. */
const keyOf = (thing: Thing): string =>
  JSON.stringify(thing.signal === "reachable" ? [thing.entity, "from", thing.from] : [thing.entity, "end", thing.end])
export const placeOf = (world: World, thing: Thing): number | undefined => world.placeOf.get(keyOf(thing))
export const uplinkOf = (vantage: string): string => `@uplink:${vantage}`

export const makeWorld = (plan: Plan, blind: World["blind"] = DOWN): World => {
  const { nodes, links, vantages } = plan
  const ids = [...nodes.map(({ id }) => id), ...links.map(({ id }) => id), ...vantages.map(uplinkOf)]
  const indexOf = new Map(ids.map((id, index) => [id, index]))
  if (indexOf.size < ids.length) throw new Error("two things of one id")
  const index = (id: string): number => {
    const found = indexOf.get(id)
    if (found === undefined) throw new Error(`${JSON.stringify(id)} is not of this network`)
    return found
  }
  const hops: Hop[][] = nodes.map(() => [])
  for (const { id, a, b } of links) {
    hops[index(a)]?.push({ node: index(b), link: index(id) })
    hops[index(b)]?.push({ node: index(a), link: index(id) })
  }
  const told = links
    .flatMap(({ id, a, b }) => [
      { id, end: a, far: b },
      { id, end: b, far: a },
    ])
    .filter(({ end }) => nodes[index(end)]?.monitored)
  const things = [
    ...vantages.flatMap((from) => nodes.map(({ id }): Thing => ({ entity: id, signal: "reachable", from }))),
    ...told.map(({ id, end }): Thing => ({ entity: id, signal: "port", end })),
  ]
  const customers = new Set(nodes.filter(({ kind }) => kind === "customer").map(({ id }) => id))
  return {
    plan,
    blind,
    things,
    ports: told.map(({ id, end, far }) => ({ link: index(id), end: index(end), far: index(far) })),
    placeOf: new Map(things.map((thing, place) => [keyOf(thing), place])),
    indexOf,
    hops,
    members: new Map(plan.groups.map(({ id, members }) => [id, members])),
    single: new Set([...customers, ...links.filter(({ a, b }) => customers.has(a) || customers.has(b)).map(({ id }) => id)]),
  }
}

/** One flag a node: what a vantage reaches; nothing if it has failed itself. */
const reachedFrom = (world: World, vantage: string, failed: Uint8Array): Uint8Array => {
  const reached = new Uint8Array(world.plan.nodes.length)
  const [from, uplink] = [world.indexOf.get(vantage) ?? 0, world.indexOf.get(uplinkOf(vantage)) ?? 0]
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

/** Nodes, links and uplinks that have failed; groups stand for their members. */
export const failedBy = (world: World, components: Iterable<string>): Set<string> =>
  new Set([...components].flatMap((id) => world.members.get(id) ?? [id]))

/** Throws where a component is not of this network. */
export const sightOf = (world: World, components: Iterable<string>): Sight => {
  const failed = new Uint8Array(world.indexOf.size)
  for (const id of failedBy(world, components)) {
    const index = world.indexOf.get(id)
    if (index === undefined) throw new Error(`${JSON.stringify(id)} is not of this network`)
    failed[index] = 1
  }
  const reached = world.plan.vantages.map((vantage) => reachedFrom(world, vantage, failed))
  const sight = new Uint8Array(world.things.length).fill(UNSEEN)
  // A node that is reached is UP, one that is not is DOWN: the rows are the sight.
  for (const [vantage, row] of reached.entries())
    if (world.blind === DOWN || row.includes(1)) sight.set(row, vantage * row.length)
  let place = reached.length * world.plan.nodes.length
  for (const { link, end, far } of world.ports) {
    if (reached.some((row) => row[end] === 1)) sight[place] = failed[link] === 1 || failed[far] === 1 ? DOWN : UP
    place += 1
  }
  return sight
}

/** Nodes that no vantage reaches. */
export const darkOf = (world: World, components: readonly string[]): string[] => {
  const sight = sightOf(world, components)
  const { nodes, vantages } = world.plan
  return nodes.map(({ id }) => id).filter((_, node) => vantages.every((_, row) => sight[row * nodes.length + node] !== UP))
}

/** Single customers and their own access links are left aside; a group keeps all its members. */
export const reduced = (world: World, components: readonly string[]): string[] => components.filter((id) => !world.single.has(id))

export const isOf = (world: World, components: readonly string[]): boolean =>
  components.every((id) => world.indexOf.has(id) || world.members.has(id))

/** Whether the components, reduced, make exactly the same things visible as the truth, likewise reduced. */
export const showSame = (world: World, components: readonly string[], truth: readonly string[]): boolean => {
  if (!isOf(world, components)) return false
  const theirs = sightOf(world, reduced(world, truth))
  return sightOf(world, reduced(world, components)).every((word, place) => word === theirs[place])
}
