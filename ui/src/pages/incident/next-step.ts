/** What to do next, in words, from what failed. Pure: the same facts give the same advice. */
import type { Component, IncidentDetail, Symptom } from "@ispvm/appliance/api/incidents"
import type { Device, Link } from "@ispvm/appliance/api/inventory"
import type { Fleet } from "../../state/fleet.ts"
import { t } from "../../strings/strings.ts"
import { isUpstream, tellApart } from "./apart.ts"
import { claimsOf, firstOf, isAwaited } from "./verdict.ts"

const words = t.incidents.step
/** Nobody follows a longer list at three in the morning. */
const MOST = 3
/** Surer than this nobody has to wait for what else is looked at, nor for a look that takes longer than this. */
const SURE = 0.9
const PATIENCE_MS = 10_000

export const nextSteps = (fleet: Fleet, incident: IncidentDetail, nowMs: number): readonly string[] => {
  if (incident.state === "closed") return []
  const held = incident.symptomList.filter((symptom) => symptom.phase !== "ok")
  if (held.length > 0 && held.every((symptom) => symptom.phase === "recovering")) return [words.recovering]
  const awaited = incident.rechecks.filter((each) => isAwaited(each) && nowMs - each.askedAtMs < PATIENCE_MS)
  if (awaited.length > 0 && (incident.confidence ?? 0) < SURE) return [words.waiting(awaited.length)]
  const claims = claimsOf(firstOf(incident))
  // What decides between things that look alike comes first: whoever is called next can be the right one.
  const apart = claims.flatMap(({ component, standIns: [other] }) =>
    // A carrier is called once, and asked for both.
    other === undefined || upstreamAt(fleet, component) !== undefined ? [] : (tellApart(fleet, [component], [other]) ?? []),
  )
  const left = claims.flatMap(({ component }) => othersLeft(fleet, upstreamAt(fleet, component)))
  const steps = [...apart, ...claims.map(({ component }) => stepFor(fleet, incident, component)), ...left]
  return [...unreported(fleet, incident), ...steps].slice(0, MOST)
}

/**
 * Of a router that only reports itself nothing is known but that it has stopped: a script that was taken out or a key that holds no more looks
 * the same. Where a neighbour lost its link it is no question.
 */
const unreported = (fleet: Fleet, incident: IncidentDetail): readonly string[] =>
  incident.symptomList
    .filter(({ deviceId, part }) => part === "cause" && deviceId !== null && isUnreported(fleet, incident, deviceId))
    .map(({ deviceName }) => words.unreported(deviceName ?? ""))
    .slice(0, 1)

const isUnreported = (fleet: Fleet, incident: IncidentDetail, device: string): boolean =>
  incident.symptomList.some((each) => each.deviceId === device && each.phase === "down" && each.reason === "reports-missing") &&
  !neighbourPortsDown(fleet, incident, device)

/** The upstream that this is, or is a line to: it and the far half of the line are a carrier's. */
const upstreamAt = (fleet: Fleet, { id }: Component): Device | undefined => {
  const link = fleet.links.get(id)
  const ids = link === undefined ? [id] : [link.a.deviceId, link.b.deviceId]
  return ids.flatMap((each) => fleet.devices.get(each) ?? []).find((device) => isUpstream(fleet, device.id))
}

const callCarrier = (fleet: Fleet, incident: IncidentDetail, { id, name }: Device): string => {
  const ends = [...fleet.links.values()].flatMap(({ a, b }) => (a.deviceId === id ? [b] : b.deviceId === id ? [a] : []))
  const dark = ends.filter((end) => incident.symptomList.some((symptom) => isPortDown(symptom, end)))
  const ports = dark.map((end) => words.end(end.deviceName, end.interface)).join(", ")
  return `${words.carrier(name)}${ports === "" ? "" : words.tellCarrier(ports)}`
}

/** Whether traffic still has a way out: told only once the one upstream is known to be lost. */
const othersLeft = (fleet: Fleet, lost: Device | undefined): readonly string[] => {
  if (lost?.status.status !== "down") return []
  const others = [...fleet.devices.values()].filter(({ id }) => id !== lost.id && isUpstream(fleet, id))
  const standing = others.filter(({ status: { status } }) => status === "ok" || status === "degraded" || status === "recovering")
  const named = (devices: readonly Device[]): string => devices.map(({ name }) => name).join(", ")
  if (standing.length > 0) return [words.upstreamsLeft(named(standing), standing.length)]
  return others.length === 0 ? [] : [words.upstreamsGone(named(others))]
}

const stepFor = (fleet: Fleet, incident: IncidentDetail, cause: Component): string => {
  const upstream = upstreamAt(fleet, cause)
  if (upstream !== undefined) return callCarrier(fleet, incident, upstream)
  switch (cause.kind) {
    case "link": {
      const link = fleet.links.get(cause.id)
      if (link === undefined) return words.linkBare(cause.name)
      const ends = [link.a, link.b].map((end) => words.end(end.deviceName, end.interface)).join(", ")
      return words.linkEnds(cause.name, ends)
    }
    case "device": {
      const site = fleet.devices.get(cause.id)?.siteName
      const where = site ? words.atSite(site) : words.nowhere
      if (isUnreported(fleet, incident, cause.id)) return words.deviceQuiet(cause.name, where)
      // A router without power takes the light with it; one that hangs leaves its ports up.
      return neighbourPortsDown(fleet, incident, cause.id)
        ? words.deviceDark(cause.name, where)
        : words.deviceHangs(cause.name, where)
    }
    case "agent": {
      // One that is heard runs: what it has lost is its way to what it watches.
      if (incident.symptomList.some(({ kind }) => kind === "agent-silent")) return words.agent(cause.name)
      const at = fleet.devices.get(fleet.agents.get(cause.id)?.deviceId ?? "")
      return words.agentBlind(cause.name, at === undefined ? words.towardsAny : words.towards(at.name))
    }
    case "site":
      return words.site(cause.name)
  }
}

const isPortDown = ({ kind, phase, deviceId, interface: port }: Symptom, end: Link["a"]): boolean =>
  kind === "interface-down" && phase !== "ok" && deviceId === end.deviceId && port === end.interface

const neighbourPortsDown = (fleet: Fleet, incident: IncidentDetail, device: string): boolean => {
  const links = [...fleet.links.values()]
  return incident.symptomList.some((symptom) =>
    links.some(
      ({ a, b }) => (a.deviceId === device && isPortDown(symptom, b)) || (b.deviceId === device && isPortDown(symptom, a)),
    ),
  )
}
