/** The observations of a network's paths, and which of them each link and node concerns. */
import {
  EFFECTS,
  effectOdds,
  expect,
  likelihoodOf,
  linkPriorOf,
  OUTLIER,
  outlierOf,
  readingsByLink,
  STRAINED,
  strainedOf,
  type Weighed,
  weighLink,
  weighNode,
} from "./evidence.ts"
import type { DegradationInput, PathObservation } from "./model.ts"
import { buildPaths, crossings, type Paths } from "./paths.ts"

/** One observed path: what is known of it without any degradation. */
export type Seen = {
  readonly path: PathObservation
  readonly route: number
  readonly node: number
  readonly outlier: number
  /** How likely it is an outlier. */
  readonly oddness: number
  /** Likelihood without a degradation, outliers included. */
  readonly usual: number
}
export type Crossing = { readonly seen: number; readonly share: number }
export type Problem = {
  readonly paths: Paths
  readonly seen: readonly Seen[]
  /** By element: observed paths that may take it. */
  readonly crossed: ReadonlyMap<number, readonly Crossing[]>
  readonly weighed: (element: number) => Weighed
  /** Odds that a link is degraded, before anything is observed. */
  readonly linkPrior: number
  /** Elements that may be degraded, ascending: those in use. */
  readonly elements: readonly number[]
}

/** Several observations of one path are one. */
const combined = (paths: readonly PathObservation[]): PathObservation[] => {
  const byPath = new Map<string, PathObservation[]>()
  for (const path of paths) {
    const key = JSON.stringify([path.from, path.to])
    byPath.set(key, [...(byPath.get(key) ?? []), path])
  }
  return [...byPath.values()].map((own) => {
    const [first] = own
    const delays = own.flatMap(({ delayMs }) => delayMs ?? []).sort((one, other) => one - other)
    return {
      from: first?.from ?? "",
      to: first?.to ?? "",
      sent: own.reduce((sum, { sent }) => sum + sent, 0),
      lost: own.reduce((sum, { lost }) => sum + lost, 0),
      delayMs: delays[Math.floor(delays.length / 2)] ?? null,
    }
  })
}

const mixedWith = (oddness: number, usual: number, outlier: number): number =>
  (1 - oddness) * usual + oddness * outlier

/** A node that limits its answers does so for every vantage: that is unlikely once, not each time. */
const withOddness = (
  seen: readonly Seen[],
  isStrained: (node: number) => boolean,
): readonly Seen[] => {
  const byNode = Map.groupBy(seen, ({ node }) => node)
  return seen.map((one) => {
    if (isStrained(one.node)) {
      const outlier = strainedOf(one.path)
      return { ...one, outlier, oddness: STRAINED, usual: mixedWith(STRAINED, one.usual, outlier) }
    }
    const odd = (byNode.get(one.node) ?? []).filter(({ outlier, usual }) => outlier > usual)
    const oddness = odd.includes(one) ? OUTLIER ** (1 / odd.length) : OUTLIER
    return { ...one, oddness, usual: mixedWith(oddness, one.usual, one.outlier) }
  })
}

/** More observations cost time and say little more: of those that say the same, some are enough. */
const MAX_SEEN = 600
const thinned = <T>(all: readonly T[], limit: number): readonly T[] =>
  all.length <= limit
    ? all
    : Array.from({ length: limit }, (_, at) => all[Math.floor((at * all.length) / limit)] as T)

/** Bad and good paths, of each at first those to nodes that others are behind. */
const mostDecisive = (
  paths: readonly PathObservation[],
  links: DegradationInput["links"],
): readonly PathObservation[] => {
  if (paths.length <= MAX_SEEN) return paths
  const linksAt = new Map<string, number>()
  for (const { a, b } of links)
    for (const end of [a, b]) linksAt.set(end, (linksAt.get(end) ?? 0) + 1)
  const isBad = (path: PathObservation): boolean =>
    likelihoodOf(path, expect(0, 0)) < outlierOf(path)
  const byKind = Map.groupBy(paths, isBad)
  const kept = [true, false].flatMap((kind) => {
    const own = byKind.get(kind) ?? []
    const inner = own.filter(({ to }) => (linksAt.get(to) ?? 0) > 1)
    const first = thinned(inner, MAX_SEEN / 2)
    const rest = own.filter(({ to }) => (linksAt.get(to) ?? 0) <= 1)
    return [...first, ...thinned(rest, MAX_SEEN / 2 - first.length)]
  })
  const isKept = new Set(kept)
  return paths.filter((one) => isKept.has(one))
}

export const pose = (input: DegradationInput): Problem => {
  const paths = buildPaths(input)
  const byLink = readingsByLink(input.interfaces)
  const routeOf = new Map(paths.routes.map(({ vantage }, index) => [vantage, index]))
  const seen: Seen[] = []
  const crossed = new Map<number, Crossing[]>()
  const shares = paths.routes.map((route) => crossings(paths, route))
  const inOrder = combined(input.paths).toSorted((one, other) =>
    `${one.from}\n${one.to}` < `${other.from}\n${other.to}` ? -1 : 1,
  )
  for (const path of mostDecisive(inOrder, input.links)) {
    const route = routeOf.get(path.from)
    const node = (paths.indexOf.get(path.to) ?? -1) - paths.linkCount
    const own = route === undefined ? undefined : shares[route]?.[node]
    if (route === undefined || own === undefined || own.size === 0 || path.sent === 0) continue
    const outlier = outlierOf(path)
    const good = likelihoodOf(path, expect(0, 0))
    for (const [element, share] of own) {
      const list = crossed.get(element) ?? []
      crossed.set(element, list)
      list.push({ seen: seen.length, share })
    }
    seen.push({ path, route, node, outlier, oddness: OUTLIER, usual: good })
  }
  const strained = new Set(input.strained)
  const weighedSeen = withOddness(seen, (node) =>
    strained.has(paths.ids[paths.linkCount + node] ?? ""),
  )
  const gone = new Set(input.failed)
  const elements = new Set([
    ...crossed.keys(),
    ...[...byLink.keys()].flatMap((id) => paths.indexOf.get(id) ?? []),
  ])
  const known = new Map<number, Weighed>()
  const linkPrior = linkPriorOf(input.links.length)
  const plain = { link: weighLink(linkPrior), node: weighNode(false) }
  const ofStrained = weighNode(true)
  return {
    linkPrior,
    paths,
    seen: weighedSeen,
    crossed,
    elements: [...elements]
      .filter((element) => !gone.has(paths.ids[element] ?? ""))
      .sort((one, other) => one - other),
    weighed: (element) => {
      if (element >= paths.linkCount)
        return strained.has(paths.ids[element] ?? "") ? ofStrained : plain.node
      const readings = byLink.get(paths.ids[element] ?? "")
      if (readings === undefined) return plain.link
      const found = known.get(element) ?? weighLink(linkPrior, readings)
      known.set(element, found)
      return found
    },
  }
}

export const oddsOf = ({ weighed }: Problem, element: number, effect: number): number =>
  effectOdds(effect) +
  ((EFFECTS[effect]?.delayMs ?? 0) > 0 ? weighed(element).delaying : weighed(element).steady)
