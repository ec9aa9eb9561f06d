/** Expands a set of faults: one walk weighs every single further fault, and the best are kept. */
import { countPrior } from "../graph/priors.ts"
import { type FaultSet, insertFault, type SearchState } from "./search-state.ts"

/** Distances below the best score; natural logarithms. Sets further below are dropped. */
export const KEEP_WITHIN = 14
/** Sets further below are not expanded. */
export const EXPAND_WITHIN = 25
/** How far the bound on what a set can reach may lie below the best. */
export const SLACK = 2
/** Further faults kept of one set, in a network of fewer things than this and in a larger one. */
const SMALL = 1_000
const MAX_KEPT = { small: 1_000, large: 60 }
/** Further faults kept because they explain something, however unlikely they are. */
const MAX_CHILDREN = 12
const MAX_GROUPS = 40
/** A gain closer to 0 than this is none. */
const EPSILON = 1e-9

type Child = { readonly fault: number; readonly score: number }

/** Groups with members whose failure the observations support, most suspected first. */
const findSuspectGroups = ({ graph, visibility, maxWalks }: SearchState): number[] => {
  const weight = new Map<number, number>()
  for (const [member, groups] of graph.memberOf) {
    const gain = visibility.gain[member] ?? 0
    if (gain <= 0) continue
    for (const group of groups) weight.set(group, (weight.get(group) ?? 0) + gain)
  }
  return [...weight]
    .filter(([group, gain]) => gain + (graph.prior[graph.groupsFrom + group] ?? 0) > -SLACK)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, Math.min(MAX_GROUPS, Math.ceil(maxWalks / 12)))
    .map(([group]) => graph.groupsFrom + group)
}

export class Expander {
  readonly #state: SearchState
  readonly #maxKept: number
  /** Further faults that may be kept, and the scores of the sets with them. */
  readonly #fitFault: Int32Array
  readonly #fitScore: Float64Array
  #fits = 0
  /** The best further faults that explain something, highest score first. */
  #children: Child[] = []
  /** Of the set being expanded, and what one more fault changes of the prior of their number. */
  #score = 0
  #step = 0
  /** Scores below this are not kept; with a loss, those below `#lowest`. */
  #floor = 0
  #lowest = 0
  /** What the set could reach with two further faults, without the prior of the first. */
  #bound = 0
  #hidden = 0

  constructor(state: SearchState) {
    const { graph } = state
    this.#state = state
    this.#maxKept = graph.ids.length < SMALL ? MAX_KEPT.small : MAX_KEPT.large
    this.#fitFault = new Int32Array(graph.ids.length)
    this.#fitScore = new Float64Array(graph.ids.length)
  }

  /** Records the sets with one more fault that are worth keeping, and sums up the others. */
  expand(set: FaultSet): void {
    const { graph, visibility } = this.#state
    set.isExpanded = true
    this.#state.assume(set)
    if (set.faults.length === 0 && this.#state.suspectGroups.length === 0)
      this.#state.suspectGroups = findSuspectGroups(this.#state)
    this.#begin(set)
    for (let fault = 0; fault < graph.groupsFrom; fault += 1) this.#consider(fault)
    for (let fault = graph.uplinksFrom; fault < graph.ids.length; fault += 1) this.#consider(fault)
    const signature = visibility.signature()
    this.#recordFits(set, signature)
    for (const { fault, score } of this.#children) this.#record(set, fault, score, signature)
    set.hidden = this.#hidden
  }

  #begin({ faults }: FaultSet): void {
    const { visibility, best, weights, bestPrior } = this.#state
    this.#score = visibility.score()
    this.#step = countPrior(faults.length + 1) - countPrior(faults.length)
    this.#floor = Math.max(best.score - EXPAND_WITHIN, this.#score - EXPAND_WITHIN)
    this.#lowest = Math.max(this.#floor, best.score - KEEP_WITHIN)
    this.#bound = weights.best + this.#state.priorOf(faults) + this.#step + bestPrior
    this.#hidden = 0
    this.#fits = 0
    this.#children = []
  }

  #consider(fault: number): void {
    const { graph, visibility, best } = this.#state
    const gain = visibility.gain[fault] ?? 0
    const prior = graph.prior[fault] ?? Number.NEGATIVE_INFINITY
    const score = this.#score + gain + prior + this.#step
    // Nearly everything ends here: the observations contradict it.
    if (gain < -EPSILON && score < this.#lowest) return
    if (visibility.failed[fault] === 1 || prior === Number.NEGATIVE_INFINITY) return
    const isInvisible = (visibility.signatureDelta[fault] ?? 0) === 0
    if (isInvisible && Math.abs(gain) < EPSILON) this.#hidden += Math.exp(prior + this.#step)
    if (gain > EPSILON) this.#addChild(fault, score)
    if (score < this.#floor) return
    // What shows nothing is followed only while something is left to explain.
    if (isInvisible && gain <= EPSILON && this.#bound + prior < best.score - SLACK) return
    this.#fitFault[this.#fits] = fault
    this.#fitScore[this.#fits] = score
    this.#fits += 1
  }

  #addChild(fault: number, score: number): void {
    const children = this.#children
    if (score > (children.at(-1)?.score ?? Number.NEGATIVE_INFINITY)) {
      const at = children.findIndex((child) => child.score < score)
      children.splice(at === -1 ? children.length : at, 0, { fault, score })
      if (children.length > MAX_CHILDREN) children.pop()
    } else if (children.length < MAX_CHILDREN) children.push({ fault, score })
  }

  /** In a large network very many faults fit about equally: of most only the sum is kept. */
  #recordFits(set: FaultSet, signature: number): void {
    const over = this.#fits - this.#maxKept
    const threshold =
      over > 0 ? (this.#fitScore.slice(0, this.#fits).sort()[over] ?? 0) : Number.NEGATIVE_INFINITY
    for (let at = 0, kept = 0; at < this.#fits; at += 1) {
      const score = this.#fitScore[at] ?? 0
      if (score >= threshold && kept < this.#maxKept) {
        this.#record(set, this.#fitFault[at] ?? 0, score, signature)
        kept += 1
      } else set.rest += Math.exp(score - this.#score)
    }
  }

  #record({ faults }: FaultSet, fault: number, score: number, signature: number): void {
    const delta = this.#state.visibility.signatureDelta[fault] ?? 0
    this.#state.record(insertFault(faults, fault), score, signature + delta)
  }
}
