/** Which things the picture of an incident shows, and what part each has in it, as one of its explanations would have it. Pure. */
import type { Component, IncidentDetail } from "@ispvm/appliance/api/incidents"
import type { Fleet } from "../../state/fleet.ts"
import { firstOf } from "./verdict.ts"

/** `unseen`: nobody looks at it, for its agent is cut off. `near`: stands next to the fault and answers. */
export type BlastPart = "cause" | "maybe" | "down" | "behind" | "unseen" | "near"
export type BlastThings = {
  readonly devices: ReadonlyMap<string, BlastPart>
  readonly agents: ReadonlyMap<string, BlastPart>
  /** Sites whose devices stand together, because their power may be what failed. */
  readonly sites: ReadonlyMap<string, "cause" | "maybe">
  readonly links: ReadonlyMap<string, "cause" | "maybe">
  /** How many more are touched than the picture has room for. */
  readonly more: number
  /** And behind which of those that are shown they hang. */
  readonly folded: ReadonlyMap<string, number>
}
export type Neighbours = ReadonlyMap<string, readonly string[]>
export type BlastRoom = {
  readonly next: Neighbours
  /** Hops from where we look; what is not connected is as far as can be. */
  readonly far: (device: string) => number
  /** How many stand side by side. */
  readonly perLine: number
}

/** What hangs further below the nearest of what is touched adds lines and no insight: it is a number. */
const DEEPEST = 4
const MOST_NEAR = 8
/** What is less likely than this is in the list, but would only litter the picture. */
const WORTH_DRAWING = 0.02

export const blastThings = (fleet: Fleet, incident: IncidentDetail, drawn: number, room: BlastRoom): BlastThings => {
  const shown = incident.hypotheses[drawn] ?? firstOf(incident)
  const causes = shown.components
  const maybes = [...shown.standIns.flat(), ...(drawn === 0 ? incident.alternatives : [])]
  const partOf = new Map<string, "cause" | "maybe">([...maybes.map(as("maybe")), ...causes.map(as("cause"))])
  // Whichever explanation is drawn, the same things stand in the same places.
  const all = [
    ...causes,
    ...maybes,
    ...incident.hypotheses
      .filter((each) => each.probability >= WORTH_DRAWING)
      .flatMap((each) => [...each.components, ...each.standIns.flat()]),
  ]
  const of = (kind: Component["kind"]): string[] => [...new Set(all.filter((each) => each.kind === kind).map((each) => each.id))]

  const devices = touched(fleet, incident, of("device"), partOf)
  for (const site of of("site"))
    for (const device of fleet.devices.values())
      if (device.siteId === site && !devices.has(device.id) && device.status.status !== "ok") devices.set(device.id, "down")
  for (const agent of of("agent"))
    for (const device of fleet.devices.values())
      if (device.agentId === agent && !devices.has(device.id) && device.status.status === "unknown")
        devices.set(device.id, "unseen")
  const ends = of("link").flatMap((id) => {
    const link = fleet.links.get(id)
    return link === undefined ? [] : [link.a.deviceId, link.b.deviceId]
  })
  const stands = of("agent").flatMap((id) => fleet.agents.get(id)?.deviceId ?? [])
  const hidden = fold(devices, room)
  for (const id of hidden) devices.delete(id)
  for (const id of [...ends, ...stands]) if (fleet.devices.has(id) && !devices.has(id)) devices.set(id, "near")
  // Where nobody is out of reach, what is worth seeing is the way round.
  const isAllNear = [...devices.values()].every((part) => part === "near")
  addNeighbours(fleet, devices, new Set([...of("device"), ...(isAllNear ? ends : [])]), new Set(hidden), room.next)
  return {
    devices,
    agents: new Map(of("agent").map((id) => [id, partOf.get(id) ?? "near"])),
    sites: new Map([...partOf].filter(([id]) => fleet.sites.has(id))),
    links: new Map([...partOf].filter(([id]) => fleet.links.has(id))),
    more: hidden.length,
    folded: foldedBehind(devices, hidden, room),
  }
}

/** What is touched and finds no room, nearest first. Whatever is named as a cause always stands. */
const fold = (devices: ReadonlyMap<string, BlastPart>, { far, perLine }: BlastRoom): readonly string[] => {
  const isNamed = (part: BlastPart): boolean => part === "cause" || part === "maybe" || part === "near"
  const touchedOnly = [...devices].flatMap(([id, part]) => (isNamed(part) ? [] : [id])).sort((a, b) => far(a) - far(b))
  const nearest = Math.min(...[...devices.keys()].map(far))
  const standing = new Map<number, number>()
  return touchedOnly.filter((id) => {
    const rank = far(id)
    const count = standing.get(rank) ?? 0
    if (rank >= nearest + DEEPEST || count >= perLine) return true
    standing.set(rank, count + 1)
    return false
  })
}

const foldedBehind = (
  shown: ReadonlyMap<string, BlastPart>,
  hidden: readonly string[],
  { far, next }: BlastRoom,
): ReadonlyMap<string, number> => {
  const owner = new Map<string, string>()
  const counts = new Map<string, number>()
  for (const id of hidden) {
    const above = (next.get(id) ?? []).filter((each) => far(each) <= far(id))
    const found = above.map((each) => (shown.has(each) ? each : owner.get(each))).find((each) => each !== undefined)
    if (found === undefined) continue
    owner.set(id, found)
    counts.set(found, (counts.get(found) ?? 0) + 1)
  }
  return counts
}

const as =
  (part: "cause" | "maybe") =>
  ({ id }: Component): [string, typeof part] => [id, part]

/** A device's strongest part wins: what failed is the cause even where it is also a symptom. */
const touched = (
  fleet: Fleet,
  incident: IncidentDetail,
  named: readonly string[],
  partOf: ReadonlyMap<string, "cause" | "maybe">,
): Map<string, BlastPart> => {
  const parts = new Map<string, BlastPart>()
  const put = (id: string | null, part: BlastPart): void => {
    const device = fleet.devices.get(id ?? "")
    if (device === undefined || parts.has(device.id)) return
    const isUnseen = (part === "down" || part === "behind") && device.status.status === "unknown"
    parts.set(device.id, isUnseen ? "unseen" : part)
  }
  for (const id of named) {
    const part = partOf.get(id)
    if (part !== undefined) put(id, part)
  }
  for (const symptom of incident.symptomList)
    if (symptom.kind === "device-unreachable" && symptom.part !== "evidence")
      put(symptom.deviceId, symptom.part === "behind" ? "behind" : "down")
  for (const device of fleet.devices.values())
    if (device.incidentId === incident.id) put(device.id, device.status.status === "behind" ? "behind" : "down")
  for (const id of named) put(id, "near")
  return parts
}

/** Whoever stands next to the fault still answers, and shows where the network ends. */
const addNeighbours = (
  fleet: Fleet,
  parts: Map<string, BlastPart>,
  named: ReadonlySet<string>,
  hidden: ReadonlySet<string>,
  next: Neighbours,
): void => {
  const isInside = (id: string, part: BlastPart): boolean => named.has(id) || (part !== "near" && part !== "unseen")
  const inside = new Set([...parts].flatMap(([id, part]) => (isInside(id, part) ? [id] : [])))
  let left = MOST_NEAR
  for (const here of inside) {
    for (const there of next.get(here) ?? []) {
      if (left === 0) return
      if (parts.has(there) || hidden.has(there) || !fleet.devices.has(there)) continue
      parts.set(there, "near")
      left -= 1
    }
  }
}
