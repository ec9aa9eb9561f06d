/**
 * Finds the likeliest sets of faults. A greedy start and a beam search find a good set early; a
 * best-first search then expands sets in the order of their scores, under a bound on what further
 * faults could still explain. In between, parts of the network are cut off by several links at
 * once, and each of the best sets is tried with one fault removed or exchanged.
 *
 * The result is not the best set alone but all that come near, so that they can be compared.
 */
import type { Graph } from "../graph/graph.ts"
import { cutEachPart, cutOffParts, greedySearch } from "./cuts.ts"
import { EXPAND_WITHIN, Expander, KEEP_WITHIN, SLACK } from "./expand.ts"
import { type FaultSet, insertFault, type SearchInput, SearchState } from "./search-state.ts"
import { unreachableParts } from "./unreachable-parts.ts"

export type SearchResult = { readonly found: readonly FaultSet[]; readonly best: FaultSet }

/** Distances below the best score within which groups are tried, and within which sets are near. */
const [TRY_GROUPS_WITHIN, NEAR] = [3, 6]
const MAX_ROUNDS = 4
/** With a budget this large nothing is left out to save walks. */
export const MANY_WALKS = 200
/** Sets of which faults are exchanged. */
const EXCHANGED = 6
/** Sets of one size that are expanded: the path to the best may lead over worse ones. */
const BEAM = { min: 3, max: 10 }
/** Sets with the same effects that are expanded, by the beam and the best-first search. */
const MAX_ALIKE = { beam: 2, bestFirst: 3 }
/** The beam search ends after this many sizes without a better set. */
const MAX_SIZES_WITHOUT_GAIN = 2
/** The share of the budget that the beam search may use. */
const BEAM_SHARE = 0.5

/** Steps of one walk in a network of about a hundred routers. */
const TYPICAL_WALK = 1_500
const MAX_WALKS = 1_500
/**
 * The budget of walks. The total of steps is bounded: with twice the network the number of walks is
 * a quarter, so that small networks are searched fully and large ones get the minimum.
 */
export const walksFor = (graph: Graph, work: number, min: number): number => {
  const each = (graph.nodes + 2 * graph.links + 50) * (graph.vantages > 1 ? graph.vantages + 1 : 1)
  return Math.round(
    Math.min(MAX_WALKS, Math.max(min, (work / each) * Math.min(4, TYPICAL_WALK / each))),
  )
}

class Search {
  readonly #state: SearchState
  readonly #expander: Expander
  readonly #vantageNodes: ReadonlySet<number>
  /** By signature: sets expanded by the best-first search. */
  readonly #expandedAlike = new Map<number, number>()
  /** Whether the best set, when last checked, left a part unreachable without a reason. */
  #checked: { readonly set: FaultSet; readonly isUnexplained: boolean } | undefined

  constructor(input: SearchInput, maxWalks: number) {
    this.#state = new SearchState(input, maxWalks)
    this.#expander = new Expander(this.#state)
    this.#vantageNodes = new Set(input.graph.vantageNode)
  }

  run(): SearchResult {
    const state = this.#state
    const nothing = state.weigh([])
    greedySearch(state)
    if (nothing !== undefined && this.#needsCuts(state.best)) cutEachPart(state, nothing)
    this.#beamSearch()
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { best } = state
      this.#bestFirstSearch()
      cutOffParts(state, state.best)
      greedySearch(state)
      this.#bestFirstSearch()
      this.#exchangeFaults()
      this.#bestFirstSearch()
      if (state.best === best || state.isSpent()) break
    }
    const { found, best } = state
    return { found: found.filter(({ score }) => score >= best.score - KEEP_WITHIN), best }
  }

  /** A failed vantage or uplink explains everything unreachable: other explanations are tried. */
  #needsCuts({ faults }: FaultSet): boolean {
    const { maxWalks, graph } = this.#state
    return (
      maxWalks > MANY_WALKS ||
      faults.some((fault) => fault >= graph.uplinksFrom || this.#vantageNodes.has(fault))
    )
  }

  #tryGroups(set: FaultSet): void {
    const state = this.#state
    for (const group of state.suspectGroups)
      if (!set.faults.includes(group) && !state.isSpent())
        state.weigh(insertFault(set.faults, group))
  }

  /** The best sets of one size, few of the same effects. */
  #beamOf(size: number): FaultSet[] {
    const { maxWalks, bySize } = this.#state
    const width = Math.max(BEAM.min, Math.min(BEAM.max, Math.round(maxWalks / 40)))
    const alike = new Map<number, number>()
    const beam: FaultSet[] = []
    for (const set of (bySize[size] ?? []).toSorted((a, b) => b.score - a.score)) {
      const before = alike.get(set.signature) ?? 0
      if (before >= MAX_ALIKE.beam) continue
      alike.set(set.signature, before + 1)
      beam.push(set)
      if (beam.length >= width) break
    }
    return beam
  }

  /**
   * Size by size, expands the best few sets of each: what explains most alone need not be part of
   * what explains most together.
   */
  #beamSearch(): void {
    const state = this.#state
    let sizesWithoutGain = 0
    for (let size = 0; sizesWithoutGain < MAX_SIZES_WITHOUT_GAIN; size += 1) {
      if (state.isSpent(BEAM_SHARE)) return
      const before = state.best
      const beam = this.#beamOf(size)
      if (beam.length === 0) return
      for (const set of beam) {
        if (state.isSpent(BEAM_SHARE)) return
        if (!set.isExpanded) this.#expander.expand(set)
        if (set === beam[0] && size <= state.best.faults.length) this.#tryGroups(set)
      }
      const isWithoutGain = state.best === before && size >= state.best.faults.length
      sizesWithoutGain = isWithoutGain ? sizesWithoutGain + 1 : 0
    }
  }

  /** Whether the best set leaves a part unreachable that only several further faults explain. */
  #isUnexplained(): boolean {
    const { best, bestPrior } = this.#state
    if (this.#checked?.set !== best) {
      const [heaviest] = unreachableParts(this.#state, best)
      // Two at least: the expansion of the best has shown what one more explains.
      this.#checked = { set: best, isUnexplained: (heaviest?.weight ?? 0) > -2 * bestPrior }
    }
    return this.#checked.isUnexplained
  }

  #isWorthExpanding(set: FaultSet): boolean {
    const { best, weights, bestPrior } = this.#state
    if (set.isExpanded) return false
    if (set.score < best.score - NEAR) {
      const bound = weights.best + this.#state.priorOf(set.faults) + bestPrior
      if (bound < best.score - SLACK || !this.#isUnexplained()) return false
    }
    const alike = this.#expandedAlike.get(set.signature) ?? 0
    if (alike >= MAX_ALIKE.bestFirst && set !== best) return false
    this.#expandedAlike.set(set.signature, alike + 1)
    return true
  }

  #bestFirstSearch(): void {
    const state = this.#state
    for (let set = state.queue.pop(); set !== undefined; set = state.queue.pop()) {
      if (state.isSpent() || set.score < state.best.score - EXPAND_WITHIN) return
      if (!this.#isWorthExpanding(set)) continue
      this.#expander.expand(set)
      if (set.score >= state.best.score - TRY_GROUPS_WITHIN) this.#tryGroups(set)
    }
  }

  /** Expands the best sets with one of their faults removed. */
  #exchangeFaults(): void {
    const state = this.#state
    const top = state.found.toSorted((a, b) => b.score - a.score).slice(0, EXCHANGED)
    for (const set of top) {
      if (set.score < state.best.score - NEAR) return
      for (const fault of set.faults) {
        if (state.isSpent()) return
        const without = state.weigh(set.faults.filter((other) => other !== fault))
        if (without === undefined || without.isExpanded) continue
        this.#expander.expand(without)
        if (this.#needsCuts(set)) cutEachPart(state, without)
        this.#tryGroups(without)
      }
    }
  }
}

export const search = (input: SearchInput, maxWalks: number): SearchResult =>
  new Search(input, maxWalks).run()
