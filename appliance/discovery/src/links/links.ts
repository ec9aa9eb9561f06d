/** Links from wires and adjacencies, each with its evidence. */
import type { Ports } from "../input/ports.ts"
import type { End, Evidence, Link, LinkKind, Node } from "../model.ts"
import { confidenceOf } from "./confidence.ts"
import type { Adjacency } from "./routed.ts"
import type { Sighting } from "./sightings.ts"
import { type Endpoint, endpointKey, type Wire, type Wires } from "./wires.ts"

export type Draft = {
  kind: LinkKind
  a: End
  b: End
  evidence: Evidence[]
  isContradicted: boolean
  isUnplaced: boolean
  members: string[]
}

const endOf = ({ node, port }: Endpoint): End => ({ node, interface: port })
const endText = ({ node, interface: name }: End): string => `${node}\n${name ?? ""}`
const sorted = (one: End, other: End): readonly [End, End] =>
  endText(one) < endText(other) ? [one, other] : [other, one]

export const linkId = (kind: LinkKind, one: End, other: End): string => {
  const [a, b] = sorted(one, other)
  return [kind, a.node, a.interface ?? "", b.node, b.interface ?? ""].join("|")
}
const evidenceOf = (sightings: readonly Sighting[]): Evidence[] =>
  sightings.flatMap(({ by, sources, seenAtMs, isGone }) =>
    sources.map((source) => ({ source, by, seenAtMs, isGone })),
  )

export class Links {
  readonly #drafts = new Map<string, Draft>()
  /** Ids of links between two nodes. */
  readonly #between = new Map<string, string[]>()
  /** Links of a node. */
  readonly #of = new Map<string, Draft[]>()
  readonly #portsOf: (device: string) => Ports | undefined
  /** Nodes without tables that say that they are bridges. */
  readonly #bridging: ReadonlySet<string>

  constructor(portsOf: (device: string) => Ports | undefined, bridging: ReadonlySet<string>) {
    this.#portsOf = portsOf
    this.#bridging = bridging
  }

  add(kind: LinkKind, one: End, other: End, evidence: readonly Evidence[]): Draft {
    const id = linkId(kind, one, other)
    const known = this.#drafts.get(id)
    if (known !== undefined) {
      known.evidence.push(...evidence)
      return known
    }
    const [a, b] = sorted(one, other)
    const draft: Draft = {
      kind,
      a,
      b,
      evidence: [...evidence],
      isContradicted: false,
      isUnplaced: false,
      members: [],
    }
    this.#drafts.set(id, draft)
    for (const { node } of [a, b]) {
      const own = this.#of.get(node)
      if (own === undefined) this.#of.set(node, [draft])
      else own.push(draft)
    }
    const key = betweenKey(a.node, b.node)
    const list = this.#between.get(key)
    if (list === undefined) this.#between.set(key, [id])
    else list.push(id)
    return draft
  }
  between(one: string, other: string): readonly Draft[] {
    return (this.#between.get(betweenKey(one, other)) ?? []).flatMap(
      (id) => this.#drafts.get(id) ?? [],
    )
  }

  /** A wire of two ends is a cable; of more, a segment, which is a node with a link to each. */
  addWire(wire: Wire, segments: Node[]): void {
    const [one, other, more] = wire.ends
    if (one === undefined || other === undefined) return
    if (more === undefined) {
      if (one.node === other.node) return
      const draft = this.add("cable", endOf(one), endOf(other), evidenceOf(wire.sightings))
      draft.isContradicted = wire.isContradicted
      return
    }
    const nodes = new Set(wire.ends.map(({ node }) => node))
    if (nodes.size < 2) return
    const id = `segment:${wire.ends[0]?.key.replace("\n", "/") ?? ""}`
    const seenAtMs = Math.max(...wire.sightings.map((each) => each.seenAtMs))
    const sources = [...new Set(wire.sightings.flatMap((each) => each.sources))].sort()
    const plain = { name: null, addresses: [], macs: [], board: null, isBridge: true, reasons: [] }
    segments.push({ id, kind: "segment", sources, seenAtMs, ...plain })
    for (const end of wire.ends) {
      const own = wire.sightings.filter(({ by, port, node }) =>
        by === end.node ? port === end.port : node === end.node,
      )
      this.add("segment", endOf(end), { node: id, interface: null }, evidenceOf(own))
    }
  }

  /** Interfaces of one network: more evidence for a cable, a tunnel, or a link of its own. */
  addAdjacency({ a, b, evidence }: Adjacency, { at }: Wires): void {
    const [here, there] = [this.#below(a), this.#below(b)]
    if (here.via === "inside" || there.via === "inside") return
    if (here.via === "tunnel" || there.via === "tunnel") {
      this.add("tunnel", a, b, evidence)
      return
    }
    const drafts = this.between(a.node, b.node).filter(({ kind }) => kind === "cable")
    const matches = (draft: Draft, end: End, port: string | null): boolean => {
      const own = draft.a.node === end.node ? draft.a : draft.b
      return (
        port === null ||
        own.interface === null ||
        own.interface === port ||
        this.#isBondOf(end.node, port, own.interface)
      )
    }
    const matching = drafts.filter(
      (draft) => matches(draft, a, here.port) && matches(draft, b, there.port),
    )
    if (matching.length > 0) {
      for (const draft of matching) {
        fillPort(draft, a.node, here.port)
        fillPort(draft, b.node, there.port)
        draft.evidence.push(...evidence)
      }
      return
    }
    const leadsElsewhere = ({ node }: End, port: string | null): boolean =>
      port !== null && (at.get(endpointKey(node, port))?.size ?? 0) > 0
    if (this.#passBridge(a, here.port, b, there.port)) return
    // Its frames pass what the port sees: that is the cable.
    if (leadsElsewhere(a, here.port) || leadsElsewhere(b, there.port)) return
    this.add(
      "cable",
      { node: a.node, interface: here.port },
      { node: b.node, interface: there.port },
      evidence,
    )
  }

  /** Cables of both lead to one node that forwards between them: the ends that are known now. */
  #passBridge(a: End, port: string | null, b: End, farPort: string | null): boolean {
    const fits = (draft: Draft, { node }: End, own: string | null): boolean => {
      const end = draft.a.node === node ? draft.a : draft.b
      return own === null || end.interface === null || end.interface === own
    }
    for (const near of this.#of.get(a.node) ?? []) {
      if (near.kind !== "cable" || !fits(near, a, port)) continue
      const between = near.a.node === a.node ? near.b : near.a
      if (between.node === b.node) continue
      const far = this.between(between.node, b.node).find(
        (each) =>
          each.kind === "cable" && fits(each, b, farPort) && this.#forwards(between, each, b.node),
      )
      if (far === undefined) continue
      fillPort(near, a.node, port)
      fillPort(far, b.node, farPort)
      return true
    }
    return false
  }
  #forwards({ node, interface: name }: End, far: Draft, to: string): boolean {
    const ports = this.#portsOf(node)
    if (ports === undefined) return this.#bridging.has(node)
    const other = far.a.node === to ? far.b.interface : far.a.interface
    if (name === null || other === null || name === other) return false
    const bridge = ports.bridgeOf(name)
    return bridge !== null && bridge === ports.bridgeOf(other)
  }

  #below({ node, interface: name }: End) {
    if (name === null) return { via: "bridge" as const, port: null }
    return this.#portsOf(node)?.below(name) ?? { via: "port" as const, port: name }
  }
  #isBondOf(node: string, bond: string, port: string): boolean {
    return this.#portsOf(node)?.bondOf(port) === bond
  }

  /** Cables between members of two bonds are one link. */
  bond(): void {
    for (const [id, draft] of [...this.#drafts]) {
      if (draft.kind !== "cable") continue
      const name = (end: End): string | null =>
        end.interface === null ? null : (this.#portsOf(end.node)?.bondOf(end.interface) ?? null)
      const [a, b] = [name(draft.a), name(draft.b)]
      if (a === null && b === null) continue
      const bond = this.add(
        "bond",
        { node: draft.a.node, interface: a },
        { node: draft.b.node, interface: b },
        [],
      )
      bond.members.push(id)
      bond.evidence.push(...draft.evidence)
    }
  }

  /** Without those that end at the same port as one that both ends report. */
  all(): { readonly links: readonly Link[]; readonly contradicted: number } {
    const drafts = [...this.#drafts].sort(([a], [b]) => (a < b ? -1 : 1))
    const links = drafts.map(([id, draft]) => linkOf(id, draft))
    return { links, contradicted: links.filter(({ isStale }) => isStale).length }
  }
}

const betweenKey = (one: string, other: string): string =>
  one < other ? `${one}\n${other}` : `${other}\n${one}`
const fillPort = (draft: Draft, node: string, port: string | null): void => {
  if (port === null) return
  if (draft.a.node === node && draft.a.interface === null) draft.a = { node, interface: port }
  if (draft.b.node === node && draft.b.interface === null) draft.b = { node, interface: port }
}

const EVIDENCE_ORDER = (a: Evidence, b: Evidence): number =>
  a.source === b.source
    ? a.by === b.by
      ? Number(a.isGone) - Number(b.isGone) || b.seenAtMs - a.seenAtMs
      : a.by < b.by
        ? -1
        : 1
    : a.source < b.source
      ? -1
      : 1

const linkOf = (id: string, draft: Draft): Link => {
  const evidence = [...draft.evidence].sort(EVIDENCE_ORDER).filter((each, at, all) => {
    const before = all[at - 1]
    return before === undefined || before.source !== each.source || before.by !== each.by
  })
  const current = evidence.filter(({ isGone }) => !isGone)
  const by = new Set(current.map((each) => each.by))
  const isMutual = by.has(draft.a.node) && by.has(draft.b.node)
  return {
    ...{ id, kind: draft.kind, a: draft.a, b: draft.b, evidence },
    confidence: confidenceOf(evidence, {
      isMutual,
      isContradicted: draft.isContradicted,
      isUnplaced: draft.isUnplaced,
    }),
    isStale: current.length === 0,
    seenAtMs: Math.max(0, ...evidence.map((each) => each.seenAtMs)),
    members: [...draft.members].sort(),
  }
}
