/**
 * From what ports see to wires: two ports are a cable, more are a segment. Frames of neighbours pass
 * bridges, so a port sees more than its wire: what another node of the same port sees at another of
 * its ports is behind that node.
 */
import type { Sighting } from "./sightings.ts"

/** A port of a node; of a node without tables the port may be unknown: then it is of its own. */
export type Endpoint = { readonly node: string; readonly port: string | null; readonly key: string }
/** Endpoints of one wire, and the sightings across it. */
export type Wire = {
  readonly ends: readonly Endpoint[]
  readonly sightings: readonly Sighting[]
  /** Its node is elsewhere, by what that node itself reports. */
  readonly isContradicted: boolean
}
export type Wires = {
  readonly wires: readonly Wire[]
  readonly behindOthers: number
  readonly contradicted: number
  /** Nodes on the wire of each port, by endpoint key. */
  readonly at: ReadonlyMap<string, ReadonlySet<string>>
}

/** More far ends at one port are a network, and no wire is looked for among them. */
const MAX_AT_PORT = 200

export const endpointKey = (node: string, port: string): string => `${node}\n${port}`
const pairKey = (by: string, node: string): string => `${by}\n${node}`

/** At which ports a device sees a node, by neighbours and by learned MACs. */
export class SeenAt {
  readonly #ports = new Map<string, Set<string>>()
  readonly #seen = new Set<string>()
  /** Devices that see a node and name its port, by its endpoint. */
  readonly #facing = new Map<string, Set<string>>()
  /** `farPort`: of the node, if known. */
  add(by: string, node: string, port: string, farPort: string | null): void {
    if (farPort !== null) {
      const far = endpointKey(node, farPort)
      const devices = this.#facing.get(far)
      if (devices === undefined) this.#facing.set(far, new Set([by]))
      else devices.add(by)
    }
    const key = pairKey(by, node)
    const ports = this.#ports.get(key)
    if (ports === undefined) this.#ports.set(key, new Set([port]))
    else ports.add(port)
  }
  addPortless(by: string, node: string): void {
    this.#seen.add(pairKey(by, node))
  }
  facing(node: string, port: string): ReadonlySet<string> {
    return this.#facing.get(endpointKey(node, port)) ?? new Set()
  }
  ports(by: string, node: string): ReadonlySet<string> | undefined {
    return this.#ports.get(pairKey(by, node))
  }
  sees(by: string, node: string): boolean {
    return this.#ports.has(pairKey(by, node)) || this.#seen.has(pairKey(by, node))
  }
}

/** `node` is behind `between`, seen from a port of `by`. */
const isBehind = (seenAt: SeenAt, by: string, node: string, between: string): boolean => {
  const [here, there] = [seenAt.ports(between, by), seenAt.ports(between, node)]
  if (here === undefined || there === undefined) return false
  return ![...here].some((port) => there.has(port))
}

export type WireInput = {
  readonly sightings: readonly Sighting[]
  readonly seenAt: SeenAt
  /** Devices with a table of neighbours. */
  readonly reporting: ReadonlySet<string>
  /** Nodes without tables that say that they are bridges. */
  readonly bridging: ReadonlySet<string>
  /** An interface above this port and the node are in one small network. */
  readonly isRouted: (by: string, port: string, node: string) => boolean
}

/** Of the nodes that a port sees, those on its wire. */
const onWire = (
  { seenAt, reporting, bridging }: WireInput,
  by: string,
  port: string,
  sightings: readonly Sighting[],
): { readonly near: ReadonlySet<string>; readonly behind: number } => {
  const nodes = [...new Set(sightings.map(({ node }) => node))].sort()
  // A device that says nothing of itself still sees both sides.
  const between = [...new Set([...nodes, ...seenAt.facing(by, port)])]
  if (between.length < 2) return { near: new Set(nodes), behind: 0 }
  const near = nodes.filter(
    (node) => !between.some((other) => other !== node && isBehind(seenAt, by, node, other)),
  )
  // Bridges do not forward LLDP: what other protocols show is behind the only node that LLDP shows.
  // Of a node with tables, these say better what it forwards.
  const byLldp = near.filter((node) =>
    sightings.some((each) => each.node === node && each.sources.includes("lldp")),
  )
  const [only, more] = byLldp
  if (only !== undefined && more === undefined && !reporting.has(only))
    return { near: new Set([only]), behind: nodes.length - 1 }
  // The only box that forwards has the others behind it: nobody else says where they are.
  const [forwarding, second] = near.filter((node) => bridging.has(node))
  if (forwarding !== undefined && second === undefined && !near.some((node) => reporting.has(node)))
    return { near: new Set([forwarding]), behind: nodes.length - 1 }
  return { near: new Set(near), behind: nodes.length - near.length }
}

/**
 * `mutual`: both ends see each other. `alone`: the other end cannot answer, as it has no tables, or
 * says nothing of itself. `unanswered`: it could and does not, so that the row is likely old.
 */
type Answer = "mutual" | "alone" | "unanswered"
const answerOf = (
  { seenAt, reporting }: WireInput,
  speaking: ReadonlySet<string>,
  { by, node, farPort }: Sighting,
): Answer => {
  const back = seenAt.ports(node, by)
  if (back === undefined && seenAt.sees(node, by)) return "mutual"
  if (back !== undefined && (farPort === null || back.has(farPort))) return "mutual"
  return reporting.has(node) && speaking.has(by) ? "unanswered" : "alone"
}

/** At the port that a row names, its node sees others, and none of those that this port sees. */
const isElsewhere = (
  { seenAt, reporting }: WireInput,
  nodesAt: ReadonlyMap<string, ReadonlySet<string>>,
  { by, port, node, farPort }: Sighting,
): boolean => {
  if (farPort === null || !reporting.has(node)) return false
  const there = nodesAt.get(endpointKey(node, farPort))
  if (there === undefined || there.has(by)) return false
  const here = nodesAt.get(endpointKey(by, port))
  // What this device sees at another port is seen there across this device.
  return ![...there].some(
    (each) => here?.has(each) === true || seenAt.ports(by, each) !== undefined,
  )
}
/**
 * Another node is on the wire of this port and does not see `node`, which speaks there: then `node`
 * is not. `other` is on the wire if it sees this device, or by the port that its row names.
 */
const isUnseenBy = (
  { seenAt, reporting }: WireInput,
  nodesAt: ReadonlyMap<string, ReadonlySet<string>>,
  other: Sighting,
  node: string,
): boolean => {
  if (other.node === node || !reporting.has(other.node)) return false
  if (seenAt.ports(other.node, node) !== undefined) return false
  if (seenAt.ports(other.node, other.by) !== undefined) return true
  if (other.farPort === null) return false
  return nodesAt.get(endpointKey(other.node, other.farPort))?.has(node) !== true
}
const RANK: Readonly<Record<Answer, number>> = { mutual: 2, alone: 1, unanswered: 0 }
/**
 * Of two that do not see each other, the one that is answered stays, or that with which this port
 * shares a small network.
 */
const isUnseen = (
  input: WireInput,
  nodesAt: ReadonlyMap<string, ReadonlySet<string>>,
  all: readonly Sighting[],
  one: Sighting,
  rankOf: (each: Sighting) => number,
): boolean =>
  all.some((other) => {
    if (rankOf(other) < rankOf(one)) return false
    if (!isUnseenBy(input, nodesAt, other, one.node)) return false
    if (rankOf(other) > rankOf(one)) return true
    if (!isUnseenBy(input, nodesAt, one, other.node)) return true
    return !input.isRouted(one.by, one.port, one.node)
  })

const nodesAtPorts = (sightings: readonly Sighting[]): Map<string, Set<string>> => {
  const found = new Map<string, Set<string>>()
  for (const { by, port, node } of sightings) {
    const key = endpointKey(by, port)
    const nodes = found.get(key)
    if (nodes === undefined) found.set(key, new Set([node]))
    else nodes.add(node)
  }
  return found
}

type Near = {
  readonly key: string
  readonly by: string
  readonly port: string
  readonly node: string
  readonly sightings: readonly Sighting[]
}
const nearOf = (
  input: WireInput,
): {
  readonly near: readonly Near[]
  readonly behind: number
  readonly old: readonly Near[]
  readonly isUnanswered: (sighting: Sighting) => boolean
} => {
  const current = input.sightings.filter(({ isGone }) => !isGone)
  const speaking = new Set(current.map(({ node }) => node))
  const nodesAt = nodesAtPorts(current)
  const answers = new Map(current.map((each) => [each, answerOf(input, speaking, each)]))
  const rankOf = (each: Sighting): number => RANK[answers.get(each) ?? "alone"]
  // Ports whose wire is known by what is answered, or cannot be.
  const answered = new Set(
    current.flatMap((each) => {
      if (answers.get(each) === "unanswered") return []
      const here = endpointKey(each.by, each.port)
      return each.farPort === null ? [here] : [here, endpointKey(each.node, each.farPort)]
    }),
  )
  const isOld = (each: Sighting, all: readonly Sighting[]): boolean => {
    const far = each.farPort === null ? null : endpointKey(each.node, each.farPort)
    const isTaken =
      answered.has(endpointKey(each.by, each.port)) || (far !== null && answered.has(far))
    return (
      (answers.get(each) === "unanswered" && isTaken) ||
      isElsewhere(input, nodesAt, each) ||
      isUnseen(input, nodesAt, all, each, rankOf)
    )
  }
  const near: Near[] = []
  const old: Near[] = []
  let behind = 0
  for (const [key, all] of Map.groupBy(current, ({ by, port }) => endpointKey(by, port))) {
    const [{ by, port } = { by: "", port: "" }] = all
    if (all.length > MAX_AT_PORT) {
      behind += all.length
      continue
    }
    const stale = new Set(all.filter((each) => isOld(each, all)))
    const live = all.filter((each) => !stale.has(each))
    const wire = onWire(input, by, port, live)
    behind += wire.behind
    const byNode = Map.groupBy(all, ({ node }) => node)
    for (const [node, sightings] of byNode) {
      const one = { key, by, port, node, sightings }
      if (wire.near.has(node)) near.push(one)
      else if (sightings.every((each) => stale.has(each))) old.push(one)
    }
  }
  const isUnanswered = (each: Sighting): boolean => answers.get(each) === "unanswered"
  return { near, behind, old, isUnanswered }
}

/** The far port of a sighting: as named, else the only port that sees back, else unknown. */
const farEnd = (one: Near, back: readonly Near[]): Endpoint => {
  const named = one.sightings.map(({ farPort }) => farPort).find((port) => port !== null) ?? null
  const naming = back.filter(({ sightings }) =>
    sightings.some(({ farPort }) => farPort === one.port),
  )
  const [only, more] = naming.length > 0 ? naming : back
  const port = named ?? (only !== undefined && more === undefined ? only.port : null)
  return port === null
    ? { node: one.node, port, key: `${one.key}\n?${one.node}` }
    : { node: one.node, port, key: endpointKey(one.node, port) }
}

class Union {
  readonly #parent = new Map<string, string>()
  of(key: string): string {
    let root = key
    for (let next = this.#parent.get(root); next !== undefined && next !== root; ) {
      root = next
      next = this.#parent.get(root)
    }
    if (root !== key) this.#parent.set(key, root)
    return root
  }
  join(a: string, b: string): void {
    const [one, other] = [this.of(a), this.of(b)]
    if (one === other) return
    const [low, high] = one < other ? [one, other] : [other, one]
    this.#parent.set(high, low)
  }
}

export const wiresOf = (input: WireInput): Wires => {
  const { near, behind, old, isUnanswered } = nearOf(input)
  const byPair = Map.groupBy(near, ({ by, node }) => pairKey(by, node))
  const union = new Union()
  const ends = new Map<string, Endpoint>()
  const joined = near.map((one) => {
    const far = farEnd(one, byPair.get(pairKey(one.node, one.by)) ?? [])
    ends.set(one.key, { node: one.by, port: one.port, key: one.key })
    ends.set(far.key, far)
    union.join(one.key, far.key)
    return one
  })
  const bySet = Map.groupBy(joined, ({ key }) => union.of(key))
  const endsBySet = Map.groupBy(ends.values(), ({ key }) => union.of(key))
  const at = new Map<string, Set<string>>()
  const wires = [...bySet].map(([root, all]): Wire => {
    const own = withoutUnknown(endsBySet.get(root) ?? [])
    for (const end of own)
      at.set(end.key, new Set(own.filter(({ key }) => key !== end.key).map(({ node }) => node)))
    return {
      ends: own,
      sightings: all.flatMap(({ sightings }) => sightings),
      isContradicted: all.every(({ sightings }) => sightings.every(isUnanswered)),
    }
  })
  return { wires, behindOthers: behind, contradicted: old.length, at }
}

/** An unknown port of a node is the known one that is on the same wire. */
const withoutUnknown = (ends: readonly Endpoint[]): Endpoint[] => {
  const known = new Set(ends.flatMap(({ node, port }) => (port === null ? [] : [node])))
  const kept = new Map<string, Endpoint>()
  for (const end of ends) {
    if (end.port !== null) kept.set(end.key, end)
    else if (!known.has(end.node) && !kept.has(`?${end.node}`)) kept.set(`?${end.node}`, end)
  }
  return [...kept.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}
