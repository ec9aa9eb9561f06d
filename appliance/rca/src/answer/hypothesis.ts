/** How an answer names a class of fault sets, and which observations it explains. */
import {
  createLeafLikelihoods,
  customerFails,
  type LeafLikelihoods,
} from "../evidence/customers.ts"
import type { Facts } from "../evidence/facts.ts"
import type { ObservationCounts } from "../evidence/observation-counts.ts"
import { ACCESS, LEAF, NOTHING, type ObservationRows, REACH } from "../evidence/observation-log.ts"
import type { Graph } from "../graph/graph.ts"
import { workShare } from "../graph/priors.ts"
import type { Rates } from "../model.ts"
import type { Unrouted } from "../routing/unrouted.ts"
import { DOWN, readPort, UNREPORTED, UP, type Visibility } from "../visibility/visibility.ts"
import type { Class } from "./equivalence-classes.ts"

export type Hypothesis = {
  /**
   * Ids of nodes, links and groups; `@uplink:VANTAGE` is the uplink of a vantage. Empty: nothing
   * has failed.
   */
  readonly components: readonly string[]
  /** 0 to 1: of all sets of faults with exactly the visible effects of this one. */
  readonly probability: number
  /** For each component what could replace it, the others held fixed, with the same effects. */
  readonly classes: readonly (readonly string[])[]
  /** Indexes of the down observations that these components explain. */
  readonly explained: readonly number[]
  /** Indexes of the observations that read otherwise than these components make them. */
  readonly contradicted: readonly number[]
  /**
   * Nodes that are down although a path is left, because packets still take what has failed; absent:
   * the hypothesis needs no such node.
   */
  readonly unrouted?: readonly string[]
  /**
   * For each component the planned works that may be why it, or what could replace it, has failed;
   * absent: none is.
   */
  readonly works?: readonly (readonly WorkShare[])[]
}
/** `probability`: 0 to 1, given that the component or one that could replace it has failed. */
export type WorkShare = { readonly id: string; readonly probability: number }
export type HypothesisInput = {
  readonly graph: Graph
  readonly counts: ObservationCounts
  readonly facts: Facts
  readonly rows: ObservationRows
  readonly visibility: Visibility
  readonly rates: Rates
}

/** A customer has failed by itself if this is likelier than not. */
const MIN_FAILURE_PROBABILITY = 0.5

/** Folded customers that have failed by themselves under the assumed faults. */
const failedCustomers = ({ graph, counts, facts, visibility, rates }: HypothesisInput) => {
  const likelihoods = createLeafLikelihoods(graph, counts, rates)
  const found: { readonly leaf: number; readonly probability: number }[] = []
  for (const leaf of facts.suspects) {
    const node = graph.leafNode[leaf] ?? 0
    const observed: LeafLikelihoods[] = []
    for (let vantage = 0; vantage < graph.vantages; vantage += 1)
      if (visibility.reached[vantage * graph.nodes + node] === 1)
        observed.push(likelihoods.fromVantage(leaf, vantage))
    if (visibility.visible[node] === 1) observed.push(likelihoods.fromReports(leaf))
    const probability = customerFails(graph, observed)
    if (probability > MIN_FAILURE_PROBABILITY) found.push({ leaf, probability })
  }
  return found
}

/** What each observable reads under the assumed faults, with these customers failed as well. */
const createReading = (
  graph: Graph,
  visibility: Visibility,
  failedLeaves: ReadonlySet<number>,
): ((of: number, at: number) => number) => {
  const { reached, visible } = visibility
  const { nodes, leafNode } = graph
  const leaves = graph.leaves.length
  const readLeaf = (vantage: number, leaf: number): number =>
    reached[vantage * nodes + (leafNode[leaf] ?? 0)] === 1 && !failedLeaves.has(leaf) ? UP : DOWN
  const readAccess = (leaf: number, isCustomerEnd: boolean): number => {
    if (visible[leafNode[leaf] ?? 0] !== 1) return UNREPORTED
    if (!failedLeaves.has(leaf)) return UP
    return isCustomerEnd ? UNREPORTED : DOWN
  }
  return (of, at) => {
    if (of === REACH) return reached[at] === 1 ? UP : DOWN
    if (of === LEAF) return readLeaf(Math.floor(at / leaves), at % leaves)
    if (of === ACCESS) return readAccess((at % (2 * leaves)) >> 1, at % 2 === 1)
    return readPort(graph, visibility, at % (2 * graph.links))
  }
}

export const hypothesisOf = (input: HypothesisInput, found: Class): Hypothesis => {
  input.visibility.assume(found.first.faults)
  return describe(input, found.first.faults, found.equivalents, found.probability)
}

/** Observed down, of what packets do not reach; with customers. */
const unroutedIds = ({ graph, counts }: HypothesisInput, cut: readonly number[]): string[] => {
  const { nodes, ids, leaves, leafNode } = graph
  const isCut = new Uint8Array(nodes)
  const found = new Set<string>()
  for (const at of cut) {
    isCut[at % nodes] = 1
    if ((counts.reach.down[at] ?? 0) > 0) found.add(ids[at % nodes] ?? "")
  }
  for (let at = 0; at < counts.leaf.down.length; at += 1) {
    const leaf = at % leaves.length
    if ((counts.leaf.down[at] ?? 0) > 0 && isCut[leafNode[leaf] ?? 0] === 1)
      found.add(leaves[leaf]?.id ?? "")
  }
  return [...found]
}

/** Nothing but this is wrong, and packets still take it. */
export const unroutedHypothesisOf = (
  input: HypothesisInput,
  { fault, equivalents, cut }: Unrouted,
  probability: number,
): Hypothesis => {
  const { visibility, graph } = input
  visibility.assume([])
  for (const at of cut) {
    visibility.reached[at] = 0
    if (graph.vantages === 1) visibility.visible[at % graph.nodes] = 0
  }
  const described = describe(input, [fault], [equivalents], probability)
  return { ...described, unrouted: unroutedIds(input, cut) }
}

/** `visibility` shows what the faults make visible. */
const describe = (
  input: HypothesisInput,
  faults: readonly number[],
  equivalents: readonly (readonly number[])[],
  probability: number,
): Hypothesis => {
  const { graph, rows, visibility } = input
  const customers = failedCustomers(input)
  const read = createReading(graph, visibility, new Set(customers.map(({ leaf }) => leaf)))
  const [explained, contradicted]: [number[], number[]] = [[], []]
  for (let index = 0; index < rows.length; index += 1) {
    const of = rows.of[index] ?? NOTHING
    if (of === NOTHING) continue
    const expected = read(of, rows.at[index] ?? 0)
    const isUp = rows.isUp[index] === 1
    if (!isUp && expected === DOWN) explained.push(index)
    else if (expected !== (isUp ? UP : DOWN)) contradicted.push(index)
  }
  const name = (fault: number): string => graph.ids[fault] ?? ""
  const components = [
    ...faults.map(name),
    ...customers.flatMap(({ leaf }) => graph.leaves[leaf]?.id ?? []),
  ]
  const classes = [
    ...equivalents.map((ones) => ones.map(name)),
    ...customers.map(({ leaf }) => [graph.leaves[leaf]?.access ?? ""]),
  ]
  return {
    components,
    probability: customers.reduce(
      (product, { probability: ofCustomer }) => product * ofCustomer,
      probability,
    ),
    classes,
    explained,
    contradicted,
    ...worksOf(graph, components, classes),
  }
}

/** Each member of a class counts by how likely it was beforehand. */
const worksOf = (
  { worksOn, ids, prior }: Graph,
  components: readonly string[],
  classes: readonly (readonly string[])[],
): Pick<Hypothesis, "works"> => {
  if (worksOn.size === 0) return {}
  const works = components.map((component, at): WorkShare[] => {
    const members = [component, ...(classes[at] ?? [])]
    const sums = new Map<string, number>()
    let total = 0
    for (const member of members) {
      const index = ids.indexOf(member)
      // Customers and their lines have no prior of their own.
      const weight = index === -1 ? 1 : Math.exp(prior[index] ?? 0)
      total += weight
      const own = worksOn.get(member) ?? []
      for (const id of own) sums.set(id, (sums.get(id) ?? 0) + weight * workShare(own.length))
    }
    return total === 0
      ? []
      : [...sums]
          .map(([id, sum]): WorkShare => ({ id, probability: sum / total }))
          .sort((a, b) => b.probability - a.probability)
  })
  return works.some(({ length }) => length > 0) ? { works } : {}
}
