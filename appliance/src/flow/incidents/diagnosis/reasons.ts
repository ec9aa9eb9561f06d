/** The reasons for an incident's cause. Pure. */
import type { Component } from "../../../api/incidents.ts"
import type { Named, Params, Reason, Tense } from "../../../api/messages.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import { type AlertView, portAlert, reachAlert } from "../engine/alert-view.ts"
import type { Reachability } from "../engine/reachability.ts"
import {
  deviceNamed,
  devicesNamed,
  listOf,
  named,
  portsOf,
  type Tensed,
  tensed,
  thingOf,
} from "../messages/params.ts"
import { monitoredBy } from "../messages/title.ts"
import type { Draft } from "../model.ts"

/** Devices at which an administrator disabled the link's port. */
export const switchedOff = (topology: Topology, view: AlertView, cause: Component): Named[] => {
  const link = topology.links.get(cause.id)
  if (link === undefined) return []
  return [link.a, link.b].flatMap((end) =>
    portAlert(view, end)?.state.reason === "disabled-by-admin"
      ? [deviceNamed(topology, end.deviceId)]
      : [],
  )
}

/** What is downstream depends on the agent's place: where that is not configured, it is stated. */
const assumedEntryPoints = (topology: Topology, downstream: readonly AlertNow[]): Reason[] => {
  const agents = new Set(
    downstream.flatMap((alert) => topology.devices.get(alert.deviceId ?? "")?.agentId ?? []),
  )
  return [...agents].flatMap((id): Reason[] => {
    const agent = topology.agents.get(id)
    const devices = (agent?.entryPoints ?? [])
      .filter((entry) => entry.isAssumed)
      .map((entry) => deviceNamed(topology, entry.deviceId))
    if (agent === undefined || devices.length === 0) return []
    const params = { agent: named(agent), devices: listOf(devices) }
    return [{ code: "reason.entry-point-assumed", params }]
  })
}

/** An agent whose only path failed observes nothing downstream, so little is known of it. */
const onlyPathOfAgents = (
  topology: Topology,
  reachability: Reachability,
  { cause, alternatives }: Draft,
  tense: Tense,
): Reason[] => {
  const stated = new Set([cause, ...alternatives].map((one) => one.id))
  const unreachable = reachability.unreachable(topology, [cause.id])
  return [...topology.agents.values()].flatMap((agent): Reason[] => {
    const entryPoints = new Set(agent.entryPoints.map((entry) => entry.deviceId))
    const own = [...topology.devices.values()].filter(
      ({ id, agentId }) => agentId === agent.id && !stated.has(id) && !entryPoints.has(id),
    )
    if (own.length === 0 || own.some(({ id }) => !unreachable.has(id))) return []
    return [{ code: "reason.only-path-of-agent", params: { agent: named(agent), tense } }]
  })
}

/** How many devices of an online agent do not answer, and how close together that began. */
export const isolationOf = (
  topology: Topology,
  { cause }: Draft,
  unreachable: readonly AlertNow[],
  tense: Tense,
): Params["reason.agent-isolated"] => {
  const devices = monitoredBy(topology, cause.id)
  const since = unreachable.map((alert) => alert.state.sinceMs)
  const spreadMs = Math.max(...since) - Math.min(...since)
  const withinMs =
    unreachable.length < devices ? null : Math.max(1_000, Math.ceil(spreadMs / 1_000) * 1_000)
  return { agent: named(cause), unreachable: unreachable.length, devices, withinMs, tense }
}

const isolatedAgentReasons = (
  topology: Topology,
  draft: Draft,
  assumed: readonly Reason[],
  tense: Tense,
): Reason[] => {
  const unreachable = draft.alerts.filter((alert) => alert.observes === "device")
  return [
    { code: "reason.agent-online", params: { agent: named(draft.cause), tense } },
    {
      code: "reason.agent-isolated",
      params: isolationOf(topology, draft, unreachable, tense),
    },
    { code: "reason.agent-path-lost", params: { tense } },
    ...assumed,
  ]
}

/** Of the devices that failed themselves: probed ones, and ones that only report. */
const unansweredReasons = (
  topology: Topology,
  draft: Draft,
  unreachable: readonly AlertNow[],
  tense: Tense,
): Reason[] => {
  const isReporting = (alert: AlertNow): boolean => alert.state.reason === "reports-missing"
  const probed = unreachable.filter((alert) => !isReporting(alert))
  const reporting = unreachable.filter(isReporting)
  const reasons: Reason[] = []
  if (probed.length > 0) {
    const devices = devicesNamed(topology, probed)
    reasons.push({ code: "reason.probes-unanswered", params: { devices } })
  }
  if (reporting.length > 0) {
    const devices = devicesNamed(topology, reporting)
    reasons.push({ code: "reason.reports-missing", params: { devices, tense } })
    if (reporting.length === draft.alerts.length)
      reasons.push({ code: "reason.reports-only", params: {} })
  }
  return reasons
}

/** The reasons for a cause, the most important first, in both tenses. */
export const reasons = (
  topology: Topology,
  reachability: Reachability,
  draft: Draft,
  off: readonly Named[],
): Tensed<readonly Reason[]> => {
  const of = (role: string, observes: AlertNow["observes"]): AlertNow[] =>
    draft.alerts.filter(
      (alert) => alert.observes === observes && draft.symptoms.get(alert.id) === role,
    )
  const unreachable = of("cause", "device")
  const ports = [...of("cause", "link"), ...of("evidence", "link")]
  const downstream = of("downstream", "device")
  const isUnrouted = ({ deviceId }: AlertNow): boolean => draft.unrouted.has(deviceId ?? "")
  const [routed, unrouted] = [
    downstream.filter((alert) => !isUnrouted(alert)),
    downstream.filter(isUnrouted),
  ]
  const assumed = downstream.length === 0 ? [] : assumedEntryPoints(topology, downstream)
  return tensed((tense) => {
    if (draft.cause.kind === "agent") return isolatedAgentReasons(topology, draft, assumed, tense)
    const found = unansweredReasons(topology, draft, unreachable, tense)
    if (ports.length > 0) {
      const params = { ports: portsOf(topology, ports), tense }
      found.push({ code: "reason.ports-down", params })
    }
    if (off.length > 0) {
      const params = { devices: listOf(off), tense }
      found.push({ code: "reason.ports-switched-off", params })
    }
    if (routed.length > 0) {
      const params = { devices: devicesNamed(topology, routed), tense }
      found.push({ code: "reason.only-path", params })
    }
    if (unrouted.length > 0) {
      const params = { devices: devicesNamed(topology, unrouted), tense }
      found.push({ code: "reason.still-routed", params })
    }
    return [...found, ...assumed, ...onlyPathOfAgents(topology, reachability, draft, tense)]
  })
}

/** Components whose failure would have the same visible effects. */
export const indistinguishableReason = (
  topology: Topology,
  { alternatives }: Draft,
): Tensed<Reason> | null => {
  if (alternatives.length === 0) return null
  const things = listOf(alternatives.map((other) => thingOf(topology, other)))
  return tensed((tense) => ({ code: "reason.indistinguishable", params: { things, tense } }))
}

/** Whether traffic still has a path besides the upstream that is lost. */
export const otherUpstreams = (topology: Topology, view: AlertView, lost: string): Reason => {
  const others = [...topology.devices.values()].filter(
    ({ id, roles }) => id !== lost && roles.includes("upstream"),
  )
  const isAnswering = ({ id }: (typeof others)[number]): boolean => {
    const phase = reachAlert(view, id)?.state.phase
    return phase !== undefined && phase !== "down" && phase !== "unknown"
  }
  if (others.length === 0) return { code: "reason.no-other-upstream", params: {} }
  const answering = others.filter(isAnswering)
  return answering.length > 0
    ? {
        code: "reason.other-upstreams-answer",
        params: { upstreams: listOf(answering.map(named)) },
      }
    : {
        code: "reason.no-other-upstream-answers",
        params: { upstreams: listOf(others.map(named)) },
      }
}
