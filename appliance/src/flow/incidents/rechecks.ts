/**
 * Looks that are asked for because they would decide, within what routers may be asked: who asks, how often, and what came of it.
 * In memory; what an incident shows of them is kept with it.
 */
import type { Recheck as Shown } from "../../api/incidents.ts"
import type { AgentId, AlertId, DeviceId } from "../../platform/ids.ts"
import type { Watched } from "../alerts/alerts.ts"
import type { Recheck } from "./cause/cause.ts"
import type { Group } from "./groups.ts"
import { type AlertView, agentNode, alertOf } from "./observe.ts"
import { deviceName } from "./wording.ts"

/** Below this an incident is worth another look. */
export const SURE = 0.9
export const MOST_AT_ONCE = 8
/** One look at a device is enough for so long. */
export const SAME_DEVICE_MS = 2_000
export const MOST_A_MINUTE = 120
/** One that stays unsure after so many looks in a minute is left to what comes by itself. */
export const MOST_AN_INCIDENT = 24
/** An agent that has not looked by then will not. */
const LIFE_MS = 5_000
const KEPT_MS = 120_000

type Look = Pick<Recheck, "entity" | "end">
type Asked = {
  readonly look: Look
  readonly text: string
  readonly askedAtMs: number
  /** Symptoms it was to throw light on. */
  readonly about: ReadonlySet<AlertId>
  answeredAtMs: number | null
  result: Shown["result"]
}
export type Rechecks = {
  /** Takes note of looks that are asked for anyway. */
  readonly note: (watched: Watched, devices: readonly DeviceId[], about: AlertId, nowMs: number) => void
  /** Whom to look at, of what would decide. */
  readonly ask: (
    watched: Watched,
    view: AlertView,
    recheck: readonly Recheck[],
    groups: readonly Group[],
    nowMs: number,
  ) => DeviceId[]
  /** Takes what has come of them. */
  readonly see: (watched: Watched, view: AlertView, nowMs: number) => void
  readonly isAwaited: (symptoms: ReadonlyMap<AlertId, unknown>) => boolean
  /** Those of an incident; what was asked before `sinceMs` was about other trouble of the same things. */
  readonly of: (symptoms: ReadonlyMap<AlertId, unknown>, sinceMs: number) => Shown[]
}

/** Who has to be looked at for it, if its agent can. */
const deviceFor = (watched: Watched, { entity, signal, from, end }: Recheck): { id: DeviceId; agentId: AgentId } | null => {
  const device = watched.devices.get(signal === "reachable" ? entity : (end ?? ""))
  const agent = watched.agents.get(device?.agentId ?? "")
  if (device === undefined || agent === undefined) return null
  if (signal === "reachable" && from !== undefined && from !== agentNode(agent)) return null
  return { id: device.id, agentId: agent.id }
}

const textOf = (watched: Watched, { entity, end }: Look): string => {
  const link = watched.links.get(entity)
  if (link === undefined) return `Asked whether ${deviceName(watched, entity)} answers`
  const near = link.a.deviceId === end ? link.a : link.b
  return `Asked ${deviceName(watched, near.deviceId)} how its port ${near.interface ?? "?"} of link ${link.name} is`
}

/** Whether a look is at something that a group says, or could say as well. */
const concerns = (watched: Watched, { hypotheses }: Group, look: Look): boolean => {
  const named = new Set(hypotheses.flatMap((one) => [...one.components, ...one.standIns.flat()].map(({ id }) => id)))
  const link = watched.links.get(look.entity)
  const things = link === undefined ? [look.entity] : [link.id, link.a.deviceId, link.b.deviceId]
  const around = link === undefined ? (watched.linksAt.get(look.entity) ?? []).map(({ id }) => id) : []
  return [...things, ...around].some((id) => named.has(id))
}

export const createRechecks = (): Rechecks => {
  let asked: Asked[] = []
  const lastAtMs = new Map<DeviceId, number>()
  const spent = new Map<AgentId, number[]>()
  const mine = (symptoms: ReadonlyMap<AlertId, unknown>): Asked[] =>
    asked.filter(({ about }) => [...about].some((id) => symptoms.has(id)))

  const mayAsk = ({ id, agentId }: { id: DeviceId; agentId: AgentId }, nowMs: number): boolean => {
    if (nowMs - (lastAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < SAME_DEVICE_MS) return false
    const times = (spent.get(agentId) ?? []).filter((atMs) => nowMs - atMs < 60_000)
    spent.set(agentId, times)
    if (times.length >= MOST_A_MINUTE) return false
    times.push(nowMs)
    lastAtMs.set(id, nowMs)
    return true
  }
  const enter = (watched: Watched, look: Look, about: ReadonlySet<AlertId>, nowMs: number): void => {
    asked.push({ look, text: textOf(watched, look), askedAtMs: nowMs, about, answeredAtMs: null, result: null })
  }

  return {
    note: (watched, devices, about, nowMs) => {
      for (const id of devices) {
        lastAtMs.set(id, nowMs)
        enter(watched, { entity: id }, new Set([about]), nowMs)
      }
    },
    ask: (watched, view, recheck, groups, nowMs) => {
      const recent = ({ askedAtMs }: Asked): boolean => nowMs - askedAtMs < 60_000
      const open = groups.filter(({ symptoms }) => mine(symptoms).filter(recent).length < MOST_AN_INCIDENT)
      if (open.length === 0) return []
      const devices = new Set<DeviceId>()
      for (const look of recheck) {
        // What nobody has ever told of will not be told of now.
        const device = alertOf(watched, view, look)?.lookAtMs == null ? null : deviceFor(watched, look)
        if (device === null || (!devices.has(device.id) && (devices.size >= MOST_AT_ONCE || !mayAsk(device, nowMs)))) continue
        devices.add(device.id)
        const near = open.filter((one) => concerns(watched, one, look))
        const about = (near.length > 0 ? near : open).flatMap(({ symptoms }) => [...symptoms.keys()])
        enter(watched, look, new Set(about), nowMs)
      }
      return [...devices]
    },
    see: (watched, view, nowMs) => {
      asked = asked.filter(({ askedAtMs }) => nowMs - askedAtMs < KEPT_MS)
      for (const [id, atMs] of lastAtMs) if (nowMs - atMs >= SAME_DEVICE_MS) lastAtMs.delete(id)
      for (const one of asked) {
        if (one.result !== null) continue
        const alert = alertOf(watched, view, one.look)
        const lookAtMs = alert?.lookAtMs ?? 0
        const phase = alert?.state.phase
        const answeredAtMs = one.look.end === undefined ? (alert?.answeredAtMs ?? 0) : lookAtMs
        if (lookAtMs > one.askedAtMs && phase === "down") one.result = "down"
        else if (answeredAtMs > one.askedAtMs && phase !== "unknown") one.result = "up"
        else if (nowMs - one.askedAtMs >= LIFE_MS) one.result = "no-answer"
        if (one.result === "up" || one.result === "down") one.answeredAtMs = Math.round(lookAtMs)
      }
    },
    isAwaited: (symptoms) => mine(symptoms).some(({ result }) => result === null),
    of: (symptoms, sinceMs) =>
      mine(symptoms)
        .filter(({ askedAtMs }) => askedAtMs >= sinceMs)
        .map(({ text, askedAtMs, answeredAtMs, result }) => ({
          text,
          askedAtMs: Math.round(askedAtMs),
          answeredAtMs,
          result,
        })),
  }
}
