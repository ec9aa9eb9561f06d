/**
 * The network as root cause sees it, and what a set of faults in it makes visible. Pure, and imports nothing.
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

/** One observation with its names resolved to places in the graph. */
type Seen =
  | { readonly of: "reach"; readonly node: number; readonly vantages: readonly number[]; readonly up: boolean }
  | { readonly of: "port"; readonly link: number; readonly end: number; readonly far: number; readonly up: boolean }
type Hop = { readonly node: number; readonly link: number }

export type Graph = {
  readonly network: Network
  readonly ids: readonly string[]
  readonly nodes: number
  readonly hops: readonly (readonly Hop[])[]
  readonly ends: readonly { readonly a: number; readonly b: number }[]
  readonly vantages: readonly number[]
  /** One an observation; null where it names something that is not there. */
  readonly seen: readonly (Seen | null)[]
  /** Index of a component: nodes first, then links. */
  readonly indexOf: ReadonlyMap<string, number>
}

export const buildGraph = (network: Network): Graph => {
  const indexOf = new Map<string, number>()
  for (const node of network.nodes) if (!indexOf.has(node.id)) indexOf.set(node.id, indexOf.size)
  const nodes = indexOf.size
  const ids = [...indexOf.keys()]
  const hops: Hop[][] = Array.from({ length: nodes }, () => [])
  const ends: { a: number; b: number }[] = []
  for (const link of network.links) {
    const a = indexOf.get(link.a)
    const b = indexOf.get(link.b)
    if (a === undefined || b === undefined || a >= nodes || b >= nodes || indexOf.has(link.id)) continue
    const index = nodes + ends.length
    indexOf.set(link.id, index)
    ids.push(link.id)
    ends.push({ a, b })
    hops[a]?.push({ node: b, link: index })
    hops[b]?.push({ node: a, link: index })
  }
  const vantages = network.vantages.flatMap((id) => indexOf.get(id) ?? [])
  const seen = network.observations.map((observation): Seen | null => {
    const entity = indexOf.get(observation.entity)
    if (entity === undefined) return null
    const up = observation.value === "up"
    if (observation.signal === "reachable") {
      const from = observation.from === undefined ? undefined : indexOf.get(observation.from)
      return entity < nodes ? { of: "reach", node: entity, vantages: from === undefined ? vantages : [from], up } : null
    }
    const end = observation.end === undefined ? undefined : indexOf.get(observation.end)
    const both = ends[entity - nodes]
    if (both === undefined || (end !== both.a && end !== both.b)) return null
    return { of: "port", link: entity, end, far: end === both.a ? both.b : both.a, up }
  })
  return { network, ids, nodes, hops, ends, vantages, seen, indexOf }
}

/** Which nodes a vantage reaches when `failed` (one flag a component) has failed. */
export const reachFrom = (graph: Graph, vantage: number, failed: Uint8Array): Uint8Array => {
  const reached = new Uint8Array(graph.nodes)
  if (failed[vantage] === 1) return reached
  reached[vantage] = 1
  const queue = [vantage]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const hop of graph.hops[at] ?? []) {
      if (reached[hop.node] === 1 || failed[hop.node] === 1 || failed[hop.link] === 1) continue
      reached[hop.node] = 1
      queue.push(hop.node)
    }
  }
  return reached
}

/** What an observation would read under these faults: up, down, or not to be told (its teller has failed itself). */
export type Shown = 0 | 1 | 2
export const DOWN = 0
export const UP = 1
export const UNTOLD = 2

export const simulate = (graph: Graph, failed: Uint8Array): Uint8Array => {
  const reached = new Map<number, Uint8Array>()
  const from = (vantage: number): Uint8Array => {
    const known = reached.get(vantage)
    if (known !== undefined) return known
    const made = reachFrom(graph, vantage, failed)
    reached.set(vantage, made)
    return made
  }
  const shown = new Uint8Array(graph.seen.length)
  graph.seen.forEach((seen, index) => {
    if (seen === null) shown[index] = UNTOLD
    else if (seen.of === "reach") shown[index] = seen.vantages.some((v) => from(v)[seen.node] === 1) ? UP : DOWN
    else if (failed[seen.end] === 1) shown[index] = UNTOLD
    else shown[index] = failed[seen.link] === 1 || failed[seen.far] === 1 ? DOWN : UP
  })
  return shown
}
