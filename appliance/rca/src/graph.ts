/**
 * The network made small for the search: ids become places, a customer with a single line is folded into the router it hangs on, and
 * everything that may fail has one index: nodes first, then links, groups, and each vantage's own way out.
 */
import type { Network } from "./model.ts"

/** How often things of a kind fail, against each other: a link three times as often as a router. Only ratios matter. */
const FAILURE_RATES: Readonly<Record<string, number>> = { customer: 0.02, service: 0.5 }
const ROUTER = 1
const LINK = 3
const GROUP = 0.5
const UPLINK = 0.5
/**
 * Odds, before anything is read, that something has failed (somebody asks because something seems to be wrong), and that one thing more
 * has than so many: most often it is one thing, and where several have failed already there is something about that brings down more.
 */
const FIRST_FAULT = 3
const FURTHER_FAULT = 0.28
const stepTo = (faults: number): number =>
  faults === 1 ? FIRST_FAULT : Math.min(1, FURTHER_FAULT * faults)
const COUNTS = 400
/** Natural logarithm of how likely so many faults are at once, against none. */
const countPriors = new Float64Array(COUNTS + 1)
for (let faults = 1; faults <= COUNTS; faults += 1)
  countPriors[faults] = (countPriors[faults - 1] ?? 0) + Math.log(stepTo(faults))
/** Any number: from some on, one more is always as likely. */
export const countPrior = (faults: number): number => countPriors[Math.min(faults, COUNTS)] ?? 0

/** Rarely: a fraction of what a router does, which in a small network fails the more surely the fewer there are. */
const CUSTOMER = { share: 0.05, min: 1e-4, max: 5e-3 }

/** A customer with one line: it takes no part in the search but through what is seen of it. */
export type Leaf = {
  readonly id: string
  readonly access: string
  readonly node: number
  readonly monitored: boolean
}
/** Where an id of the document has gone. */
export type Place =
  | { readonly of: "node"; readonly node: number }
  | { readonly of: "link"; readonly link: number }
  | { readonly of: "leaf"; readonly leaf: number }
  | { readonly of: "access"; readonly leaf: number }

export type Graph = {
  readonly nodes: number
  readonly links: number
  readonly vantages: number
  /** Ids of everything that may fail, by its index. */
  readonly ids: readonly string[]
  readonly groupsFrom: number
  readonly uplinksFrom: number
  readonly places: ReadonlyMap<string, Place>
  readonly monitored: Uint8Array
  /** Hops of node n: `hopsFrom[n]` to `hopsFrom[n + 1]`; a link from a node to itself is no hop. */
  readonly hopsFrom: Int32Array
  readonly hopNode: Int32Array
  readonly hopLink: Int32Array
  /** The near port of a hop: twice its link, and one more at the end b. */
  readonly hopPort: Int32Array
  readonly endA: Int32Array
  readonly endB: Int32Array
  /** By port (twice its link, one more at the end b): the node it is at, and the one at its other end. */
  readonly portLocal: Int32Array
  readonly portRemote: Int32Array
  readonly leaves: readonly Leaf[]
  readonly leafNode: Int32Array
  /** By node: 1 where customers hang on it. */
  readonly hasLeaf: Uint8Array
  readonly vantageNode: Int32Array
  readonly vantageIds: readonly string[]
  /** Nodes and links that fail with a group, by its number. */
  readonly members: readonly Int32Array[]
  /** Groups that a node or link belongs to. */
  readonly memberOf: ReadonlyMap<number, readonly number[]>
  /** How likely a customer with one line has failed by itself. */
  readonly customerFails: number
  /** If one thing has failed, how likely it is this, as a natural logarithm, by its index. */
  readonly prior: Float64Array
}

const degrees = (network: Omit<Network, "observations">): Map<string, number> => {
  const degree = new Map<string, number>()
  for (const link of network.links) {
    degree.set(link.a, (degree.get(link.a) ?? 0) + 1)
    degree.set(link.b, (degree.get(link.b) ?? 0) + 1)
  }
  return degree
}

/** Customers with a single line to something that is no such customer itself, and in no group: id to its line. */
const findLeaves = (
  network: Omit<Network, "observations">,
): Map<string, Network["links"][number]> => {
  const degree = degrees(network)
  const kinds = new Map(network.nodes.map((node) => [node.id, node.kind]))
  const reserved = new Set([
    ...network.vantages,
    ...network.groups.flatMap((group) => group.members),
  ])
  const isLeaf = (id: string): boolean =>
    kinds.get(id) === "customer" && degree.get(id) === 1 && !reserved.has(id)
  const leaves = new Map<string, Network["links"][number]>()
  for (const link of network.links) {
    if (reserved.has(link.id) || link.a === link.b || !kinds.has(link.a) || !kinds.has(link.b))
      continue
    if (isLeaf(link.a) && kinds.get(link.b) !== "customer") leaves.set(link.a, link)
    else if (isLeaf(link.b) && kinds.get(link.a) !== "customer") leaves.set(link.b, link)
  }
  return leaves
}

/** Groups within groups come down to the nodes and links they hold in the end. */
const resolve = (
  network: Omit<Network, "observations">,
  indexOf: ReadonlyMap<string, number>,
): Int32Array[] => {
  const byId = new Map(network.groups.map((group) => [group.id, group]))
  return network.groups.map((group) => {
    const found = new Set<number>()
    const open = [group]
    const seen = new Set(open)
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const id of at.members) {
        const index = indexOf.get(id)
        if (index !== undefined) found.add(index)
        const inner = byId.get(id)
        if (inner === undefined || seen.has(inner)) continue
        seen.add(inner)
        open.push(inner)
      }
    }
    return Int32Array.from([...found].sort((a, b) => a - b))
  })
}

const buildAdjacency = (nodes: number, endA: Int32Array, endB: Int32Array) => {
  const hopsFrom = new Int32Array(nodes + 1)
  for (let link = 0; link < endA.length; link += 1) {
    const [a, b] = [endA[link] ?? 0, endB[link] ?? 0]
    if (a === b) continue
    hopsFrom[a + 1] = (hopsFrom[a + 1] ?? 0) + 1
    hopsFrom[b + 1] = (hopsFrom[b + 1] ?? 0) + 1
  }
  for (let node = 0; node < nodes; node += 1)
    hopsFrom[node + 1] = (hopsFrom[node + 1] ?? 0) + (hopsFrom[node] ?? 0)
  const next = hopsFrom.slice()
  const count = hopsFrom[nodes] ?? 0
  const [hopNode, hopLink, hopPort] = [
    new Int32Array(count),
    new Int32Array(count),
    new Int32Array(count),
  ]
  const add = (from: number, to: number, link: number, port: number): void => {
    const at = next[from] ?? 0
    next[from] = at + 1
    hopNode[at] = to
    hopLink[at] = link
    hopPort[at] = port
  }
  for (let link = 0; link < endA.length; link += 1) {
    const [a, b] = [endA[link] ?? 0, endB[link] ?? 0]
    if (a === b) continue
    add(a, b, link, 2 * link)
    add(b, a, link, 2 * link + 1)
  }
  return { hopsFrom, hopNode, hopLink, hopPort }
}

/** Nodes as a walk from the vantages meets them: what is near in the network is then near in memory, which is most of a walk's time. */
const inWalkOrder = (network: Omit<Network, "observations">): Network["nodes"] => {
  const at = new Map(network.nodes.map((node, index) => [node.id, index]))
  const ends = network.links.map(({ a, b }): [number, number] => [at.get(a) ?? -1, at.get(b) ?? -1])
  const joined = ends.filter(([a, b]) => a !== -1 && b !== -1)
  const { hopsFrom, hopNode } = buildAdjacency(
    network.nodes.length,
    Int32Array.from(joined, ([a]) => a),
    Int32Array.from(joined, ([, b]) => b),
  )
  const isMet = new Uint8Array(network.nodes.length)
  const order: Network["nodes"][number][] = []
  const walk = (start: number): void => {
    const open = [start]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const met = network.nodes[node]
      if (isMet[node] === 1 || met === undefined) continue
      isMet[node] = 1
      order.push(met)
      // Last in, first out: pushed backwards, so that the first hop is walked first.
      for (let hop = (hopsFrom[node + 1] ?? 0) - 1; hop >= (hopsFrom[node] ?? 0); hop -= 1) {
        const neighbour = hopNode[hop] ?? 0
        if (isMet[neighbour] === 0) open.push(neighbour)
      }
    }
  }
  for (const vantage of network.vantages) walk(at.get(vantage) ?? -1)
  for (let node = 0; node < network.nodes.length; node += 1) walk(node)
  return order
}

export const buildGraph = (network: Omit<Network, "observations">): Graph => {
  const leafLinks = findLeaves(network)
  const accessIds = new Set([...leafLinks.values()].map((link) => link.id))
  const ids: string[] = []
  const failureRates: number[] = []
  const places = new Map<string, Place>()
  const monitored: number[] = []
  for (const node of inWalkOrder(network)) {
    if (leafLinks.has(node.id) || places.has(node.id)) continue
    places.set(node.id, { of: "node", node: ids.length })
    ids.push(node.id)
    failureRates.push(FAILURE_RATES[node.kind] ?? ROUTER)
    monitored.push(node.monitored ? 1 : 0)
  }
  const nodes = ids.length
  const nodeOf = (id: string): number => {
    const place = places.get(id)
    return place?.of === "node" ? place.node : -1
  }
  const [endA, endB]: [number[], number[]] = [[], []]
  // Lines too in the order of the walk.
  const first = ({ a, b }: Network["links"][number]): number => Math.min(nodeOf(a), nodeOf(b))
  for (const link of [...network.links].sort((one, other) => first(one) - first(other))) {
    const [a, b] = [nodeOf(link.a), nodeOf(link.b)]
    if (accessIds.has(link.id) || places.has(link.id) || a === -1 || b === -1) continue
    places.set(link.id, { of: "link", link: endA.length })
    ids.push(link.id)
    failureRates.push(LINK * Math.min(1, failureRates[a] ?? 1, failureRates[b] ?? 1))
    endA.push(a)
    endB.push(b)
  }
  const leaves: Leaf[] = []
  for (const node of network.nodes) {
    const link = leafLinks.get(node.id)
    if (link === undefined || places.has(node.id)) continue
    places.set(node.id, { of: "leaf", leaf: leaves.length })
    places.set(link.id, { of: "access", leaf: leaves.length })
    leaves.push({
      id: node.id,
      access: link.id,
      node: nodeOf(link.a === node.id ? link.b : link.a),
      monitored: node.monitored,
    })
  }
  const hasLeaf = new Uint8Array(nodes)
  for (const { node } of leaves) hasLeaf[node] = 1
  const indexOf = new Map(ids.map((id, index) => [id, index]))
  const groupsFrom = ids.length
  const members = resolve(network, indexOf)
  const memberOf = new Map<number, number[]>()
  network.groups.forEach((group, number) => {
    ids.push(group.id)
    failureRates.push((members[number]?.length ?? 0) === 0 ? 0 : GROUP)
    for (const member of members[number] ?? [])
      memberOf.set(member, [...(memberOf.get(member) ?? []), number])
  })
  const uplinksFrom = ids.length
  const vantageIds = [...new Set(network.vantages)].filter((id) => nodeOf(id) !== -1)
  for (const id of vantageIds) {
    ids.push(`@uplink:${id}`)
    failureRates.push(UPLINK)
  }
  const all = failureRates.reduce((sum, one) => sum + one, 0)
  return {
    nodes,
    links: endA.length,
    vantages: vantageIds.length,
    ids,
    groupsFrom,
    uplinksFrom,
    places,
    monitored: Uint8Array.from(monitored),
    ...buildAdjacency(nodes, Int32Array.from(endA), Int32Array.from(endB)),
    endA: Int32Array.from(endA),
    endB: Int32Array.from(endB),
    portLocal: Int32Array.from(
      { length: 2 * endA.length },
      (_, port) => (port % 2 === 0 ? endA : endB)[port >> 1] ?? 0,
    ),
    portRemote: Int32Array.from(
      { length: 2 * endA.length },
      (_, port) => (port % 2 === 0 ? endB : endA)[port >> 1] ?? 0,
    ),
    leaves,
    leafNode: Int32Array.from(leaves, ({ node }) => node),
    hasLeaf,
    vantageNode: Int32Array.from(vantageIds, nodeOf),
    vantageIds,
    members,
    memberOf,
    customerFails: Math.min(
      CUSTOMER.max,
      Math.max(CUSTOMER.min, CUSTOMER.share / Math.max(1, all)),
    ),
    prior: Float64Array.from(failureRates, (one) => Math.log(one / all)),
  }
}
