/** The picture of what an incident touches: which things, in rows away from the agent, and the lines between them. Pure. */
import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import type { Link } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { byText } from "../../format/names.ts"
import type { Fleet } from "../../state/fleet.ts"

export type BlastPart = "cause" | "maybe" | "down" | "behind" | "near"
export type BlastNode = {
  readonly id: string
  readonly name: string
  readonly part: BlastPart
  readonly status: Status
  readonly x: number
  readonly y: number
  /** Where a row has room the name stands beside the shape, clear of the lines; else below it. */
  readonly named: "beside" | "below"
}
export type BlastEdge = {
  readonly id: string
  readonly name: string
  readonly part: BlastPart
  readonly from: BlastNode
  readonly to: BlastNode
}
export type BlastPicture = {
  readonly nodes: readonly BlastNode[]
  readonly edges: readonly BlastEdge[]
  readonly height: number
  /** How many more are behind it than the picture has room for. */
  readonly more: number
}

const CELL_WIDTH = 104
/** Few rows may stand far apart; many must not fill the page. */
const rowHeight = (rows: number): number => (rows <= 3 ? 118 : rows <= 5 ? 96 : 80)
const MOST_AFFECTED = 24
const MOST_NEAR = 8

export const blastPicture = (fleet: Fleet, incident: IncidentDetail, width: number): BlastPicture => {
  const parts = partsOf(fleet, incident)
  const affected = [...parts].filter(([, part]) => part === "down" || part === "behind").map(([id]) => id)
  const distance = distances(fleet)
  const far = (id: string): number => distance.get(id) ?? Number.MAX_SAFE_INTEGER
  for (const id of affected.sort((a, b) => far(a) - far(b)).slice(MOST_AFFECTED)) parts.delete(id)
  addNeighbours(fleet, parts)
  const nodes = place(fleet, parts, far, Math.max(2, Math.floor(width / CELL_WIDTH)), width)
  const at = new Map(nodes.map((node) => [node.id, node]))
  const edges = [...fleet.links.values()].flatMap((link): BlastEdge[] => {
    const from = at.get(link.a.deviceId)
    const to = at.get(link.b.deviceId)
    return from === undefined || to === undefined
      ? []
      : [{ id: link.id, name: link.name, part: partOfLink(incident, link, from, to), from, to }]
  })
  const height = Math.max(0, ...nodes.map((node) => node.y)) + 42
  return { nodes, edges, height, more: Math.max(0, affected.length - MOST_AFFECTED) }
}

/** A device's strongest part wins: what failed is the cause even where it is also a symptom. */
const partsOf = (fleet: Fleet, incident: IncidentDetail): Map<string, BlastPart> => {
  const parts = new Map<string, BlastPart>()
  const put = (id: string | null, part: BlastPart): void => {
    if (id !== null && fleet.devices.has(id) && !parts.has(id)) parts.set(id, part)
  }
  for (const cause of incident.causes) if (cause.kind === "device") put(cause.id, "cause")
  for (const other of incident.alternatives) if (other.kind === "device") put(other.id, "maybe")
  for (const symptom of incident.symptomList) {
    if (symptom.kind === "device-unreachable" && symptom.part !== "evidence")
      put(symptom.deviceId, symptom.part === "behind" ? "behind" : "down")
  }
  for (const device of fleet.devices.values())
    if (device.incidentId === incident.id) put(device.id, device.status.status === "behind" ? "behind" : "down")
  for (const each of [...incident.causes, ...incident.alternatives]) {
    const link = each.kind === "link" ? fleet.links.get(each.id) : undefined
    if (link === undefined) continue
    put(link.a.deviceId, "near")
    put(link.b.deviceId, "near")
  }
  return parts
}

/** Whoever stands next to the fault still answers, and shows where the network ends. */
const addNeighbours = (fleet: Fleet, parts: Map<string, BlastPart>): void => {
  const inside = new Set([...parts].filter(([, part]) => part !== "near").map(([id]) => id))
  let room = MOST_NEAR
  for (const { a, b } of fleet.links.values()) {
    for (const [here, there] of [
      [a.deviceId, b.deviceId],
      [b.deviceId, a.deviceId],
    ] as const) {
      if (room === 0 || !inside.has(here) || parts.has(there) || !fleet.devices.has(there)) continue
      parts.set(there, "near")
      room -= 1
    }
  }
}

/** Hops from where the agents stand; without a known place, from the best-connected device. */
const distances = (fleet: Fleet): ReadonlyMap<string, number> => {
  const next = new Map<string, string[]>()
  for (const { a, b } of fleet.links.values()) {
    next.set(a.deviceId, [...(next.get(a.deviceId) ?? []), b.deviceId])
    next.set(b.deviceId, [...(next.get(b.deviceId) ?? []), a.deviceId])
  }
  const stands = [...fleet.agents.values()].flatMap((agent) => (agent.deviceId === null ? [] : [agent.deviceId]))
  const hub = [...next].sort((one, other) => other[1].length - one[1].length)[0]?.[0]
  const queue = stands.length > 0 ? stands : hub === undefined ? [] : [hub]
  const distance = new Map(queue.map((id) => [id, 0]))
  for (const id of queue) {
    for (const other of next.get(id) ?? []) {
      if (distance.has(other)) continue
      distance.set(other, (distance.get(id) ?? 0) + 1)
      queue.push(other)
    }
  }
  return distance
}

const place = (
  fleet: Fleet,
  parts: ReadonlyMap<string, BlastPart>,
  far: (id: string) => number,
  perRow: number,
  width: number,
): readonly BlastNode[] => {
  const ranks = Map.groupBy([...parts.keys()], far)
  const rows = [...ranks].sort(([one], [other]) => one - other).flatMap(([, ids]) => chunk(ids.sort(byName(fleet)), perRow))
  const tall = rowHeight(rows.length)
  return rows.flatMap((ids, row) =>
    ids.map((id, column): BlastNode => {
      const device = fleet.devices.get(id)
      const x = (width / ids.length) * (column + 0.5)
      const named = width / ids.length >= 190 ? "beside" : "below"
      // One below the other in a straight column would hide a line that passes the one between.
      const swing = ids.length === 1 && rows.length > 2 ? (row % 2 === 0 ? -1 : 1) * Math.min(60, width / 8) : 0
      return {
        id,
        name: device?.name ?? "",
        part: parts.get(id) ?? "near",
        status: device?.status.status ?? "unknown",
        x: x + swing - (named === "beside" ? 30 : 0),
        y: tall * row + 28,
        named,
      }
    }),
  )
}

const byName =
  (fleet: Fleet) =>
  (one: string, other: string): number =>
    byText(fleet.devices.get(one)?.name ?? "", fleet.devices.get(other)?.name ?? "")

const chunk = (ids: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, n) => ids.slice(n * size, (n + 1) * size))

const partOfLink = (incident: IncidentDetail, link: Link, from: BlastNode, to: BlastNode): BlastPart => {
  if (incident.causes.some((cause) => cause.id === link.id)) return "cause"
  if (incident.alternatives.some((other) => other.id === link.id)) return "maybe"
  return from.part === "near" && to.part === "near" ? "near" : "behind"
}
