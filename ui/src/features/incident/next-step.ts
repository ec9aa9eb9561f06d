/** The next step of an operator, from the cause. Pure: the same facts give the same advice. */
import type { Component, IncidentDetail, Symptom } from "@ispvm/appliance/api/incidents"
import type { Device, Link } from "@ispvm/appliance/api/inventory"
import { t } from "../../i18n/strings/strings.ts"
import type { Fleet } from "../../state/fleet.ts"
import { bestHypothesis, causeGroupsOf, isPending } from "./diagnosis.ts"
import { distinguishingCheck, isUpstream } from "./distinguishing-check.ts"

const strings = t.incidents.step
/** A longer list is not followed at night. */
const MAX_STEPS = 3
/**
 * Above this confidence nobody waits for pending re-checks, nor for one that takes longer than
 * this.
 */
const MIN_CONFIDENCE = 0.9
const RECHECK_WAIT_MS = 10_000

export const nextSteps = (
  fleet: Fleet,
  incident: IncidentDetail,
  nowMs: number,
): readonly string[] => {
  if (incident.state === "closed") return []
  const activeSymptoms = incident.symptomList.filter((symptom) => symptom.phase !== "ok")
  if (
    activeSymptoms.length > 0 &&
    activeSymptoms.every((symptom) => symptom.phase === "recovering")
  )
    return [strings.recovering]
  if (incident.title.code === "title.rule" || incident.title.code === "title.degradation")
    return incident.causes.map(({ name }) => strings.rule(name))
  const pending = incident.rechecks.filter(
    (each) => isPending(each) && nowMs - each.requestedAtMs < RECHECK_WAIT_MS,
  )
  if (pending.length > 0 && (incident.confidence ?? 0) < MIN_CONFIDENCE)
    return [strings.waiting(pending.length)]
  const groups = causeGroupsOf(bestHypothesis(incident))
  // A check that distinguishes causes comes first, so that the right person is called.
  const checks = groups.flatMap(({ component, equivalents: [other] }) =>
    // A carrier is called once, about both.
    other === undefined || upstreamAt(fleet, component) !== undefined
      ? []
      : (distinguishingCheck(fleet, [component], [other]) ?? []),
  )
  const left = groups.flatMap(({ component }) =>
    otherUpstreams(fleet, upstreamAt(fleet, component)),
  )
  const steps = [
    ...checks,
    ...groups.map(({ component }) => stepFor(fleet, incident, component)),
    ...left,
  ]
  return [...missingReports(fleet, incident), ...steps].slice(0, MAX_STEPS)
}

/**
 * Of a self-reporting router only the missing reports are known; a removed script or a revoked key
 * looks the same. If a neighbour lost its link, the fault is certain.
 */
const missingReports = (fleet: Fleet, incident: IncidentDetail): readonly string[] =>
  incident.symptomList
    .filter(
      ({ deviceId, part }) =>
        part === "cause" && deviceId !== null && isUnreported(fleet, incident, deviceId),
    )
    .map(({ deviceName }) => strings.unreported(deviceName ?? ""))
    .slice(0, 1)

const isUnreported = (fleet: Fleet, incident: IncidentDetail, device: string): boolean =>
  incident.symptomList.some(
    (each) =>
      each.deviceId === device && each.phase === "down" && each.reason === "reports-missing",
  ) && !neighbourPortsDown(fleet, incident, device)

/** The upstream that this is or leads to: it and the far half of the line belong to a carrier. */
const upstreamAt = (fleet: Fleet, { id }: Component): Device | undefined => {
  const link = fleet.links.get(id)
  const ids = link === undefined ? [id] : [link.a.deviceId, link.b.deviceId]
  return ids
    .flatMap((each) => fleet.devices.get(each) ?? [])
    .find((device) => isUpstream(fleet, device.id))
}

const callCarrier = (fleet: Fleet, incident: IncidentDetail, { id, name }: Device): string => {
  const ends = [...fleet.links.values()].flatMap(({ a, b }) =>
    a.deviceId === id ? [b] : b.deviceId === id ? [a] : [],
  )
  const downEnds = ends.filter((end) =>
    incident.symptomList.some((symptom) => isPortDown(symptom, end)),
  )
  const ports = downEnds.map((end) => strings.end(end.deviceName, end.interface)).join(", ")
  return `${strings.carrier(name)}${ports === "" ? "" : strings.informCarrier(ports)}`
}

/**
 * Whether traffic still has an upstream; stated only when the one upstream is certain to be lost.
 */
const otherUpstreams = (fleet: Fleet, lost: Device | undefined): readonly string[] => {
  if (lost?.status.status !== "down") return []
  const others = [...fleet.devices.values()].filter(
    ({ id }) => id !== lost.id && isUpstream(fleet, id),
  )
  const working = others.filter(
    ({ status: { status } }) => status === "ok" || status === "degraded" || status === "recovering",
  )
  const named = (devices: readonly Device[]): string => devices.map(({ name }) => name).join(", ")
  if (working.length > 0) return [strings.upstreamsLeft(named(working), working.length)]
  return others.length === 0 ? [] : [strings.upstreamsGone(named(others))]
}

const stepFor = (fleet: Fleet, incident: IncidentDetail, cause: Component): string => {
  const upstream = upstreamAt(fleet, cause)
  if (upstream !== undefined) return callCarrier(fleet, incident, upstream)
  switch (cause.kind) {
    case "link": {
      const link = fleet.links.get(cause.id)
      if (link === undefined) return strings.linkBare(cause.name)
      const ends = [link.a, link.b]
        .map((end) => strings.end(end.deviceName, end.interface))
        .join(", ")
      return strings.linkEnds(cause.name, ends)
    }
    case "device": {
      const site = fleet.devices.get(cause.id)?.siteName
      const where = site ? strings.atSite(site) : strings.nowhere
      if (isUnreported(fleet, incident, cause.id))
        return strings.deviceNotReporting(cause.name, where)
      // A router without power takes its links down; one that hangs leaves them up.
      return neighbourPortsDown(fleet, incident, cause.id)
        ? strings.deviceNoPower(cause.name, where)
        : strings.deviceHangs(cause.name, where)
    }
    case "agent": {
      // An agent with a heartbeat runs, so it has lost its path to its devices.
      if (incident.symptomList.some(({ kind }) => kind === "agent-offline"))
        return strings.agent(cause.name)
      const at = fleet.devices.get(fleet.agents.get(cause.id)?.deviceId ?? "")
      return strings.agentIsolated(
        cause.name,
        at === undefined ? strings.towardsAny : strings.towards(at.name),
      )
    }
    case "site":
      return strings.site(cause.name)
  }
}

const isPortDown = ({ kind, phase, deviceId, interface: port }: Symptom, end: Link["a"]): boolean =>
  kind === "interface-down" && phase !== "ok" && deviceId === end.deviceId && port === end.interface

const neighbourPortsDown = (fleet: Fleet, incident: IncidentDetail, device: string): boolean => {
  const links = [...fleet.links.values()]
  return incident.symptomList.some((symptom) =>
    links.some(
      ({ a, b }) =>
        (a.deviceId === device && isPortDown(symptom, b)) ||
        (b.deviceId === device && isPortDown(symptom, a)),
    ),
  )
}
