/** Network and observations for root-cause analysis: from topology and alerts, only fresh data. */

import type { Network, Observation, Work } from "@ispvm/rca"
import type { DeviceId } from "../../../platform/ids.ts"
import type {
  AlertNow,
  MonitoredAgent,
  MonitoredDevice,
  MonitoredEnd,
  MonitoredLink,
  Topology,
} from "../../alerts/alerts.ts"
import {
  type AlertView,
  isFault,
  linkOfPort,
  portAlert,
  reachAlert,
  remoteEnd,
} from "./alert-view.ts"
import type { Reachability } from "./reachability.ts"

const AGENT = "agent:"
const DIRECT = "direct:"
const SITE = "site:"
export const groupOfSite = (site: string): string => `${SITE}${site}`
/** The vantage point of a self-reporting router that no agent's network leads to. */
const SELF_VANTAGE = "home:"
const UPLINK = "@uplink:"
export const agentNode = (agent: MonitoredAgent): string => agent.deviceId ?? `${AGENT}${agent.id}`

/** Maps an artificial component to the agent, device or site it represents; others are returned. */
export const realComponent = (topology: Topology, id: string): string => {
  if (id.startsWith(SITE)) return id.slice(SITE.length)
  if (id.startsWith(AGENT)) return id.slice(AGENT.length)
  if (id.startsWith(SELF_VANTAGE)) return id.slice(SELF_VANTAGE.length)
  if (id.startsWith(DIRECT)) return id.split(":")[2] ?? id
  if (!id.startsWith(UPLINK)) return id
  const from = id.slice(UPLINK.length)
  if (from.startsWith(SELF_VANTAGE)) return from.slice(SELF_VANTAGE.length)
  return [...topology.agents.values()].find((agent) => agentNode(agent) === from)?.id ?? id
}

const isDown = (alert: AlertNow): boolean => alert.state.phase === "down"
/** A confirmation burst lasts at least this long, so silence began this much before it is known. */
const CONFIRMATION_BURST_MS = 500
/** When the alert's condition had begun at the latest. */
export const startedBy = ({ observes, state }: AlertNow): number =>
  state.sinceMs - (observes === "device" ? CONFIRMATION_BURST_MS : 0)
/** Since when it is down; 0 where it is not. */
const downSince = (alert: AlertNow | undefined): number =>
  alert !== undefined && isDown(alert) ? startedBy(alert) : 0

/** What may be downstream of active alerts, and since when the latest of them is active. */
type AffectedArea = {
  readonly devices: ReadonlySet<string>
  readonly sinceMs: number
  /** Devices with an active alert and their neighbours: only these need a closer check. */
  readonly nearby: ReadonlySet<string>
}
const affectedAreaOf = (
  topology: Topology,
  view: AlertView,
  reachability: Reachability,
): AffectedArea => {
  const failed: string[] = []
  const nearby = new Set<string>()
  let sinceMs = 0
  for (const alert of view.all()) {
    const downMs = isFault(alert) ? downSince(alert) : 0
    if (downMs === 0 || alert.deviceId === null) continue
    sinceMs = Math.max(sinceMs, downMs)
    nearby.add(alert.deviceId)
    for (const one of topology.linksAt.get(alert.deviceId) ?? [])
      nearby.add(remoteEnd(one, alert.deviceId).deviceId)
    const link = alert.observes === "link" ? linkOfPort(topology, alert) : undefined
    if (alert.observes === "device") failed.push(alert.deviceId)
    if (link === undefined) continue
    failed.push(link.id)
    const remote = remoteEnd(link, alert.deviceId).deviceId
    if ((reachAlert(view, remote)?.answeredAtMs ?? 0) < downMs) failed.push(remote)
  }
  return { devices: reachability.unreachable(topology, failed), sinceMs, nearby }
}

/** When the latest problem around or upstream of a device began; earlier answers do not count. */
const problemSince = (
  topology: Topology,
  view: AlertView,
  device: DeviceId,
  area: AffectedArea,
): number => {
  let sinceMs = area.devices.has(device) ? area.sinceMs : 0
  for (const link of topology.linksAt.get(device) ?? []) {
    const remote = link.a.deviceId === device ? link.b : link.a
    for (const alert of [
      portAlert(view, link.a),
      portAlert(view, link.b),
      reachAlert(view, remote.deviceId),
    ]) {
      sinceMs = Math.max(sinceMs, downSince(alert))
    }
  }
  return sinceMs
}

/** When a device last answered or one of its ports was reported; 0: never. */
const lastAliveMs = (
  topology: Topology,
  view: AlertView,
  { deviceId, answeredAtMs }: AlertNow,
): number => {
  let lastMs = answeredAtMs ?? 0
  for (const link of topology.linksAt.get(deviceId ?? "") ?? []) {
    const own = portAlert(view, link.a.deviceId === deviceId ? link.a : link.b)
    if (own !== undefined && own.state.phase !== "unknown")
      lastMs = Math.max(lastMs, own.observedAtMs ?? 0)
  }
  return lastMs
}

/** A value that held this long counts as several observations; more add nothing. */
const REPEAT_MS = [1_000, 4_000] as const
const repeatCount = (heldMs: number): number => 1 + REPEAT_MS.filter((ms) => heldMs >= ms).length
/** A device is down only after ping and TCP both failed: two kinds of observation. */
const KINDS = 2

/** `times`: as so many independent observations. */
type CountedValue = { readonly value: "up" | "down"; readonly times: number }
const countedValue = (
  value: CountedValue["value"],
  fromMs: number,
  untilMs: number,
): CountedValue => ({
  value,
  // Without a problem one observation is enough.
  times: fromMs === 0 ? 1 : repeatCount(untilMs - fromMs),
})

const observeDevice = (
  topology: Topology,
  view: AlertView,
  device: MonitoredDevice,
  mayCount: AlertPredicate,
  area: AffectedArea,
): CountedValue | null => {
  const alert = reachAlert(view, device.id)
  if (alert === undefined) return null
  const { phase, sinceMs } = alert.state
  if (isDown(alert)) {
    const { value, times } = countedValue("down", sinceMs, alert.observedAtMs ?? 0)
    return mayCount(alert) ? { value, times: times + KINDS - 1 } : null
  }
  if (phase === "unknown") return null
  if (!area.nearby.has(device.id) && !area.devices.has(device.id)) return countedValue("up", 0, 0)
  const aliveMs = lastAliveMs(topology, view, alert)
  const problemSinceMs = problemSince(topology, view, device.id, area)
  return aliveMs >= problemSinceMs ? countedValue("up", problemSinceMs, aliveMs) : null
}

const observePort = (
  view: AlertView,
  link: MonitoredLink,
  end: MonitoredEnd,
  mayCount: AlertPredicate,
  area: AffectedArea,
): CountedValue | null => {
  const alert = portAlert(view, end)
  if (alert === undefined || alert.observedAtMs === null || alert.state.phase === "unknown")
    return null
  const remote = end === link.a ? link.b : link.a
  const localAlert = reachAlert(view, end.deviceId)
  const isUnaffected = !area.nearby.has(end.deviceId) && !area.nearby.has(remote.deviceId)
  const remoteAlert = isUnaffected ? undefined : reachAlert(view, remote.deviceId)
  if (isDown(alert)) {
    // A reading from before either end came back is about the earlier problem.
    const upAgainAtMs = Math.max(
      localAlert?.state.upAgainAtMs ?? 0,
      remoteAlert?.state.upAgainAtMs ?? 0,
    )
    return mayCount(alert) && alert.observedAtMs >= upAgainAtMs
      ? countedValue("down", alert.state.sinceMs, alert.observedAtMs)
      : null
  }
  // A port of an unreachable router is not reported, and its last report does not count.
  if (
    localAlert === undefined ||
    localAlert.state.phase === "down" ||
    localAlert.state.phase === "unknown"
  )
    return null
  const affectedSinceMs =
    area.devices.has(end.deviceId) || area.devices.has(remote.deviceId) ? area.sinceMs : 0
  const sinceMs = Math.max(
    affectedSinceMs,
    downSince(remoteAlert),
    isUnaffected ? 0 : downSince(portAlert(view, remote)),
  )
  return alert.observedAtMs >= sinceMs ? countedValue("up", sinceMs, alert.observedAtMs) : null
}

/** Whether a symptom may count; one in hold-down is neither up nor down. */
export type AlertPredicate = (alert: AlertNow) => boolean

const placed = (topology: Topology): MonitoredAgent[] =>
  [...topology.agents.values()].filter(
    (agent) => agent.deviceId === null || topology.devices.has(agent.deviceId),
  )

const kindOf = ({ roles }: MonitoredDevice): string => {
  if (roles.includes("upstream")) return "upstream"
  if (roles.includes("switch")) return "switch"
  return roles.includes("cpe") || roles.includes("customer") ? "customer" : "router"
}
/** A site with fewer devices has no shared power to consider. */
const MIN_SHARED_DEVICES = 2

/** The node a device is observed from; undefined where nothing observes it. */
const vantageOf = (topology: Topology, device: MonitoredDevice): string | undefined => {
  const agent = topology.agents.get(topology.seenFrom.get(device.id) ?? "")
  if (agent !== undefined) return agentNode(agent)
  return topology.selfReporting.has(device.id) ? `${SELF_VANTAGE}${device.id}` : undefined
}

/** Each way as the router that sends there pays for it. */
const costsOf = (
  { linkCosts }: Topology,
  { a, b }: MonitoredLink,
): Pick<Network["links"][number], "costs"> => {
  const there = linkCosts?.get(a.port ?? "") ?? null
  const back = linkCosts?.get(b.port ?? "") ?? null
  return there === null && back === null ? {} : { costs: [there, back] }
}

/** The network for root-cause analysis; it changes only with the inventory. */
export const buildNetwork = (
  topology: Topology,
  works: readonly Work[] = [],
): Omit<Network, "observations"> => {
  const agents = placed(topology)
  const unplaced = agents.filter((agent) => agent.deviceId === null)
  const direct = agents.flatMap((agent) =>
    agent.entryPoints
      .filter(({ deviceId }) => deviceId !== agent.deviceId)
      .map(({ deviceId }) => ({
        id: `${DIRECT}${agent.id}:${deviceId}`,
        a: agentNode(agent),
        b: deviceId,
      })),
  )
  const selfReporting = [...topology.devices.values()].filter(
    (device) => vantageOf(topology, device)?.startsWith(SELF_VANTAGE) === true,
  )
  const selfVantages = selfReporting.map(({ id }) => ({
    id: `${DIRECT}home:${id}`,
    a: `${SELF_VANTAGE}${id}`,
    b: id,
  }))
  const links = [...topology.links.values()].map((link) => ({
    id: link.id,
    a: link.a.deviceId,
    b: link.b.deviceId,
    ...costsOf(topology, link),
  }))
  const powered = [...topology.sites.values()].filter(
    ({ devices }) => devices.length >= MIN_SHARED_DEVICES,
  )
  return {
    nodes: [
      ...[...topology.devices.values()].map((d) => ({
        id: d.id,
        kind: kindOf(d),
        monitored: topology.monitored.has(d.id),
      })),
      ...selfVantages.map(({ a }) => ({ id: a, kind: "service", monitored: false })),
      ...[...unplaced].map((agent) => ({
        id: agentNode(agent),
        kind: "service",
        monitored: false,
      })),
    ],
    links: [...links, ...direct, ...selfVantages],
    groups: powered.map(({ id, devices }) => ({ id: `${SITE}${id}`, members: devices })),
    vantages: [...new Set([...agents.map(agentNode), ...selfVantages.map(({ a }) => a)])],
    // Observations from before the problem do not count, and most were not repeated yet.
    isPartial: true,
    mayBeUnrouted: true,
    ...(works.length === 0 ? {} : { works }),
  }
}

type ObservationPair = { readonly up: Observation; readonly down: Observation }
/** Equal observations are the same object, so that new ones are found by identity. */
export type ObservationCache = (
  thing: MonitoredDevice | MonitoredEnd,
  build: () => Omit<Observation, "value">,
) => ObservationPair
export const createObservationCache = (): ObservationCache => {
  const known = new WeakMap<object, ObservationPair>()
  return (thing, build) => {
    const found = known.get(thing)
    if (found !== undefined) return found
    const made = { up: { ...build(), value: "up" }, down: { ...build(), value: "down" } } as const
    known.set(thing, made)
    return made
  }
}

/** The observations that may count. */
export const observe = (
  topology: Topology,
  view: AlertView,
  mayCount: AlertPredicate,
  reachability: Reachability,
  observationCache: ObservationCache,
): Observation[] => {
  const area = affectedAreaOf(topology, view, reachability)
  const observations: Observation[] = []
  for (const device of topology.devices.values()) {
    const from = vantageOf(topology, device)
    const seen = from === undefined ? null : observeDevice(topology, view, device, mayCount, area)
    if (from === undefined || seen === null) continue
    const { value, times } = seen
    const pair = observationCache(device, () => ({ entity: device.id, signal: "reachable", from }))
    for (let time = 0; time < times; time += 1) observations.push(pair[value])
  }
  for (const link of topology.links.values()) {
    for (const end of [link.a, link.b]) {
      const seen = observePort(view, link, end, mayCount, area)
      if (seen === null) continue
      const { value, times } = seen
      const pair = observationCache(end, () => ({
        entity: link.id,
        signal: "port",
        end: end.deviceId,
      }))
      for (let time = 0; time < times; time += 1) observations.push(pair[value])
    }
  }
  return observations
}
