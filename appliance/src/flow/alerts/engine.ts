/**
 * All alerts of one organisation, in memory: what was seen goes in, transitions come out. Pure of database, clock and socket, so
 * that whole histories can be played through it. The caller keeps what comes out.
 */

import type { Event, InterfaceSample, PingSample } from "@ispvm/wire"
import type { AgentId, AlertId, DeviceId, OrgId } from "../../platform/ids.ts"
import type { Accepted } from "../ingest/model.ts"
import { createCatchUp, type ExpectedAgent } from "./catch-up.ts"
import {
  evaluateLivenessTimeout,
  evaluateReportTimeout,
  newLiveness,
  overdueAt,
  stepReported,
  stepSeen,
} from "./kinds/liveness.ts"
import { evaluatePortHold, newPort, type PortReading, stepPort } from "./kinds/port.ts"
import { lossRatio, newReach, type Reach, stepReach } from "./kinds/reach.ts"
import { type Skew, stepSkew } from "./skew.ts"
import {
  isProblem,
  type Kind,
  markRemoved,
  markUnknown,
  type Phase,
  type Reason,
  RULE,
  type Rule,
  type State,
} from "./state-machine.ts"
import { type MonitoredDevice, portEntity, type Topology } from "./topology.ts"

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
  readonly observedAtMs: number | null
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
export type AlertEngineDeps = {
  readonly org: OrgId
  readonly newId: () => AlertId
  readonly rule?: Rule
}
export type AlertEngine = {
  readonly restore: (rows: readonly AlertNow[], nowMs: number) => void
  /**
   * After a restart agents deliver what they measured meanwhile. Until they have caught up, their
   * observations count however old they are, in the order of their times.
   */
  readonly isCatchingUp: (nowMs: number) => boolean
  readonly updateTopology: (topology: Topology, nowMs: number) => Transition[]
  readonly observe: (accepted: AlertInput, nowMs: number) => Transition[]
  readonly markAgentSeen: (agent: AgentId, nowMs: number) => Transition[]
  readonly evaluateTimers: (nowMs: number) => Transition[]
  /** We could not have heard anybody until now: silence counts from here. */
  readonly resetLastSeen: (nowMs: number) => void
  /** For how long the quietest agent that is not silent yet has not been heard. */
  readonly maxSinceSeenMs: (nowMs: number) => number
  readonly of: (kind: Kind, entity: string) => AlertNow | undefined
  readonly all: () => Iterable<AlertNow>
  readonly loss: (device: DeviceId) => number | null
  readonly hasProblems: () => boolean
  readonly stale: () => number
}
type PortInput = Pick<InterfaceSample, "device" | "interface" | "atMs" | "running" | "disabled">
/** The part of what ingest accepted that alerts look at. */
export type AlertInput = Pick<
  Accepted,
  "router" | "receivedAtMs" | "skewMs" | "isSecond" | "rejected"
> & {
  readonly agent:
    | (Pick<NonNullable<Accepted["agent"]>, "id"> & Partial<NonNullable<Accepted["agent"]>>)
    | null
  readonly pings: readonly (PingSample & { readonly targetId?: number })[]
  readonly interfaces: readonly (PortInput &
    Partial<InterfaceSample> & { readonly interfaceId?: number })[]
  readonly events: readonly Event[]
}

/** A tick this late means that we slept, not that the agents did. */
const LATE_TIMER_MS = 2_500
/** So long before its silence is believed it is asked whether we could have heard it. */
const CHECK_AHEAD_MS = 4_000
/** How old a look may be when the batch that breaks an agent's silence arrives. */
const RETURN_GRACE_MS = 1_000

const keyOf = (kind: Kind, entity: string): string => `${kind} ${entity}`

/** A clock that was set back leaves times that have yet to come: they are taken as now, so that durations go on. */
const notAfter = (state: State, nowMs: number): State => ({
  ...state,
  sinceMs: Math.min(state.sinceMs, nowMs),
  goodSinceMs: state.goodSinceMs === null ? null : Math.min(state.goodSinceMs, nowMs),
  upAgainAtMs: state.upAgainAtMs === null ? null : Math.min(state.upAgainAtMs, nowMs),
})

export const createAlertEngine = ({ org, newId, rule = RULE }: AlertEngineDeps): AlertEngine => {
  const entries = new Map<string, Entry>()
  /** The same once more: to put a key together for every question costs more than the answer. */
  const byKind = new Map<Kind, Map<string, Entry>>()
  const skews = new Map<AgentId, Skew>()
  /** As before a restart, for what was received then and is evaluated after it: our clock may have been set since. */
  const skewsBeforeRestart = new Map<AgentId, Skew>()
  const portsOf = new Map<DeviceId, Set<string>>()
  /** Ids of alerts whose thing is not watched now: should it come back, it is the same alert. */
  const retired = new Map<string, AlertId>()
  let topology: Topology | null = null
  let evaluatedAtMs: number | null = null
  let staleObservations = 0
  /** Nothing is known to have been looked at since before this; null without a restart. */
  let restoredAtMs: number | null = null
  const catchUp = createCatchUp()

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
  const update = (was: Entry, next: Entry, atMs: number, out: Transition[]): void => {
    put(next)
    if (was.state.phase === next.state.phase && was.state.reason === next.state.reason) return
    out.push({
      org,
      alert: next,
      was: was.state.phase,
      now: next.state.phase,
      reason: next.state.reason,
      atMs,
    })
  }
  const newEntry = (kind: Kind, entity: string, ids: Partial<Entry>, nowMs: number): Entry => ({
    id: retired.get(keyOf(kind, entity)) ?? newId(),
    kind,
    entity,
    deviceId: null,
    interface: null,
    agentId: null,
    observedAtMs: null,
    answeredAtMs: null,
    reach: kind === "device-unreachable" ? newReach(nowMs) : null,
    state: kind === "agent-offline" ? newLiveness(nowMs).state : newPort(nowMs).state,
    ...ids,
  })
  const updateLiveness = (agent: AgentId, nowMs: number, out: Transition[]): void => {
    const was = entries.get(keyOf("agent-offline", agent))
    if (was === undefined) return
    const next = stepSeen(
      { state: was.state, lastSeenAtMs: was.observedAtMs ?? nowMs },
      nowMs,
      rule,
    )
    update(was, { ...was, state: next.state, observedAtMs: next.lastSeenAtMs }, nowMs, out)
    // Heard again: that nobody can look is no longer true, only that nobody has looked since.
    if (was.state.phase === "down" && next.state.phase !== "down")
      resetUnknownReason(agent, nowMs, out)
  }
  /** What its silence hid keeps its time, and says that it was not looked at yet. */
  const resetUnknownReason = (agent: AgentId, nowMs: number, out: Transition[]): void => {
    for (const device of topology?.devices.values() ?? []) {
      if (device.agentId !== agent) continue
      for (const key of [keyOf("device-unreachable", device.id), ...portKeys(device.id)]) {
        const entry = entries.get(key)
        if (entry?.state.reason === "agent-offline")
          markUnknownByKey(key, entry.state.sinceMs, nowMs, "no-recent-data", out)
      }
    }
  }
  const portKeys = (device: DeviceId): readonly string[] =>
    [...(portsOf.get(device) ?? [])].map((port) => keyOf("interface-down", port))
  const skewOf = (agent: AgentId, seenMs: number, nowMs: number): number => {
    const known = restoredAtMs !== null && nowMs < restoredAtMs ? skewsBeforeRestart : skews
    const skew = stepSkew(known.get(agent) ?? null, seenMs)
    known.set(agent, skew)
    return skew.ms
  }
  /** Since when an agent is silent; null while it is not. */
  const offlineSince = (agent: AgentId): number | null => {
    const state = entries.get(keyOf("agent-offline", agent))?.state
    return state?.phase === "down" ? state.sinceMs : null
  }

  /** Online agents with devices: catching up waits for their backlog. */
  const expectedAgents = (): readonly ExpectedAgent[] => {
    const agents = new Map<AgentId, number | null>()
    for (const { id, agentId } of topology?.devices.values() ?? []) {
      if (agentId === null) continue
      const entry = byKind.get("device-unreachable")?.get(id)
      // An unknown device may be one that is not probed: waiting for it could last for ever.
      const observedAtMs =
        entry === undefined || entry.state.phase === "unknown" ? null : entry.observedAtMs
      const oldestAtMs = agents.get(agentId) ?? null
      const isOlder = observedAtMs !== null && (oldestAtMs === null || observedAtMs < oldestAtMs)
      agents.set(agentId, isOlder ? observedAtMs : oldestAtMs)
    }
    return [...agents].flatMap(([agent, observedAtMs]) =>
      offlineSince(agent) === null ? [{ agent, observedAtMs }] : [],
    )
  }
  const isCatchingUp = (nowMs: number): boolean => catchUp.isCatchingUp(nowMs, expectedAgents)

  /** Fresh: not older than the newest seen of this entity, nor than what still tells of now. */
  const isFresh = (entry: Entry, atMs: number, nowMs: number): boolean => {
    const fresh =
      (nowMs - atMs <= rule.staleMs || isCatchingUp(nowMs)) &&
      (entry.observedAtMs === null || atMs >= entry.observedAtMs)
    if (!fresh) staleObservations += 1
    return fresh
  }
  const applyPing = (
    ping: AlertInput["pings"][number],
    atMs: number,
    nowMs: number,
    out: Transition[],
  ): void => {
    const was = entries.get(keyOf("device-unreachable", ping.device))
    if (was?.reach == null || !isFresh(was, atMs, nowMs)) return
    const reach = stepReach({ ...was.reach, state: was.state }, { ...ping, atMs }, rule)
    const { state, observedAtMs, answeredAtMs } = reach
    update(was, { ...was, reach, state, observedAtMs, answeredAtMs }, atMs, out)
  }
  const applyPort = (
    device: string,
    port: string,
    reading: PortReading,
    nowMs: number,
    out: Transition[],
  ): void => {
    const was = entries.get(keyOf("interface-down", portEntity(device, port)))
    if (was === undefined || !isFresh(was, reading.atMs, nowMs)) return
    update(
      was,
      { ...was, ...stepPort({ state: was.state, observedAtMs: was.observedAtMs }, reading, rule) },
      reading.atMs,
      out,
    )
  }
  const markUnknownByKey = (
    key: string,
    sinceMs: number,
    nowMs: number,
    reason: Reason,
    out: Transition[],
  ): void => {
    const was = entries.get(key)
    if (was !== undefined)
      update(was, { ...was, state: markUnknown(was.state, sinceMs, reason) }, nowMs, out)
  }
  const markPortsUnknown = (
    device: DeviceId,
    sinceMs: number,
    nowMs: number,
    reason: Reason,
    out: Transition[],
  ): void => {
    for (const port of portsOf.get(device) ?? [])
      markUnknownByKey(keyOf("interface-down", port), sinceMs, nowMs, reason, out)
  }
  const markDeviceUnknown = (
    device: DeviceId,
    sinceMs: number,
    nowMs: number,
    out: Transition[],
  ): void => {
    markUnknownByKey(keyOf("device-unreachable", device), sinceMs, nowMs, "agent-offline", out)
    markPortsUnknown(device, sinceMs, nowMs, "agent-offline", out)
  }
  /** Routers that only report themselves, with how they stand. */
  const selfReportingRouters = (): {
    readonly device: MonitoredDevice
    readonly everyS: number
    readonly was: Entry
  }[] =>
    [...(topology?.devices.values() ?? [])].flatMap((device) => {
      const was =
        topology?.selfReporting.has(device.id) === true
          ? entries.get(keyOf("device-unreachable", device.id))
          : undefined
      return was === undefined || device.reportsEveryS === null
        ? []
        : [{ device, everyS: device.reportsEveryS, was }]
    })
  const applyRouterReport = (router: DeviceId, nowMs: number, out: Transition[]): void => {
    const was = entries.get(keyOf("device-unreachable", router))
    if (was === undefined || topology?.selfReporting.has(router) !== true) return
    // A report that is evaluated only after a restart is older than the time from which silence counts.
    const observedAtMs = Math.max(was.observedAtMs ?? nowMs, nowMs)
    update(
      was,
      { ...was, state: stepReported(was.state, nowMs, rule), observedAtMs, answeredAtMs: nowMs },
      nowMs,
      out,
    )
  }
  /** What is silent tells nothing of its ports either. */
  const evaluateRouterTimeouts = (nowMs: number, out: Transition[]): void => {
    for (const { device, everyS, was } of selfReportingRouters()) {
      if (was.state.phase === "down") continue
      const state = evaluateReportTimeout(was.state, was.observedAtMs ?? nowMs, everyS, nowMs, rule)
      update(
        was,
        { ...was, state, observedAtMs: state.phase === "down" ? nowMs : was.observedAtMs },
        nowMs,
        out,
      )
      if (state.phase === "down") markPortsUnknown(device.id, nowMs, nowMs, "no-recent-data", out)
    }
  }
  const evaluateAgentTimeouts = (nowMs: number, out: Transition[]): void => {
    const isTimerLate = evaluatedAtMs !== null && nowMs - evaluatedAtMs > LATE_TIMER_MS
    evaluatedAtMs = nowMs
    for (const agent of topology?.agents.keys() ?? []) {
      const was = entries.get(keyOf("agent-offline", agent))
      if (was === undefined) continue
      const lastSeenAtMs = isTimerLate || was.observedAtMs === null ? nowMs : was.observedAtMs
      const next = evaluateLivenessTimeout({ state: was.state, lastSeenAtMs }, nowMs, rule)
      update(was, { ...was, state: next.state, observedAtMs: lastSeenAtMs }, nowMs, out)
    }
    for (const device of topology?.devices.values() ?? []) {
      const sinceMs = device.agentId === null ? null : offlineSince(device.agentId)
      if (sinceMs !== null) markDeviceUnknown(device.id, sinceMs, nowMs, out)
    }
  }
  /** What has not been looked at for long is not known any more, whatever it was. */
  const evaluateStaleAlerts = (nowMs: number, out: Transition[]): void => {
    for (const was of entries.values()) {
      if (was.kind === "agent-offline" || was.state.phase === "unknown") continue
      if (was.kind === "interface-down" && was.state.phase === "recovering") {
        update(
          was,
          {
            ...was,
            ...evaluatePortHold({ state: was.state, observedAtMs: was.observedAtMs }, nowMs, rule),
          },
          nowMs,
          out,
        )
        continue
      }
      // A router that nobody looks at tells what changes, and its silence has a rule of its own.
      if (was.deviceId !== null && topology?.selfReporting.has(was.deviceId) === true) continue
      const unseenMs = was.kind === "device-unreachable" ? rule.deviceUnseenMs : rule.portUnseenMs
      const observedAtMs = Math.max(was.observedAtMs ?? was.state.sinceMs, restoredAtMs ?? 0)
      if (nowMs - observedAtMs > unseenMs) {
        update(was, { ...was, state: markUnknown(was.state, nowMs, "no-recent-data") }, nowMs, out)
      }
    }
  }
  /** Agents that still count as heard. */
  const onlineAgents = (): Entry[] =>
    [...(topology?.agents.keys() ?? [])].flatMap((agent) => {
      const was = entries.get(keyOf("agent-offline", agent))
      return was === undefined || was.state.phase === "down" ? [] : [was]
    })
  const removeEntry = (was: Entry, nowMs: number, out: Transition[]): void => {
    update(was, { ...was, state: markRemoved(was.state, nowMs) }, nowMs, out)
    entries.delete(keyOf(was.kind, was.entity))
    byKind.get(was.kind)?.delete(was.entity)
    retired.set(keyOf(was.kind, was.entity), was.id)
    if (was.deviceId !== null) portsOf.get(was.deviceId)?.delete(was.entity)
  }

  return {
    restore: (rows, nowMs) => {
      restoredAtMs = nowMs
      if (rows.length > 0) catchUp.begin(nowMs)
      for (const row of rows) {
        const state = notAfter(row.state, nowMs)
        const reach = row.kind === "device-unreachable" ? newReach(nowMs, state) : null
        // What was measured since its last step, and delivered only now, is news. Agents have their full time to be heard.
        const observedAtMs =
          row.kind === "agent-offline" ? nowMs : Math.min(state.sinceMs, nowMs - 1)
        put({ ...row, state, observedAtMs, answeredAtMs: null, reach })
      }
    },
    isCatchingUp,
    updateTopology: (next, nowMs) => {
      const out: Transition[] = []
      const before = topology
      topology = next
      for (const was of [...entries.values()]) {
        const gone =
          was.kind === "agent-offline"
            ? was.agentId === null || !next.agents.has(was.agentId)
            : was.deviceId === null ||
              !next.monitored.has(was.deviceId) ||
              (was.kind === "interface-down" && !next.ports.has(was.entity))
        if (gone) removeEntry(was, nowMs, out)
      }
      const ensureEntry = (kind: Kind, entity: string, ids: Partial<Entry>): void => {
        if (!entries.has(keyOf(kind, entity))) put(newEntry(kind, entity, ids, nowMs))
      }
      for (const agent of next.agents.values())
        ensureEntry("agent-offline", agent.id, { agentId: agent.id, observedAtMs: nowMs })
      for (const device of next.devices.values()) {
        if (!next.monitored.has(device.id)) continue
        ensureEntry("device-unreachable", device.id, { deviceId: device.id })
        for (const link of next.linksAt.get(device.id) ?? []) {
          const end = link.a.deviceId === device.id ? link.a : link.b
          if (end.interface === null) continue
          ensureEntry("interface-down", portEntity(device.id, end.interface), {
            deviceId: device.id,
            interface: end.interface,
          })
        }
      }
      // What it told while an agent watched it was not kept: it has its full time to be heard from now on.
      for (const device of next.selfReporting) {
        const was =
          before?.selfReporting.has(device) === true
            ? undefined
            : entries.get(keyOf("device-unreachable", device))
        if (was !== undefined) put({ ...was, observedAtMs: nowMs })
      }
      return out
    },
    observe: (accepted, nowMs) => {
      const out: Transition[] = []
      const { agent, router, receivedAtMs } = accepted
      if (agent !== null) updateLiveness(agent.id, nowMs, out)
      catchUp.observe(accepted, nowMs)
      if (router !== null) applyRouterReport(router, nowMs, out)
      const skewMs = agent === null ? 0 : skewOf(agent.id, accepted.skewMs, nowMs)
      const toOurClock = (atMs: number): number => Math.min(atMs - skewMs, receivedAtMs)
      const byTime = <T extends { readonly atMs: number }>(items: readonly T[]): T[] =>
        [...items].sort((one, other) => one.atMs - other.atMs)
      // What an agent had kept while it was silent is history: only what it sees from its return on counts.
      const backAtMs =
        agent === null
          ? null
          : (entries.get(keyOf("agent-offline", agent.id))?.state.upAgainAtMs ?? null)
      const sinceMs = backAtMs === null ? 0 : backAtMs - RETURN_GRACE_MS
      // A device that another agent has been given meanwhile is his to speak of.
      const mayReport = (device: DeviceId): boolean =>
        agent === null ? device === router : topology?.devices.get(device)?.agentId === agent.id
      // A second machine with this agent's identity may stand elsewhere: what it reaches says nothing of what the first one does.
      for (const ping of accepted.isSecond === true ? [] : byTime(accepted.pings)) {
        if (mayReport(ping.device) && toOurClock(ping.atMs) >= sinceMs)
          applyPing(ping, toOurClock(ping.atMs), nowMs, out)
      }
      const portReadings = [
        ...accepted.interfaces,
        ...accepted.events.flatMap((event) =>
          (event.name === "link-down" || event.name === "link-up") && event.interface !== null
            ? [
                {
                  ...event,
                  interface: event.interface,
                  running: event.name === "link-up",
                  disabled: false,
                },
              ]
            : [],
        ),
      ]
      for (const reading of byTime(portReadings)) {
        if (!mayReport(reading.device) || toOurClock(reading.atMs) < sinceMs) continue
        applyPort(
          reading.device,
          reading.interface,
          { ...reading, atMs: toOurClock(reading.atMs) },
          nowMs,
          out,
        )
      }
      // It was read, and the readings were refused: whatever it was is no longer known.
      for (const { device, port } of accepted.isSecond === true ? [] : (accepted.rejected ?? [])) {
        if (!mayReport(device)) continue
        const key =
          port === null
            ? keyOf("device-unreachable", device)
            : keyOf("interface-down", portEntity(device, port))
        markUnknownByKey(key, nowMs, nowMs, "samples-rejected", out)
      }
      return out
    },
    markAgentSeen: (agent, nowMs) => {
      const out: Transition[] = []
      updateLiveness(agent, nowMs, out)
      return out
    },
    evaluateTimers: (nowMs) => {
      const out: Transition[] = []
      evaluateAgentTimeouts(nowMs, out)
      evaluateRouterTimeouts(nowMs, out)
      evaluateStaleAlerts(nowMs, out)
      // The end of catching up has to be noticed whether or not anything depends on it now.
      isCatchingUp(nowMs)
      return out
    },
    resetLastSeen: (nowMs) => {
      catchUp.postpone(nowMs)
      for (const was of onlineAgents()) put({ ...was, observedAtMs: nowMs })
      for (const { was } of selfReportingRouters())
        if (was.state.phase !== "down") put({ ...was, observedAtMs: nowMs })
    },
    maxSinceSeenMs: (nowMs) =>
      Math.max(
        0,
        ...onlineAgents().map((was) => nowMs - (was.observedAtMs ?? nowMs)),
        ...selfReportingRouters().map(({ was, everyS }) =>
          was.state.phase === "down"
            ? 0
            : nowMs + CHECK_AHEAD_MS - overdueAt(was.observedAtMs ?? nowMs, everyS, rule),
        ),
      ),
    of: (kind, entity) => byKind.get(kind)?.get(entity),
    all: () => entries.values(),
    loss: (device) => {
      const reach = entries.get(keyOf("device-unreachable", device))?.reach
      return reach == null ? null : lossRatio(reach, rule)
    },
    hasProblems: () => [...entries.values()].some((entry) => isProblem(entry.state)),
    stale: () => staleObservations,
  }
}
