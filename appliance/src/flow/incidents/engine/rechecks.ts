/**
 * Looks that are asked for because they would decide, within what routers may be asked: who asks, how often, and what came of it.
 * In memory; what an incident shows of them is kept with it.
 */

import type { Recheck } from "@ispvm/rca"
import type { Recheck as Shown } from "../../../api/incidents.ts"
import type { RecheckMessage } from "../../../api/messages.ts"
import type { AgentId, AlertId, DeviceId } from "../../../platform/ids.ts"
import type { Topology } from "../../alerts/alerts.ts"
import { deviceNamed, named } from "../messages/params.ts"
import type { Group } from "../model.ts"
import { type AlertView, agentNode, alertOf } from "./observe.ts"

/** Below this an incident is worth another look. */
export const RECHECK_BELOW = 0.9
export const MAX_AT_ONCE = 8
/** One look at a device is enough for so long. */
export const SAME_DEVICE_MS = 2_000
export const MAX_PER_MINUTE = 120
/** One that stays unsure after so many looks in a minute is left to what comes by itself. */
export const MAX_PER_INCIDENT = 24
/** An agent that has not looked by then will not. */
const RECHECK_TIMEOUT_MS = 5_000
const RETENTION_MS = 120_000

type RecheckTarget = Pick<Recheck, "entity" | "end">
type RequestedRecheck = {
  readonly target: RecheckTarget
  readonly message: RecheckMessage
  readonly requestedAtMs: number
  /** Symptoms it was to throw light on. */
  readonly about: ReadonlySet<AlertId>
  answeredAtMs: number | null
  result: Shown["result"]
}
export type Rechecks = {
  /** Takes note of looks that are asked for anyway. */
  readonly recordRequested: (
    topology: Topology,
    devices: readonly DeviceId[],
    about: AlertId,
    nowMs: number,
  ) => void
  /** Whom to look at, of what would decide. */
  readonly request: (
    topology: Topology,
    view: AlertView,
    recheck: readonly Recheck[],
    groups: readonly Group[],
    nowMs: number,
  ) => DeviceId[]
  /** Takes what has come of them. */
  readonly update: (topology: Topology, view: AlertView, nowMs: number) => void
  readonly isPending: (symptoms: ReadonlyMap<AlertId, unknown>) => boolean
  /** Those of an incident; what was asked before `sinceMs` was about other trouble of the same things. */
  readonly of: (symptoms: ReadonlyMap<AlertId, unknown>, sinceMs: number) => Shown[]
}

/** Who has to be looked at for it, if its agent can. */
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

/** Whether a look is at something that a group says, or could say as well. */
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

export const createRechecks = (): Rechecks => {
  let requested: RequestedRecheck[] = []
  const lastAtMs = new Map<DeviceId, number>()
  const spent = new Map<AgentId, number[]>()
  const mine = (symptoms: ReadonlyMap<AlertId, unknown>): RequestedRecheck[] =>
    requested.filter(({ about }) => [...about].some((id) => symptoms.has(id)))

  const mayRequest = (
    { id, agentId }: { id: DeviceId; agentId: AgentId },
    nowMs: number,
  ): boolean => {
    if (nowMs - (lastAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < SAME_DEVICE_MS) return false
    const times = (spent.get(agentId) ?? []).filter((atMs) => nowMs - atMs < 60_000)
    spent.set(agentId, times)
    if (times.length >= MAX_PER_MINUTE) return false
    times.push(nowMs)
    lastAtMs.set(id, nowMs)
    return true
  }
  const record = (
    topology: Topology,
    target: RecheckTarget,
    about: ReadonlySet<AlertId>,
    nowMs: number,
  ): void => {
    requested.push({
      target,
      message: messageOf(topology, target),
      requestedAtMs: nowMs,
      about,
      answeredAtMs: null,
      result: null,
    })
  }

  return {
    recordRequested: (topology, devices, about, nowMs) => {
      for (const id of devices) {
        lastAtMs.set(id, nowMs)
        record(topology, { entity: id }, new Set([about]), nowMs)
      }
    },
    request: (topology, view, recheck, groups, nowMs) => {
      const recent = ({ requestedAtMs }: RequestedRecheck): boolean =>
        nowMs - requestedAtMs < 60_000
      const open = groups.filter(
        ({ symptoms }) => mine(symptoms).filter(recent).length < MAX_PER_INCIDENT,
      )
      if (open.length === 0) return []
      const devices = new Set<DeviceId>()
      for (const target of recheck) {
        // What nobody has ever told of will not be told of now.
        const device =
          alertOf(topology, view, target)?.observedAtMs == null ? null : deviceFor(topology, target)
        if (
          device === null ||
          (!devices.has(device.id) && (devices.size >= MAX_AT_ONCE || !mayRequest(device, nowMs)))
        )
          continue
        devices.add(device.id)
        const concerned = open.filter((one) => concerns(topology, one, target))
        const about = (concerned.length > 0 ? concerned : open).flatMap(({ symptoms }) => [
          ...symptoms.keys(),
        ])
        record(topology, target, new Set(about), nowMs)
      }
      return [...devices]
    },
    update: (topology, view, nowMs) => {
      requested = requested.filter(({ requestedAtMs }) => nowMs - requestedAtMs < RETENTION_MS)
      for (const [id, atMs] of lastAtMs) if (nowMs - atMs >= SAME_DEVICE_MS) lastAtMs.delete(id)
      for (const one of requested) {
        if (one.result !== null) continue
        const alert = alertOf(topology, view, one.target)
        const observedAtMs = alert?.observedAtMs ?? 0
        const phase = alert?.state.phase
        const answeredAtMs =
          one.target.end === undefined ? (alert?.answeredAtMs ?? 0) : observedAtMs
        if (observedAtMs > one.requestedAtMs && phase === "down") one.result = "down"
        else if (answeredAtMs > one.requestedAtMs && phase !== "unknown") one.result = "up"
        else if (nowMs - one.requestedAtMs >= RECHECK_TIMEOUT_MS) one.result = "no-answer"
        if (one.result === "up" || one.result === "down")
          one.answeredAtMs = Math.round(observedAtMs)
      }
    },
    isPending: (symptoms) => mine(symptoms).some(({ result }) => result === null),
    of: (symptoms, sinceMs) =>
      mine(symptoms)
        .filter(({ requestedAtMs }) => requestedAtMs >= sinceMs)
        .map(({ message, requestedAtMs, answeredAtMs, result }) => ({
          message,
          requestedAtMs: Math.round(requestedAtMs),
          answeredAtMs,
          result,
        })),
  }
}
