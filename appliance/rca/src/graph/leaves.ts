/** Customers with a single link. They are folded into the router at its other end. */
import type { Link, Plan } from "../model.ts"

/** A folded customer: the search sees it only by its observations. */
export type Leaf = {
  readonly id: string
  /** Its link. */
  readonly access: string
  /** Its router. */
  readonly node: number
  readonly monitored: boolean
}

const degrees = (plan: Plan): Map<string, number> => {
  const degree = new Map<string, number>()
  for (const link of plan.links) {
    degree.set(link.a, (degree.get(link.a) ?? 0) + 1)
    degree.set(link.b, (degree.get(link.b) ?? 0) + 1)
  }
  return degree
}

/** By customer id: the link to its router. Members of groups and vantages stay nodes. */
export const findLeaves = (plan: Plan): ReadonlyMap<string, Link> => {
  const degree = degrees(plan)
  const kinds = new Map(plan.nodes.map((node) => [node.id, node.kind]))
  const reserved = new Set([...plan.vantages, ...plan.groups.flatMap((group) => group.members)])
  const isLeaf = (id: string): boolean =>
    kinds.get(id) === "customer" && degree.get(id) === 1 && !reserved.has(id)
  const leaves = new Map<string, Link>()
  for (const link of plan.links) {
    if (reserved.has(link.id) || link.a === link.b || !kinds.has(link.a) || !kinds.has(link.b))
      continue
    if (isLeaf(link.a) && kinds.get(link.b) !== "customer") leaves.set(link.a, link)
    else if (isLeaf(link.b) && kinds.get(link.a) !== "customer") leaves.set(link.b, link)
  }
  return leaves
}
