/**
 * What a set of faults makes visible, written from the rules with ids and sets. It shares no code
 * with the solver's model, so that tests can compare the two.
 */
import type { Network, Observation } from "../rca.ts"

export type Plan = Omit<Network, "observations">
/** `free`: the rules leave it open. */
export type ReferenceValue = "up" | "down" | "unreported" | "free"
export type Thing = Omit<Observation, "value">

const UPLINK = "@uplink:"
export const uplinkOf = (vantage: string): string => `${UPLINK}${vantage}`

/** Nodes, links and uplinks that fail with these components. Nested groups are unfolded. */
export const failedBy = (plan: Plan, components: Iterable<string>): Set<string> => {
  const members = new Map(plan.groups.map((group) => [group.id, group.members]))
  const failed = new Set<string>()
  const open = [...components]
  const entered = new Set<string>()
  for (const id of open) {
    const inner = members.get(id)
    if (inner === undefined) failed.add(id)
    else if (!entered.has(id)) {
      entered.add(id)
      open.push(...inner)
    }
  }
  return failed
}

export type ReferenceModel = {
  /** What a vantage reaches; nothing if it, or its uplink, has failed. */
  readonly reached: (failed: ReadonlySet<string>, vantage: string) => ReadonlySet<string>
  /** Reached by any vantage. */
  readonly visibleNodes: (components: readonly string[]) => ReadonlySet<string>
  /** What observables read under these components. */
  readonly reading: (components: readonly string[]) => (thing: Thing) => ReferenceValue
  /** Everything that can be observed. */
  readonly things: readonly Thing[]
}

export const createReferenceModel = (plan: Plan): ReferenceModel => {
  const hops = new Map<string, { readonly link: string; readonly neighbour: string }[]>(
    plan.nodes.map((node) => [node.id, []]),
  )
  for (const { id, a, b } of plan.links) {
    hops.get(a)?.push({ link: id, neighbour: b })
    hops.get(b)?.push({ link: id, neighbour: a })
  }
  const links = new Map(plan.links.map((link) => [link.id, link]))
  const reached = (failed: ReadonlySet<string>, vantage: string): ReadonlySet<string> => {
    const found = new Set<string>()
    if (failed.has(vantage) || failed.has(uplinkOf(vantage))) return found
    found.add(vantage)
    for (const at of found)
      for (const { link, neighbour } of hops.get(at) ?? [])
        if (!failed.has(link) && !failed.has(neighbour)) found.add(neighbour)
    return found
  }
  const visibleNodes = (components: readonly string[]): ReadonlySet<string> => {
    const failed = failedBy(plan, components)
    return new Set(plan.vantages.flatMap((vantage) => [...reached(failed, vantage)]))
  }
  const reading = (components: readonly string[]) => {
    const failed = failedBy(plan, components)
    const from = new Map(plan.vantages.map((vantage) => [vantage, reached(failed, vantage)]))
    const visible = new Set([...from.values()].flatMap((nodes) => [...nodes]))
    const readReach = ({ entity, from: vantage = plan.vantages[0] ?? "" }: Thing) => {
      if (entity === vantage && failed.has(uplinkOf(vantage)) && !failed.has(vantage)) return "free"
      return from.get(vantage)?.has(entity) === true ? "up" : "down"
    }
    const readPort = ({ entity, end = "" }: Thing) => {
      const link = links.get(entity)
      if (link === undefined || link.a === link.b) return "free"
      if (!visible.has(end)) return "unreported"
      return failed.has(link.id) || failed.has(end === link.a ? link.b : link.a) ? "down" : "up"
    }
    return (thing: Thing): ReferenceValue =>
      thing.signal === "reachable" ? readReach(thing) : readPort(thing)
  }
  const reporting = new Set(plan.nodes.filter((node) => node.monitored).map((node) => node.id))
  const things: Thing[] = [
    ...plan.vantages.flatMap((from) =>
      plan.nodes.map(({ id }): Thing => ({ entity: id, signal: "reachable", from })),
    ),
    ...plan.links.flatMap(({ id, a, b }) =>
      [a, b].flatMap((end): Thing[] =>
        reporting.has(end)
          ? [
              { entity: id, signal: "port", end },
              { entity: id, signal: "adjacency", end },
            ]
          : [],
      ),
    ),
  ]
  return { reached, visibleNodes, reading, things }
}
