/** Shortest paths from the vantages, and which links and nodes they may take. */
import type { DegradationInput } from "./model.ts"

/** A hop towards the vantage. */
type Hop = { readonly node: number; readonly link: number }
export type Route = {
  readonly vantage: string
  /** Reachable nodes, nearest first. */
  readonly order: readonly number[]
  /** Of each node, the next hops to the vantage that are equally good. */
  readonly parents: readonly (readonly Hop[])[]
}
/** Elements are the links, then the nodes. */
export type Paths = {
  readonly ids: readonly string[]
  readonly indexOf: ReadonlyMap<string, number>
  readonly linkCount: number
  readonly routes: readonly Route[]
}

const routeFrom = (
  start: number,
  hops: readonly (readonly Hop[])[],
  isFailed: (node: number) => boolean,
): Pick<Route, "order" | "parents"> => {
  const distance = new Int32Array(hops.length).fill(-1)
  const parents: Hop[][] = hops.map(() => [])
  const order: number[] = []
  if (isFailed(start)) return { order, parents }
  distance[start] = 0
  order.push(start)
  for (const here of order)
    for (const { node, link } of hops[here] ?? []) {
      if (distance[node] === -1) {
        distance[node] = (distance[here] ?? 0) + 1
        order.push(node)
      }
      if (distance[node] === (distance[here] ?? 0) + 1) parents[node]?.push({ node: here, link })
    }
  return { order, parents }
}

export const buildPaths = ({
  nodes,
  links,
  vantages,
  failed,
}: Pick<DegradationInput, "nodes" | "links" | "vantages" | "failed">): Paths => {
  const ids = [...links.map(({ id }) => id), ...nodes.map(({ id }) => id)]
  const indexOf = new Map(ids.map((id, index) => [id, index]))
  const gone = new Set(failed)
  const nodeOf = (id: string): number => (indexOf.get(id) ?? -1) - links.length
  const hops: Hop[][] = nodes.map(() => [])
  for (const [index, { id, a, b }] of links.entries()) {
    if (gone.has(id) || gone.has(a) || gone.has(b)) continue
    hops[nodeOf(a)]?.push({ node: nodeOf(b), link: index })
    hops[nodeOf(b)]?.push({ node: nodeOf(a), link: index })
  }
  const isFailed = (node: number): boolean => gone.has(nodes[node]?.id ?? "")
  return {
    ids,
    indexOf,
    linkCount: links.length,
    routes: vantages
      .filter((vantage) => indexOf.has(vantage))
      .map((vantage) => ({ vantage, ...routeFrom(nodeOf(vantage), hops, isFailed) })),
  }
}

/** By node: the share of the equally good paths that take each element. */
export const crossings = (
  { linkCount }: Paths,
  { order, parents }: Route,
): readonly ReadonlyMap<number, number>[] => {
  const found: Map<number, number>[] = parents.map(() => new Map())
  for (const node of order) {
    const own = found[node] ?? new Map<number, number>()
    const hops = parents[node] ?? []
    for (const { node: next, link } of hops) {
      own.set(link, (own.get(link) ?? 0) + 1 / hops.length)
      for (const [element, share] of found[next] ?? [])
        own.set(element, (own.get(element) ?? 0) + share / hops.length)
    }
    own.set(linkCount + node, 1)
  }
  return found
}

/** By node: how likely its path takes exactly these of the elements, as a bit mask. */
export const maskShares = (
  { linkCount }: Paths,
  { order, parents }: Route,
  elements: readonly number[],
): readonly Float64Array[] => {
  const size = 2 ** elements.length
  const none = new Float64Array(size)
  none[0] = 1
  const bitOf = new Map(elements.map((element, at) => [element, 1 << at]))
  const shares: Float64Array[] = parents.map(() => none)
  for (const node of order) {
    const hops = parents[node] ?? []
    const self = bitOf.get(linkCount + node) ?? 0
    // Almost all nodes show what is above them: nothing is made for those.
    const [first, ...others] = hops
    if (first !== undefined && self === 0 && !hops.some(({ link }) => bitOf.has(link))) {
      const above = shares[first.node] ?? none
      if (others.every((one) => shares[one.node] === above)) {
        shares[node] = above
        continue
      }
    }
    const own = new Float64Array(size)
    if (hops.length === 0) own[self] = 1
    for (const { node: next, link } of hops) {
      const bits = self | (bitOf.get(link) ?? 0)
      const from = shares[next] ?? none
      for (let mask = 0; mask < size; mask += 1) {
        const share = from[mask] ?? 0
        if (share > 0) own[mask | bits] = (own[mask | bits] ?? 0) + share / hops.length
      }
    }
    shares[node] = own
  }
  return shares
}
