/** The face of root cause: a document in, an answer out. Pure: no clock, no database, and nothing imported from outside this folder. */
import { type Class, classesOf } from "./classes.ts"
import { buildGraph, type Graph } from "./graph.ts"
import { count, createSlots, type Looks, noLooks, type Slot } from "./looks.ts"
import type { Network, Observation, Rates, Recheck } from "./model.ts"
import { differ, firstRates, readRates } from "./rates.ts"
import { chooseRechecks } from "./recheck.ts"
import { PLENTY, search, walksFor } from "./search.ts"
import { createMarks, createSight, DOWN, type Marks, readPort, type Sight, UNTOLD, UP } from "./sight.ts"
import { type Suppressed, suppressedBy } from "./suppressed.ts"
import { createLeafLooks, customerFails, type Facts, type LeafLooks, readFacts, weigh } from "./weigh.ts"

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

const MOST_HYPOTHESES = 10
const LEAST_CHANCE = 1e-7
/** And where walks are dear: below that it is one of thousands of things nobody has looked at. */
const LEAST_IN_MANY = 5e-3
/** Walks times what one walks over: a few ms on one core for a first reading, some 20 for the whole; and how many there are at least. */
const FIRST = { work: 40_000, least: 6 }
const WHOLE = { work: 200_000, least: 20 }
/** Classes of which it is told what could stand in, and classes between which re-checks decide. */
const MOST_COMPARED = 80
const MOST_READINGS = 2
/** Looks as they came, by row: what they look at, and what they read. */
type Seen = { readonly of: Uint8Array; readonly at: Int32Array; readonly isUp: Uint8Array; length: number }
const [REACH, LEAF, PORT, ACCESS, NOTHING] = [0, 1, 2, 3, 4]
const rowOf = (slot: Slot | null): number =>
  slot === null ? NOTHING : { reach: REACH, leaf: LEAF, port: PORT, access: ACCESS }[slot.of]

/** Customers that have failed by themselves as these faults leave it, and how surely. */
const failedCustomers = (
  graph: Graph,
  looks: Looks,
  facts: Facts,
  sight: Sight,
  rates: Rates,
): { leaf: number; chance: number }[] => {
  const leafLooks = createLeafLooks(graph, looks, rates)
  const found: { leaf: number; chance: number }[] = []
  for (const leaf of facts.suspects) {
    const node = graph.leafNode[leaf] ?? 0
    const seen: LeafLooks[] = []
    for (let vantage = 0; vantage < graph.vantages; vantage += 1)
      if (sight.reached[vantage * graph.nodes + node] === 1) seen.push(leafLooks.seen(leaf, vantage))
    if (sight.heard[node] === 1) seen.push(leafLooks.told(leaf))
    const chance = customerFails(graph, seen)
    if (chance > 0.5) found.push({ leaf, chance })
  }
  return found
}

const hypothesisOf = (
  graph: Graph,
  looks: Looks,
  facts: Facts,
  seen: Seen,
  sight: Sight,
  rates: Rates,
  found: Class,
): Hypothesis => {
  sight.take(found.first.faults)
  const customers = failedCustomers(graph, looks, facts, sight, rates)
  const failedLeaves = new Set(customers.map(({ leaf }) => leaf))
  const { reached, heard } = sight
  const { nodes, leafNode } = graph
  const size = graph.leaves.length
  const read = (of: number, at: number): number => {
    if (of === REACH) return reached[at] === 1 ? UP : DOWN
    if (of === LEAF) {
      const leaf = at % size
      return reached[Math.floor(at / size) * nodes + (leafNode[leaf] ?? 0)] === 1 && !failedLeaves.has(leaf) ? UP : DOWN
    }
    if (of === ACCESS) {
      const leaf = (at % (2 * size)) >> 1
      if (heard[leafNode[leaf] ?? 0] !== 1) return UNTOLD
      if (!failedLeaves.has(leaf)) return UP
      return at % 2 === 1 ? UNTOLD : DOWN
    }
    return readPort(graph, sight, at % (2 * graph.links))
  }
  const [explained, contradicted]: [number[], number[]] = [[], []]
  for (let index = 0; index < seen.length; index += 1) {
    const of = seen.of[index] ?? NOTHING
    if (of === NOTHING) continue
    const shown = read(of, seen.at[index] ?? 0)
    const isUp = seen.isUp[index] === 1
    if (!isUp && shown === DOWN) explained.push(index)
    else if (shown !== (isUp ? UP : DOWN)) contradicted.push(index)
  }
  const name = (fault: number): string => graph.ids[fault] ?? ""
  return {
    components: [...found.first.faults.map(name), ...customers.flatMap(({ leaf }) => graph.leaves[leaf]?.id ?? [])],
    probability: customers.reduce((product, { chance }) => product * chance, found.probability),
    classes: [
      ...found.standIns.map((ones) => ones.map(name)),
      ...customers.map(({ leaf }) => [graph.leaves[leaf]?.access ?? ""]),
    ],
    explained,
    contradicted,
  }
}

/** Which nodes are looked at at all: kinds of nodes that no look names are not among what could be seen. */
const createPinged = (graph: Graph, looks: Looks): ((node: number) => boolean) => {
  const anyOf = [false, false]
  let any = false
  for (let at = 0; at < looks.reach.up.length; at += 1) {
    if ((looks.reach.up[at] ?? 0) + (looks.reach.down[at] ?? 0) === 0) continue
    any = true
    anyOf[graph.monitored[at % graph.nodes] ?? 0] = true
  }
  return (node) => !any || anyOf[graph.monitored[node] ?? 0] === true || graph.hasLeaf[node] === 1
}

type Beliefs = Pick<Network, "rates" | "isPartial">

const answerTo = (graph: Graph, looks: Looks, seen: Seen, beliefs: Beliefs): Answer => {
  const facts = readFacts(graph, looks)
  const marks: Marks = createMarks(graph, createPinged(graph, looks))
  let rates = beliefs.rates ?? firstRates(graph, looks, facts)
  let weights = weigh(graph, looks, facts, rates, beliefs.isPartial)
  let sight = createSight(graph, weights, marks)
  for (let reading = 0; beliefs.rates === undefined && reading < MOST_READINGS; reading += 1) {
    const { best } = search(graph, weights, marks, sight, walksFor(graph, FIRST.work, FIRST.least))
    sight.take(best.faults)
    const read = readRates(graph, looks, facts, sight, rates)
    if (!differ(rates, read)) break
    rates = read
    weights = weigh(graph, looks, facts, rates, beliefs.isPartial)
    sight = createSight(graph, weights, marks)
  }
  const walks = walksFor(graph, WHOLE.work, WHOLE.least)
  const found = search(graph, weights, marks, sight, walks)
  const classes = classesOf(graph, sight, found, MOST_HYPOTHESES + 2, walks)
  const told = classes
    .slice(0, MOST_HYPOTHESES + 2)
    .filter((one, at) => at === 0 || one.probability >= (walks > PLENTY ? LEAST_CHANCE : LEAST_IN_MANY))
  const compared = classes.slice(0, Math.min(MOST_COMPARED, Math.ceil(walks / 4)))
  // A customer that may have failed besides makes a hypothesis less likely: only then is their order known.
  const ordered = told
    .map((one) => ({ one, hypothesis: hypothesisOf(graph, looks, facts, seen, sight, rates, one) }))
    .sort((a, b) => b.hypothesis.probability - a.hypothesis.probability)
    .slice(0, MOST_HYPOTHESES)
  const recheck = chooseRechecks(graph, looks, facts, sight, compared)
  const suppressed = ordered[0] === undefined ? [] : suppressedBy(graph, looks, sight, ordered[0].one.first.faults, classes)
  return { hypotheses: ordered.map(({ hypothesis }) => hypothesis), recheck, suppressed }
}

/** Solves one document from scratch. */
export const solve = (network: Network): Answer => {
  const solver = createSolver(network)
  for (const look of network.observations) solver.observe(look)
  return solver.answer()
}

/** The same answer as `solve` gives for all looks taken so far: looks may be added and taken back one by one, in any order. */
export type Solver = {
  readonly observe: (look: Observation) => void
  readonly forget: (look: Observation) => void
  readonly answer: () => Answer
}
type Held = { readonly slot: Slot | null; readonly isUp: boolean; isForgotten: boolean }
const LEAST_ROOM = 1_024

export const createSolver = (network: Omit<Network, "observations">): Solver => {
  const graph = buildGraph(network)
  const looks = noLooks(graph)
  const slotOf = createSlots(graph)
  /** In the order they came; what was taken back leaves no gap once it is asked for an answer. */
  let seen: Seen = { of: new Uint8Array(LEAST_ROOM), at: new Int32Array(LEAST_ROOM), isUp: new Uint8Array(LEAST_ROOM), length: 0 }
  let held: Held[] = []
  const byName = new Map<string, Held[]>()
  let forgotten = 0
  const nameOf = (look: Observation): string => JSON.stringify([look.entity, look.signal, look.value, look.from, look.end])
  const grow = (): void => {
    const { of, at, isUp, length } = seen
    seen = { of: new Uint8Array(2 * length), at: new Int32Array(2 * length), isUp: new Uint8Array(2 * length), length }
    seen.of.set(of)
    seen.at.set(at)
    seen.isUp.set(isUp)
  }
  const put = ({ slot, isUp }: Held): void => {
    if (seen.length === seen.of.length) grow()
    seen.of[seen.length] = rowOf(slot)
    seen.at[seen.length] = slot?.at ?? 0
    seen.isUp[seen.length] = isUp ? 1 : 0
    seen.length += 1
  }
  return {
    observe: (look) => {
      const one = { slot: slotOf(look), isUp: look.value === "up", isForgotten: false }
      if (one.slot !== null) count(looks, one.slot, one.isUp, 1)
      put(one)
      held.push(one)
      const name = nameOf(look)
      const same = byName.get(name)
      if (same === undefined) byName.set(name, [one])
      else same.push(one)
    },
    forget: (look) => {
      const one = byName.get(nameOf(look))?.pop()
      if (one === undefined) return
      if (one.slot !== null) count(looks, one.slot, one.isUp, -1)
      one.isForgotten = true
      forgotten += 1
    },
    answer: () => {
      if (forgotten > 0) {
        held = held.filter((one) => !one.isForgotten)
        seen.length = 0
        for (const one of held) put(one)
      }
      forgotten = 0
      return answerTo(graph, looks, seen, network)
    },
  }
}
