/**
 * Alerts of probed services, by the part of the network that fails: one incident for each fault, not
 * for each probe. What several agents see places it (`locateFaults`); an open incident of the network
 * at that place explains it. Pure.
 */
import type { Component } from "../../../api/incidents.ts"
import type { ProbeFinding } from "../../../api/probes.ts"
import type { AlertId } from "../../../platform/ids.ts"
import { locateFaults, type Target } from "../../../registry/probes/probes.ts"
import type { AlertNow, MonitoredProbe, Topology } from "../../alerts/alerts.ts"
import type { Incident } from "../model.ts"
import type { AlertView } from "./alert-view.ts"
import { component } from "./component.ts"

/** Where the fault is that an alert of a service shows. */
export type ServiceFault = {
  readonly place: ProbeFinding["place"]
  readonly cause: Component
  /** Probes that show it, and agents that see it and that do not. */
  readonly probes: readonly string[]
  readonly agents: readonly string[]
  readonly others: readonly string[]
  /** Devices that the probes are about. */
  readonly devices: ReadonlySet<string>
}
export type ServiceFaults = ReadonlyMap<AlertId, ServiceFault>
export const NO_SERVICE_FAULTS: ServiceFaults = new Map()

export const isOfService = ({ rule }: AlertNow): boolean => rule?.symptom === "service"

/** By probe: its targets with what each of its agents sees. Ids, not names. */
const targetsOf = (topology: Topology, view: AlertView, nowMs: number): readonly Target[] =>
  [...Map.groupBy(topology.probes ?? [], ({ id }) => id)].map(([id, probes]) => ({
    name: id,
    segment: probes[0]?.segment ?? "service",
    site: topology.devices.get(probes[0]?.deviceId ?? "")?.siteId ?? null,
    views: probes.map(({ agentId, deviceId, series }) => ({
      agent: agentId,
      isUp: view.service?.(deviceId, series, nowMs) ?? null,
    })),
  }))

const causeOf = (
  topology: Topology,
  { place, site, agents }: ProbeFinding,
  own: readonly MonitoredProbe[],
): Component | null => {
  if (place === "agent") return component(topology, agents[0] ?? "")
  if (place === "aggregation" && site !== null) return component(topology, site)
  return component(topology, own[0]?.deviceId ?? "")
}

/** Whether the fault explains that this agent finds this probe failing. */
const covers = (
  topology: Topology,
  { place, site, probes, agents }: ProbeFinding,
  { id, segment, deviceId, agentId }: MonitoredProbe,
): boolean => {
  if (place === "agent") return agents.includes(agentId)
  if (probes.includes(id)) return true
  const siteId = topology.devices.get(deviceId)?.siteId ?? null
  if (place === "aggregation") return segment === "last-mile" && site === siteId
  // Whether all upstreams fail, and services behind them with them.
  return place === "upstream" && site === null && segment === "service"
}

export const locateServices = (
  topology: Topology,
  view: AlertView,
  alerts: Iterable<AlertNow>,
  nowMs: number,
): ServiceFaults => {
  const own = [...alerts].filter(isOfService)
  if (own.length === 0) return NO_SERVICE_FAULTS
  const probes = topology.probes ?? []
  const probeOf = new Map(probes.map((one) => [`${one.deviceId}/${one.series}`, one]))
  const faults = locateFaults(targetsOf(topology, view, nowMs)).flatMap((finding) => {
    const mine = probes.filter(({ id }) => finding.probes.includes(id))
    const cause = causeOf(topology, finding, mine)
    if (cause === null) return []
    const { place, agents, others } = finding
    const names = [...new Set(mine.map(({ name }) => name))]
    const devices = new Set<string>(mine.map(({ deviceId }) => deviceId))
    return [{ finding, fault: { place, cause, probes: names, agents, others, devices } }]
  })
  const found = new Map<AlertId, ServiceFault>()
  for (const alert of own) {
    const probe = probeOf.get(`${alert.deviceId}/${alert.rule?.subject}`)
    const one =
      probe === undefined
        ? undefined
        : faults.find(({ finding }) => covers(topology, finding, probe))
    if (one !== undefined) found.set(alert.id, one.fault)
  }
  return found
}

/** Whether a fault of the network, as its incident names it, is where this one is. */
export const isAtFault = (
  topology: Topology,
  { place, cause, devices }: ServiceFault,
  { causes, alternatives, symptoms }: Incident,
): boolean => {
  const ids = new Set([...causes, ...alternatives].map(({ id }) => id))
  if (ids.has(cause.id)) return true
  if (place === "agent") return false
  const unreachable = new Set<string>(
    [...symptoms.values()].flatMap(({ observes, deviceId, untilMs }) =>
      observes === "device" && untilMs === null ? (deviceId ?? []) : [],
    ),
  )
  const isBroken = (device: string): boolean =>
    ids.has(device) ||
    ids.has(topology.devices.get(device)?.siteId ?? "") ||
    unreachable.has(device) ||
    (topology.linksAt.get(device) ?? []).some(({ id }) => ids.has(id))
  // Of upstreams, each has to be lost; of a service, the device that it is at.
  return devices.size > 0 && [...devices].every(isBroken)
}
