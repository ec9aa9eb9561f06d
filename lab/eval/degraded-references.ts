/**
 * Published methods on the paths of the same documents. Both know which paths are possible, and not
 * which is taken; what interfaces report is no part of either.
 * - 007 (Arzani et al., NSDI 2018): each lost packet votes for the links of its path, 1/hops each;
 *   the link with most votes is taken, and the votes of its paths are removed.
 * - Flock (Harsh et al., arXiv 2305.03348): the likeliest set of failed components, where packets
 *   are lost with one probability on good paths and with another on bad ones; a path that is not
 *   known is the mean of the possible ones. Greedy, one component after the other.
 */
import type { PathObservation } from "@ispvm/rca"
import type { DegradedWorld } from "./degraded-world.ts"

type Tree = DegradedWorld["trees"][number]
/** By node: how likely each link is on its path. */
const sharesOf = ({ order, parents }: Tree): readonly ReadonlyMap<number, number>[] => {
  const shares: Map<number, number>[] = parents.map(() => new Map())
  for (const node of order)
    for (const { node: next, link } of parents[node] ?? []) {
      const part = 1 / (parents[node] ?? []).length
      const own = shares[node] ?? new Map()
      own.set(link, (own.get(link) ?? 0) + part)
      for (const [id, share] of shares[next] ?? []) own.set(id, (own.get(id) ?? 0) + part * share)
    }
  return shares
}

type Flow = {
  readonly lost: number
  readonly sent: number
  readonly hops: number
  readonly shares: ReadonlyMap<number, number>
  readonly tree: Tree
  readonly node: number
}
const flowsOf = (world: DegradedWorld, paths: readonly PathObservation[]): readonly Flow[] => {
  const shares = world.trees.map(sharesOf)
  const nodeOf = new Map(world.plan.nodes.map(({ id }, index) => [id, index]))
  return paths.flatMap(({ from, to, sent, lost }) => {
    const vantage = world.plan.vantages.indexOf(from)
    const node = nodeOf.get(to) ?? -1
    const tree = world.trees[vantage]
    const own = shares[vantage]?.[node]
    return tree === undefined || own === undefined
      ? []
      : [{ lost, sent, hops: tree.distance[node] ?? 0, shares: own, tree, node }]
  })
}

/** Of the votes at the start: what fewer vote for is noise. The paper has 1 %, for many more paths. */
const VOTE_SHARE = 0.05
/** More of the packets of a path than this are lost by something, and not by chance. */
const CHANCE = 0.015

export const vote = (world: DegradedWorld, paths: readonly PathObservation[]): string[] => {
  let flows = flowsOf(world, paths).filter(({ lost, sent }) => lost / sent > CHANCE)
  const votesOf = (): Map<number, number> => {
    const votes = new Map<number, number>()
    for (const { lost, hops, shares } of flows)
      for (const [link, share] of shares)
        votes.set(link, (votes.get(link) ?? 0) + (lost * share) / hops)
    return votes
  }
  const whole = [...votesOf().values()].reduce((sum, one) => sum + one, 0)
  const named: string[] = []
  while (named.length < 8) {
    const [best] = [...votesOf()].sort(([, one], [, other]) => other - one)
    if (best === undefined || best[1] < VOTE_SHARE * whole) break
    named.push(world.plan.links[best[0]]?.id ?? "")
    flows = flows.filter(({ shares }) => (shares.get(best[0]) ?? 0) < 0.5)
  }
  return named
}

const GOOD = 0.004
const PRIOR = Math.log(0.003)
/** How likely the path of a node takes none of these links. */
const avoids = ({ order, parents }: Tree, links: ReadonlySet<number>): Float64Array => {
  const shares = new Float64Array(parents.length)
  for (const node of order) {
    const hops = parents[node] ?? []
    if (hops.length === 0) shares[node] = 1
    for (const { node: next, link } of hops)
      if (!links.has(link)) shares[node] = (shares[node] ?? 0) + (shares[next] ?? 0) / hops.length
  }
  return shares
}

/** `bad`: the share of packets that bad paths lose; Flock sets it by calibration. */
export const maximumLikelihood = (
  world: DegradedWorld,
  paths: readonly PathObservation[],
  bad: number,
): string[] => {
  const flows = flowsOf(world, paths)
  const ratios = flows.map(
    ({ lost, sent }) =>
      lost * Math.log(bad / GOOD) + (sent - lost) * Math.log((1 - bad) / (1 - GOOD)),
  )
  const scoreOf = (links: ReadonlySet<number>): number => {
    const byTree = new Map(world.trees.map((tree) => [tree, avoids(tree, links)]))
    return flows.reduce((sum, { tree, node }, at) => {
      const good = Math.min(1, byTree.get(tree)?.[node] ?? 1)
      if (good === 1) return sum
      const ratio = ratios[at] ?? 0
      const most = Math.max(0, ratio)
      return sum + most + Math.log(good * Math.exp(-most) + (1 - good) * Math.exp(ratio - most))
    }, links.size * PRIOR)
  }
  let chosen = new Set<number>()
  let score = 0
  while (chosen.size < 8) {
    let best = { link: -1, score }
    for (const link of world.plan.links.keys()) {
      if (chosen.has(link)) continue
      const one = scoreOf(new Set([...chosen, link]))
      if (one > best.score) best = { link, score: one }
    }
    if (best.link === -1) break
    chosen = new Set([...chosen, best.link])
    score = best.score
  }
  return [...chosen].map((link) => world.plan.links[link]?.id ?? "")
}
