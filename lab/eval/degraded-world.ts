/**
 * Links that lose or delay packets, written from the rules and without code of the solver:
 * - packets of one vantage and node take one of the shortest paths, always the same;
 * - a degraded link loses and delays a share of what takes it, in one direction;
 * - monitored routers read the counters of their ports, which some faults do not show.
 */
import type { InterfaceObservation, PathObservation, Recheck } from "@ispvm/rca"
import { pick, randomStream, shuffled } from "./shape.ts"
import type { Plan } from "./variant.ts"

export type Trouble = "loss" | "congestion"
export type DegradedLink = {
  readonly link: number
  readonly lossRatio: number
  readonly delayMs: number
}
type Hop = { readonly node: number; readonly link: number }
type Tree = {
  readonly distance: Int32Array
  readonly parents: readonly (readonly Hop[])[]
  readonly order: readonly number[]
}
export type DegradedWorld = {
  readonly plan: Plan
  readonly trees: readonly Tree[]
  /** By vantage and node: the links of the path that is taken. */
  readonly taken: readonly (readonly (readonly number[])[])[]
  /** Its nodes, from the far end on. */
  readonly hopsTaken: readonly (readonly (readonly number[])[])[]
  readonly isMonitored: (link: number) => boolean
}

const treeFrom = (plan: Plan, vantage: string): Tree => {
  const indexOf = new Map(plan.nodes.map(({ id }, index) => [id, index]))
  const hops: Hop[][] = plan.nodes.map(() => [])
  for (const [link, { a, b }] of plan.links.entries()) {
    const [one, other] = [indexOf.get(a) ?? 0, indexOf.get(b) ?? 0]
    hops[one]?.push({ node: other, link })
    hops[other]?.push({ node: one, link })
  }
  const distance = new Int32Array(plan.nodes.length).fill(-1)
  const start = indexOf.get(vantage) ?? 0
  distance[start] = 0
  const order = [start]
  for (const here of order)
    for (const { node } of hops[here] ?? [])
      if (distance[node] === -1) {
        distance[node] = (distance[here] ?? 0) + 1
        order.push(node)
      }
  const parents = plan.nodes.map((_, node) =>
    (hops[node] ?? []).filter((hop) => distance[hop.node] === (distance[node] ?? 0) - 1),
  )
  return { distance, parents, order }
}

export const degradedWorldOf = (plan: Plan, seed: number): DegradedWorld => {
  const trees = plan.vantages.map((vantage) => treeFrom(plan, vantage))
  const monitored = new Set(plan.nodes.filter((node) => node.monitored).map(({ id }) => id))
  const walked = trees.map(({ parents }, index) =>
    plan.nodes.map((_, node) => {
      const random = randomStream("path", seed, index, node)
      const links: number[] = []
      const nodes = [node]
      for (let here = node; (parents[here] ?? []).length > 0; ) {
        const hop = pick(parents[here] ?? [], random)
        links.push(hop.link)
        nodes.push(hop.node)
        here = hop.node
      }
      return { links, nodes }
    }),
  )
  return {
    plan,
    trees,
    taken: walked.map((one) => one.map(({ links }) => links)),
    hopsTaken: walked.map((one) => one.map(({ nodes }) => nodes)),
    isMonitored: (link) => {
      const { a = "", b = "" } = plan.links[link] ?? {}
      return monitored.has(a) || monitored.has(b)
    },
  }
}

export const drawDegraded = (
  { plan }: DegradedWorld,
  trouble: Trouble,
  count: number,
  random: () => number,
): readonly DegradedLink[] => {
  const core = plan.links
    .map((link, index) => ({ link, index }))
    .filter(({ link }) => !/^access of /.test(link.id))
  return shuffled(core, random)
    .slice(0, count)
    .map(({ index }) =>
      trouble === "loss"
        ? { link: index, lossRatio: 0.3, delayMs: 0 }
        : { link: index, lossRatio: 0.03 + 0.07 * random(), delayMs: 20 + 60 * random() },
    )
}

const readOf = (
  { plan, isMonitored }: DegradedWorld,
  chosen: ReadonlySet<string>,
  isQuiet: (link: number) => boolean,
): string[] =>
  plan.links
    .filter(({ id }, link) => chosen.has(id) && isMonitored(link) && !isQuiet(link))
    .map(({ id }) => id)

/** How many of the links or nodes each path takes, and which of them interfaces show. */
export const visibleOf = (
  world: DegradedWorld,
  ids: readonly string[],
  isQuiet: (link: number) => boolean,
): string => {
  const { plan, taken } = world
  const chosen = new Set(ids)
  const parts = taken.flatMap((ofVantage, vantage) =>
    ofVantage.map((links, node) => {
      const hops = [...(world.hopsTaken[vantage]?.[node] ?? [])]
      const nodes = hops.filter((one) => chosen.has(plan.nodes[one]?.id ?? "")).length
      return nodes + links.filter((link) => chosen.has(plan.links[link]?.id ?? "")).length
    }),
  )
  return [...parts, ...readOf(world, chosen, isQuiet)].join("|")
}

/** By node: how likely its path takes none, one, two … of them. */
export const hitsOf = (
  { plan }: Pick<DegradedWorld, "plan">,
  { order, parents }: Tree,
  chosen: ReadonlySet<string>,
): readonly number[][] => {
  const has = (id: string | undefined): number => (id !== undefined && chosen.has(id) ? 1 : 0)
  const counts: number[][] = plan.nodes.map(() => [])
  for (const node of order) {
    const hops = parents[node] ?? []
    const sum: number[] = hops.length === 0 ? [1] : []
    for (const { node: next, link } of hops)
      for (const [hits, share] of (counts[next] ?? []).entries()) {
        const at = hits + has(plan.links[link]?.id)
        // A number of hits that no path has is 0, and not a gap in the list.
        while (sum.length <= at) sum.push(0)
        sum[at] = (sum[at] ?? 0) + share / hops.length
      }
    counts[node] = has(plan.nodes[node]?.id) === 1 ? [0, ...sum] : sum
  }
  return counts
}

/**
 * How likely each path takes how many of them, where the path that is taken is not known: nobody
 * can distinguish what is equal here.
 */
export const expectedOf = (
  world: DegradedWorld,
  ids: readonly string[],
  isQuiet: (link: number) => boolean,
): string => {
  const { trees } = world
  const chosen = new Set(ids)
  const parts = trees.flatMap((tree) =>
    hitsOf(world, tree, chosen).map((one) =>
      Array.from(one, (share) => (share ?? 0).toFixed(4))
        .join()
        .replace(/(,0\.0000)+$/, ""),
    ),
  )
  return [...parts, ...readOf(world, chosen, isQuiet)].join("|")
}

export type DegradedNoise = {
  readonly sent: number
  readonly usualLoss: number
  readonly missing: number
  /** Share of the nodes that limit their answers, and how many of them they then omit. */
  readonly limited: number
  readonly limitedLoss: number
  /** Share of the faults that no counter shows. */
  readonly silent: number
  readonly wrongReading: number
}
export const USUAL_DEGRADED_NOISE: DegradedNoise = {
  sent: 60,
  usualLoss: 0.003,
  missing: 0.025,
  limited: 0.01,
  limitedLoss: 0.05,
  silent: 0.2,
  wrongReading: 0.005,
}

export type DegradedCase = {
  readonly world: DegradedWorld
  readonly truth: readonly DegradedLink[]
  readonly trouble: Trouble
  readonly noise: DegradedNoise
  readonly isQuiet: (link: number) => boolean
  readonly isLimited: (node: number) => boolean
}
export type DegradedObservations = {
  readonly paths: readonly PathObservation[]
  readonly interfaces: readonly InterfaceObservation[]
}

const binomial = (times: number, ratio: number, random: () => number): number => {
  let count = 0
  for (let time = 0; time < times; time += 1) if (random() < ratio) count += 1
  return count
}

const probe = (
  one: DegradedCase,
  vantage: number,
  node: number,
  random: () => number,
): PathObservation => {
  const { world, truth, noise } = one
  const own = truth.filter(({ link }) => world.taken[vantage]?.[node]?.includes(link) === true)
  let passed = 1 - noise.usualLoss
  if (one.isLimited(node)) passed *= 1 - noise.limitedLoss
  let delayMs = 2 * (random() + random() + random() - 1.5)
  for (const { lossRatio, delayMs: more } of own) {
    passed *= 1 - lossRatio
    delayMs += more * (0.8 + 0.4 * random())
  }
  return {
    from: world.plan.vantages[vantage] ?? "",
    to: world.plan.nodes[node]?.id ?? "",
    sent: noise.sent,
    lost: binomial(noise.sent, 1 - passed, random),
    delayMs,
  }
}

const readPort = (
  one: DegradedCase,
  link: number,
  random: () => number,
): InterfaceObservation[] => {
  const { world, truth, trouble, noise, isQuiet } = one
  const isBad = truth.some((degraded) => degraded.link === link)
  const id = world.plan.links[link]?.id ?? ""
  const reading = (
    signal: InterfaceObservation["signal"],
    shows: boolean,
  ): InterfaceObservation => ({
    link: id,
    signal,
    isBad: shows !== random() < noise.wrongReading,
  })
  const isShown = isBad && !isQuiet(link)
  return [
    reading("errors", isShown && trouble === "loss"),
    reading("drops", isShown && trouble === "congestion"),
    reading("load", isBad && trouble === "congestion"),
  ]
}

/** Everything once, with noise. */
export const observeDegraded = (one: DegradedCase, random: () => number): DegradedObservations => {
  const { plan, taken } = one.world
  const monitored = new Set(plan.nodes.filter((node) => node.monitored).map(({ id }) => id))
  return {
    paths: taken.flatMap((_, vantage) =>
      plan.nodes.flatMap(({ id }, node) =>
        id === plan.vantages[vantage] || random() < one.noise.missing
          ? []
          : [probe(one, vantage, node, random)],
      ),
    ),
    interfaces: plan.links.flatMap(({ a, b }, link) =>
      [a, b].flatMap((end) =>
        monitored.has(end) && random() >= one.noise.missing ? readPort(one, link, random) : [],
      ),
    ),
  }
}

export const recheckDegraded = (
  one: DegradedCase,
  requested: readonly Recheck[],
  random: () => number,
): DegradedObservations => {
  const { plan } = one.world
  const paths = requested.flatMap(({ entity, signal, from }) => {
    const node = plan.nodes.findIndex(({ id }) => id === entity)
    const vantage = plan.vantages.indexOf(from ?? "")
    return signal === "reachable" && node !== -1 && vantage !== -1
      ? [probe(one, vantage, node, random)]
      : []
  })
  const interfaces = requested.flatMap(({ entity, signal }) => {
    const link = plan.links.findIndex(({ id }) => id === entity)
    return signal === "port" && link !== -1 ? readPort(one, link, random) : []
  })
  return { paths, interfaces }
}
