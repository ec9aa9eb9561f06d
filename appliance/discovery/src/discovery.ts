/**
 * Discovery: what devices report of themselves and of each other in, nodes and links out. Pure: no
 * clock, no database, no imports from outside this folder. The order of the reports does not matter.
 */
import { Directory } from "./identity/directory.ts"
import { type FoundRow, findNodes } from "./identity/found.ts"
import { Ports } from "./input/ports.ts"
import { type DeviceInput, reportOf } from "./input/report.ts"
import { networkOf } from "./input/text.ts"
import { Links } from "./links/links.ts"
import { type Adjacency, adjacenciesOf } from "./links/routed.ts"
import {
  learnedAt,
  type Resolved,
  type Sighting,
  type Sightings,
  sightingsOf,
} from "./links/sightings.ts"
import { endpointKey, SeenAt, type Wires, wiresOf } from "./links/wires.ts"
import type { DeviceReport, Discovered, Evidence, Node } from "./model.ts"

export { type Cells, type DeviceInput, MAX_ROWS, type Row, type Tables } from "./input/report.ts"
export type {
  Discovered,
  Dropped,
  End,
  Evidence,
  Link,
  LinkKind,
  Node,
  NodeKind,
  Reason,
  ReasonCode,
  Source,
} from "./model.ts"

type Counts = { tooMany: number; ambiguous: number; shared: number }
type Read = {
  readonly reports: readonly DeviceReport[]
  readonly directory: Directory
  readonly rows: ReadonlyMap<string, readonly Resolved[]>
  readonly found: readonly Node[]
  readonly counts: Counts
}

/** Each row of a neighbour with the node that it is of. */
const resolve = (inputs: readonly DeviceInput[]): Read => {
  const counts: Counts = { tooMany: 0, ambiguous: 0, shared: 0 }
  const reports = [...inputs]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((input) => {
      const { report, tooMany } = reportOf(input)
      counts.tooMany += tooMany
      return report
    })
  const directory = new Directory(reports)
  const rows = new Map<string, Resolved[]>(reports.map(({ id }) => [id, []]))
  const unknown: FoundRow[] = []
  for (const { id, neighbours } of reports) {
    for (const row of [...neighbours].sort(byContent)) {
      const match = directory.match(row, id)
      if (match.is === "device") rows.get(id)?.push({ row, node: match.device })
      else if (match.is === "ambiguous") counts.ambiguous += 1
      else unknown.push({ by: id, row })
    }
  }
  const { nodes, of } = findNodes(unknown)
  unknown.forEach(({ by, row }, at) => {
    const node = of[at]
    if (node !== undefined) rows.get(by)?.push({ row, node: node.id })
  })
  return { reports, directory, rows, found: nodes, counts }
}
const byContent = (a: DeviceReport["neighbours"][number], b: typeof a): number => {
  const text = ({ interface: on, mac, chassisId, identity, remotePort }: typeof a): string =>
    [on, mac, chassisId, identity, remotePort].join("\n")
  const [one, other] = [text(a), text(b)]
  return one < other ? -1 : one > other ? 1 : 0
}

const deviceNode = ({ id, names, addresses, interfaces, board }: DeviceReport): Node => ({
  ...{ id, kind: "device", board, reasons: [], sources: [], seenAtMs: 0 },
  name: names[0] ?? null,
  addresses: [...new Set(addresses.map(({ address }) => address))].sort(),
  macs: [...new Set(interfaces.flatMap(({ mac }) => mac ?? []))].sort(),
  isBridge: interfaces.some(({ kind }) => kind === "bridge"),
})

type Seen = {
  readonly wires: Wires
  readonly old: readonly Sighting[]
  readonly unplaced: Sightings["unplaced"]
  readonly learned: ReadonlyMap<string, ReturnType<typeof learnedAt>>
}
const sightingsOfAll = (
  { reports, directory, rows, found, counts }: Read,
  portsOf: PortsOf,
  adjacencies: readonly Adjacency[],
  bridging: ReadonlySet<string>,
): Seen => {
  const seenAt = new SeenAt()
  const sightings: Sighting[] = []
  const unplaced: Sightings["unplaced"][number][] = []
  const nodesOfMac = new Map(found.flatMap((node) => node.macs.map((mac) => [mac, node] as const)))
  const learned = new Map<string, ReturnType<typeof learnedAt>>()
  for (const report of reports) {
    const own = sightingsOf(report, rows.get(report.id) ?? [], portsOf)
    counts.shared += own.shared
    sightings.push(...own.seen)
    if (own.unplaced.length > MAX_UNPLACED) counts.shared += own.unplaced.length
    else unplaced.push(...own.unplaced)
    for (const { by, node, port, farPort, isGone } of own.seen)
      if (!isGone) seenAt.add(by, node, port, farPort)
    for (const { by, node } of own.portless) seenAt.addPortless(by, node)
    const macs = learnedAt(report, directory, nodesOfMac)
    learned.set(report.id, macs)
    for (const [port, nodes] of macs)
      for (const [node, { mac }] of nodes)
        seenAt.add(report.id, node, port, portsOf(node)?.portOfMac(mac) ?? null)
  }
  const reporting = new Set(
    reports.filter(({ neighbours }) => neighbours.length > 0).map(({ id }) => id),
  )
  const routed = new Set(
    adjacencies.flatMap(({ a, b }) =>
      [[a, b] as const, [b, a] as const].map(([own, far]) => {
        const port = own.interface === null ? null : portsOf(own.node)?.below(own.interface).port
        return `${own.node}\n${port ?? ""}\n${far.node}`
      }),
    ),
  )
  const isRouted = (by: string, port: string, node: string): boolean =>
    [port, portsOf(by)?.bondOf(port)].some((own) => routed.has(`${by}\n${own}\n${node}`))
  const wires = wiresOf({ sightings, seenAt, reporting, bridging, isRouted })
  return { wires, old: sightings.filter(({ isGone }) => isGone), unplaced, learned }
}

/** A port at which one node's MAC alone was learned, and which sees no neighbour. */
const addLearned = (links: Links, { wires, learned }: Seen, portsOf: PortsOf): void => {
  for (const [device, ports] of learned) {
    for (const [port, nodes] of ports) {
      const [only] = nodes
      if (only === undefined || nodes.size > 1) continue
      if ((wires.at.get(endpointKey(device, port))?.size ?? 0) > 0) continue
      const [node, { mac, seenAtMs }] = only
      if (links.between(device, node).length > 0) continue
      const far = portsOf(node)?.portOfMac(mac) ?? null
      if (far !== null && (wires.at.get(endpointKey(node, far))?.size ?? 0) > 0) continue
      links.add("cable", { node: device, interface: port }, { node, interface: far }, [
        { source: "bridge", by: device, seenAtMs, isGone: false },
      ])
    }
  }
}

type PortsOf = (device: string) => Ports | undefined
type PeerRow = DeviceReport["bgp"][number]
/** The port of an external session whose other end is in a network of the device itself. */
const peerPort = (
  { id, addresses }: DeviceReport,
  row: PeerRow,
  portsOf: PortsOf,
): string | null => {
  const on = addresses.find((own) => isSameNetwork(own, row.remoteAddress))
  return on === undefined ? null : (portsOf(id)?.below(on.interface).port ?? on.interface)
}
const peerNode = ({ remoteAs, remoteAddress, name, seenAtMs }: PeerRow): Node => ({
  ...{ id: `peer:${remoteAs ?? ""}:${remoteAddress}`, kind: "peer", seenAtMs },
  ...{ name: remoteAs === null ? name : `AS${remoteAs}`, addresses: [remoteAddress] },
  ...{ sources: ["bgp"], macs: [], board: null, isBridge: false, reasons: [] },
})

/** The other ends of external BGP sessions: a node that is known by its neighbours, or a new one. */
const addPeers = (
  links: Links,
  { reports, directory, found }: Read,
  wires: Wires,
  portsOf: PortsOf,
): Node[] => {
  const peers = new Map<string, Node>()
  const byAddress = new Map(
    found.flatMap((node) => node.addresses.map((address) => [address, node.id] as const)),
  )
  const add = (report: DeviceReport, row: PeerRow, port: string): void => {
    const { seenAtMs, goneAtMs } = row
    const evidence: Evidence = { source: "bgp", by: report.id, seenAtMs, isGone: goneAtMs !== null }
    const [neighbour, more] = wires.at.get(endpointKey(report.id, port)) ?? []
    const known = byAddress.get(row.remoteAddress) ?? (more === undefined ? neighbour : undefined)
    const [link] = known === undefined ? [] : links.between(report.id, known)
    if (link !== undefined) {
      link.evidence.push(evidence)
      return
    }
    const node = peerNode(row)
    peers.set(node.id, node)
    const far = { node: node.id, interface: null }
    links.add("peering", { node: report.id, interface: port }, far, [evidence])
  }
  for (const report of reports) {
    for (const row of report.bgp) {
      if (!row.isExternal || directory.ownersOfAddress(row.remoteAddress).length > 0) continue
      const port = peerPort(report, row, portsOf)
      if (port !== null) add(report, row, port)
    }
  }
  return [...peers.values()]
}
const isSameNetwork = (
  { address, length }: DeviceReport["addresses"][number],
  other: string,
): boolean => {
  const network = networkOf(address, length)
  return length < 32 && network !== null && network === networkOf(other, length)
}

/** More boxes without a port are a network that is forwarded to the device. */
const MAX_UNPLACED = 200
/** Rows without a port confirm a link, or are an unlikely one. */
const addUnplaced = (links: Links, { unplaced }: Seen): void => {
  for (const { by, node, farPort, sources, seenAtMs, isGone } of unplaced) {
    const evidence = sources.map((source) => ({ source, by, seenAtMs, isGone }))
    const known = links.between(by, node).filter(({ kind }) => kind === "cable")
    const matching = known.filter(({ a, b }) => {
      const far = a.node === node ? a : b
      return farPort === null || far.interface === null || far.interface === farPort
    })
    const [only, more] = matching
    if (only !== undefined && more === undefined && !only.isUnplaced)
      only.evidence.push(...evidence)
    else if (known.every(({ isUnplaced }) => isUnplaced)) {
      const ends = [
        { node: by, interface: null },
        { node, interface: farPort },
      ] as const
      links.add("cable", ...ends, evidence).isUnplaced = true
    }
  }
}

/** Rows that are gone keep the link that they were of, as stale. */
const addOld = (links: Links, { old, wires }: Seen): void => {
  for (const { by, port, node, farPort, sources, seenAtMs } of old) {
    const evidence = sources.map((source) => ({ source, by, seenAtMs, isGone: true }))
    const [known] = links
      .between(by, node)
      .filter(({ a, b }) => (a.node === by ? a : b).interface === port)
    if (known !== undefined) known.evidence.push(...evidence)
    else if (!wires.at.get(endpointKey(by, port))?.has(node))
      links.add("cable", { node: by, interface: port }, { node, interface: farPort }, evidence)
  }
}

/** `nowMs`: the time of what has no time of its own, such as addresses. */
export const discover = (inputs: readonly DeviceInput[], nowMs: number): Discovered => {
  const read = resolve(inputs)
  const ports = new Map(read.reports.map((report) => [report.id, new Ports(report)]))
  const portsOf: PortsOf = (device) => ports.get(device)
  const adjacencies = adjacenciesOf(read.reports, read.directory, nowMs)
  const bridging = new Set(read.found.flatMap(({ id, isBridge }) => (isBridge ? [id] : [])))
  const seen = sightingsOfAll(read, portsOf, adjacencies, bridging)
  const links = new Links(portsOf, bridging)
  const segments: Node[] = []
  for (const wire of seen.wires.wires) links.addWire(wire, segments)
  for (const adjacency of adjacencies) links.addAdjacency(adjacency, seen.wires)
  addLearned(links, seen, portsOf)
  const peers = addPeers(links, read, seen.wires, portsOf)
  addUnplaced(links, seen)
  addOld(links, seen)
  links.bond()
  const all = links.all()
  return {
    nodes: [...read.reports.map(deviceNode), ...read.found, ...segments, ...peers].sort((a, b) =>
      a.id < b.id ? -1 : 1,
    ),
    links: all.links,
    dropped: {
      ...read.counts,
      behindOthers: seen.wires.behindOthers,
      contradicted: seen.wires.contradicted,
    },
  }
}
