/**
 * The network as root cause sees it. What a set of faults makes visible in it:
 *
 * A node is reachable from a vantage as long as one path of working nodes and links is left. A port is down if its link, or the
 * node at its other end, has failed. A failed vantage sees nothing. Up, down and not observed are three different things.
 */
export type Node = { readonly id: string; readonly kind: string; readonly monitored: boolean }
export type Link = { readonly id: string; readonly a: string; readonly b: string }
/** Things that share a risk: site power, a duct, a carrier. */
export type Group = { readonly id: string; readonly members: readonly string[] }
export type Observation = {
  readonly entity: string
  readonly signal: "reachable" | "port" | "adjacency"
  readonly value: "up" | "down"
  /** Of `reachable`: the vantage that looked. */
  readonly from?: string
  /** Of `port` and `adjacency`: the node that tells. */
  readonly end?: string
}
export type Network = {
  readonly nodes: readonly Node[]
  readonly links: readonly Link[]
  readonly groups: readonly Group[]
  /** Nodes from which is looked. */
  readonly vantages: readonly string[]
  readonly observations: readonly Observation[]
  /** Where it is known how often looks lie; else it is read off the observations. */
  readonly rates?: Rates
  /** What is not listed has simply not been looked at yet: a port that is not told of says nothing about who should tell. */
  readonly isPartial?: boolean
}
/** How often looks lie or are missing, each 0 to 1. */
export type Rates = {
  /** Share of looks at something reachable that read down, and at something out of reach that read up. */
  readonly reachFalse: number
  readonly reachLost: number
  readonly portFalse: number
  readonly portLost: number
  /** Share of the ports of a teller in sight that are not told, and of tellers in sight that tell of none. */
  readonly missing: number
  readonly mute: number
}

/** One observation that would decide most if it were made again. */
export type Recheck = Pick<Observation, "entity" | "signal" | "from" | "end">
