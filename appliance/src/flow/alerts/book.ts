/**
 * All alerts of one organisation, in memory: what was seen goes in, transitions come out. Pure of database, clock and socket, so
 * that whole histories can be played through it. The caller keeps what comes out.
 */

import type { Event, InterfaceSample, PingSample } from "@ispvm/agent/wire"
import type { AgentId, AlertId, DeviceId, OrgId } from "../../platform/ids.ts"
import type { Accepted } from "../ingest/accepted.ts"
import { createBacklog, type Expected } from "./backlog.ts"
import { blind, isTrouble, type Kind, type Phase, type Reason, RULE, type Rule, release, type State } from "./machine.ts"
import { newPort, type PortLook, stepPort, tickPort } from "./port.ts"
import { lossRatio, newReach, type Reach, stepReach } from "./reach.ts"
import { newHearing, overdueAt, stepHeard, stepReported, tickHearing, tickReports } from "./silence.ts"
import { type Skew, stepSkew } from "./skew.ts"
import { portEntity, type Watched, type WatchedDevice } from "./watched.ts"

/** One alert as it stands. `lookAtMs`: the last fresh look at it; `answeredAtMs`: the last that was answered (devices only). */
export type AlertNow = {
  readonly id: AlertId
  readonly kind: Kind
  /** Device, `device/port`, or agent. */
  readonly entity: string
  readonly deviceId: DeviceId | null
  readonly interface: string | null
  readonly agentId: AgentId | null
  readonly state: State
  readonly lookAtMs: number | null
  readonly answeredAtMs: number | null
}
export type Transition = {
  readonly org: OrgId
  readonly alert: AlertNow
  readonly was: Phase
  readonly now: Phase
  readonly reason: Reason
  readonly atMs: number
}

type Entry = AlertNow & { readonly reach: Reach | null }
export type BookDeps = { readonly org: OrgId; readonly newId: () => AlertId; readonly rule?: Rule }
export type Book = {
  readonly restore: (rows: readonly AlertNow[], nowMs: number) => void
  /**
   * After a restart agents deliver what they measured meanwhile. Until they have caught up, their
   * observations count however old they are, in the order of their times.
   */
  readonly isCatchingUp: (nowMs: number) => boolean
  readonly rewatch: (watched: Watched, nowMs: number) => Transition[]
  readonly observe: (accepted: Seen, nowMs: number) => Transition[]
  readonly heard: (agent: AgentId, nowMs: number) => Transition[]
  readonly tick: (nowMs: number) => Transition[]
  /** We could not have heard anybody until now: silence counts from here. */
  readonly couldNotHear: (nowMs: number) => void
  /** For how long the quietest agent that is not silent yet has not been heard. */
  readonly quietForMs: (nowMs: number) => number
  readonly of: (kind: Kind, entity: string) => AlertNow | undefined
  readonly all: () => Iterable<AlertNow>
  readonly loss: (device: DeviceId) => number | null
  readonly troubled: () => boolean
  readonly stale: () => number
}
type SeenPort = Pick<InterfaceSample, "device" | "interface" | "atMs" | "running" | "disabled">
/** The part of what ingest accepted that alerts look at. */
export type Seen = Pick<Accepted, "router" | "receivedAtMs" | "skewMs" | "isSecond" | "refused"> & {
  readonly agent: (Pick<NonNullable<Accepted["agent"]>, "id"> & Partial<NonNullable<Accepted["agent"]>>) | null
  readonly pings: readonly (PingSample & { readonly targetId?: number })[]
  readonly interfaces: readonly (SeenPort & Partial<InterfaceSample> & { readonly interfaceId?: number })[]
  readonly events: readonly Event[]
}

/** A tick this late means that we slept, not that the agents did. */
const OVERSLEPT_MS = 2_500
/** So long before its silence is believed it is asked whether we could have heard it. */
const DOUBT_AHEAD_MS = 4_000
/** How old a look may be when the batch that breaks an agent's silence arrives. */
const BACK_GRACE_MS = 1_000

const keyOf = (kind: Kind, entity: string): string => `${kind} ${entity}`

/** A clock that was set back leaves times that have yet to come: they are taken as now, so that durations go on. */
const notAfter = (state: State, nowMs: number): State => ({
  ...state,
  sinceMs: Math.min(state.sinceMs, nowMs),
  goodSinceMs: state.goodSinceMs === null ? null : Math.min(state.goodSinceMs, nowMs),
  risenAtMs: state.risenAtMs === null ? null : Math.min(state.risenAtMs, nowMs),
})

export const createBook = ({ org, newId, rule = RULE }: BookDeps): Book => {
  const entries = new Map<string, Entry>()
  /** The same once more: to put a key together for every question costs more than the answer. */
  const byKind = new Map<Kind, Map<string, Entry>>()
  const skews = new Map<AgentId, Skew>()
  /** The same as it was before a restart, for what came then and is evaluated only now: our clock may have been set meanwhile. */
  const skewsBefore = new Map<AgentId, Skew>()
  const portsOf = new Map<DeviceId, Set<string>>()
  /** Ids of alerts whose thing is not watched now: should it come back, it is the same alert. */
  const retired = new Map<string, AlertId>()
  let watched: Watched | null = null
  let tickedAtMs: number | null = null
  let staleLooks = 0
  /** Nothing is known to have been looked at since before this; null without a restart. */
  let restoredAtMs: number | null = null
  const backlog = createBacklog()

  const put = (entry: Entry): void => {
    entries.set(keyOf(entry.kind, entry.entity), entry)
    const same = byKind.get(entry.kind)
    if (same === undefined) byKind.set(entry.kind, new Map([[entry.entity, entry]]))
    else same.set(entry.entity, entry)
    if (entry.kind !== "interface-down" || entry.deviceId === null) return
    const ports = portsOf.get(entry.deviceId)
    if (ports === undefined) portsOf.set(entry.deviceId, new Set([entry.entity]))
    else ports.add(entry.entity)
  }
  /** Stores what an alert has become; a changed phase or reason is a transition. */
  const turn = (was: Entry, next: Entry, atMs: number, out: Transition[]): void => {
    put(next)
    if (was.state.phase === next.state.phase && was.state.reason === next.state.reason) return
    out.push({ org, alert: next, was: was.state.phase, now: next.state.phase, reason: next.state.reason, atMs })
  }
  const make = (kind: Kind, entity: string, ids: Partial<Entry>, nowMs: number): Entry => ({
    id: retired.get(keyOf(kind, entity)) ?? newId(),
    kind,
    entity,
    deviceId: null,
    interface: null,
    agentId: null,
    lookAtMs: null,
    answeredAtMs: null,
    reach: kind === "device-unreachable" ? newReach(nowMs) : null,
    state: kind === "agent-silent" ? newHearing(nowMs).state : newPort(nowMs).state,
    ...ids,
  })
  const hear = (agent: AgentId, nowMs: number, out: Transition[]): void => {
    const was = entries.get(keyOf("agent-silent", agent))
    if (was === undefined) return
    const next = stepHeard({ state: was.state, heardAtMs: was.lookAtMs ?? nowMs }, nowMs, rule)
    turn(was, { ...was, state: next.state, lookAtMs: next.heardAtMs }, nowMs, out)
    // Heard again: that nobody can look is no longer true, only that nobody has looked since.
    if (was.state.phase === "down" && next.state.phase !== "down") ownUnseen(agent, nowMs, out)
  }
  /** What its silence hid keeps its time, and says that it was not looked at yet. */
  const ownUnseen = (agent: AgentId, nowMs: number, out: Transition[]): void => {
    for (const device of watched?.devices.values() ?? []) {
      if (device.agentId !== agent) continue
      for (const key of [keyOf("device-unreachable", device.id), ...portKeys(device.id)]) {
        const entry = entries.get(key)
        if (entry?.state.reason === "agent-silent") blindOne(key, entry.state.sinceMs, nowMs, "not-looked-at", out)
      }
    }
  }
  const portKeys = (device: DeviceId): readonly string[] =>
    [...(portsOf.get(device) ?? [])].map((port) => keyOf("interface-down", port))
  const skewOf = (agent: AgentId, seenMs: number, nowMs: number): number => {
    const known = restoredAtMs !== null && nowMs < restoredAtMs ? skewsBefore : skews
    const skew = stepSkew(known.get(agent) ?? null, seenMs)
    known.set(agent, skew)
    return skew.ms
  }
  /** Since when an agent is silent; null while it is not. */
  const silentSince = (agent: AgentId): number | null => {
    const state = entries.get(keyOf("agent-silent", agent))?.state
    return state?.phase === "down" ? state.sinceMs : null
  }

  /** Heard agents with devices: their backlog is waited for. */
  const awaitedAgents = (): readonly Expected[] => {
    const agents = new Map<AgentId, number | null>()
    for (const { id, agentId } of watched?.devices.values() ?? []) {
      if (agentId === null) continue
      const entry = byKind.get("device-unreachable")?.get(id)
      // What is not known may be something that nobody looks at: it is not waited for.
      const lookAtMs = entry === undefined || entry.state.phase === "unknown" ? null : entry.lookAtMs
      const oldestAtMs = agents.get(agentId) ?? null
      agents.set(agentId, lookAtMs === null || (oldestAtMs !== null && oldestAtMs < lookAtMs) ? oldestAtMs : lookAtMs)
    }
    return [...agents].flatMap(([agent, lookAtMs]) => (silentSince(agent) === null ? [{ agent, lookAtMs }] : []))
  }
  const isCatchingUp = (nowMs: number): boolean => backlog.isCatchingUp(nowMs, awaitedAgents)

  /** Fresh: not older than the newest seen of this entity, nor than what still tells of now. */
  const isFresh = (entry: Entry, atMs: number, nowMs: number): boolean => {
    const fresh = (nowMs - atMs <= rule.staleMs || isCatchingUp(nowMs)) && (entry.lookAtMs === null || atMs >= entry.lookAtMs)
    if (!fresh) staleLooks += 1
    return fresh
  }
  const seePing = (ping: Seen["pings"][number], atMs: number, nowMs: number, out: Transition[]): void => {
    const was = entries.get(keyOf("device-unreachable", ping.device))
    if (was?.reach == null || !isFresh(was, atMs, nowMs)) return
    const reach = stepReach({ ...was.reach, state: was.state }, { ...ping, atMs }, rule)
    const { state, lookAtMs, answeredAtMs } = reach
    turn(was, { ...was, reach, state, lookAtMs, answeredAtMs }, atMs, out)
  }
  const seePort = (device: string, port: string, look: PortLook, nowMs: number, out: Transition[]): void => {
    const was = entries.get(keyOf("interface-down", portEntity(device, port)))
    if (was === undefined || !isFresh(was, look.atMs, nowMs)) return
    turn(was, { ...was, ...stepPort({ state: was.state, lookAtMs: was.lookAtMs }, look, rule) }, look.atMs, out)
  }
  const blindOne = (key: string, sinceMs: number, nowMs: number, reason: Reason, out: Transition[]): void => {
    const was = entries.get(key)
    if (was !== undefined) turn(was, { ...was, state: blind(was.state, sinceMs, reason) }, nowMs, out)
  }
  const blindPorts = (device: DeviceId, sinceMs: number, nowMs: number, reason: Reason, out: Transition[]): void => {
    for (const port of portsOf.get(device) ?? []) blindOne(keyOf("interface-down", port), sinceMs, nowMs, reason, out)
  }
  const blindDevice = (device: DeviceId, sinceMs: number, nowMs: number, out: Transition[]): void => {
    blindOne(keyOf("device-unreachable", device), sinceMs, nowMs, "agent-silent", out)
    blindPorts(device, sinceMs, nowMs, "agent-silent", out)
  }
  /** Routers that only report themselves, with how they stand. */
  const lone = (): { readonly device: WatchedDevice; readonly everyS: number; readonly was: Entry }[] =>
    [...(watched?.devices.values() ?? [])].flatMap((device) => {
      const was = watched?.alone.has(device.id) === true ? entries.get(keyOf("device-unreachable", device.id)) : undefined
      return was === undefined || device.reportsEveryS === null ? [] : [{ device, everyS: device.reportsEveryS, was }]
    })
  const hearRouter = (router: DeviceId, nowMs: number, out: Transition[]): void => {
    const was = entries.get(keyOf("device-unreachable", router))
    if (was === undefined || watched?.alone.has(router) !== true) return
    // A report that is evaluated only after a restart is older than the time from which silence counts.
    const lookAtMs = Math.max(was.lookAtMs ?? nowMs, nowMs)
    turn(was, { ...was, state: stepReported(was.state, nowMs, rule), lookAtMs, answeredAtMs: nowMs }, nowMs, out)
  }
  /** What is silent tells nothing of its ports either. */
  const tickRouters = (nowMs: number, out: Transition[]): void => {
    for (const { device, everyS, was } of lone()) {
      if (was.state.phase === "down") continue
      const state = tickReports(was.state, was.lookAtMs ?? nowMs, everyS, nowMs, rule)
      turn(was, { ...was, state, lookAtMs: state.phase === "down" ? nowMs : was.lookAtMs }, nowMs, out)
      if (state.phase === "down") blindPorts(device.id, nowMs, nowMs, "not-looked-at", out)
    }
  }
  const tickAgents = (nowMs: number, out: Transition[]): void => {
    const overslept = tickedAtMs !== null && nowMs - tickedAtMs > OVERSLEPT_MS
    tickedAtMs = nowMs
    for (const agent of watched?.agents.keys() ?? []) {
      const was = entries.get(keyOf("agent-silent", agent))
      if (was === undefined) continue
      const heardAtMs = overslept || was.lookAtMs === null ? nowMs : was.lookAtMs
      const next = tickHearing({ state: was.state, heardAtMs }, nowMs, rule)
      turn(was, { ...was, state: next.state, lookAtMs: heardAtMs }, nowMs, out)
    }
    for (const device of watched?.devices.values() ?? []) {
      const sinceMs = device.agentId === null ? null : silentSince(device.agentId)
      if (sinceMs !== null) blindDevice(device.id, sinceMs, nowMs, out)
    }
  }
  /** What has not been looked at for long is not known any more, whatever it was. */
  const tickUnseen = (nowMs: number, out: Transition[]): void => {
    for (const was of entries.values()) {
      if (was.kind === "agent-silent" || was.state.phase === "unknown") continue
      if (was.kind === "interface-down" && was.state.phase === "recovering") {
        turn(was, { ...was, ...tickPort({ state: was.state, lookAtMs: was.lookAtMs }, nowMs, rule) }, nowMs, out)
        continue
      }
      // A router that nobody looks at tells what changes, and its silence has a rule of its own.
      if (was.deviceId !== null && watched?.alone.has(was.deviceId) === true) continue
      const unseenMs = was.kind === "device-unreachable" ? rule.deviceUnseenMs : rule.portUnseenMs
      const lookAtMs = Math.max(was.lookAtMs ?? was.state.sinceMs, restoredAtMs ?? 0)
      if (nowMs - lookAtMs > unseenMs) {
        turn(was, { ...was, state: blind(was.state, nowMs, "not-looked-at") }, nowMs, out)
      }
    }
  }
  /** Agents that still count as heard. */
  const hearings = (): Entry[] =>
    [...(watched?.agents.keys() ?? [])].flatMap((agent) => {
      const was = entries.get(keyOf("agent-silent", agent))
      return was === undefined || was.state.phase === "down" ? [] : [was]
    })
  const drop = (was: Entry, nowMs: number, out: Transition[]): void => {
    turn(was, { ...was, state: release(was.state, nowMs) }, nowMs, out)
    entries.delete(keyOf(was.kind, was.entity))
    byKind.get(was.kind)?.delete(was.entity)
    retired.set(keyOf(was.kind, was.entity), was.id)
    if (was.deviceId !== null) portsOf.get(was.deviceId)?.delete(was.entity)
  }

  return {
    restore: (rows, nowMs) => {
      restoredAtMs = nowMs
      if (rows.length > 0) backlog.begin(nowMs)
      for (const row of rows) {
        const state = notAfter(row.state, nowMs)
        const reach = row.kind === "device-unreachable" ? newReach(nowMs, state) : null
        // What was measured since its last step, and delivered only now, is news. Agents have their full time to be heard.
        const lookAtMs = row.kind === "agent-silent" ? nowMs : Math.min(state.sinceMs, nowMs - 1)
        put({ ...row, state, lookAtMs, answeredAtMs: null, reach })
      }
    },
    isCatchingUp,
    rewatch: (next, nowMs) => {
      const out: Transition[] = []
      const before = watched
      watched = next
      for (const was of [...entries.values()]) {
        const gone =
          was.kind === "agent-silent"
            ? was.agentId === null || !next.agents.has(was.agentId)
            : was.deviceId === null ||
              !next.told.has(was.deviceId) ||
              (was.kind === "interface-down" && !next.ports.has(was.entity))
        if (gone) drop(was, nowMs, out)
      }
      const want = (kind: Kind, entity: string, ids: Partial<Entry>): void => {
        if (!entries.has(keyOf(kind, entity))) put(make(kind, entity, ids, nowMs))
      }
      for (const agent of next.agents.values()) want("agent-silent", agent.id, { agentId: agent.id, lookAtMs: nowMs })
      for (const device of next.devices.values()) {
        if (!next.told.has(device.id)) continue
        want("device-unreachable", device.id, { deviceId: device.id })
        for (const link of next.linksAt.get(device.id) ?? []) {
          const end = link.a.deviceId === device.id ? link.a : link.b
          if (end.interface === null) continue
          want("interface-down", portEntity(device.id, end.interface), { deviceId: device.id, interface: end.interface })
        }
      }
      // What it told while an agent watched it was not kept: it has its full time to be heard from now on.
      for (const device of next.alone) {
        const was = before?.alone.has(device) === true ? undefined : entries.get(keyOf("device-unreachable", device))
        if (was !== undefined) put({ ...was, lookAtMs: nowMs })
      }
      return out
    },
    observe: (accepted, nowMs) => {
      const out: Transition[] = []
      const { agent, router, receivedAtMs } = accepted
      if (agent !== null) hear(agent.id, nowMs, out)
      backlog.see(accepted, nowMs)
      if (router !== null) hearRouter(router, nowMs, out)
      const skewMs = agent === null ? 0 : skewOf(agent.id, accepted.skewMs, nowMs)
      const ours = (atMs: number): number => Math.min(atMs - skewMs, receivedAtMs)
      const byTime = <T extends { readonly atMs: number }>(items: readonly T[]): T[] =>
        [...items].sort((one, other) => one.atMs - other.atMs)
      // What an agent had kept while it was silent is history: only what it sees from its return on counts.
      const backAtMs = agent === null ? null : (entries.get(keyOf("agent-silent", agent.id))?.state.risenAtMs ?? null)
      const sinceMs = backAtMs === null ? 0 : backAtMs - BACK_GRACE_MS
      // A device that another agent has been given meanwhile is his to speak of.
      const speaksFor = (device: DeviceId): boolean =>
        agent === null ? device === router : watched?.devices.get(device)?.agentId === agent.id
      // A second machine with this agent's identity may stand elsewhere: what it reaches says nothing of what the first one does.
      for (const ping of accepted.isSecond === true ? [] : byTime(accepted.pings)) {
        if (speaksFor(ping.device) && ours(ping.atMs) >= sinceMs) seePing(ping, ours(ping.atMs), nowMs, out)
      }
      const looks = [
        ...accepted.interfaces,
        ...accepted.events.flatMap((event) =>
          (event.name === "link-down" || event.name === "link-up") && event.interface !== null
            ? [{ ...event, interface: event.interface, running: event.name === "link-up", disabled: false }]
            : [],
        ),
      ]
      for (const look of byTime(looks)) {
        if (!speaksFor(look.device) || ours(look.atMs) < sinceMs) continue
        seePort(look.device, look.interface, { ...look, atMs: ours(look.atMs) }, nowMs, out)
      }
      // It was read, and the readings were refused: whatever it was is no longer known.
      for (const { device, port } of accepted.isSecond === true ? [] : (accepted.refused ?? [])) {
        if (!speaksFor(device)) continue
        const key = port === null ? keyOf("device-unreachable", device) : keyOf("interface-down", portEntity(device, port))
        blindOne(key, nowMs, nowMs, "samples-refused", out)
      }
      return out
    },
    heard: (agent, nowMs) => {
      const out: Transition[] = []
      hear(agent, nowMs, out)
      return out
    },
    tick: (nowMs) => {
      const out: Transition[] = []
      tickAgents(nowMs, out)
      tickRouters(nowMs, out)
      tickUnseen(nowMs, out)
      // When the backlog ended must be known whether or not anybody asks.
      isCatchingUp(nowMs)
      return out
    },
    couldNotHear: (nowMs) => {
      backlog.postpone(nowMs)
      for (const was of hearings()) put({ ...was, lookAtMs: nowMs })
      for (const { was } of lone()) if (was.state.phase !== "down") put({ ...was, lookAtMs: nowMs })
    },
    quietForMs: (nowMs) =>
      Math.max(
        0,
        ...hearings().map((was) => nowMs - (was.lookAtMs ?? nowMs)),
        ...lone().map(({ was, everyS }) =>
          was.state.phase === "down" ? 0 : nowMs + DOUBT_AHEAD_MS - overdueAt(was.lookAtMs ?? nowMs, everyS, rule),
        ),
      ),
    of: (kind, entity) => byKind.get(kind)?.get(entity),
    all: () => entries.values(),
    loss: (device) => {
      const reach = entries.get(keyOf("device-unreachable", device))?.reach
      return reach == null ? null : lossRatio(reach, rule)
    },
    troubled: () => [...entries.values()].some((entry) => isTrouble(entry.state)),
    stale: () => staleLooks,
  }
}
