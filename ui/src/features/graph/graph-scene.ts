/** The scene of the graph. Pure: no Cytoscape, no document. */
import type { Link } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { matches } from "../../i18n/format/text-match.ts"
import type { Fleet } from "../../state/fleet.ts"
import type { Blast } from "../network/blast.ts"
import { isFull, lineWidth } from "../network/link-style.ts"
import { around, neighboursOf, rankOf } from "./layout.ts"
import type { LayoutNode } from "./model.ts"

export type GraphNode = {
  readonly id: string
  readonly kind: "device" | "agent"
  readonly name: string
  readonly status: Status
  readonly rank: number
  readonly dimmed: boolean
  readonly hidden: boolean
  readonly isCause: boolean
}
export type GraphEdge = {
  readonly id: string
  readonly kind: "link" | "attached"
  readonly from: string
  readonly to: string
  readonly status: Status
  readonly widthPx: number
  /** Offset of parallel links: -0.5 and 0.5 for two, seen from the end with the lower id. */
  readonly offset: number
  readonly isFull: boolean
  readonly dimmed: boolean
  readonly hidden: boolean
  readonly isCause: boolean
}
export type GraphScene = {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}
export type GraphOptions = {
  readonly blast: Blast | null
  readonly focus: string
  readonly find: string
  readonly faultsOnly: boolean
  readonly nowMs: number
}

/** A neighbourhood: direct neighbours upstream and downstream, and one step more. */
const STEPS = 2

export const graphScene = (
  fleet: Fleet,
  { blast, focus, find, faultsOnly, nowMs }: GraphOptions,
): GraphScene => {
  const links = [...fleet.links.values()].filter(
    (link) => fleet.devices.has(link.a.deviceId) && fleet.devices.has(link.b.deviceId),
  )
  const neighbourhood = fleet.devices.has(focus)
    ? around(
        focus,
        neighboursOf(links.map((link) => ({ from: link.a.deviceId, to: link.b.deviceId }))),
        STEPS,
      )
    : null
  const isHidden = (id: string): boolean => neighbourhood !== null && !neighbourhood.has(id)
  const nodes = [...fleet.devices.values()].map((device): GraphNode => {
    const { status } = device.status
    const isFound = find === "" || matches(find, device.name, device.address, device.siteName)
    return {
      id: device.id,
      kind: "device",
      name: device.name,
      status,
      rank: rankOf(device.roles),
      dimmed:
        !isFound ||
        (blast !== null ? !blast.devices.has(device.id) : faultsOnly && status === "ok"),
      hidden: isHidden(device.id),
      isCause: blast?.causes.has(device.id) ?? false,
    }
  })
  const offsets = offsetsOf(links)
  const edges = links.map((link): GraphEdge => {
    const { status } = link.status
    return {
      id: link.id,
      kind: "link",
      from: link.a.deviceId,
      to: link.b.deviceId,
      status,
      widthPx: lineWidth(link.capacityBps),
      offset: offsets.get(link.id) ?? 0,
      isFull: isFull(link, nowMs),
      dimmed:
        find !== "" || (blast !== null ? !blast.links.has(link.id) : faultsOnly && status === "ok"),
      hidden: isHidden(link.a.deviceId) || isHidden(link.b.deviceId),
      isCause: blast?.causes.has(link.id) ?? false,
    }
  })
  const agents = agentsOf(fleet, blast, isHidden)
  return { nodes: [...nodes, ...agents.nodes], edges: [...edges, ...agents.edges] }
}

const offsetsOf = (links: readonly Link[]): ReadonlyMap<string, number> => {
  const pairs = Map.groupBy(links, ({ a, b }) => [a.deviceId, b.deviceId].sort().join(" "))
  const offsets = new Map<string, number>()
  for (const pair of pairs.values())
    pair.forEach((link, index) => {
      offsets.set(link.id, index - (pair.length - 1) / 2)
    })
  return offsets
}

/** An agent is shown beside its device; one without a device is only on the Agents page. */
const agentsOf = (
  fleet: Fleet,
  blast: Blast | null,
  isHidden: (id: string) => boolean,
): GraphScene => {
  const attachedAgents = [...fleet.agents.values()].flatMap((agent) =>
    agent.deviceId !== null && fleet.devices.has(agent.deviceId)
      ? [{ agent, deviceId: agent.deviceId }]
      : [],
  )
  return {
    nodes: attachedAgents.map(({ agent, deviceId }) => ({
      id: agent.id,
      kind: "agent",
      name: agent.name,
      status: agent.status,
      rank: -1,
      dimmed: blast !== null && !blast.causes.has(agent.id),
      hidden: isHidden(deviceId),
      isCause: blast?.causes.has(agent.id) ?? false,
    })),
    edges: attachedAgents.map(({ agent, deviceId }) => ({
      id: `attached ${agent.id}`,
      kind: "attached",
      from: agent.id,
      to: deviceId,
      status: agent.status,
      widthPx: 1.5,
      offset: 0,
      isFull: false,
      dimmed: blast !== null && !blast.causes.has(agent.id),
      hidden: isHidden(deviceId),
      isCause: false,
    })),
  }
}

/** Input of the layout; the location of the site decides between equals. */
export const layoutNodes = (fleet: Fleet, scene: GraphScene): readonly LayoutNode[] =>
  scene.nodes
    .filter((node) => node.kind === "device")
    .map((node) => {
      const site = fleet.sites.get(fleet.devices.get(node.id)?.siteId ?? "")
      return {
        id: node.id,
        rank: node.rank,
        name: node.name,
        east: site?.longitude ?? 0,
        north: site?.latitude ?? 0,
      }
    })
