/**
 * Re-checks: probes and polls requested because they would decide between causes, within limits per
 * device, agent and incident, and their results. In memory; an incident keeps those it shows.
 */

import type { Recheck } from "@ispvm/rca"
import type { Recheck as Shown } from "../../../api/incidents.ts"
import type { RecheckMessage } from "../../../api/messages.ts"
import type { AgentId, AlertId, DeviceId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import { deviceNamed, named } from "../messages/params.ts"
import type { Group } from "../model.ts"
import { type AlertView, alertOf } from "./alert-view.ts"
import { agentNode } from "./observe.ts"

/** Below this confidence an incident requests re-checks. */
export const RECHECK_BELOW = 0.9
/** A new incident below it waits for its re-checks until its first symptom is this old. */
export const RECHECK_WAIT_MS = 1_200
export const MAX_AT_ONCE = 8
/** A device is re-checked at most once in this time. */
export const SAME_DEVICE_MS = 2_000
export const MAX_PER_MINUTE = 120
/** An incident that is still uncertain after this many in a minute waits for regular polls. */
const MAX_PER_INCIDENT = 24
/** An agent that has not answered by then will not. */
const RECHECK_TIMEOUT_MS = 5_000
const RETENTION_MS = 120_000

type RecheckTarget = Pick<Recheck, "entity" | "end">
type RequestedRecheck = {
  readonly target: RecheckTarget
  readonly message: RecheckMessage
  readonly requestedAtMs: number
  /** Symptoms it was requested for. */
  readonly about: ReadonlySet<AlertId>
  answeredAtMs: number | null
  result: Shown["result"]
}
export type Rechecks = {
  /** Records re-checks that hold-down requests. */
  readonly recordRequested: (
    topology: Topology,
    devices: readonly DeviceId[],
    about: AlertId,
    nowMs: number,
  ) => void
  /** Returns the devices to re-check, of those that would decide. */
  readonly request: (
    topology: Topology,
    view: AlertView,
    recheck: readonly Recheck[],
    groups: readonly Group[],
    nowMs: number,
  ) => DeviceId[]
  /** Takes the results that alerts show. */
  readonly update: (topology: Topology, view: AlertView, nowMs: number) => void
  readonly isPending: (symptoms: ReadonlyMap<AlertId, unknown>) => boolean
  /** Those of an incident; before `sinceMs` they were about an earlier fault of the same devices. */
  readonly of: (symptoms: ReadonlyMap<AlertId, unknown>, sinceMs: number) => Shown[]
}

/** The device to re-check, if an agent can reach it from there. */
const deviceFor = (
  topology: Topology,
  { entity, signal, from, end }: Recheck,
): { id: DeviceId; agentId: AgentId } | null => {
  const device = topology.devices.get(signal === "reachable" ? entity : (end ?? ""))
  const agent = topology.agents.get(device?.agentId ?? "")
  if (device === undefined || agent === undefined) return null
  if (signal === "reachable" && from !== undefined && from !== agentNode(agent)) return null
  return { id: device.id, agentId: agent.id }
}

const messageOf = (topology: Topology, { entity, end }: RecheckTarget): RecheckMessage => {
  const link = topology.links.get(entity)
  if (link === undefined)
    return { code: "recheck.device", params: { device: deviceNamed(topology, entity) } }
  const local = link.a.deviceId === end ? link.a : link.b
  const port = {
    interface: local.interface ?? "?",
    device: deviceNamed(topology, local.deviceId),
  }
  return { code: "recheck.port", params: { port, link: named(link) } }
}

/** Whether a re-check is of a component that one of the group's hypotheses names. */
const concerns = (topology: Topology, { hypotheses }: Group, target: RecheckTarget): boolean => {
  const named = new Set(
    hypotheses.flatMap((one) => [...one.components, ...one.equivalents.flat()].map(({ id }) => id)),
  )
  const link = topology.links.get(target.entity)
  const things = link === undefined ? [target.entity] : [link.id, link.a.deviceId, link.b.deviceId]
  const around =
    link === undefined ? (topology.linksAt.get(target.entity) ?? []).map(({ id }) => id) : []
  return [...things, ...around].some((id) => named.has(id))
}

/** The device and agent limits: how often a re-check may be requested. */
const createLimits = () => {
  const lastAtMs = new Map<DeviceId, number>()
  const spent = new Map<AgentId, number[]>()
  return {
    recordRequested: (device: DeviceId, nowMs: number): void => {
      lastAtMs.set(device, nowMs)
    },
    mayRequest: (
      { id, agentId }: { readonly id: DeviceId; readonly agentId: AgentId },
      nowMs: number,
    ): boolean => {
      if (nowMs - (lastAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < SAME_DEVICE_MS) return false
      const times = (spent.get(agentId) ?? []).filter((atMs) => nowMs - atMs < 60_000)
      spent.set(agentId, times)
      if (times.length >= MAX_PER_MINUTE) return false
      times.push(nowMs)
      lastAtMs.set(id, nowMs)
      return true
    },
    forgetOld: (nowMs: number): void => {
      for (const [id, atMs] of lastAtMs) if (nowMs - atMs >= SAME_DEVICE_MS) lastAtMs.delete(id)
    },
  }
}

/** The result as the alert of the re-checked entity shows it by now; null: none yet. */
const resultOf = (
  one: RequestedRecheck,
  alert: AlertNow | undefined,
  nowMs: number,
): Shown["result"] => {
  const phase = alert?.state.phase
  const observedAtMs = alert?.observedAtMs ?? 0
  const upAtMs = one.target.end === undefined ? (alert?.answeredAtMs ?? 0) : observedAtMs
  if (observedAtMs > one.requestedAtMs && phase === "down") return "down"
  if (upAtMs > one.requestedAtMs && phase !== "unknown") return "up"
  return nowMs - one.requestedAtMs >= RECHECK_TIMEOUT_MS ? "no-answer" : null
}

const show = ({ message, requestedAtMs, answeredAtMs, result }: RequestedRecheck): Shown => ({
  message,
  requestedAtMs: Math.round(requestedAtMs),
  answeredAtMs,
  result,
})

export const createRechecks = (): Rechecks => {
  let requested: RequestedRecheck[] = []
  const limits = createLimits()
  const requestedFor = (symptoms: ReadonlyMap<AlertId, unknown>): RequestedRecheck[] =>
    requested.filter(({ about }) => [...about].some((id) => symptoms.has(id)))
  const record = (
    topology: Topology,
    target: RecheckTarget,
    about: ReadonlySet<AlertId>,
    nowMs: number,
  ): void => {
    const message = messageOf(topology, target)
    const [answeredAtMs, result] = [null, null]
    requested.push({ target, message, requestedAtMs: nowMs, about, answeredAtMs, result })
  }
  const isBelowLimit = ({ symptoms }: Group, nowMs: number): boolean =>
    requestedFor(symptoms).filter(({ requestedAtMs }) => nowMs - requestedAtMs < 60_000).length <
    MAX_PER_INCIDENT

  return {
    recordRequested: (topology, devices, about, nowMs) => {
      for (const id of devices) {
        limits.recordRequested(id, nowMs)
        record(topology, { entity: id }, new Set([about]), nowMs)
      }
    },
    request: (topology, view, recheck, groups, nowMs) => {
      const open = groups.filter((one) => isBelowLimit(one, nowMs))
      if (open.length === 0) return []
      const devices = new Set<DeviceId>()
      for (const target of recheck) {
        // What was never reported will not be reported now.
        if (alertOf(topology, view, target)?.observedAtMs == null) continue
        const device = deviceFor(topology, target)
        if (device === null) continue
        const isNew = !devices.has(device.id)
        if (isNew && (devices.size >= MAX_AT_ONCE || !limits.mayRequest(device, nowMs))) continue
        devices.add(device.id)
        const concerned = open.filter((one) => concerns(topology, one, target))
        const about = concerned.length > 0 ? concerned : open
        const alerts = about.flatMap(({ symptoms }) => [...symptoms.keys()])
        record(topology, target, new Set(alerts), nowMs)
      }
      return [...devices]
    },
    update: (topology, view, nowMs) => {
      requested = requested.filter(({ requestedAtMs }) => nowMs - requestedAtMs < RETENTION_MS)
      limits.forgetOld(nowMs)
      for (const one of requested) {
        if (one.result !== null) continue
        const alert = alertOf(topology, view, one.target)
        one.result = resultOf(one, alert, nowMs)
        if (one.result === "up" || one.result === "down")
          one.answeredAtMs = Math.round(alert?.observedAtMs ?? 0)
      }
    },
    isPending: (symptoms) => requestedFor(symptoms).some(({ result }) => result === null),
    of: (symptoms, sinceMs) =>
      requestedFor(symptoms)
        .filter(({ requestedAtMs }) => requestedAtMs >= sinceMs)
        .map(show),
  }
}
