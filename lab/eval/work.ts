/** Planned work beside the faults of a case: at one of them, or somewhere else. */
import type { Answer, Network, Work } from "@ispvm/rca"

/** `cause`: at a router of a fault; `elsewhere`: at a router that no fault concerns. */
export const PLANNED_WORK = ["none", "cause", "elsewhere"] as const
export type PlannedWork = (typeof PLANNED_WORK)[number]

type Plan = Pick<Network, "nodes" | "links">
const routersOf = ({ nodes, links }: Plan, faults: readonly string[]): string[] => {
  const ends = links.flatMap(({ id, a, b }) => (faults.includes(id) ? [a, b] : []))
  return nodes.flatMap(({ id }) => (faults.includes(id) || ends.includes(id) ? [id] : []))
}

/** None where there is no such router. */
export const drawWork = (
  plan: Plan,
  work: PlannedWork,
  truth: readonly string[],
  random: () => number,
): readonly Work[] => {
  if (work === "none") return []
  const concerned = routersOf(plan, truth)
  const others = plan.nodes.flatMap(({ id, kind }) =>
    kind === "customer" || concerned.includes(id) ? [] : [id],
  )
  const from = work === "cause" ? concerned : others
  const router = from[Math.floor(random() * from.length)]
  if (router === undefined) return []
  const links = plan.links.flatMap(({ id, a, b }) => (a === router || b === router ? [id] : []))
  return [{ id: "work", members: [router, ...links] }]
}

export const isWorkNamed = ({ hypotheses: [first] }: Answer): boolean =>
  first?.works?.some((ones) => ones.length > 0) ?? false
