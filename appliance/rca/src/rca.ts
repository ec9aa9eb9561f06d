/** The face of root cause: a document in, an answer out. Pure: no clock, no database, and nothing imported from outside this folder. */
import { type Class, classesOf } from "./equivalence-classes.ts"
import { buildGraph, type Graph } from "./graph.ts"
import type { Network, Observation, Rates, Recheck } from "./model.ts"
import {
  addCount,
  createSlots,
  emptyCounts,
  type ObservationCounts,
  type Slot,
} from "./observation-counts.ts"
import { differ, firstRates, readRates } from "./rates.ts"
import { chooseRechecks } from "./recheck.ts"
import { MANY_WALKS, search, walksFor } from "./search.ts"
import { type Suppressed, suppressedBy } from "./suppressed.ts"
import {
  createMarks,
  createVisibility,
  DOWN,
  type Marks,
  readPort,
  UNREPORTED,
  UP,
  type Visibility,
} from "./visibility.ts"
import {
  createLeafLikelihoods,
  customerFails,
  type Facts,
  type LeafLikelihoods,
  readFacts,
  weigh,
} from "./weights.ts"

export { type Dependency, meet, type State, statesUnder } from "./dependencies.ts"
export type { Group, Link, Network, Node, Observation, Rates, Recheck } from "./model.ts"

export type Hypothesis = {
  /** Node, link or group ids; empty: nothing has failed; `@uplink:VANTAGE`: that vantage's own way out. */
  readonly components: readonly string[]
  /** 0 to 1: of the whole class of sets that show exactly the same things as this one. */
  readonly probability: number
  /** For each component what could stand in for it, the others held fixed, without any visible difference. */
  readonly classes: readonly (readonly string[])[]
  /** Indexes of the down observations that these components account for. */
  readonly explained: readonly number[]
  /** Indexes of the observations that read otherwise than these components would make them. */
  readonly contradicted: readonly number[]
}
export type Answer = {
  /** At most 10, best first. */
  readonly hypotheses: readonly Hypothesis[]
  /** At most 8, most valuable first. */
  readonly recheck: readonly Recheck[]
  /** Nodes that are down only because of a component of the first hypothesis. */
  readonly suppressed: readonly Suppressed[]
}

const MAX_HYPOTHESES = 10
const MIN_PROBABILITY = 1e-7
/** And where walks are dear: below that it is one of thousands of things nobody has looked at. */
const MIN_PROBABILITY_LARGE = 5e-3
/** Walks times what one walks over: a few ms on one core for a first reading, some 20 for the whole; and how many there are at least. */
const FIRST = { work: 40_000, min: 6 }
const WHOLE = { work: 200_000, min: 20 }
/** Classes of which it is told what could stand in, and classes between which re-checks decide. */
const MAX_COMPARED = 80
const MAX_READINGS = 2
/** Looks as they came, by row: what they look at, and what they read. */
type ObservationRows = {
  readonly of: Uint8Array
  readonly at: Int32Array
  readonly isUp: Uint8Array
  length: number
}
const [REACH, LEAF, PORT, ACCESS, NOTHING] = [0, 1, 2, 3, 4]
const rowOf = (slot: Slot | null): number =>
  slot === null ? NOTHING : { reach: REACH, leaf: LEAF, port: PORT, access: ACCESS }[slot.of]

/** Customers that have failed by themselves as these faults leave it, and how surely. */
const failedCustomers = (
  graph: Graph,
  counts: ObservationCounts,
  facts: Facts,
  visibility: Visibility,
  rates: Rates,
): { leaf: number; chance: number }[] => {
  const leafLikelihoods = createLeafLikelihoods(graph, counts, rates)
  const found: { leaf: number; chance: number }[] = []
  for (const leaf of facts.suspects) {
    const node = graph.leafNode[leaf] ?? 0
    const likelihoods: LeafLikelihoods[] = []
    for (let vantage = 0; vantage < graph.vantages; vantage += 1)
      if (visibility.reached[vantage * graph.nodes + node] === 1)
        likelihoods.push(leafLikelihoods.fromVantage(leaf, vantage))
    if (visibility.visible[node] === 1) likelihoods.push(leafLikelihoods.fromReports(leaf))
    const chance = customerFails(graph, likelihoods)
    if (chance > 0.5) found.push({ leaf, chance })
  }
  return found
}

const hypothesisOf = (
  graph: Graph,
  counts: ObservationCounts,
  facts: Facts,
  rows: ObservationRows,
  visibility: Visibility,
  rates: Rates,
  found: Class,
): Hypothesis => {
  visibility.assume(found.first.faults)
  const customers = failedCustomers(graph, counts, facts, visibility, rates)
  const failedLeaves = new Set(customers.map(({ leaf }) => leaf))
  const { reached, visible } = visibility
  const { nodes, leafNode } = graph
  const size = graph.leaves.length
  const read = (of: number, at: number): number => {
    if (of === REACH) return reached[at] === 1 ? UP : DOWN
    if (of === LEAF) {
      const leaf = at % size
      return reached[Math.floor(at / size) * nodes + (leafNode[leaf] ?? 0)] === 1 &&
        !failedLeaves.has(leaf)
        ? UP
        : DOWN
    }
    if (of === ACCESS) {
      const leaf = (at % (2 * size)) >> 1
      if (visible[leafNode[leaf] ?? 0] !== 1) return UNREPORTED
      if (!failedLeaves.has(leaf)) return UP
      return at % 2 === 1 ? UNREPORTED : DOWN
    }
    return readPort(graph, visibility, at % (2 * graph.links))
  }
  const [explained, contradicted]: [number[], number[]] = [[], []]
  for (let index = 0; index < rows.length; index += 1) {
    const of = rows.of[index] ?? NOTHING
    if (of === NOTHING) continue
    const shown = read(of, rows.at[index] ?? 0)
    const isUp = rows.isUp[index] === 1
    if (!isUp && shown === DOWN) explained.push(index)
    else if (shown !== (isUp ? UP : DOWN)) contradicted.push(index)
  }
  const name = (fault: number): string => graph.ids[fault] ?? ""
  return {
    components: [
      ...found.first.faults.map(name),
      ...customers.flatMap(({ leaf }) => graph.leaves[leaf]?.id ?? []),
    ],
    probability: customers.reduce((product, { chance }) => product * chance, found.probability),
    classes: [
      ...found.equivalents.map((ones) => ones.map(name)),
      ...customers.map(({ leaf }) => [graph.leaves[leaf]?.access ?? ""]),
    ],
    explained,
    contradicted,
  }
}

/** Which nodes are looked at at all: kinds of nodes that no look names are not among what could be seen. */
const createPinged = (graph: Graph, counts: ObservationCounts): ((node: number) => boolean) => {
  const anyOf = [false, false]
  let any = false
  for (let at = 0; at < counts.reach.up.length; at += 1) {
    if ((counts.reach.up[at] ?? 0) + (counts.reach.down[at] ?? 0) === 0) continue
    any = true
    anyOf[graph.monitored[at % graph.nodes] ?? 0] = true
  }
  return (node) => !any || anyOf[graph.monitored[node] ?? 0] === true || graph.hasLeaf[node] === 1
}

type SolverOptions = Pick<Network, "rates" | "isPartial">

const answerTo = (
  graph: Graph,
  counts: ObservationCounts,
  rows: ObservationRows,
  options: SolverOptions,
): Answer => {
  const facts = readFacts(graph, counts)
  const marks: Marks = createMarks(graph, createPinged(graph, counts))
  let rates = options.rates ?? firstRates(graph, counts, facts)
  let weights = weigh(graph, counts, facts, rates, options.isPartial)
  let visibility = createVisibility(graph, weights, marks)
  for (let reading = 0; options.rates === undefined && reading < MAX_READINGS; reading += 1) {
    const { best } = search(
      graph,
      weights,
      marks,
      visibility,
      walksFor(graph, FIRST.work, FIRST.min),
    )
    visibility.assume(best.faults)
    const read = readRates(graph, counts, facts, visibility, rates)
    if (!differ(rates, read)) break
    rates = read
    weights = weigh(graph, counts, facts, rates, options.isPartial)
    visibility = createVisibility(graph, weights, marks)
  }
  const walks = walksFor(graph, WHOLE.work, WHOLE.min)
  const found = search(graph, weights, marks, visibility, walks)
  const classes = classesOf(graph, visibility, found, MAX_HYPOTHESES + 2, walks)
  const listed = classes
    .slice(0, MAX_HYPOTHESES + 2)
    .filter(
      (one, at) =>
        at === 0 ||
        one.probability >= (walks > MANY_WALKS ? MIN_PROBABILITY : MIN_PROBABILITY_LARGE),
    )
  const compared = classes.slice(0, Math.min(MAX_COMPARED, Math.ceil(walks / 4)))
  // A customer that may have failed besides makes a hypothesis less likely: only then is their order known.
  const ordered = listed
    .map((one) => ({
      one,
      hypothesis: hypothesisOf(graph, counts, facts, rows, visibility, rates, one),
    }))
    .sort((a, b) => b.hypothesis.probability - a.hypothesis.probability)
    .slice(0, MAX_HYPOTHESES)
  const recheck = chooseRechecks(graph, counts, facts, visibility, compared)
  const suppressed =
    ordered[0] === undefined
      ? []
      : suppressedBy(graph, counts, visibility, ordered[0].one.first.faults, classes)
  return { hypotheses: ordered.map(({ hypothesis }) => hypothesis), recheck, suppressed }
}

/** Solves one document from scratch. */
export const solve = (network: Network): Answer => {
  const solver = createSolver(network)
  for (const observation of network.observations) solver.observe(observation)
  return solver.answer()
}

/** The same answer as `solve` gives for all looks taken so far: looks may be added and taken back one by one, in any order. */
export type Solver = {
  readonly observe: (observation: Observation) => void
  readonly forget: (observation: Observation) => void
  readonly answer: () => Answer
}
type HeldObservation = { readonly slot: Slot | null; readonly isUp: boolean; isForgotten: boolean }
const MIN_ROWS = 1_024

export const createSolver = (network: Omit<Network, "observations">): Solver => {
  const graph = buildGraph(network)
  const counts = emptyCounts(graph)
  const slotOf = createSlots(graph)
  /** In the order they came; what was taken back leaves no gap once it is asked for an answer. */
  let rows: ObservationRows = {
    of: new Uint8Array(MIN_ROWS),
    at: new Int32Array(MIN_ROWS),
    isUp: new Uint8Array(MIN_ROWS),
    length: 0,
  }
  let heldObservations: HeldObservation[] = []
  const byName = new Map<string, HeldObservation[]>()
  let forgotten = 0
  const nameOf = (observation: Observation): string =>
    JSON.stringify([
      observation.entity,
      observation.signal,
      observation.value,
      observation.from,
      observation.end,
    ])
  const grow = (): void => {
    const { of, at, isUp, length } = rows
    rows = {
      of: new Uint8Array(2 * length),
      at: new Int32Array(2 * length),
      isUp: new Uint8Array(2 * length),
      length,
    }
    rows.of.set(of)
    rows.at.set(at)
    rows.isUp.set(isUp)
  }
  const put = ({ slot, isUp }: HeldObservation): void => {
    if (rows.length === rows.of.length) grow()
    rows.of[rows.length] = rowOf(slot)
    rows.at[rows.length] = slot?.at ?? 0
    rows.isUp[rows.length] = isUp ? 1 : 0
    rows.length += 1
  }
  return {
    observe: (observation) => {
      const one = {
        slot: slotOf(observation),
        isUp: observation.value === "up",
        isForgotten: false,
      }
      if (one.slot !== null) addCount(counts, one.slot, one.isUp, 1)
      put(one)
      heldObservations.push(one)
      const name = nameOf(observation)
      const same = byName.get(name)
      if (same === undefined) byName.set(name, [one])
      else same.push(one)
    },
    forget: (observation) => {
      const one = byName.get(nameOf(observation))?.pop()
      if (one === undefined) return
      if (one.slot !== null) addCount(counts, one.slot, one.isUp, -1)
      one.isForgotten = true
      forgotten += 1
    },
    answer: () => {
      if (forgotten > 0) {
        heldObservations = heldObservations.filter((one) => !one.isForgotten)
        rows.length = 0
        for (const one of heldObservations) put(one)
      }
      forgotten = 0
      return answerTo(graph, counts, rows, network)
    },
  }
}
