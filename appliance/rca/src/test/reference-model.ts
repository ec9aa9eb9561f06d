/**
 * What a set of faults makes visible, once more and as plainly as the rules can be written: by ids and sets, one walk a question.
 * It shares nothing with the solver's own model, so that the two can be held against each other.
 */
import type { Network, Observation } from "../rca.ts"

export type Plan = Omit<Network, "observations">
/** `free`: the rules do not say. */
export type ReferenceValue = "up" | "down" | "unreported" | "free"
export type Thing = Omit<Observation, "value">

const UPLINK = "@uplink:"
export const uplinkOf = (vantage: string): string => `${UPLINK}${vantage}`

/** Nodes, links and ways out that fail with these components; groups, also within groups, stand for what they hold. */
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
  /** What a vantage reaches; nothing where it has failed, or its way out. */
  readonly reached: (failed: ReadonlySet<string>, vantage: string) => ReadonlySet<string>
  /** Reached by any vantage. */
  readonly visibleNodes: (components: readonly string[]) => ReadonlySet<string>
  /** How things read under these components. */
  readonly reading: (components: readonly string[]) => (thing: Thing) => ReferenceValue
  /** Everything that could be looked at. */
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
    return (thing: Thing): ReferenceValue => {
      if (thing.signal === "reachable") {
        const vantage = thing.from ?? plan.vantages[0] ?? ""
        if (thing.entity === vantage && failed.has(uplinkOf(vantage)) && !failed.has(vantage))
          return "free"
        return from.get(vantage)?.has(thing.entity) === true ? "up" : "down"
      }
      const link = links.get(thing.entity)
      if (link === undefined || link.a === link.b) return "free"
      if (!visible.has(thing.end ?? "")) return "unreported"
      return failed.has(link.id) || failed.has(thing.end === link.a ? link.b : link.a)
        ? "down"
        : "up"
    }
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
