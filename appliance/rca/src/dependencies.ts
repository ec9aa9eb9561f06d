/**
 * What depends on several things: a service on any of its servers, a site on all of its feeds, a cluster on three of five. Three
 * values go in and three come out: what nobody can tell is neither up nor down, and makes unknown only what hangs on the difference.
 */
import type { Network } from "./model.ts"

export type State = "up" | "down" | "unknown"
export type Dependency = {
  /** What depends: an id of its own, or a node's. */
  readonly id: string
  /** How many of `of` have to be up: any one, all, or so many. */
  readonly needs: "any" | "all" | number
  /** Nodes, links, or other dependencies. */
  readonly of: readonly string[]
}

/** Up once enough are up, down once too few can be; unknown in between. Of nothing, `all` is up and `any` is down. */
export const meet = (needs: Dependency["needs"], states: readonly State[]): State => {
  const enough = needs === "any" ? 1 : needs === "all" ? states.length : needs
  const up = states.filter((state) => state === "up").length
  const perhaps = states.filter((state) => state !== "down").length
  return up >= enough ? "up" : perhaps < enough ? "down" : "unknown"
}

/**
 * How everything stands if these components have failed, as far as the vantages can tell: what has failed is down, and what no vantage
 * reaches though one could; what no vantage can see, because all of them are blind, is unknown.
 */
export const statesUnder = (
  network: Omit<Network, "observations">,
  dependencies: readonly Dependency[],
  components: readonly string[],
): ReadonlyMap<string, State> => {
  const failed = unfold(network, components)
  const hops = new Map<string, { link: string; neighbour: string }[]>(
    network.nodes.map(({ id }) => [id, []]),
  )
  for (const { id, a, b } of network.links) {
    hops.get(a)?.push({ link: id, neighbour: b })
    hops.get(b)?.push({ link: id, neighbour: a })
  }
  const workingVantages = network.vantages.filter(
    (id) => hops.has(id) && !failed.has(id) && !failed.has(`@uplink:${id}`),
  )
  const reached = new Set(workingVantages)
  for (const node of reached)
    for (const { link, neighbour } of hops.get(node) ?? [])
      if (!failed.has(link) && !failed.has(neighbour)) reached.add(neighbour)
  const states = new Map<string, State>()
  const notReached: State = workingVantages.length > 0 ? "down" : "unknown"
  for (const { id } of network.nodes)
    states.set(id, failed.has(id) ? "down" : reached.has(id) ? "up" : notReached)
  for (const { id, a, b } of network.links) {
    const isSeen = reached.has(a) || reached.has(b)
    states.set(
      id,
      failed.has(id) || failed.has(a) || failed.has(b) ? "down" : isSeen ? "up" : "unknown",
    )
  }
  const byId = new Map(dependencies.map((one) => [one.id, one]))
  const visiting = new Set<string>()
  const stateOf = (id: string): State => {
    const one = byId.get(id)
    const own = states.get(id)
    if (one === undefined || own === "down" || visiting.has(id)) return own ?? "unknown"
    // What depends on itself, by whatever way, is known by nothing of its own.
    visiting.add(id)
    const met = meet(
      one.needs,
      one.of.map((other) => (other === id ? "unknown" : stateOf(other))),
    )
    visiting.delete(id)
    return met
  }
  const derived = new Map(dependencies.map(({ id }) => [id, stateOf(id)]))
  return new Map([...states, ...derived])
}

const unfold = (
  network: Omit<Network, "observations">,
  components: readonly string[],
): Set<string> => {
  const members = new Map(network.groups.map((group) => [group.id, group.members]))
  const all = new Set(components)
  for (const id of all) for (const member of members.get(id) ?? []) all.add(member)
  return all
}
