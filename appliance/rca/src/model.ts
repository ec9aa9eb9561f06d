/**
 * The document root-cause analysis works on, and the rules of visibility:
 *
 * - A node is reachable from a vantage while a path of working nodes and links is left.
 * - A port is down if its link, or the node at its other end, has failed.
 * - A failed vantage observes nothing.
 * - Up, down and not observed are three different things.
 */
export type Node = { readonly id: string; readonly kind: string; readonly monitored: boolean }
/**
 * `costs`: of routing, from a to b and back, 1 to 65535; null: not known. Packets that still take what
 * has failed take the cheapest path.
 */
export type Link = {
  readonly id: string
  readonly a: string
  readonly b: string
  readonly costs?: readonly [aToB: number | null, bToA: number | null]
}
/** Things that share a risk: site power, a duct, a carrier. */
export type Group = { readonly id: string; readonly members: readonly string[] }
/**
 * Planned work under way when something failed, or just before: what it is done on is likelier to
 * have failed. `members`: nodes, links and groups.
 */
export type Work = { readonly id: string; readonly members: readonly string[] }
export type Observation = {
  readonly entity: string
  readonly signal: "reachable" | "port" | "adjacency"
  readonly value: "up" | "down"
  /** Of `reachable`: the vantage that probed. */
  readonly from?: string
  /** Of `port` and `adjacency`: the reporting node. */
  readonly end?: string
}
/** A network without observations. */
export type Plan = {
  readonly nodes: readonly Node[]
  readonly links: readonly Link[]
  readonly groups: readonly Group[]
  /** Nodes that probe the others. */
  readonly vantages: readonly string[]
  /** How often observations are wrong. Estimated from the observations where it is left out. */
  readonly rates?: Rates
  /**
   * What is not listed has not been observed yet. Otherwise a port that is not reported is evidence
   * against the node that should report it.
   */
  readonly isPartial?: boolean
  /**
   * Routing may not have noticed a failure yet: packets still take it, and what they were to reach is
   * down although a path is left.
   */
  readonly mayBeUnrouted?: boolean
  readonly works?: readonly Work[]
}
export type Network = Plan & { readonly observations: readonly Observation[] }
/** How often observations are wrong or missing, each from 0 to 1. */
export type Rates = {
  /** Share of observations of something reachable that read down. */
  readonly reachFalse: number
  /** Share of observations of something unreachable that read up. */
  readonly reachLost: number
  /** The same for ports. */
  readonly portFalse: number
  readonly portLost: number
  /** Share of the ports of a reachable node that are not reported. */
  readonly missing: number
  /** Share of the reachable nodes that report no port at all. */
  readonly mute: number
}

/** An observation that would decide between causes if it were made again. */
export type Recheck = Pick<Observation, "entity" | "signal" | "from" | "end">
