/**
 * Degradations: what works, but badly. A link or a node loses or delays packets of every path that
 * takes it, and the interfaces at its ends may show why. Which of several equally short paths a
 * packet takes is not known.
 */
import type { Link, Node, Recheck } from "../model.ts"

/** Probes from a vantage to a node, lately. */
export type PathObservation = {
  readonly from: string
  readonly to: string
  readonly sent: number
  readonly lost: number
  /** How much longer than usual the round trip takes, ms; null: not known. */
  readonly delayMs: number | null
}
/**
 * Of one end of a link: errors, drops of a full queue, more load than its capacity bears, optics
 * outside their limits. `isBad` false: read, and good. What is not listed was not read.
 */
export type InterfaceObservation = {
  readonly link: string
  readonly signal: "errors" | "drops" | "load" | "optics"
  readonly isBad: boolean
}
export type DegradationInput = {
  readonly nodes: readonly Node[]
  readonly links: readonly Link[]
  readonly vantages: readonly string[]
  /** Links and nodes that have failed: no path takes them, and they are no candidates. */
  readonly failed: readonly string[]
  readonly paths: readonly PathObservation[]
  readonly interfaces: readonly InterfaceObservation[]
  /** Nodes whose processor has no time left: they answer late or not, and may delay others. */
  readonly strained?: readonly string[]
}

export const KINDS = ["degraded-link", "congested-link", "failing-optic", "degraded-node"] as const
export type DegradationKind = (typeof KINDS)[number]
export type Degradation = {
  readonly id: string
  readonly kind: DegradationKind
  /** Of the packets that take it, as estimated. */
  readonly lossRatio: number
  readonly delayMs: number
  /** Nodes whose paths may take it, from any vantage. */
  readonly affected: readonly string[]
  /** Links and nodes that would show exactly the same. */
  readonly equivalents: readonly string[]
}
export type DegradationHypothesis = {
  readonly faults: readonly Degradation[]
  /** Of all sets that would show exactly the same. */
  readonly probability: number
}
export type DegradationAnswer = {
  /** At most 10, best first; the first may have no fault. */
  readonly hypotheses: readonly DegradationHypothesis[]
  /** Paths to probe more, and interfaces to read again: at most 8, most valuable first. */
  readonly recheck: readonly Recheck[]
}
