/** From what is discovered to what is proposed: pure. */
import type { Discovered, End, Evidence, Link, Node } from "@ispvm/discovery"
import type { ProposalEnd, ProposalEvidence } from "../../api/discovery.ts"
import type { Candidate, InventoryLink, ProposalContent, StoredProposal } from "./model.ts"

/** Less likely links are not proposed. */
const MIN_CONFIDENCE = 0.3
/** Of one proposal; a claim of thousands of neighbours is shown by some of them. */
const MAX_SHOWN = 32

const firstOf = <T>(list: readonly T[]): T[] => list.slice(0, MAX_SHOWN)

type Named = (node: string) => { readonly deviceId: string | null; readonly name: string }
const namedBy = (nodes: readonly Node[]): Named => {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  return (id) => {
    const node = byId.get(id)
    const name = node?.name ?? node?.addresses[0] ?? node?.macs[0] ?? id
    return { deviceId: node?.kind === "device" ? id : null, name: name.slice(0, 120) }
  }
}

const evidenceOf = (named: Named, evidence: readonly Evidence[]): ProposalEvidence[] =>
  firstOf(evidence).map(({ source, by, seenAtMs, isGone }) => {
    const { deviceId, name } = named(by)
    return { source, deviceId, deviceName: name, seenAtMs, isGone }
  })
const sourcesOf = (evidence: readonly Evidence[]) => [
  ...new Set(evidence.filter(({ isGone }) => !isGone).map(({ source }) => source)),
]
const endOf = (named: Named, end: End, far: string | null): ProposalEnd => ({
  ...named(end.node),
  interface: end.interface,
  farInterface: far,
})

const endText = ({ name, interface: on }: ProposalEnd): string => `${name}\n${on ?? ""}`

const linkCandidate = (named: Named, link: Link): Candidate => {
  const { id, kind, a, b, confidence, isStale, evidence, seenAtMs } = link
  const plain = { name: null, addresses: [], board: null, reason: null }
  return {
    ...{ key: id, kind: "link", confidence, isStale, seenAtMs, macs: [] },
    content: {
      ...plain,
      linkKind: kind === "vlan" ? "cable" : kind,
      sources: sourcesOf(evidence),
      ends: [endOf(named, a, b.interface), endOf(named, b, a.interface)],
      evidence: evidenceOf(named, evidence),
    },
  }
}

/** A node that is no device, with the links that lead to it. */
const nodeCandidate = (named: Named, node: Node, links: readonly Link[]): Candidate[] => {
  if (node.kind === "device" || links.length === 0) return []
  const evidence = links.flatMap((link) => link.evidence)
  const content: ProposalContent = {
    name: node.name?.slice(0, 120) ?? null,
    addresses: firstOf(node.addresses),
    board: node.board?.slice(0, 120) ?? null,
    linkKind: null,
    sources: sourcesOf(evidence),
    reason: node.reasons[0]?.code ?? null,
    ends: firstOf(links)
      .map(({ a, b }) =>
        a.node === node.id ? endOf(named, b, a.interface) : endOf(named, a, b.interface),
      )
      .sort((a, b) => (endText(a) < endText(b) ? -1 : 1)),
    evidence: evidenceOf(named, evidence),
  }
  return [
    {
      key: `node:${node.id}`.slice(0, 2_000),
      kind: node.kind === "found" ? "device" : node.kind,
      confidence: Math.max(...links.map(({ confidence }) => confidence)),
      isStale: links.every(({ isStale }) => isStale),
      seenAtMs: Math.max(...links.map(({ seenAtMs }) => seenAtMs)),
      macs: firstOf(node.macs),
      content,
    },
  ]
}

const fits = (own: string | null, found: string | null): boolean =>
  own === null || found === null || own === found
/** The inventory has it: between the same devices, at the same ports as far as both are known. */
const isSameLink = ({ a, b }: InventoryLink, link: Link): boolean => {
  const at = (end: InventoryLink["a"], found: End): boolean =>
    end.deviceId === found.node && fits(end.interface, found.interface)
  return (at(a, link.a) && at(b, link.b)) || (at(a, link.b) && at(b, link.a))
}
const pairKey = (one: string, other: string): string =>
  one < other ? `${one} ${other}` : `${other} ${one}`

/**
 * What is not in the inventory. A link of the inventory stands for one found link; members of a bond
 * are not proposed beside it. `confirmed`: keys of found links that
 * the inventory has.
 */
export const candidatesOf = (
  { nodes, links }: Discovered,
  inventory: readonly InventoryLink[],
): { readonly candidates: readonly Candidate[]; readonly confirmed: ReadonlySet<string> } => {
  const named = namedBy(nodes)
  const left = new Map<string, InventoryLink[]>()
  for (const link of inventory) {
    const key = pairKey(link.a.deviceId, link.b.deviceId)
    const list = left.get(key)
    if (list === undefined) left.set(key, [link])
    else list.push(link)
  }
  const members = new Set(links.flatMap((link) => link.members))
  const confirmed = new Set<string>()
  const takes = (link: Link): boolean => {
    const list = left.get(pairKey(link.a.node, link.b.node)) ?? []
    const at = list.findIndex((one) => isSameLink(one, link))
    if (at < 0) return false
    list.splice(at, 1)
    confirmed.add(link.id)
    return true
  }
  const devices = new Set(nodes.flatMap(({ id, kind }) => (kind === "device" ? [id] : [])))
  const between = links.filter(({ a, b }) => devices.has(a.node) && devices.has(b.node))
  // Exact ends first, so that a link without ports does not take the place of a better match.
  const ordered = [...between].sort(
    (one, other) => other.confidence - one.confidence || (one.id < other.id ? -1 : 1),
  )
  const missing = ordered.filter(
    (link) => !takes(link) && !members.has(link.id) && link.confidence >= MIN_CONFIDENCE,
  )
  const byNode = new Map<string, Link[]>()
  for (const link of links)
    for (const { node } of [link.a, link.b]) {
      if (devices.has(node)) continue
      const list = byNode.get(node)
      if (list === undefined) byNode.set(node, [link])
      else list.push(link)
    }
  const found = nodes.flatMap((node) => nodeCandidate(named, node, byNode.get(node.id) ?? []))
  return { candidates: [...missing.map((link) => linkCandidate(named, link)), ...found], confirmed }
}

export type Changes = {
  /** New ones, and those that are stored: by the id of the stored one. */
  readonly add: readonly Candidate[]
  readonly update: readonly (Candidate & { readonly id: string })[]
  /** Open, and not found any more. */
  readonly stale: readonly string[]
  /** Open, and now in the inventory, or not seen for a long time. */
  readonly remove: readonly string[]
  /** Accepted, and taken out of the inventory since: an operator's decision against it. */
  readonly reject: readonly string[]
}
const FORGET_MS = 30 * 86_400_000

export type Known = {
  readonly stored: readonly StoredProposal[]
  /** Devices and links that exist. */
  readonly ids: ReadonlySet<string>
  /** Keys of found links that the inventory has. */
  readonly confirmed: ReadonlySet<string>
  /** MAC and IP addresses of devices. */
  readonly owned: ReadonlySet<string>
  readonly nowMs: number
}

/** What a run changes in what is stored. Decisions stay; a rejected proposal is kept up to date. */
export const changesOf = (candidates: readonly Candidate[], known: Known): Changes => {
  const byKey = new Map(known.stored.map((one) => [one.key, one]))
  const byMac = new Map<string, StoredProposal>()
  for (const one of known.stored)
    if (one.kind === "device") for (const mac of one.macs) byMac.set(mac, one)
  const add: Candidate[] = []
  const update: (Candidate & { id: string })[] = []
  const seen = new Set<string>()
  for (const candidate of candidates) {
    const mac = candidate.macs.find((each) => byMac.has(each))
    const same =
      byKey.get(candidate.key) ??
      (candidate.kind === "device" && mac !== undefined ? byMac.get(mac) : undefined)
    if (same === undefined) {
      if (!candidate.isStale) add.push(candidate)
    } else if (!seen.has(same.id)) {
      seen.add(same.id)
      update.push({ ...candidate, id: same.id, key: same.key })
    }
  }
  const isOwned = ({ kind, macs, content }: StoredProposal): boolean =>
    kind === "device" && [...macs, ...content.addresses].some((each) => known.owned.has(each))
  const left = known.stored.filter(({ id, state }) => state === "open" && !seen.has(id))
  const isDone = (one: StoredProposal): boolean =>
    isOwned(one) || known.confirmed.has(one.key) || known.nowMs - one.seenAtMs > FORGET_MS
  return {
    ...{ add, update },
    stale: left.filter((one) => !one.isStale && !isDone(one)).map(({ id }) => id),
    remove: left.filter(isDone).map(({ id }) => id),
    reject: known.stored
      .filter(({ state, createdId }) => state === "accepted" && createdId !== null)
      .filter(({ createdId }) => !known.ids.has(createdId ?? ""))
      .map(({ id }) => id),
  }
}
