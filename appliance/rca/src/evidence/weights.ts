/**
 * What the observations weigh: how much more likely they are with a node unreachable than
 * reachable, and with a port down than up. Natural logarithms.
 */
import type { Graph } from "../graph/graph.ts"
import type { Rates } from "../model.ts"
import { createLeafLikelihoods, leafPattern, reachableLikelihood } from "./customers.ts"
import type { Facts } from "./facts.ts"
import { isAny, type ObservationCounts } from "./observation-counts.ts"
import { logProbabilities, logSum, STRAY_REPORT } from "./probabilities.ts"

/** What a failed vantage has observed. */
const FAILED_VANTAGE_PROBES = -2
/** One missing observation of a vantage of which all are missing; and the least for all of them. */
const MISSING_EACH = Math.log(0.3)
const MISSING_ALL = Math.log(1e-6)

export type Weights = {
  /** By vantage × nodes + node: unreachable compared with reachable. */
  readonly reachCut: Float64Array
  /** By node: its reports arrive, compared with none; the ports between nodes left out. */
  readonly reportWeight: Float64Array
  /** By port: down and up, where reported. */
  readonly portDown: Float64Array
  readonly portUp: Float64Array
  /** By vantage: what its observations of itself change if only its uplink has failed. */
  readonly self: Float64Array
  /** All observations, with everything unreachable. */
  readonly allUnreachable: number
  /** No set of faults makes the observations likelier than this. */
  readonly best: number
}
export type WeighInput = {
  readonly graph: Graph
  readonly counts: ObservationCounts
  readonly facts: Facts
  readonly rates: Rates
  /** A port that is not reported weighs nothing, nor does a vantage without observations. */
  readonly isPartial: boolean
}

const add = (row: Float64Array, at: number, value: number): void => {
  row[at] = (row[at] ?? 0) + value
}

/** Whether nothing that this vantage observed is listed. */
const hasNoObservations = (graph: Graph, counts: ObservationCounts, vantage: number): boolean => {
  for (let node = 0; node < graph.nodes; node += 1)
    if (isAny(counts.reach, vantage * graph.nodes + node)) return false
  for (let leaf = 0; leaf < graph.leaves.length; leaf += 1)
    if (isAny(counts.leaf, vantage * graph.leaves.length + leaf)) return false
  return true
}

/**
 * What the missing observations of a vantage weigh against its being reachable: the more it should
 * have made, the more. Nothing where no vantage probes.
 */
const missingWeight = ({ graph, counts, facts }: WeighInput): number => {
  const isProbed =
    graph.vantages > 1 &&
    [counts.reach, counts.leaf].some((row) => row.up.some((_, at) => isAny(row, at)))
  if (!isProbed && facts.signals.includes(true)) return 0
  const things = graph.nodes + graph.leaves.length
  return isProbed || things > 1 ? Math.max(MISSING_ALL, things * MISSING_EACH) : 0
}

/** The rows being summed up, step by step. */
class Weighing {
  readonly #input: WeighInput
  /** By vantage × nodes + node. */
  readonly #reachable: Float64Array
  readonly #unreachable: Float64Array
  /** By node: with its reports arriving, and not. */
  readonly #reported: Float64Array
  readonly #unreported: Float64Array
  /** By port. */
  readonly #portDown: Float64Array
  readonly #portUp: Float64Array
  readonly #self: Float64Array

  constructor(input: WeighInput) {
    const { nodes, links, vantages } = input.graph
    this.#input = input
    this.#reachable = new Float64Array(vantages * nodes)
    this.#unreachable = new Float64Array(vantages * nodes)
    this.#reported = new Float64Array(nodes)
    this.#unreported = new Float64Array(nodes)
    this.#portDown = new Float64Array(2 * links)
    this.#portUp = new Float64Array(2 * links)
    this.#self = new Float64Array(vantages)
  }

  addReach(): void {
    const { graph, counts, rates } = this.#input
    const reach = logProbabilities(rates.reachFalse, rates.reachLost)
    for (let at = 0; at < graph.vantages * graph.nodes; at += 1) {
      const [up, down] = [counts.reach.up[at] ?? 0, counts.reach.down[at] ?? 0]
      this.#reachable[at] = up * reach.up.up + down * reach.up.down
      this.#unreachable[at] = up * reach.down.up + down * reach.down.down
    }
  }

  /** What vantages observe of themselves. */
  addVantages(): void {
    const { graph, counts } = this.#input
    for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
      const at = vantage * graph.nodes + (graph.vantageNode[vantage] ?? 0)
      if (!hasNoObservations(graph, counts, vantage))
        add(this.#unreachable, at, FAILED_VANTAGE_PROBES)
      // Without its uplink a vantage may see itself up or down.
      const observed = (counts.reach.up[at] ?? 0) + (counts.reach.down[at] ?? 0)
      this.#self[vantage] = Math.LN2 * -observed - (this.#unreachable[at] ?? 0)
    }
  }

  addPorts(): void {
    const { graph, counts, rates } = this.#input
    const port = logProbabilities(rates.portFalse, rates.portLost)
    for (let at = 0; at < 4 * graph.links; at += 1) {
      const [up, down] = [counts.port.up[at] ?? 0, counts.port.down[at] ?? 0]
      if (up + down === 0) continue
      const key = at % (2 * graph.links)
      add(this.#portUp, key, up * port.up.up + down * port.up.down)
      add(this.#portDown, key, up * port.down.up + down * port.down.down)
      add(this.#unreported, graph.portLocal[key] ?? 0, (up + down) * STRAY_REPORT)
    }
  }

  /** Folded customers weigh on their router. */
  addCustomers(): void {
    if (this.#input.graph.vantages === 1) this.#addCustomersOfOneVantage()
    else this.#addCustomersOfSeveral()
  }

  /** All observations of a customer decide together whether it has failed. */
  #addCustomersOfOneVantage(): void {
    const { graph, counts, rates } = this.#input
    const likelihoods = createLeafLikelihoods(graph, counts, rates)
    /** By pattern of counts, because most customers have the same. */
    const known = new Map<
      number,
      { readonly reachable: number; readonly unreachable: number; readonly unreported: number }
    >()
    for (let leaf = 0; leaf < graph.leaves.length; leaf += 1) {
      const node = graph.leafNode[leaf] ?? 0
      const pattern = leafPattern(graph, counts, leaf)
      let weights = known.get(pattern)
      if (weights === undefined) {
        const link = likelihoods.fromReports(leaf)
        const probes = likelihoods.fromVantage(leaf, 0)
        weights = {
          reachable: reachableLikelihood(graph, {
            healthy: probes.healthy + link.healthy,
            failed: probes.failed + link.failed,
          }),
          unreachable: probes.unreachable,
          unreported: link.unreachable,
        }
        if (pattern >= 0) known.set(pattern, weights)
      }
      add(this.#reachable, node, weights.reachable)
      add(this.#unreachable, node, weights.unreachable)
      add(this.#unreported, node, weights.unreported)
    }
  }

  /** Each vantage, and the reports, decide for themselves whether a customer has failed. */
  #addCustomersOfSeveral(): void {
    const { graph, counts, rates } = this.#input
    const likelihoods = createLeafLikelihoods(graph, counts, rates)
    for (let leaf = 0; leaf < graph.leaves.length; leaf += 1) {
      const node = graph.leafNode[leaf] ?? 0
      const link = likelihoods.fromReports(leaf)
      for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
        const probes = likelihoods.fromVantage(leaf, vantage)
        const at = vantage * graph.nodes + node
        add(this.#reachable, at, reachableLikelihood(graph, probes))
        add(this.#unreachable, at, probes.unreachable)
      }
      add(this.#unreported, node, link.unreachable)
      if (graph.vantages > 1) add(this.#reported, node, reachableLikelihood(graph, link))
    }
  }

  /** Ports that should be reported and are not, and vantages without observations. */
  addMissing(): void {
    const { graph, counts, facts, rates } = this.#input
    for (let node = 0; node < graph.nodes; node += 1) {
      const [due, reported] = [facts.due[node] ?? 0, facts.reported[node] ?? 0]
      if (graph.monitored[node] !== 1 || due === 0) continue
      const gaps = (due - reported) * Math.log(rates.missing)
      add(
        this.#reported,
        node,
        reported === 0
          ? logSum(gaps, Math.log(rates.mute))
          : gaps + reported * Math.log1p(-rates.missing),
      )
    }
    for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
      if (!hasNoObservations(graph, counts, vantage)) continue
      const at = vantage * graph.nodes + (graph.vantageNode[vantage] ?? 0)
      add(this.#reachable, at, missingWeight(this.#input))
    }
  }

  /** By node: its ports, each at its likeliest. */
  #bestPorts(): Float64Array {
    const { graph } = this.#input
    const best = new Float64Array(graph.nodes)
    for (let port = 0; port < 2 * graph.links; port += 1) {
      const likeliest = Math.max(this.#portDown[port] ?? 0, this.#portUp[port] ?? 0)
      add(best, graph.portLocal[port] ?? 0, likeliest)
    }
    return best
  }

  total(): Weights {
    let allUnreachable = 0
    let best = 0
    for (let at = 0; at < this.#unreachable.length; at += 1) {
      allUnreachable += this.#unreachable[at] ?? 0
      best += Math.max(this.#unreachable[at] ?? 0, this.#reachable[at] ?? 0)
    }
    const bestPorts = this.#bestPorts()
    for (let node = 0; node < this.#unreported.length; node += 1) {
      const [unreported, reported] = [this.#unreported[node] ?? 0, this.#reported[node] ?? 0]
      allUnreachable += unreported
      best += Math.max(unreported, reported + (bestPorts[node] ?? 0))
    }
    return {
      reachCut: this.#unreachable.map((value, at) => value - (this.#reachable[at] ?? 0)),
      reportWeight: this.#reported.map((value, node) => value - (this.#unreported[node] ?? 0)),
      portDown: this.#portDown,
      portUp: this.#portUp,
      self: this.#self,
      allUnreachable,
      best,
    }
  }
}

export const weigh = (input: WeighInput): Weights => {
  const weighing = new Weighing(input)
  weighing.addReach()
  weighing.addVantages()
  weighing.addPorts()
  weighing.addCustomers()
  if (!input.isPartial) weighing.addMissing()
  return weighing.total()
}
