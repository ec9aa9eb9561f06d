/**
 * Faults that only together explain an unreachable part of the network, such as both links to a
 * part of a ring. Single further faults never lead there, so several are added in one step.
 */
import { type FaultSet, insertFault, type SearchState, sortFaults } from "./search-state.ts"
import { unreachableParts } from "./unreachable-parts.ts"

/** A part with more links at its edge is not cut off by all of them. */
export const MAX_EDGES = 10
export const MAX_PARTS = 12
const MAX_GREEDY_STEPS = 4
/** Faults of one set tried without, at most. */
const MAX_REMOVED = 10
/** A fault that explains this share of a part explains all of it. */
const MIN_EXPLAINED = 0.6

/** What one more fault adds to the score, its own prior included. */
const gainOf = ({ visibility, graph }: SearchState, fault: number): number =>
  (visibility.gain[fault] ?? 0) + (graph.prior[fault] ?? 0)

/** The fault with the largest gain; -1 of none. The first of equals. */
const bestOf = (state: SearchState, faults: readonly number[]): number => {
  let best = -1
  for (const fault of faults)
    if (best === -1 || gainOf(state, fault) > gainOf(state, best)) best = fault
  return best
}

/** Working links whose failure the observations support, best first. */
const gainfulLinks = (state: SearchState): number[] => {
  const { graph, visibility } = state
  const links: number[] = []
  for (let link = graph.nodes; link < graph.groupsFrom; link += 1)
    if (visibility.failed[link] !== 1 && gainOf(state, link) > 0) links.push(link)
  return links.sort((a, b) => gainOf(state, b) - gainOf(state, a) || a - b)
}

/** For many faults at once: the best explanation of each part, and all links that read down. */
const greedyStep = (state: SearchState, from: FaultSet): void => {
  const { endA, endB, nodes } = state.graph
  const chosen: number[] = []
  /** Nodes that a chosen fault touches: gains around them no longer hold. */
  const touched = new Set<number>()
  const choose = (fault: number): void => {
    const ends = fault < nodes ? [fault] : [endA[fault - nodes] ?? 0, endB[fault - nodes] ?? 0]
    if (ends.some((node) => touched.has(node))) return
    for (const node of ends) touched.add(node)
    chosen.push(fault)
  }
  for (const { edge, around } of unreachableParts(state, from)) {
    const best = bestOf(state, [...edge, ...around])
    if (best !== -1 && gainOf(state, best) > 0) choose(best)
  }
  for (const link of gainfulLinks(state)) choose(link)
  if (chosen.length > 1) state.weigh(sortFaults([...from.faults, ...chosen]))
}

/** Greedy steps from the best set while they find a better one. */
export const greedySearch = (state: SearchState): void => {
  for (let steps = 0; steps < MAX_GREEDY_STEPS && !state.isSpent(); steps += 1) {
    const { best } = state
    greedyStep(state, best)
    if (state.best === best) return
  }
}

/** Removes faults one by one where the set is better without. */
const removeUnneeded = (
  state: SearchState,
  from: FaultSet | undefined,
  faults: readonly number[],
): void => {
  let current = from
  for (const fault of faults) {
    if (current === undefined || state.isSpent()) return
    const without = state.weigh(current.faults.filter((other) => other !== fault))
    if (without !== undefined && without.score > current.score) current = without
  }
}

/** Cuts off one part by all links at its edge, then removes those that are not needed. */
const cutOff = (state: SearchState, from: FaultSet, edge: readonly number[]): void => {
  const others = from.faults.filter((fault) => !edge.includes(fault))
  removeUnneeded(state, state.weigh(edge.reduce(insertFault, others)), edge)
}

/** Cuts off each part that several links connect. */
export const cutOffParts = (state: SearchState, from: FaultSet): void => {
  const parts = unreachableParts(state, from).filter(
    ({ edge }) => edge.length > 1 && edge.length <= MAX_EDGES,
  )
  for (const { edge } of parts.slice(0, MAX_PARTS))
    if (!state.isSpent(0.9)) cutOff(state, from, edge)
}

/**
 * Explains each part by itself, from inside or its edge: several faults may explain the parts
 * better than the one fault on the path to all of them.
 */
export const cutEachPart = (state: SearchState, from: FaultSet): void => {
  const chosen = new Set<number>()
  for (const { edge, within, weight } of unreachableParts(state, from).slice(0, MAX_PARTS)) {
    const best = bestOf(state, [...edge, ...within])
    if (best !== -1 && gainOf(state, best) > MIN_EXPLAINED * weight) chosen.add(best)
    else if (edge.length <= MAX_EDGES) for (const link of edge) chosen.add(link)
  }
  if (chosen.size < 2) return
  const added = [...chosen].filter((fault) => !from.faults.includes(fault))
  removeUnneeded(
    state,
    state.weigh(sortFaults([...from.faults, ...added])),
    added.slice(0, Math.min(MAX_REMOVED, Math.ceil(state.maxWalks / 10))),
  )
}
