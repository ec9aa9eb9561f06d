/** Sets that show exactly the same are one answer: their chances are one chance, and what stands for what is named. */
import { countPrior, type Graph } from "./graph.ts"
import { type Found, MANY_WALKS, type Search } from "./search.ts"
import type { Visibility } from "./visibility.ts"

export type Class = {
  readonly signature: number
  /** Its likeliest set. */
  readonly first: Found
  readonly sets: readonly Found[]
  /** 0 to 1, among all that was found. */
  readonly probability: number
  /** For each fault of the first set, what could stand in for it. Empty where nobody has asked. */
  readonly equivalents: readonly (readonly number[])[]
}

/** In a network where walks are dear, what could stand in is told of what has this share of the first class's chance. */
const LIKELY = 2e-2

const isBefore = (one: Found, other: Found): boolean => {
  if (Math.abs(one.score - other.score) > 1e-9) return one.score > other.score
  if (one.faults.length !== other.faults.length) return one.faults.length < other.faults.length
  const at = one.faults.findIndex((fault, index) => fault !== other.faults[index])
  return at !== -1 && (one.faults[at] ?? 0) < (other.faults[at] ?? 0)
}

const FEW_GROUPS = 12
/** Groups that hold one of these, or a line of one of these. */
const groupsAround = (graph: Graph, faults: readonly number[]): number[] =>
  faults.flatMap((fault) => {
    const lines: number[] = []
    if (fault < graph.nodes)
      for (let hop = graph.hopsFrom[fault] ?? 0; hop < (graph.hopsFrom[fault + 1] ?? 0); hop += 1)
        lines.push(graph.nodes + (graph.hopLink[hop] ?? 0))
    return [fault, ...lines].flatMap((one) => graph.memberOf.get(one) ?? [])
  })

/** What shows the same in place of a fault, and how likely it is against it: what shows alike need not be told alike by all looks. */
type Equivalent = { readonly fault: number; readonly odds: number }

/** What could stand in for each fault of a set: all at once, by one walk for each from the set without it. */
const equivalentsOf = (graph: Graph, visibility: Visibility, one: Found): Equivalent[][] =>
  one.faults.map((fault) => {
    const rest = one.faults.filter((other) => other !== fault)
    visibility.assume(rest)
    const wantedDelta = one.signature - visibility.signature()
    const found: Equivalent[] = []
    const worth = (other: number): number =>
      (visibility.gain[other] ?? 0) + (graph.prior[other] ?? 0)
    const own =
      one.score - visibility.score() - countPrior(one.faults.length) + countPrior(rest.length)
    const add = (other: number): void => {
      if (
        other !== fault &&
        visibility.failed[other] !== 1 &&
        visibility.signatureDelta[other] === wantedDelta
      )
        found.push({ fault: other, odds: Math.exp(worth(other) - own) })
    }
    if (wantedDelta === 0) return found
    for (let other = 0; other < graph.groupsFrom; other += 1) add(other)
    for (let other = graph.uplinksFrom; other < graph.ids.length; other += 1) add(other)
    const groups =
      graph.members.length <= FEW_GROUPS
        ? graph.members.keys()
        : groupsAround(graph, [...found.map((other) => other.fault), fault])
    for (const group of [...new Set(groups)].sort((a, b) => a - b)) {
      if (graph.groupsFrom + group === fault || rest.includes(graph.groupsFrom + group)) continue
      visibility.assume([...rest, graph.groupsFrom + group])
      if (visibility.signature() !== one.signature) continue
      found.push({
        fault: graph.groupsFrom + group,
        odds: Math.exp(visibility.score() - one.score),
      })
    }
    return found.sort(
      (a, b) => (graph.prior[b.fault] ?? 0) - (graph.prior[a.fault] ?? 0) || a.fault - b.fault,
    )
  })

/** The chance that something stands in for one of several faults is not found set by set where there are many: it is multiplied out. */
const allTogether = (equivalents: readonly (readonly Equivalent[])[]): number =>
  equivalents.reduce((product, ones) => product * ones.reduce((sum, { odds }) => sum + odds, 1), 1)

/** Classes, likeliest first; of the first `most` it is said what could stand in, of the very first always, of others as far as `walks` go. */
export const classesOf = (
  graph: Graph,
  visibility: Visibility,
  { found, best }: Search,
  max: number,
  walks: number,
): Class[] => {
  const bySign = new Map<number, Found[]>()
  for (const one of found) {
    const sets = bySign.get(one.signature)
    if (sets === undefined) bySign.set(one.signature, [one])
    else sets.push(one)
  }
  const drafts = [...bySign].map(([signature, sets]) => {
    const first = sets.reduce((top, one) => (isBefore(one, top) ? one : top))
    const sum = sets.reduce((total, one) => total + Math.exp(one.score - best.score), 0)
    return { signature, first, sets, weight: sum * (1 + first.hidden) }
  })
  drafts.sort((a, b) => b.weight - a.weight || (isBefore(a.first, b.first) ? -1 : 1))
  let left = walks
  const listed = drafts.map((draft, at) => {
    const isLikely = walks > MANY_WALKS || draft.weight > LIKELY * (drafts[0]?.weight ?? 0)
    const isListed = at === 0 || (at < max && isLikely && left >= draft.first.faults.length)
    left -= draft.first.faults.length
    if (!isListed) return { ...draft, equivalents: draft.first.faults.map(() => []) }
    const equivalents = equivalentsOf(graph, visibility, draft.first)
    const together =
      Math.exp(draft.first.score - best.score) * allTogether(equivalents) * (1 + draft.first.hidden)
    return {
      ...draft,
      equivalents: equivalents.map((ones) => ones.map(({ fault }) => fault)),
      weight: Math.max(draft.weight, together),
    }
  })
  listed.sort((a, b) => b.weight - a.weight || (isBefore(a.first, b.first) ? -1 : 1))
  const rest = found.reduce(
    (sum, one) => (one.rest > 0 ? sum + Math.exp(one.score - best.score) * one.rest : sum),
    0,
  )
  const all = listed.reduce((sum, one) => sum + one.weight, rest)
  return listed.map(({ signature, first, sets, weight, equivalents }) => ({
    signature,
    first,
    sets,
    equivalents,
    probability: weight / all,
  }))
}
