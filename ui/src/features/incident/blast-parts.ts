/**
 * The components in the diagram of an incident, with their role for one of its hypotheses. Pure.
 */
import type { Component, IncidentDetail } from "@ispvm/appliance/api/incidents"
import type { Fleet } from "../../state/fleet.ts"
import { bestHypothesis } from "./diagnosis.ts"

/** `unseen`: its agent is cut off. `near`: next to the fault, and answers. */
export type BlastPart = "cause" | "maybe" | "down" | "unreachable" | "unknown" | "neighbour"
export type BlastThings = {
  readonly devices: ReadonlyMap<string, BlastPart>
  readonly agents: ReadonlyMap<string, BlastPart>
  /** Sites whose devices are grouped, because their power may have failed. */
  readonly sites: ReadonlyMap<string, "cause" | "maybe">
  readonly links: ReadonlyMap<string, "cause" | "maybe">
  /** The number of affected components that the diagram has no space for. */
  readonly more: number
  /** The shown component that each of them is downstream of. */
  readonly hiddenCounts: ReadonlyMap<string, number>
}
export type Neighbours = ReadonlyMap<string, readonly string[]>
export type BlastRoom = {
  readonly neighbours: Neighbours
  /** Hops from the agent; unconnected components have the maximum. */
  readonly hops: (device: string) => number
  /** The number of components side by side. */
  readonly perLine: number
}

/** Components further downstream add lines and no information, so they are a number. */
const MAX_DEPTH = 4
const MAX_NEIGHBOURS = 8
/** Less likely hypotheses are in the list, but not in the diagram. */
const MIN_PROBABILITY = 0.02

export const blastThings = (
  fleet: Fleet,
  incident: IncidentDetail,
  drawn: number,
  room: BlastRoom,
): BlastThings => {
  const shown = incident.hypotheses[drawn] ?? bestHypothesis(incident)
  const causes = shown.components
  const maybes = [...shown.equivalents.flat(), ...(drawn === 0 ? incident.alternatives : [])]
  const partOf = new Map<string, "cause" | "maybe">([
    ...maybes.map(as("maybe")),
    ...causes.map(as("cause")),
  ])
  // Positions do not depend on the selected hypothesis.
  const all = [
    ...causes,
    ...maybes,
    ...incident.hypotheses
      .filter((each) => each.probability >= MIN_PROBABILITY)
      .flatMap((each) => [...each.components, ...each.equivalents.flat()]),
  ]
  const of = (kind: Component["kind"]): string[] => [
    ...new Set(all.filter((each) => each.kind === kind).map((each) => each.id)),
  ]

  const devices = impacted(fleet, incident, of("device"), partOf)
  for (const site of of("site"))
    for (const device of fleet.devices.values())
      if (device.siteId === site && !devices.has(device.id) && device.status.status !== "ok")
        devices.set(device.id, "down")
  for (const agent of of("agent"))
    for (const device of fleet.devices.values())
      if (device.agentId === agent && !devices.has(device.id) && device.status.status === "unknown")
        devices.set(device.id, "unknown")
  const ends = of("link").flatMap((id) => {
    const link = fleet.links.get(id)
    return link === undefined ? [] : [link.a.deviceId, link.b.deviceId]
  })
  const agentDevices = of("agent").flatMap((id) => fleet.agents.get(id)?.deviceId ?? [])
  const hidden = overflowing(devices, room)
  for (const id of hidden) devices.delete(id)
  for (const id of [...ends, ...agentDevices])
    if (fleet.devices.has(id) && !devices.has(id)) devices.set(id, "neighbour")
  // If no device is unreachable, the alternative path is shown.
  const areAllNeighbours = [...devices.values()].every((part) => part === "neighbour")
  addNeighbours(
    fleet,
    devices,
    new Set([...of("device"), ...(areAllNeighbours ? ends : [])]),
    new Set(hidden),
    room.neighbours,
  )
  return {
    devices,
    agents: new Map(of("agent").map((id) => [id, partOf.get(id) ?? "neighbour"])),
    sites: new Map([...partOf].filter(([id]) => fleet.sites.has(id))),
    links: new Map([...partOf].filter(([id]) => fleet.links.has(id))),
    more: hidden.length,
    hiddenCounts: countHidden(devices, hidden, room),
  }
}

/** Affected components without space, nearest first. Causes are always shown. */
const overflowing = (
  devices: ReadonlyMap<string, BlastPart>,
  { hops, perLine }: BlastRoom,
): readonly string[] => {
  const isNamed = (part: BlastPart): boolean =>
    part === "cause" || part === "maybe" || part === "neighbour"
  const impactedOnly = [...devices]
    .flatMap(([id, part]) => (isNamed(part) ? [] : [id]))
    .sort((a, b) => hops(a) - hops(b))
  const nearest = Math.min(...[...devices.keys()].map(hops))
  const shownPerRank = new Map<number, number>()
  return impactedOnly.filter((id) => {
    const rank = hops(id)
    const count = shownPerRank.get(rank) ?? 0
    if (rank >= nearest + MAX_DEPTH || count >= perLine) return true
    shownPerRank.set(rank, count + 1)
    return false
  })
}

const countHidden = (
  shown: ReadonlyMap<string, BlastPart>,
  hidden: readonly string[],
  { hops, neighbours }: BlastRoom,
): ReadonlyMap<string, number> => {
  const owner = new Map<string, string>()
  const counts = new Map<string, number>()
  for (const id of hidden) {
    const above = (neighbours.get(id) ?? []).filter((each) => hops(each) <= hops(id))
    const found = above
      .map((each) => (shown.has(each) ? each : owner.get(each)))
      .find((each) => each !== undefined)
    if (found === undefined) continue
    owner.set(id, found)
    counts.set(found, (counts.get(found) ?? 0) + 1)
  }
  return counts
}

const as =
  (part: "cause" | "maybe") =>
  ({ id }: Component): [string, typeof part] => [id, part]

/** The most important role wins: a cause stays a cause even if it is also a symptom. */
const impacted = (
  fleet: Fleet,
  incident: IncidentDetail,
  named: readonly string[],
  partOf: ReadonlyMap<string, "cause" | "maybe">,
): Map<string, BlastPart> => {
  const parts = new Map<string, BlastPart>()
  const put = (id: string | null, part: BlastPart): void => {
    const device = fleet.devices.get(id ?? "")
    if (device === undefined || parts.has(device.id)) return
    const isUnknown =
      (part === "down" || part === "unreachable") && device.status.status === "unknown"
    parts.set(device.id, isUnknown ? "unknown" : part)
  }
  for (const id of named) {
    const part = partOf.get(id)
    if (part !== undefined) put(id, part)
  }
  for (const symptom of incident.symptomList)
    if (symptom.kind === "device-unreachable" && symptom.part !== "evidence")
      put(symptom.deviceId, symptom.part === "downstream" ? "unreachable" : "down")
  for (const device of fleet.devices.values())
    if (device.incidentId === incident.id)
      put(device.id, device.status.status === "unreachable" ? "unreachable" : "down")
  for (const id of named) put(id, "neighbour")
  return parts
}

/** Neighbours of the fault that answer show where the working network ends. */
const addNeighbours = (
  fleet: Fleet,
  parts: Map<string, BlastPart>,
  named: ReadonlySet<string>,
  hidden: ReadonlySet<string>,
  neighbours: Neighbours,
): void => {
  const isInside = (id: string, part: BlastPart): boolean =>
    named.has(id) || (part !== "neighbour" && part !== "unknown")
  const inside = new Set([...parts].flatMap(([id, part]) => (isInside(id, part) ? [id] : [])))
  let left = MAX_NEIGHBOURS
  for (const here of inside) {
    for (const there of neighbours.get(here) ?? []) {
      if (left === 0) return
      if (parts.has(there) || hidden.has(there) || !fleet.devices.has(there)) continue
      parts.set(there, "neighbour")
      left -= 1
    }
  }
}
