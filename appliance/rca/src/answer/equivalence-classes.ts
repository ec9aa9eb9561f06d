/**
 * Sets of faults with the same visible effects are one class with one probability. For each fault
 * of a class, the faults that could replace it are named.
 */
import type { Graph } from "../graph/graph.ts"
import { countPrior } from "../graph/priors.ts"
import { MANY_WALKS, type SearchResult } from "../search/search.ts"
import type { FaultSet } from "../search/search-state.ts"
import type { Visibility } from "../visibility/visibility.ts"

export type Class = {
  /** Its likeliest set. */
  readonly first: FaultSet
  readonly sets: readonly FaultSet[]
  /** 0 to 1, of everything found. */
  readonly probability: number
  /** Its odds against the best set. */
  readonly weight: number
  /** For each fault of the first set, what could replace it. Empty where not determined. */
  readonly equivalents: readonly (readonly number[])[]
}
export type ClassOptions = {
  /** Classes for which equivalents are determined, at most; always for the first. */
  readonly maxListed: number
  /** Walks that this may take. */
  readonly walks: number
}

/** With few walks, equivalents are determined for classes with this share of the first's weight. */
const MIN_SHARE = 2e-2
/** With more groups than this only those around the fault are tried as equivalents. */
const FEW_GROUPS = 12
/** Scores closer than this are equal. */
const EPSILON = 1e-9

const isBefore = (one: FaultSet, other: FaultSet): boolean => {
  if (Math.abs(one.score - other.score) > EPSILON) return one.score > other.score
  if (one.faults.length !== other.faults.length) return one.faults.length < other.faults.length
  const at = one.faults.findIndex((fault, index) => fault !== other.faults[index])
  return at !== -1 && (one.faults[at] ?? 0) < (other.faults[at] ?? 0)
}

/** Groups that contain one of these faults, or a link of one. */
const groupsAround = (graph: Graph, faults: readonly number[]): number[] =>
  faults.flatMap((fault) => {
    const links: number[] = []
    if (fault < graph.nodes)
      for (let hop = graph.hopsFrom[fault] ?? 0; hop < (graph.hopsFrom[fault + 1] ?? 0); hop += 1)
        links.push(graph.nodes + (graph.hopLink[hop] ?? 0))
    return [fault, ...links].flatMap((one) => graph.memberOf.get(one) ?? [])
  })

/**
 * What could replace a fault, and its odds compared with the fault. The same visible effects need
 * not be equally likely: not every effect is observed.
 */
type Equivalent = { readonly fault: number; readonly odds: number }

/** One fault of a set, to be replaced. */
type Replacement = {
  readonly graph: Graph
  readonly visibility: Visibility
  readonly set: FaultSet
  readonly fault: number
  /** The set without the fault. */
  readonly rest: readonly number[]
}

/** Nodes, links and uplinks that show the same. `visibility` describes the rest of the set. */
const singleEquivalents = (replacement: Replacement, delta: number): Equivalent[] => {
  const { graph, visibility, set, fault, rest } = replacement
  const own =
    set.score - visibility.score() - countPrior(set.faults.length) + countPrior(rest.length)
  const found: Equivalent[] = []
  const add = (other: number): void => {
    if (visibility.signatureDelta[other] !== delta) return
    if (other === fault || visibility.failed[other] === 1) return
    const worth = (visibility.gain[other] ?? 0) + (graph.prior[other] ?? 0)
    found.push({ fault: other, odds: Math.exp(worth - own) })
  }
  for (let other = 0; other < graph.groupsFrom; other += 1) add(other)
  for (let other = graph.uplinksFrom; other < graph.ids.length; other += 1) add(other)
  return found
}

/** Groups that show the same, by one walk each. */
const groupEquivalents = (
  { graph, visibility, set, fault, rest }: Replacement,
  singles: readonly Equivalent[],
): Equivalent[] => {
  const numbers =
    graph.members.length <= FEW_GROUPS
      ? graph.members.keys()
      : groupsAround(graph, [...singles.map((single) => single.fault), fault])
  const found: Equivalent[] = []
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const group = graph.groupsFrom + number
    if (group === fault || rest.includes(group)) continue
    visibility.assume([...rest, group])
    if (visibility.signature() !== set.signature) continue
    found.push({ fault: group, odds: Math.exp(visibility.score() - set.score) })
  }
  return found
}

/** For each fault of a set what could replace it, likeliest first, the other faults held fixed. */
const equivalentsOf = (graph: Graph, visibility: Visibility, set: FaultSet): Equivalent[][] =>
  set.faults.map((fault) => {
    const rest = set.faults.filter((other) => other !== fault)
    visibility.assume(rest)
    const delta = set.signature - visibility.signature()
    if (delta === 0) return []
    const replacement = { graph, visibility, set, fault, rest }
    const singles = singleEquivalents(replacement, delta)
    return [...singles, ...groupEquivalents(replacement, singles)].sort(
      (a, b) => (graph.prior[b.fault] ?? 0) - (graph.prior[a.fault] ?? 0) || a.fault - b.fault,
    )
  })

/** The odds of all sets with equivalents in place of any of the faults, multiplied out. */
const oddsOfAll = (equivalents: readonly (readonly Equivalent[])[]): number =>
  equivalents.reduce((product, ones) => product * ones.reduce((sum, { odds }) => sum + odds, 1), 1)

type Draft = Pick<Class, "first" | "sets"> & { readonly weight: number }
const byWeight = (a: Draft, b: Draft): number =>
  b.weight - a.weight || (isBefore(a.first, b.first) ? -1 : 1)

const draftClasses = ({ found, best }: SearchResult): Draft[] =>
  [...Map.groupBy(found, ({ signature }) => signature).values()]
    .map((sets) => {
      const first = sets.reduce((top, one) => (isBefore(one, top) ? one : top))
      const sum = sets.reduce((total, one) => total + Math.exp(one.score - best.score), 0)
      return { first, sets, weight: sum * (1 + first.hidden) }
    })
    .sort(byWeight)

/** Classes, likeliest first. */
export const classesOf = (
  graph: Graph,
  visibility: Visibility,
  result: SearchResult,
  { maxListed, walks }: ClassOptions,
): Class[] => {
  const { found, best } = result
  const drafts = draftClasses(result)
  let walksLeft = walks
  const withEquivalents = drafts.map((draft, at) => {
    const { faults, score, hidden } = draft.first
    const isLikely = walks > MANY_WALKS || draft.weight > MIN_SHARE * (drafts[0]?.weight ?? 0)
    const isListed = at === 0 || (at < maxListed && isLikely && walksLeft >= faults.length)
    walksLeft -= faults.length
    if (!isListed) return { ...draft, equivalents: faults.map(() => []) }
    const equivalents = equivalentsOf(graph, visibility, draft.first)
    const together = Math.exp(score - best.score) * oddsOfAll(equivalents) * (1 + hidden)
    return {
      ...draft,
      equivalents: equivalents.map((ones) => ones.map(({ fault }) => fault)),
      weight: Math.max(draft.weight, together),
    }
  })
  withEquivalents.sort(byWeight)
  const rest = found.reduce(
    (sum, one) => (one.rest > 0 ? sum + Math.exp(one.score - best.score) * one.rest : sum),
    0,
  )
  const all = withEquivalents.reduce((sum, one) => sum + one.weight, rest)
  return withEquivalents.map(({ first, sets, weight, equivalents }) => ({
    first,
    sets,
    equivalents,
    weight,
    probability: weight / all,
  }))
}
