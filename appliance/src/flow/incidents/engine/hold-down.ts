/**
 * When a symptom may count. A port that goes down means that its link or the router at the far end
 * failed, so the far end is probed first. A router without anything upstream of it may be silent
 * because its agent is cut off, so other routers of the agent are. A router that is up answers in
 * milliseconds. No symptom waits longer than `HOLD_DOWN_MS`.
 */
import type { AgentId, DeviceId } from "../../../platform/ids.ts"
import type { AlertNow, MonitoredLink, Topology } from "../../alerts/alerts.ts"
import { type AlertView, portAlert, reachAlert, remoteEnd } from "./alert-view.ts"
import { startedBy } from "./observe.ts"
import type { Reachability } from "./reachability.ts"

/**
 * Until a silent router is confirmed as down: 0.25 to 1 s until its probe is missed, then a burst of
 * 0.75 to 1.5 s, and what a busy agent adds. A shorter wait ends before the answer that decides, and
 * a dead router is then reported as a cut link.
 */
export const HOLD_DOWN_MS = 3_000
/** Of a hub's many neighbours a few are enough. */
const MAX_WITNESSES = 8
const MAX_STEPS = 4

const linksOf = (topology: Topology, alert: AlertNow): readonly MonitoredLink[] => {
  if (alert.deviceId === null) return []
  const links = topology.linksAt.get(alert.deviceId) ?? []
  if (alert.observes !== "link") return links
  return links.filter((link) => {
    const end = link.a.deviceId === alert.deviceId ? link.a : link.b
    return end.interface === alert.interface
  })
}

/** Devices to probe before this symptom may count. */
const witnesses = (topology: Topology, alert: AlertNow): DeviceId[] => {
  if (alert.deviceId === null) return []
  const device = alert.deviceId
  return [...new Set(linksOf(topology, alert).map((link) => remoteEnd(link, device).deviceId))]
    .filter((id) => topology.devices.get(id)?.agentId != null)
    .slice(0, MAX_WITNESSES)
}

/** A neighbour's port towards an unreachable router is down too: no other witness is needed. */
const isCorroborated = (topology: Topology, view: AlertView, alert: AlertNow): boolean =>
  alert.observes === "device" &&
  linksOf(topology, alert).some(
    (link) =>
      alert.deviceId !== null &&
      portAlert(view, remoteEnd(link, alert.deviceId))?.state.phase === "down",
  )

/** Both ports of a link go down at once; their reports may arrive this far apart. */
const TOGETHER_MS = 2_000

/** The far end reports the same fault, so it is up and needs no probe. */
const isReportedByBothEnds = (topology: Topology, view: AlertView, alert: AlertNow): boolean =>
  alert.observes === "link" &&
  linksOf(topology, alert).some((link) => {
    const remote =
      alert.deviceId === null ? undefined : portAlert(view, remoteEnd(link, alert.deviceId))
    return (
      remote?.state.phase === "down" &&
      Math.abs(remote.state.sinceMs - alert.state.sinceMs) <= TOGETHER_MS
    )
  })

/** On the only path, a failure of the link or of the far router looks the same: do not wait. */
export const isOnlyPath = (
  topology: Topology,
  reachability: Reachability,
  alert: AlertNow,
): boolean => {
  if (alert.observes !== "link" || alert.deviceId === null) return false
  const local = alert.deviceId
  return linksOf(topology, alert).some((link) => {
    const unreachable = reachability.unreachable(topology, [link.id])
    return unreachable.has(remoteEnd(link, local).deviceId) && !unreachable.has(local)
  })
}

/**
 * The witnesses that were not observed since; none means the symptom may count. `isAffected`: near
 * something that is recovering, so that reports of ports are not enough.
 */
export const pendingWitnesses = (
  topology: Topology,
  view: AlertView,
  alert: AlertNow,
  isAffected: (device: DeviceId) => boolean,
): DeviceId[] => {
  if (isReportedByBothEnds(topology, view, alert)) return []
  const all = witnesses(topology, alert)
  if (isCorroborated(topology, view, alert) && !all.some(isAffected)) return []
  return all.filter((id) => {
    const witness = reachAlert(view, id)
    if (
      witness === undefined ||
      witness.state.phase === "down" ||
      witness.state.phase === "unknown"
    )
      return false
    return witness.answeredAtMs === null || witness.answeredAtMs < startedBy(alert)
  })
}

/** Of the other routers of an agent, so many are probed; one answer is enough. */
const MAX_AGENT_WITNESSES = 3

type AgentAnswers = {
  /** When the agent last had an answer of any router. */
  readonly latestMs: number
  /** Its routers that are not known to be silent, the nearest first. */
  readonly answering: readonly DeviceId[]
}
/** The answers each agent has had of its routers, computed once per review and only when needed. */
export const createAgentAnswers = (
  topology: Topology,
  view: AlertView,
  hops: ReadonlyMap<string, number>,
): ((agent: AgentId) => AgentAnswers) => {
  const read = (agent: AgentId): AgentAnswers => {
    let latestMs = 0
    const answering: DeviceId[] = []
    for (const device of topology.devices.values()) {
      const alert = device.agentId === agent ? reachAlert(view, device.id) : undefined
      if (alert === undefined || !["ok", "degraded", "recovering"].includes(alert.state.phase))
        continue
      latestMs = Math.max(latestMs, alert.answeredAtMs ?? 0)
      answering.push(device.id)
    }
    const distance = (id: DeviceId): number => hops.get(id) ?? 0
    return { latestMs, answering: answering.sort((one, other) => distance(one) - distance(other)) }
  }
  const known = new Map<AgentId, AgentAnswers>()
  return (agent) => {
    const answers = known.get(agent) ?? read(agent)
    known.set(agent, answers)
    return answers
  }
}

/**
 * Upstream of a router that the agent reaches directly is only the agent itself. If no other router
 * has answered the agent since, these have to be probed first: the agent may be cut off.
 */
export const pendingAgentWitnesses = (
  topology: Topology,
  hops: ReadonlyMap<string, number>,
  alert: AlertNow,
  answersOf: (agent: AgentId) => AgentAnswers,
): readonly DeviceId[] => {
  const agent = topology.devices.get(alert.deviceId ?? "")?.agentId
  if (alert.observes !== "device" || agent == null || (hops.get(alert.deviceId ?? "") ?? 0) > 0)
    return []
  const { latestMs, answering } = answersOf(agent)
  return latestMs >= startedBy(alert) ? [] : answering.slice(0, MAX_AGENT_WITNESSES)
}

/** Unreachable devices upstream of this one: they may be the cause and are judged first. */
export const unreachableUpstream = (
  topology: Topology,
  view: AlertView,
  hops: ReadonlyMap<string, number>,
  alert: AlertNow,
): AlertNow[] => {
  const mine = hops.get(alert.deviceId ?? "")
  if (alert.observes !== "device" || mine === undefined) return []
  return witnesses(topology, alert).flatMap((id) => {
    const witness = (hops.get(id) ?? mine) < mine ? reachAlert(view, id) : undefined
    return witness?.state.phase === "down" ? [witness] : []
  })
}

/** The witnesses and the devices between them and the agent, to be probed all at once. */
export const devicesToProbe = (
  topology: Topology,
  hops: ReadonlyMap<string, number>,
  alert: AlertNow,
  pending: readonly DeviceId[],
): Set<DeviceId> => {
  const requested = new Set(pending)
  if (alert.observes !== "device") return requested
  let edge: readonly DeviceId[] = pending
  for (let step = 1; step < MAX_STEPS; step += 1) {
    edge = edge.flatMap((id) =>
      (topology.linksAt.get(id) ?? [])
        .map((link) => remoteEnd(link, id).deviceId)
        .filter(
          (neighbour) =>
            (hops.get(neighbour) ?? 0) > 0 && (hops.get(neighbour) ?? 0) < (hops.get(id) ?? 0),
        ),
    )
    for (const id of edge.slice(0, MAX_WITNESSES))
      if (topology.devices.get(id)?.agentId != null) requested.add(id)
  }
  return requested
}
