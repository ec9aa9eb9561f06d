/**
 * The blast radius diagram of an incident for one of its hypotheses: shapes, lines and names, ready
 * to draw. Pure.
 */
import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import type { Fleet } from "../../state/fleet.ts"
import { type BlastPart, type BlastThings, blastThings } from "./blast-parts.ts"
import { distances, neighboursOf, perLineIn, placeThings, type Spot } from "./blast-place.ts"

export type { BlastPart } from "./blast-parts.ts"
export type BlastNode = {
  readonly id: string
  readonly kind: "device" | "agent"
  readonly name: string
  /** The name, shortened to the available space. */
  readonly label: string
  readonly part: BlastPart
  readonly status: Status
  /** The number of devices downstream that are not shown. */
  readonly hiddenCount: number
  readonly x: number
  readonly y: number
  /** In a row with space the name is beside the shape, clear of the lines; else below it. */
  readonly named: "beside" | "below"
}
export type BlastEdge = {
  /** The id of the link; null for the line from an agent to its device. */
  readonly id: string | null
  readonly name: string
  readonly part: BlastPart
  readonly path: string
  readonly middle: { readonly x: number; readonly y: number }
}
/** An outline around the devices of a site. */
export type BlastSite = {
  readonly id: string
  readonly name: string
  readonly part: "cause" | "maybe"
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
export type BlastPicture = {
  readonly nodes: readonly BlastNode[]
  readonly edges: readonly BlastEdge[]
  readonly sites: readonly BlastSite[]
  readonly height: number
  /** The number of devices downstream that the diagram has no space for. */
  readonly more: number
}

/** From this cell width, a name fits beside its shape. */
const BESIDE_FROM = 190
const LETTER = 6.9
/** Distance between parallel lines. */
const PARALLEL_GAP = 26
/** Closer than this to the middle of a shape, a line seems to end in it. */
const CLEAR = 20
const ROUND = 36

/** `drawn`: index of the hypothesis. */
export const blastPicture = (
  fleet: Fleet,
  incident: IncidentDetail,
  width: number,
  drawn = 0,
): BlastPicture => {
  const neighbours = neighboursOf(fleet)
  const distance = distances(fleet, neighbours)
  const room = {
    neighbours,
    hops: (id: string): number => distance.get(id) ?? Number.MAX_SAFE_INTEGER,
    perLine: perLineIn(width),
  }
  const things = blastThings(fleet, incident, drawn, room)
  const { spots, height } = placeThings(fleet, things, room, width)
  const nodes = [...spots.values()].map((spot) => nodeOf(fleet, things, spot, width))
  const at = new Map(nodes.map((node) => [node.id, node]))
  return {
    nodes,
    edges: [...linkEdges(fleet, things, at), ...agentEdges(fleet, things, at)],
    sites: [...things.sites].flatMap(([id, part]) =>
      part === "cause" || part === "maybe" ? siteBox(fleet, id, part, nodes, width) : [],
    ),
    height,
    more: things.more,
  }
}

const nodeOf = (
  fleet: Fleet,
  things: BlastThings,
  { id, x: middle, y, cell }: Spot,
  width: number,
): BlastNode => {
  const agent = things.agents.get(id)
  const device = fleet.devices.get(id)
  const name = (agent === undefined ? device?.name : fleet.agents.get(id)?.name) ?? ""
  const named = cell >= BESIDE_FROM ? "beside" : "below"
  const x = middle - (named === "beside" ? 30 : 0)
  const hiddenCount = things.hiddenCounts.get(id) ?? 0
  const room =
    named === "beside"
      ? Math.min(cell - 60, width - x - 26)
      : Math.min(cell - 6, 2 * Math.min(x, width - x) - 4)
  const letters = Math.floor(room / LETTER) - (hiddenCount > 0 ? ` +${hiddenCount}`.length : 0)
  return {
    id,
    kind: agent === undefined ? "device" : "agent",
    name,
    label: name.length > letters ? `${name.slice(0, letters - 1)}…` : name,
    part: agent ?? things.devices.get(id) ?? "neighbour",
    status:
      (agent === undefined ? device?.status.status : fleet.agents.get(id)?.status) ?? "unknown",
    hiddenCount,
    x,
    y,
    named,
  }
}

type At = ReadonlyMap<string, BlastNode>

const linkEdges = (fleet: Fleet, things: BlastThings, at: At): readonly BlastEdge[] => {
  const between = Map.groupBy(
    [...fleet.links.values()].filter(({ a, b }) => at.has(a.deviceId) && at.has(b.deviceId)),
    ({ a, b }) => [a.deviceId, b.deviceId].sort().join(" "),
  )
  return [...between.values()].flatMap((links) =>
    links.flatMap((link, index): BlastEdge[] => {
      const [one, other] = [link.a.deviceId, link.b.deviceId].sort().map((id) => at.get(id))
      if (one === undefined || other === undefined) return []
      const part =
        things.links.get(link.id) ?? (isQuiet(one) && isQuiet(other) ? "neighbour" : "unreachable")
      return [
        {
          id: link.id,
          name: link.name,
          part,
          ...line(one, other, (index - (links.length - 1) / 2) * PARALLEL_GAP, at),
        },
      ]
    }),
  )
}

const isQuiet = ({ part }: BlastNode): boolean => part === "neighbour" || part === "unknown"

/** An agent without a device is connected to the first row. */
const agentEdges = (fleet: Fleet, things: BlastThings, at: At): readonly BlastEdge[] =>
  [...things.agents.keys()].flatMap((id) => {
    const agent = at.get(id)
    if (agent === undefined) return []
    const attachedTo = at.get(fleet.agents.get(id)?.deviceId ?? "")
    const devices = [...at.values()].filter((node) => node.kind === "device")
    const top = Math.min(...devices.map((node) => node.y))
    const ends = attachedTo === undefined ? devices.filter((node) => node.y === top) : [attachedTo]
    return ends.map(
      (end): BlastEdge => ({
        id: null,
        name: agent.name,
        part: "unknown",
        ...line(agent, end, 0, at),
      }),
    )
  })

/** Straight, or bent: beside a parallel line, and around shapes on its way. */
const line = (
  one: BlastNode,
  other: BlastNode,
  offset: number,
  at: At,
): Pick<BlastEdge, "path" | "middle"> => {
  // By position and not by id, so that the same network is always drawn the same.
  const [left, right] =
    one.x < other.x || (one.x === other.x && one.y <= other.y) ? [one, other] : [other, one]
  const bend = offset + roundOf(left, right, at)
  const middle = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 }
  if (bend === 0)
    return {
      path: `M${round(left.x)} ${round(left.y)}L${round(right.x)} ${round(right.y)}`,
      middle,
    }
  const length = Math.hypot(right.x - left.x, right.y - left.y) || 1
  const normal = { x: -(right.y - left.y) / length, y: (right.x - left.x) / length }
  const off = (by: number): { x: number; y: number } => ({
    x: middle.x + normal.x * by,
    y: middle.y + normal.y * by,
  })
  // A quadratic curve passes at half the distance of its control point.
  const handle = off(bend * 2)
  return {
    path: `M${round(left.x)} ${round(left.y)}Q${round(handle.x)} ${round(handle.y)} ${round(right.x)} ${round(right.y)}`,
    middle: off(bend),
  }
}

/** The bend that avoids a shape between the ends; the sign is the side. */
const roundOf = (from: BlastNode, to: BlastNode, at: At): number => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = Math.hypot(dx, dy) || 1
  for (const node of at.values()) {
    if (node.id === from.id || node.id === to.id) continue
    const along = ((node.x - from.x) * dx + (node.y - from.y) * dy) / length
    const beside = ((node.y - from.y) * dx - (node.x - from.x) * dy) / length
    if (along > 0 && along < length && Math.abs(beside) < CLEAR) return beside > 0 ? -ROUND : ROUND
  }
  return 0
}

const siteBox = (
  fleet: Fleet,
  id: string,
  part: "cause" | "maybe",
  nodes: readonly BlastNode[],
  width: number,
): readonly BlastSite[] => {
  const own = nodes.filter((node) => fleet.devices.get(node.id)?.siteId === id)
  if (own.length === 0) return []
  const left = Math.max(
    2,
    Math.min(...own.map((node) => node.x)) - (own.some((node) => node.named === "below") ? 52 : 30),
  )
  const right = Math.min(
    width - 2,
    Math.max(
      ...own.map(
        (node) => node.x + (node.named === "below" ? 52 : 36 + node.label.length * LETTER),
      ),
    ),
  )
  const top = Math.min(...own.map((node) => node.y)) - 36
  const bottom = Math.max(...own.map((node) => node.y + (node.named === "below" ? 40 : 26)))
  const name = fleet.sites.get(id)?.name ?? ""
  return [
    {
      id,
      name,
      part,
      x: round(left),
      y: round(top),
      width: round(right - left),
      height: round(bottom - top),
    },
  ]
}

const round = (value: number): number => Math.round(value * 10) / 10
