/**
 * The network in the form the search works on. Ids become indexes: everything that may fail has
 * one, nodes first, then links, groups, and the uplinks of the vantages.
 */
import type { Group, Plan } from "../model.ts"
import { type Adjacency, buildAdjacency, inWalkOrder } from "./adjacency.ts"
import { findLeaves, type Leaf } from "./leaves.ts"
import {
  customerProbability,
  groupRate,
  linkRate,
  nodeRate,
  UPLINK_RATE,
  underWork,
} from "./priors.ts"

/** What an id of the document stands for in the graph. */
export type Place =
  | { readonly of: "node"; readonly node: number }
  | { readonly of: "link"; readonly link: number }
  | { readonly of: "leaf"; readonly leaf: number }
  | { readonly of: "access"; readonly leaf: number }

export type Graph = Adjacency & {
  readonly nodes: number
  readonly links: number
  readonly vantages: number
  /** Ids of everything that may fail, by its index. */
  readonly ids: readonly string[]
  readonly groupsFrom: number
  readonly uplinksFrom: number
  readonly places: ReadonlyMap<string, Place>
  readonly monitored: Uint8Array
  readonly endA: Int32Array
  readonly endB: Int32Array
  /** By port (twice its link, plus one at end b): its node, and the node at the other end. */
  readonly portLocal: Int32Array
  readonly portRemote: Int32Array
  /** By port: what it costs routing to send there; 0: not known. */
  readonly portCost: Int32Array
  readonly leaves: readonly Leaf[]
  readonly leafNode: Int32Array
  /** By node: 1 where customers are folded into it. */
  readonly hasLeaf: Uint8Array
  readonly vantageNode: Int32Array
  readonly vantageIds: readonly string[]
  /** By group: the nodes and links that fail with it. */
  readonly members: readonly Int32Array[]
  /** By node or link: the groups it belongs to. */
  readonly memberOf: ReadonlyMap<number, readonly number[]>
  /** The probability that a folded customer has failed by itself. */
  readonly customerFails: number
  /** By index: how likely this is the one thing that has failed; a natural logarithm. */
  readonly prior: Float64Array
  /** By id: the planned works that are done on it. */
  readonly worksOn: ReadonlyMap<string, readonly string[]>
}

const worksOn = ({ works = [] }: Plan): Map<string, string[]> => {
  const found = new Map<string, string[]>()
  for (const { id, members } of works)
    for (const member of new Set(members)) found.set(member, [...(found.get(member) ?? []), id])
  return found
}

/** Groups with the members of nested groups in place of these. */
const resolveGroups = (
  groups: readonly Group[],
  indexOf: ReadonlyMap<string, number>,
): Int32Array[] => {
  const byId = new Map(groups.map((group) => [group.id, group]))
  return groups.map((group) => {
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

/** Collects what may fail, in the order of the indexes. */
class GraphBuilder {
  readonly ids: string[] = []
  readonly rates: number[] = []
  readonly places = new Map<string, Place>()
  readonly monitored: number[] = []
  readonly endA: number[] = []
  readonly endB: number[] = []
  readonly portCost: number[] = []
  readonly leaves: Leaf[] = []
  readonly memberOf = new Map<number, number[]>()
  readonly #plan: Plan
  readonly #leafLinks: ReturnType<typeof findLeaves>

  constructor(plan: Plan) {
    this.#plan = plan
    this.#leafLinks = findLeaves(plan)
  }

  nodeOf(id: string): number {
    const place = this.places.get(id)
    return place?.of === "node" ? place.node : -1
  }

  #add(id: string, rate: number): void {
    this.ids.push(id)
    this.rates.push(rate)
  }

  addNodes(): void {
    for (const node of inWalkOrder(this.#plan)) {
      if (this.#leafLinks.has(node.id) || this.places.has(node.id)) continue
      this.places.set(node.id, { of: "node", node: this.ids.length })
      this.#add(node.id, nodeRate(node))
      this.monitored.push(node.monitored ? 1 : 0)
    }
  }

  /** In the order of their nodes, without access links of folded customers and unknown ends. */
  addLinks(): void {
    const accessIds = new Set([...this.#leafLinks.values()].map((link) => link.id))
    const first = ({ a, b }: Plan["links"][number]): number =>
      Math.min(this.nodeOf(a), this.nodeOf(b))
    for (const link of [...this.#plan.links].sort((one, other) => first(one) - first(other))) {
      const [a, b] = [this.nodeOf(link.a), this.nodeOf(link.b)]
      if (accessIds.has(link.id) || this.places.has(link.id) || a === -1 || b === -1) continue
      this.places.set(link.id, { of: "link", link: this.endA.length })
      this.#add(link.id, linkRate(this.rates[a] ?? 1, this.rates[b] ?? 1))
      this.endA.push(a)
      this.endB.push(b)
      for (const cost of link.costs ?? [null, null]) this.portCost.push(cost ?? 0)
    }
  }

  addLeaves(): void {
    for (const node of this.#plan.nodes) {
      const link = this.#leafLinks.get(node.id)
      if (link === undefined || this.places.has(node.id)) continue
      this.places.set(node.id, { of: "leaf", leaf: this.leaves.length })
      this.places.set(link.id, { of: "access", leaf: this.leaves.length })
      this.leaves.push({
        id: node.id,
        access: link.id,
        node: this.nodeOf(link.a === node.id ? link.b : link.a),
        monitored: node.monitored,
      })
    }
  }

  addGroups(): Int32Array[] {
    const members = resolveGroups(
      this.#plan.groups,
      new Map(this.ids.map((id, index) => [id, index])),
    )
    this.#plan.groups.forEach((group, number) => {
      this.#add(group.id, groupRate(members[number]?.length ?? 0))
      for (const member of members[number] ?? [])
        this.memberOf.set(member, [...(this.memberOf.get(member) ?? []), number])
    })
    return members
  }

  /** Returns the ids of the vantages that are nodes. */
  addUplinks(): string[] {
    const vantageIds = [...new Set(this.#plan.vantages)].filter((id) => this.nodeOf(id) !== -1)
    for (const id of vantageIds) this.#add(`@uplink:${id}`, UPLINK_RATE)
    return vantageIds
  }
}

export const buildGraph = (plan: Plan): Graph => {
  const builder = new GraphBuilder(plan)
  builder.addNodes()
  const nodes = builder.ids.length
  builder.addLinks()
  builder.addLeaves()
  const groupsFrom = builder.ids.length
  const members = builder.addGroups()
  const uplinksFrom = builder.ids.length
  const vantageIds = builder.addUplinks()
  const { ids, rates, places, leaves, memberOf } = builder
  const [endA, endB] = [Int32Array.from(builder.endA), Int32Array.from(builder.endB)]
  const hasLeaf = new Uint8Array(nodes)
  for (const { node } of leaves) hasLeaf[node] = 1
  const ports = { length: 2 * endA.length }
  const total = rates.reduce((sum, rate) => sum + rate, 0)
  const works = worksOn(plan)
  // Work makes nothing else less likely.
  const priorOf = (rate: number, index: number): number => {
    const count = works.get(ids[index] ?? "")?.length ?? 0
    return Math.log(count === 0 ? rate / total : underWork(rate / total, count))
  }
  return {
    nodes,
    links: endA.length,
    vantages: vantageIds.length,
    ids,
    groupsFrom,
    uplinksFrom,
    places,
    monitored: Uint8Array.from(builder.monitored),
    ...buildAdjacency(nodes, endA, endB),
    endA,
    endB,
    portLocal: Int32Array.from(ports, (_, port) => (port % 2 === 0 ? endA : endB)[port >> 1] ?? 0),
    portRemote: Int32Array.from(ports, (_, port) => (port % 2 === 0 ? endB : endA)[port >> 1] ?? 0),
    portCost: Int32Array.from(builder.portCost),
    leaves,
    leafNode: Int32Array.from(leaves, ({ node }) => node),
    hasLeaf,
    vantageNode: Int32Array.from(vantageIds, (id) => builder.nodeOf(id)),
    vantageIds,
    members,
    memberOf,
    customerFails: customerProbability(total),
    prior: Float64Array.from(rates, priorOf),
    worksOn: works,
  }
}
