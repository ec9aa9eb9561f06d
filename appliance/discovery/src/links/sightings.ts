/** Which node a port sees on its wire, from tables of neighbours, radio clients and learned MACs. */
import type { Directory } from "../identity/directory.ts"
import type { Ports } from "../input/ports.ts"
import { portName } from "../input/text.ts"
import type { DeviceReport, NeighbourRow, Node, Source } from "../model.ts"

export type Sighting = {
  readonly by: string
  readonly port: string
  readonly isVlan: boolean
  readonly node: string
  /** The far port, as the row names it; null if it does not. */
  readonly farPort: string | null
  readonly sources: readonly Source[]
  readonly seenAtMs: number
  readonly isGone: boolean
}
export type Resolved = { readonly row: NeighbourRow; readonly node: string }
export type Sightings = {
  readonly seen: readonly Sighting[]
  /** Through a bridge or a shared VLAN: `by` and `node` are in one network, without a port. */
  readonly portless: readonly { readonly by: string; readonly node: string }[]
  /** Of rows that name no port of the device itself. */
  readonly unplaced: readonly Omit<Sighting, "port" | "isVlan">[]
  readonly shared: number
}

/** Of a device's own interface with this MAC address or name; as named for a node without tables. */
const farPortOf = (row: NeighbourRow, far: Ports | undefined): string | null => {
  const named = portName(row.remotePort)
  if (far === undefined) return named
  return far.port(named) ?? (row.mac === null ? null : far.portOfMac(row.mac))
}

/** One sighting of each far end at each port, of all protocols. */
const withoutRepeats = (seen: readonly Sighting[]): Sighting[] => {
  const found = new Map<string, Sighting>()
  for (const each of seen) {
    const key = [each.port, each.node, each.farPort, each.isGone].join("\n")
    const before = found.get(key)
    if (before === undefined) found.set(key, each)
    else
      found.set(key, {
        ...before,
        isVlan: before.isVlan && each.isVlan,
        sources: [...new Set([...before.sources, ...each.sources])].sort(),
        seenAtMs: Math.max(before.seenAtMs, each.seenAtMs),
      })
  }
  return [...found.values()]
}

export const sightingsOf = (
  report: DeviceReport,
  rows: readonly Resolved[],
  portsOf: (device: string) => Ports | undefined,
): Sightings => {
  const ports = portsOf(report.id)
  const seen: Sighting[] = []
  const portless: { by: string; node: string }[] = []
  let shared = 0
  const unplaced: Omit<Sighting, "port" | "isVlan">[] = []
  const byInterface = Map.groupBy(rows, ({ row }) => row.interface)
  for (const [on, all] of byInterface) {
    if (on === null) {
      for (const { row, node } of all)
        unplaced.push({
          ...{ by: report.id, node, farPort: farPortOf(row, portsOf(node)), sources: row.sources },
          ...{ seenAtMs: row.seenAtMs, isGone: row.goneAtMs !== null },
        })
      continue
    }
    const { via, port } = ports?.below(on) ?? { via: "port" as const, port: on }
    const current = all.filter(({ row }) => row.goneAtMs === null)
    const isShared = new Set(current.map(({ node }) => node)).size > 1
    for (const { row, node } of all) {
      if (via === "tunnel" || via === "inside" || port === null || (via === "vlan" && isShared)) {
        if (row.goneAtMs === null && !isShared) portless.push({ by: report.id, node })
        if (via !== "tunnel") shared += 1
        continue
      }
      seen.push({
        ...{ by: report.id, port, isVlan: via === "vlan", node, sources: row.sources },
        farPort: farPortOf(row, portsOf(node)),
        ...{ seenAtMs: row.seenAtMs, isGone: row.goneAtMs !== null },
      })
    }
  }
  return { seen: withoutRepeats(seen), portless, unplaced, shared }
}

/** Nodes whose MAC address a bridge has learned at a port: they are on its wire or behind it. */
export const learnedAt = (
  report: DeviceReport,
  directory: Directory,
  nodesOfMac: ReadonlyMap<string, Node>,
): ReadonlyMap<
  string,
  ReadonlyMap<string, { readonly mac: string; readonly seenAtMs: number }>
> => {
  const found = new Map<string, Map<string, { mac: string; seenAtMs: number }>>()
  for (const { mac, interface: port, seenAtMs, goneAtMs } of report.hosts) {
    if (goneAtMs !== null) continue
    const owners = directory.ownersOfMac(mac)
    const [owner] = owners
    const node =
      owners.length === 1 ? owner : owners.length === 0 ? nodesOfMac.get(mac)?.id : undefined
    if (node === undefined || node === report.id) continue
    const at = found.get(port)
    if (at === undefined) found.set(port, new Map([[node, { mac, seenAtMs }]]))
    else at.set(node, { mac, seenAtMs })
  }
  return found
}
