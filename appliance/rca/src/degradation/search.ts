/** The likeliest sets of degradations, with the effect of each. */
import { type Crossing, oddsOf, type Problem, type Seen } from "./candidates.ts"
import { EFFECTS, type Expected, expect, likelihoodOf, NEAR } from "./evidence.ts"
import type { PathObservation } from "./model.ts"
import { maskShares } from "./paths.ts"

/** Elements ascending, and of each the index of its effect. */
export type ScoredSet = {
  readonly elements: readonly number[]
  readonly effects: readonly number[]
  /** Log odds against no degradation at all. */
  readonly score: number
}
export const NONE: ScoredSet = { elements: [], effects: [], score: 0 }

const MAX_FAULTS = 5
/**
 * Sets of each size that are extended, and elements that each is extended by. Of one or two faults
 * many look alike: what explains most alone is often not among the three that explain all of it.
 */
const BEAMS = [1, 10, 10]
const BEAM = 5
const EXTENSIONS = 9
/** In a large network, those that explain least alone are in no set. */
const MAX_ELEMENTS = 400
const SWEEPS = 2

/** The same few effects are weighed again and again. */
const combinations = new Map<number, readonly Expected[]>()
const MAX_COMBINATIONS = 20_000
/** By mask: what a path is expected to show that takes these of the elements. */
const combine = (effects: readonly number[]): readonly Expected[] => {
  const key = effects.reduce((sum, effect) => sum * (EFFECTS.length + 1) + effect + 1, 0)
  const known = combinations.get(key)
  if (known !== undefined) return known
  if (combinations.size >= MAX_COMBINATIONS) combinations.clear()
  const made = combinationsOf(effects)
  combinations.set(key, made)
  return made
}
const combinationsOf = (effects: readonly number[]): readonly Expected[] =>
  Array.from({ length: 2 ** effects.length }, (_, mask) => {
    let passed = 1
    let delayMs = 0
    for (const [at, effect] of effects.entries()) {
      if ((mask & (1 << at)) === 0) continue
      passed *= 1 - (EFFECTS[effect]?.lossRatio ?? 0)
      delayMs += EFFECTS[effect]?.delayMs ?? 0
    }
    return expect(1 - passed, delayMs)
  })

/** Of a path that takes the elements with these shares. */
const mixed = (
  path: PathObservation,
  shares: Float64Array,
  expected: readonly Expected[],
): number => {
  let likelihood = 0
  for (let mask = 0; mask < shares.length; mask += 1) {
    const share = shares[mask] ?? 0
    const one = expected[mask]
    if (share > 0 && one !== undefined) likelihood += share * likelihoodOf(path, one)
  }
  return likelihood
}

/** Observed paths that may take any of the elements, with how likely each takes which of them. */
type Touched = { readonly seen: Seen; readonly shares: Float64Array }
const touchedBy = (problem: Problem, elements: readonly number[]): readonly Touched[] => {
  const { paths, seen, crossed } = problem
  const byRoute = paths.routes.map((route) => maskShares(paths, route, elements))
  const touched = new Set(
    elements.flatMap((element) => (crossed.get(element) ?? []).map((one) => one.seen)),
  )
  return [...touched]
    .sort((one, other) => one - other)
    .flatMap((index) => {
      const one = seen[index]
      const shares = one === undefined ? undefined : byRoute[one.route]?.[one.node]
      return one === undefined || shares === undefined ? [] : [{ seen: one, shares }]
    })
}

const gainOf = (touched: readonly Touched[], effects: readonly number[]): number => {
  const expected = combine(effects)
  let gain = 0
  for (const { seen, shares } of touched)
    gain += Math.log(
      ((1 - seen.oddness) * mixed(seen.path, shares, expected) + seen.oddness * seen.outlier) /
        seen.usual,
    )
  return gain
}

/** How much likelier the effects near these are together than these alone; a natural logarithm. */
const nearEffects = (
  effects: readonly number[],
  best: number,
  weigh: (effects: readonly number[]) => number,
): number =>
  effects.reduce((total, effect, at) => {
    const others = (NEAR[effect] ?? []).map((near) => weigh(effects.with(at, near)))
    return (
      total + Math.log(others.reduce((sum, value) => sum + Math.exp(Math.min(0, value - best)), 1))
    )
  }, 0)

/** The set with the best effects, from these on. */
export const score = (
  problem: Problem,
  elements: readonly number[],
  initial: readonly number[],
): ScoredSet => {
  const touched = touchedBy(problem, elements)
  const weigh = (effects: readonly number[]): number =>
    gainOf(touched, effects) +
    elements.reduce((sum, element, at) => sum + oddsOf(problem, element, effects[at] ?? 0), 0)
  const effects = [...initial]
  let best = weigh(effects)
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let isBetter = false
    for (const at of elements.keys()) {
      for (const effect of NEAR[effects[at] ?? 0] ?? []) {
        const tried = effects.with(at, effect)
        const value = weigh(tried)
        if (value <= best) continue
        best = value
        effects[at] = effect
        isBetter = true
      }
    }
    if (!isBetter) break
  }
  return { elements, effects, score: best + nearEffects(effects, best, weigh) }
}

type Single = {
  readonly element: number
  readonly effect: number
  readonly gain: number
}
const EXPECTED = EFFECTS.map(({ lossRatio, delayMs }) => expect(lossRatio, delayMs))
/** Likelihoods of what was seen, by effect. */
type Table = readonly Float64Array[]
const tableOf = ({ seen }: Problem): Table =>
  seen.map(({ path }) => Float64Array.from(EXPECTED, (expected) => likelihoodOf(path, expected)))

/** What one more element would explain, given what each path is explained by so far. */
const bestEffect = (
  problem: Problem,
  table: Table,
  element: number,
  base: Float64Array,
  isOpen: (seen: number) => number,
): Single => {
  const crossed: readonly Crossing[] = problem.crossed.get(element) ?? []
  let best = { effect: 0, gain: Number.NEGATIVE_INFINITY }
  for (const effect of EFFECTS.keys()) {
    let gain = oddsOf(problem, element, effect)
    for (const { seen, share } of crossed) {
      const was = base[seen] ?? 1
      const one = problem.seen[seen]
      const oddness = one?.oddness ?? 0
      const alone = (1 - oddness) * (table[seen]?.[effect] ?? 0) + oddness * (one?.outlier ?? 0)
      // A path that another element explains already may take both: that is weighed exactly later.
      const open = isOpen(seen)
      gain += Math.log((share * (open * alone + (1 - open) * was) + (1 - share) * was) / was)
    }
    if (gain > best.gain) best = { effect, gain }
  }
  return { element, ...best }
}

const keyOf = (elements: readonly number[]): string => elements.join(" ")

/**
 * Weighs a set, from these effects on. Two faults on one path hide each other's extent, so a set
 * that was weighed is weighed again from other effects; null: it is not better than it was.
 */
const addSet = (
  problem: Problem,
  pool: Map<string, ScoredSet>,
  pairs: readonly Pair[],
): ScoredSet | null => {
  const elements = pairs.map(([element]) => element)
  const effects = pairs.map(([, effect]) => effect)
  const known = pool.get(keyOf(elements))
  if (known !== undefined && effects.every((one, at) => one === known.effects[at])) return null
  const found = score(problem, elements, effects)
  if (known !== undefined && known.score >= found.score) return null
  pool.set(keyOf(elements), found)
  return found
}

/** All sets that were weighed, best first; the empty one is among them. */
export const search = (problem: Problem): readonly ScoredSet[] => {
  const table = tableOf(problem)
  const pool = new Map<string, ScoredSet>([["", NONE]])
  let beam: readonly ScoredSet[] = [NONE]
  let { elements: open } = problem
  for (let size = 1; size <= MAX_FAULTS; size += 1) {
    const made: ScoredSet[] = []
    for (const set of beam) {
      const extensions = extensionsOf(problem, table, set, open)
      if (size === 1) open = extensions.slice(0, MAX_ELEMENTS).map(({ element }) => element)
      const tried = extensions.slice(0, size === 1 ? 4 * EXTENSIONS : EXTENSIONS)
      for (const { element, effect } of tried) {
        const pairs: Pair[] = set.elements.map((id, at) => [id, set.effects[at] ?? 0])
        pairs.push([element, effect])
        pairs.sort(([one], [other]) => one - other)
        const found = addSet(problem, pool, pairs)
        if (found !== null) made.push(found)
      }
    }
    const best = Math.max(...[...pool.values()].map((one) => one.score))
    beam = made
      .filter((one) => pool.get(keyOf(one.elements)) === one)
      .toSorted((one, other) => other.score - one.score)
      .slice(0, BEAMS[size] ?? BEAM)
    // A set that is much worse than a smaller one does not become the best by further faults.
    if ((beam[0]?.score ?? Number.NEGATIVE_INFINITY) < best - 4) break
  }
  refine(problem, pool)
  return [...pool.values()].toSorted((one, other) => other.score - one.score)
}

const extensionsOf = (
  problem: Problem,
  table: Table,
  set: ScoredSet,
  elements: readonly number[],
): readonly Single[] => {
  const base = Float64Array.from(problem.seen, ({ usual }) => usual)
  const explained = new Float64Array(problem.seen.length)
  if (set.elements.length > 0) {
    const expected = combine(set.effects)
    const indexOf = new Map(problem.seen.map((one, index) => [one, index]))
    for (const { seen, shares } of touchedBy(problem, set.elements)) {
      const at = indexOf.get(seen) ?? 0
      base[at] =
        (1 - seen.oddness) * mixed(seen.path, shares, expected) + seen.oddness * seen.outlier
      explained[at] = 1 - (shares[0] ?? 0)
    }
  }
  return elements
    .filter((element) => !set.elements.includes(element))
    .map((element) =>
      bestEffect(problem, table, element, base, (seen) => 1 - 0.9 * (explained[seen] ?? 0)),
    )
    .toSorted((one, other) => other.gain - one.gain || one.element - other.element)
}

type Pair = readonly [element: number, effect: number]
/** The set without one of its faults, and with each other one in its place. */
const variantsOf = (set: ScoredSet, others: readonly ScoredSet[]): readonly (readonly Pair[])[] =>
  [...set.elements.keys()].flatMap((at) => {
    const rest = set.elements.flatMap((element, index): Pair[] =>
      index === at ? [] : [[element, set.effects[index] ?? 0]],
    )
    const exchanged = others.flatMap(({ elements: [element], effects: [effect = 0] }) =>
      element === undefined || set.elements.includes(element)
        ? []
        : [[...rest, [element, effect] as const]],
    )
    return [rest, ...exchanged]
  })

/** Removes and exchanges single faults of the best sets. */
const refine = (problem: Problem, pool: Map<string, ScoredSet>): void => {
  const best = (count: number, isFit: (set: ScoredSet) => boolean = () => true): ScoredSet[] =>
    [...pool.values()]
      .filter(isFit)
      .toSorted((one, other) => other.score - one.score)
      .slice(0, count)
  const singles = best(EXTENSIONS, ({ elements }) => elements.length === 1)
  for (let round = 0; round < 2; round += 1)
    for (const set of best(3))
      for (const variant of variantsOf(set, singles)) {
        const pairs = variant.toSorted(([one], [other]) => one - other)
        if (!pool.has(keyOf(pairs.map(([element]) => element)))) addSet(problem, pool, pairs)
      }
}
