/**
 * Entities that depend on several others: a service on any of its servers, a site on all of its
 * feeds, a cluster on three of five nodes. The logic has three values: an unknown state makes a
 * dependent unknown only if up and down in its place would give different results.
 */
import type { Plan } from "./model.ts"

export type State = "up" | "down" | "unknown"
export type Dependency = {
  /** The dependent: an id of its own, or that of a node. */
  readonly id: string
  /** How many of `of` must be up. */
  readonly needs: "any" | "all" | number
  /** Nodes, links, or other dependencies. */
  readonly of: readonly string[]
}

/** Up if enough are up, down if too few can be. Of nothing, `all` is up and `any` is down. */
export const meet = (needs: Dependency["needs"], states: readonly State[]): State => {
  const enough = needs === "any" ? 1 : needs === "all" ? states.length : needs
  const up = states.filter((state) => state === "up").length
  const perhaps = states.filter((state) => state !== "down").length
  return up >= enough ? "up" : perhaps < enough ? "down" : "unknown"
}

/**
 * The state of everything under failed components, as far as the vantages can tell. What has failed
 * is down, and so is what no working vantage reaches. Without a working vantage it is unknown.
 */
export const statesUnder = (
  plan: Plan,
  dependencies: readonly Dependency[],
  components: readonly string[],
): ReadonlyMap<string, State> => {
  const failed = unfold(plan, components)
  const states = statesOf(plan, failed)
  const byId = new Map(dependencies.map((one) => [one.id, one]))
  const visiting = new Set<string>()
  const stateOf = (id: string): State => {
    const one = byId.get(id)
    const own = states.get(id)
    if (one === undefined || own === "down" || visiting.has(id)) return own ?? "unknown"
    // A dependency on itself, over whatever path, adds nothing.
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

/** Nodes and links, without what depends on them. */
const statesOf = (plan: Plan, failed: ReadonlySet<string>): Map<string, State> => {
  const hops = new Map<string, { link: string; neighbour: string }[]>(
    plan.nodes.map(({ id }) => [id, []]),
  )
  for (const { id, a, b } of plan.links) {
    hops.get(a)?.push({ link: id, neighbour: b })
    hops.get(b)?.push({ link: id, neighbour: a })
  }
  const workingVantages = plan.vantages.filter(
    (id) => hops.has(id) && !failed.has(id) && !failed.has(`@uplink:${id}`),
  )
  const reached = new Set(workingVantages)
  for (const node of reached)
    for (const { link, neighbour } of hops.get(node) ?? [])
      if (!failed.has(link) && !failed.has(neighbour)) reached.add(neighbour)
  const states = new Map<string, State>()
  const notReached: State = workingVantages.length > 0 ? "down" : "unknown"
  for (const { id } of plan.nodes)
    states.set(id, failed.has(id) ? "down" : reached.has(id) ? "up" : notReached)
  for (const { id, a, b } of plan.links) {
    const isDown = failed.has(id) || failed.has(a) || failed.has(b)
    const isVisible = reached.has(a) || reached.has(b)
    states.set(id, isDown ? "down" : isVisible ? "up" : "unknown")
  }
  return states
}

/** The components, with the members of groups. */
const unfold = (plan: Plan, components: readonly string[]): ReadonlySet<string> => {
  const members = new Map(plan.groups.map((group) => [group.id, group.members]))
  const all = new Set(components)
  for (const id of all) for (const member of members.get(id) ?? []) all.add(member)
  return all
}
