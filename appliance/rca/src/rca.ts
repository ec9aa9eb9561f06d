/**
 * Root-cause analysis: a document in, an answer out. Pure: no clock, no database, no imports from
 * outside this folder.
 */
import { type Class, classesOf } from "./answer/equivalence-classes.ts"
import {
  type Hypothesis,
  type HypothesisInput,
  hypothesisOf,
  unroutedHypothesisOf,
} from "./answer/hypothesis.ts"
import { chooseRechecks } from "./answer/recheck.ts"
import { type Suppressed, suppressedBy } from "./answer/suppressed.ts"
import { type Facts, readFacts } from "./evidence/facts.ts"
import type { ObservationCounts } from "./evidence/observation-counts.ts"
import { ObservationLog } from "./evidence/observation-log.ts"
import { differ, estimateRates, firstRates } from "./evidence/rates.ts"
import { weigh } from "./evidence/weights.ts"
import { buildGraph, type Graph } from "./graph/graph.ts"
import type { Network, Observation, Plan, Rates, Recheck } from "./model.ts"
import { drawRoutings, type Routing } from "./routing/routing-trees.ts"
import { findUnrouted, type Unrouted } from "./routing/unrouted.ts"
import { MANY_WALKS, search, walksFor } from "./search/search.ts"
import type { SearchInput } from "./search/search-state.ts"
import { createMarks, type Marks } from "./visibility/marks.ts"
import { Visibility } from "./visibility/visibility.ts"

export type { Hypothesis, WorkShare } from "./answer/hypothesis.ts"
export { solveDegradations } from "./degradation/degradations.ts"
export type {
  Degradation,
  DegradationAnswer,
  DegradationHypothesis,
  DegradationInput,
  DegradationKind,
  InterfaceObservation,
  PathObservation,
} from "./degradation/model.ts"
export { type Dependency, meet, type State, statesUnder } from "./dependencies.ts"
export type { Group, Link, Network, Node, Observation, Rates, Recheck, Work } from "./model.ts"

export type Answer = {
  /** At most 10, best first. */
  readonly hypotheses: readonly Hypothesis[]
  /** At most 8, most valuable first. */
  readonly recheck: readonly Recheck[]
  /** Nodes that are down only because of a component of the first hypothesis. */
  readonly suppressed: readonly Suppressed[]
}

const MAX_HYPOTHESES = 10
/** Classes weighed for the hypotheses: failed customers may change the order of the last. */
const MAX_CANDIDATES = MAX_HYPOTHESES + 2
/** The least probability of a hypothesis after the first, with many walks and with few. */
const MIN_PROBABILITY = { manyWalks: 1e-7, fewWalks: 5e-3 }
/**
 * Budgets of walks: steps in total, and how many walks at least. An estimate of the rates takes a
 * few ms on one core, the whole search some 20 ms.
 */
const ESTIMATE = { work: 40_000, min: 6 }
const WHOLE = { work: 200_000, min: 20 }
const MAX_ESTIMATES = 2
/** Classes between which re-checks decide. */
const MAX_COMPARED = 80

/**
 * Which nodes are probed at all. Where only monitored nodes are, the others are not among the
 * visible effects, and the other way round.
 */
const createPinged = (graph: Graph, { reach }: ObservationCounts): ((node: number) => boolean) => {
  const isAnyOf = [false, false]
  let isAny = false
  for (let at = 0; at < reach.up.length; at += 1) {
    if ((reach.up[at] ?? 0) + (reach.down[at] ?? 0) === 0) continue
    isAny = true
    isAnyOf[graph.monitored[at % graph.nodes] ?? 0] = true
  }
  return (node) =>
    !isAny || isAnyOf[graph.monitored[node] ?? 0] === true || graph.hasLeaf[node] === 1
}

/** A document being answered. */
type Reading = {
  readonly graph: Graph
  readonly counts: ObservationCounts
  readonly facts: Facts
  readonly marks: Marks
  readonly options: Pick<Plan, "rates" | "isPartial" | "mayBeUnrouted">
}
const inputFor = (reading: Reading, rates: Rates): SearchInput => {
  const { graph, marks, options } = reading
  const weights = weigh({ ...reading, rates, isPartial: options.isPartial ?? false })
  return { graph, weights, marks, visibility: new Visibility(graph, weights, marks) }
}

/** The search with the given rates, or with those that the best sets of short searches show. */
const prepare = (reading: Reading): { readonly rates: Rates; readonly input: SearchInput } => {
  const { graph, counts, facts, options } = reading
  let rates = options.rates ?? firstRates(graph, counts, facts)
  let input = inputFor(reading, rates)
  if (options.rates !== undefined) return { rates, input }
  for (let estimate = 0; estimate < MAX_ESTIMATES; estimate += 1) {
    const { visibility } = input
    const { best } = search(input, walksFor(graph, ESTIMATE.work, ESTIMATE.min))
    visibility.assume(best.faults)
    const estimated = estimateRates({ graph, counts, facts, visibility, rates })
    if (!differ(rates, estimated)) break
    rates = estimated
    input = inputFor(reading, rates)
  }
  return { rates, input }
}

/** `one` null: routing has not noticed what has failed. */
type Ranked = { readonly one: Class | null; readonly hypothesis: Hypothesis }
/** Hypotheses with their classes, best first. */
const rankHypotheses = (
  input: HypothesisInput,
  classes: readonly Class[],
  unrouted: readonly Unrouted[],
  bestScore: number,
  walks: number,
): readonly Ranked[] => {
  const { manyWalks, fewWalks } = MIN_PROBABILITY
  const minProbability = walks > MANY_WALKS ? manyWalks : fewWalks
  const [top] = classes
  const all = top === undefined ? 1 : top.weight / top.probability
  const odds = unrouted.map(({ score }) => Math.exp(score - bestScore))
  const share = all / odds.reduce((sum, one) => sum + one, all)
  return (
    [
      ...classes
        .slice(0, MAX_CANDIDATES)
        .map((one) => ({ ...one, probability: one.probability * share }))
        .filter(({ probability }, at) => at === 0 || probability >= minProbability)
        .map((one): Ranked => ({ one, hypothesis: hypothesisOf(input, one) })),
      ...unrouted.flatMap((one, at): Ranked[] => {
        const probability = ((odds[at] ?? 0) * share) / all
        return probability < minProbability
          ? []
          : [{ one: null, hypothesis: unroutedHypothesisOf(input, one, probability) }]
      }),
    ]
      // Failed customers make a hypothesis less likely: only now is the order known.
      .sort((a, b) => b.hypothesis.probability - a.hypothesis.probability)
      .slice(0, MAX_HYPOTHESES)
  )
}

const answerTo = (
  graph: Graph,
  log: ObservationLog,
  options: Reading["options"],
  routings: () => readonly Routing[],
): Answer => {
  const { counts } = log
  const facts = readFacts(graph, counts)
  const marks = createMarks(graph, createPinged(graph, counts))
  const { rates, input } = prepare({ graph, counts, facts, marks, options })
  const { visibility } = input
  const walks = walksFor(graph, WHOLE.work, WHOLE.min)
  const result = search(input, walks)
  const classes = classesOf(graph, visibility, result, { maxListed: MAX_CANDIDATES, walks })
  const unrouted =
    options.mayBeUnrouted === true ? findUnrouted(graph, input.weights, routings, visibility) : []
  const rows = log.rows()
  const ranked = rankHypotheses(
    { graph, counts, facts, rows, visibility, rates },
    classes,
    unrouted,
    result.best.score,
    walks,
  )
  const compared = classes.slice(0, Math.min(MAX_COMPARED, Math.ceil(walks / 4)))
  const recheck = chooseRechecks(graph, counts, facts, visibility, compared)
  const [first] = ranked
  const suppressed =
    first?.one == null
      ? []
      : suppressedBy(graph, counts, visibility, first.one.first.faults, classes)
  return { hypotheses: ranked.map(({ hypothesis }) => hypothesis), recheck, suppressed }
}

/** Solves one document. */
export const solve = (network: Network): Answer => {
  const solver = createSolver(network)
  for (const observation of network.observations) solver.observe(observation)
  return solver.answer()
}

/** Takes observations one by one, in any order. Answers as `solve` does for those taken so far. */
export type Solver = {
  readonly observe: (observation: Observation) => void
  /** Takes back the last equal observation. */
  readonly forget: (observation: Observation) => void
  readonly answer: () => Answer
}

export const createSolver = (network: Plan): Solver => {
  const graph = buildGraph(network)
  const log = new ObservationLog(graph)
  let drawn: readonly Routing[] | null = null
  const routings = (): readonly Routing[] => {
    drawn ??= drawRoutings(graph)
    return drawn
  }
  return {
    observe: (observation) => log.add(observation),
    forget: (observation) => log.forget(observation),
    answer: () => answerTo(graph, log, network, routings),
  }
}
