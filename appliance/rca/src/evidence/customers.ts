/** Customers folded into their router: how likely their observations are, and their own failure. */
import type { Graph } from "../graph/graph.ts"
import type { Rates } from "../model.ts"
import type { ObservationCounts } from "./observation-counts.ts"
import { logProbabilities, logSum, STRAY_REPORT } from "./probabilities.ts"

/**
 * How likely the observations of one customer are: with its router reachable, if the customer works
 * and if it has failed; and with its router unreachable. Natural logarithms.
 */
export type LeafLikelihoods = {
  readonly healthy: number
  readonly failed: number
  readonly unreachable: number
}

export const createLeafLikelihoods = (graph: Graph, counts: ObservationCounts, rates: Rates) => {
  const reach = logProbabilities(rates.reachFalse, rates.reachLost)
  const port = logProbabilities(rates.portFalse, rates.portLost)
  const size = graph.leaves.length
  /** Of what one vantage observed. */
  const fromVantage = (leaf: number, vantage: number): LeafLikelihoods => {
    const up = counts.leaf.up[vantage * size + leaf] ?? 0
    const down = counts.leaf.down[vantage * size + leaf] ?? 0
    const unreachable = up * reach.down.up + down * reach.down.down
    return { healthy: up * reach.up.up + down * reach.up.down, failed: unreachable, unreachable }
  }
  /** Of what the router and the customer report of the link between them. */
  const fromReports = (leaf: number): LeafLikelihoods => {
    let healthy = 0
    let failed = 0
    let unreachable = 0
    for (let signal = 0; signal < 2; signal += 1) {
      for (let side = 0; side < 2; side += 1) {
        const at = signal * 2 * size + 2 * leaf + side
        const up = counts.access.up[at] ?? 0
        const down = counts.access.down[at] ?? 0
        healthy += up * port.up.up + down * port.up.down
        failed +=
          side === 0 ? up * port.down.up + down * port.down.down : (up + down) * STRAY_REPORT
        unreachable += (up + down) * STRAY_REPORT
      }
    }
    return { healthy, failed, unreachable }
  }
  return { fromVantage, fromReports }
}
export type LeafLikelihoodsOf = ReturnType<typeof createLeafLikelihoods>

/** With the router reachable, whether or not the customer has failed. */
export const reachableLikelihood = (
  graph: Graph,
  { healthy, failed }: Pick<LeafLikelihoods, "healthy" | "failed">,
): number =>
  logSum(Math.log1p(-graph.customerFails) + healthy, Math.log(graph.customerFails) + failed)

/** The probability that a customer whose router is reachable has failed by itself. */
export const customerFails = (graph: Graph, likelihoods: readonly LeafLikelihoods[]): number => {
  let odds = Math.log(graph.customerFails) - Math.log1p(-graph.customerFails)
  for (const { healthy, failed } of likelihoods) odds += failed - healthy
  return 1 / (1 + Math.exp(-odds))
}

/**
 * The counts of one customer as one number, with one vantage. Most customers have the same counts.
 * Negative where a count is too large.
 */
export const leafPattern = (graph: Graph, counts: ObservationCounts, leaf: number): number => {
  const size = graph.leaves.length
  let pattern = 0
  const add = (count: number): void => {
    pattern = count > 31 || pattern < 0 ? -1 : pattern * 32 + count
  }
  add(counts.leaf.up[leaf] ?? 0)
  add(counts.leaf.down[leaf] ?? 0)
  for (let at = 2 * leaf; at < counts.access.up.length; at += 2 * size) {
    add(counts.access.up[at] ?? 0)
    add(counts.access.down[at] ?? 0)
    add(counts.access.up[at + 1] ?? 0)
    add(counts.access.down[at + 1] ?? 0)
  }
  return pattern
}
