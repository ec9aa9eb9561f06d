/** The sets of faults that the search has weighed so far, and its budget of walks. */

import type { Weights } from "../evidence/weights.ts"
import type { Graph } from "../graph/graph.ts"
import { countPrior } from "../graph/priors.ts"
import type { Marks } from "../visibility/marks.ts"
import type { Visibility } from "../visibility/visibility.ts"
import { createQueue } from "./queue.ts"

export type FaultSet = {
  /** Indexes of what has failed, ascending. */
  readonly faults: readonly number[]
  /** Natural logarithm of how likely the set and the observations are together. */
  readonly score: number
  readonly signature: number
  /** Summed odds of further faults that would not show. Known once the set is expanded. */
  hidden: number
  /** Summed odds of further faults that would show and were too many to keep. */
  rest: number
  /** Whether every single further fault has been weighed. */
  isExpanded: boolean
}
/** What the search works on. */
export type SearchInput = {
  readonly graph: Graph
  readonly weights: Weights
  readonly marks: Marks
  readonly visibility: Visibility
}

const MAX_FOUND = 60_000
/** Scores closer than this are equal. */
const EPSILON = 1e-9

export const insertFault = (faults: readonly number[], fault: number): number[] => {
  const at = faults.findIndex((one) => one > fault)
  return at === -1 ? [...faults, fault] : [...faults.slice(0, at), fault, ...faults.slice(at)]
}
export const sortFaults = (faults: readonly number[]): number[] => faults.toSorted((a, b) => a - b)

export class SearchState {
  readonly graph: Graph
  readonly weights: Weights
  readonly visibility: Visibility
  readonly maxWalks: number
  readonly found: FaultSet[] = []
  /** By number of faults. */
  readonly bySize: FaultSet[][] = []
  readonly queue = createQueue<FaultSet>()
  /** Groups to try as a whole, by fault index. */
  suspectGroups: readonly number[] = []
  /** The largest prior of a single fault: one more fault costs at least this. */
  readonly bestPrior: number
  best: FaultSet = {
    faults: [],
    score: Number.NEGATIVE_INFINITY,
    signature: 0,
    hidden: 0,
    rest: 0,
    isExpanded: false,
  }
  readonly #marks: Marks
  readonly #known = new Map<number, FaultSet>()
  readonly #firstWalk: number
  #assumed: FaultSet | undefined

  constructor({ graph, weights, marks, visibility }: SearchInput, maxWalks: number) {
    this.graph = graph
    this.weights = weights
    this.visibility = visibility
    this.maxWalks = maxWalks
    this.#marks = marks
    this.#firstWalk = visibility.walks()
    this.bestPrior = graph.prior.reduce(
      (max, one) => (one > max ? one : max),
      Number.NEGATIVE_INFINITY,
    )
  }

  /** Whether this share of the budget is used up. */
  isSpent(share = 1): boolean {
    return this.visibility.walks() - this.#firstWalk >= this.maxWalks * share
  }

  priorOf(faults: readonly number[]): number {
    return faults.reduce(
      (sum, fault) => sum + (this.graph.prior[fault] ?? 0),
      countPrior(faults.length),
    )
  }
  #nameOf(faults: readonly number[]): number {
    return faults.reduce((sum, fault) => sum + (this.#marks.fault[fault] ?? 0), 0)
  }

  /** Keeps a set with a known score. Undefined where there are too many already. */
  record(faults: readonly number[], score: number, signature: number): FaultSet | undefined {
    const name = this.#nameOf(faults)
    const known = this.#known.get(name)
    if (known !== undefined) return known
    if (this.found.length >= MAX_FOUND) return undefined
    const set: FaultSet = { faults, score, signature, hidden: 0, rest: 0, isExpanded: false }
    this.#known.set(name, set)
    this.found.push(set)
    this.queue.push(set)
    const sameSize = this.bySize[faults.length]
    if (sameSize === undefined) this.bySize[faults.length] = [set]
    else sameSize.push(set)
    if (score > this.best.score + EPSILON) this.best = set
    return set
  }

  /** Weighs a set by a walk of its own, and keeps it. */
  weigh(faults: readonly number[]): FaultSet | undefined {
    const known = this.#known.get(this.#nameOf(faults))
    if (known !== undefined) return known
    this.visibility.assume(faults)
    this.#assumed = this.record(faults, this.visibility.score(), this.visibility.signature())
    return this.#assumed
  }

  /** Lets `visibility` describe a known set. */
  assume(set: FaultSet): void {
    if (this.#assumed !== set) this.visibility.assume(set.faults)
    this.#assumed = set
  }
}
