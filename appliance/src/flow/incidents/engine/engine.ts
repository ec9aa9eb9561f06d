/**
 * The open incidents of one organisation, in memory. `review` looks at all alerts anew and says what has become of the incidents.
 * Pure of database, clock and socket: whole histories are played through it in tests.
 *
 * One fault is one incident. Its identity follows its symptoms: when a better explanation is found, the incident that holds most of
 * them changes its mind (and says so); one that loses all of its symptoms to another is folded into that one.
 */
import type { Component, Recheck } from "../../../api/incidents.ts"
import type { AlertId, DeviceId, IncidentId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import { createDiagnoser } from "../diagnosis/diagnosis.ts"
import { historyEntryOf, isOtherCause, isUnchanged } from "../diagnosis/diagnosis-history.ts"
import { agentEvidence, agentReason, agentTitle } from "../messages/agent-offline.ts"
import { describe } from "../messages/description.ts"
import { named, wholeSeconds } from "../messages/params.ts"
import { condense, recoveredMessage, symptomMessage } from "../messages/symptom-messages.ts"
import {
  type Change,
  type Group,
  type Incident,
  type IncidentSymptom,
  type Line,
  SYSTEM,
} from "../model.ts"
import { createFlaps } from "./flaps.ts"
import { group } from "./groups.ts"
import {
  devicesToProbe,
  HOLD_DOWN_MS,
  isOnlyPath,
  pendingWitnesses,
  unreachableUpstream,
} from "./hold-down.ts"
import { type AlertView, createObservationCache } from "./observe.ts"
import { createReachability } from "./reachability.ts"
import { createRechecks, RECHECK_BELOW } from "./rechecks.ts"
import {
  affectedByRecovery,
  belongsToRecovering,
  createRecovery,
  isObservedSince,
  isSuppressed,
  mayClose,
  type RecoveringIncident,
  recoveringRole,
} from "./recovery.ts"

export type Outcome = {
  /** Incidents that have changed, as they are now. */
  readonly changed: readonly Incident[]
  readonly lines: readonly Line[]
  /** What they say now and did not before. */
  readonly history: readonly Change[]
  /** Devices to look at at once. */
  readonly confirm: readonly DeviceId[]
}
export type IncidentEngine = {
  readonly restore: (incidents: readonly Incident[], nextNumber: number) => void
  readonly review: (topology: Topology, view: AlertView, nowMs: number) => Outcome
  readonly get: (id: string) => Incident | undefined
  readonly open: () => Iterable<Incident>
  /** The open incident that holds this alert. */
  readonly incidentOf: (alert: AlertId) => Incident | undefined
  /** Takes in what a person has done. */
  readonly put: (incident: Incident) => void
  readonly isBusy: () => boolean
}

export const createIncidentEngine = (newId: () => IncidentId): IncidentEngine => {
  const incidents = new Map<IncidentId, Incident>()
  /** When each symptom was first seen here, and whether it has been waited for long enough. */
  const heldDown = new Map<
    AlertId,
    { readonly sinceMs: number; isRequested: boolean; isHoldDownOver: boolean }
  >()
  const diagnose = createDiagnoser()
  const observationCache = createObservationCache()
  const rechecks = createRechecks()
  const reachability = createReachability()
  const recovery = createRecovery(reachability)
  const flaps = createFlaps()
  let nextNumber = 1

  const incidentOf = (alert: AlertId): Incident | undefined => {
    for (const incident of incidents.values())
      if (incident.symptoms.get(alert)?.untilMs === null) return incident
    return undefined
  }

  /** Which symptoms count by now, and whom to look at for the others. */
  const holdDown = (
    topology: Topology,
    view: AlertView,
    active: readonly AlertNow[],
    affected: ReadonlySet<string>,
    nowMs: number,
  ): DeviceId[] => {
    const ids = new Set(active.map((alert) => alert.id))
    for (const id of heldDown.keys()) if (!ids.has(id)) heldDown.delete(id)
    const confirm = new Set<DeviceId>()
    const hops = reachability.hops(topology)
    const distance = (alert: AlertNow): number => hops.get(alert.deviceId ?? "") ?? 0
    // From the agent outwards: what lies behind another silent one is understood only with that.
    for (const alert of active.toSorted((one, other) => distance(one) - distance(other))) {
      const known = heldDown.get(alert.id) ?? {
        sinceMs: nowMs,
        isRequested: false,
        isHoldDownOver: incidentOf(alert.id) !== undefined,
      }
      heldDown.set(alert.id, known)
      if (known.isHoldDownOver) continue
      const pending = pendingWitnesses(topology, view, alert, (id) => affected.has(id))
      const isDownstream = unreachableUpstream(topology, view, hops, alert).some(
        (one) => heldDown.get(one.id)?.isHoldDownOver !== true,
      )
      known.isHoldDownOver =
        (pending.length === 0 && !isDownstream) ||
        isOnlyPath(topology, reachability, alert) ||
        nowMs - known.sinceMs >= HOLD_DOWN_MS
      if ((known.isHoldDownOver && pending.length === 0) || known.isRequested) continue
      known.isRequested = true
      const requested = devicesToProbe(topology, hops, alert, pending)
      rechecks.recordRequested(topology, [...requested], alert.id, nowMs)
      for (const device of requested) confirm.add(device)
    }
    return [...confirm]
  }

  /** Not sure, but soon surer: it waits for the looks that were asked for, if not for long. */
  const isPremature = (
    topology: Topology,
    found: Group,
    alerts: ReadonlyMap<AlertId, AlertNow>,
    nowMs: number,
  ): boolean => {
    if (found.confidence >= RECHECK_BELOW || !rechecks.isPending(found.symptoms)) return false
    return [...found.symptoms.keys()].every((id) => {
      const alert = alerts.get(id)
      const sinceMs = heldDown.get(id)?.sinceMs ?? 0
      return (
        nowMs - sinceMs < HOLD_DOWN_MS &&
        alert !== undefined &&
        !isOnlyPath(topology, reachability, alert)
      )
    })
  }

  return {
    restore: (rows, next) => {
      for (const row of rows) incidents.set(row.id, row)
      nextNumber = next
    },
    get: (id) => [...incidents.values()].find((incident) => incident.id === id),
    open: () => incidents.values(),
    incidentOf,
    put: (incident) => {
      if (incident.state === "closed") incidents.delete(incident.id)
      else incidents.set(incident.id, incident)
    },
    isBusy: () => incidents.size > 0 || heldDown.size > 0,
    review: (topology, view, nowMs) => {
      const alerts = new Map([...view.all()].map((alert) => [alert.id, alert]))
      for (const alert of alerts.values()) flaps.observe(alert)
      const isInIncident = (alert: AlertId): boolean => incidentOf(alert) !== undefined
      const context = { topology, view, alerts, isInIncident, reachability, flaps, nowMs }
      const active = [...alerts.values()].filter(
        (alert) => alert.kind !== "agent-offline" && alert.state.phase === "down",
      )
      rechecks.update(topology, view, nowMs)
      const recoveringBefore = recovery.find(topology, [...incidents.values()], alerts)
      const confirm = holdDown(
        topology,
        view,
        active,
        affectedByRecovery(recoveringBefore, topology),
        nowMs,
      )
      const history: Change[] = []
      const changed = new Map<IncidentId, Incident>()
      const lines: Line[] = []
      const change = (incident: Incident): void => {
        incidents.set(incident.id, incident)
        changed.set(incident.id, incident)
      }
      const addLine = (incident: Incident, kind: Line["kind"], message: Line["message"]): void => {
        lines.push({ incidentId: incident.id, atMs: nowMs, kind, who: SYSTEM, message })
      }
      const make = (
        cause: Component,
        alternatives: readonly Component[],
        atMs: number,
      ): Incident => {
        const number = nextNumber
        nextNumber += 1
        return {
          id: newId(),
          number,
          state: "open",
          title: { code: "legacy-text", params: { text: "" } },
          causes: [cause],
          alternatives,
          because: [],
          confidence: null,
          hypotheses: [],
          evidence: [],
          rechecks: [],
          lastEntry: null,
          openedAtMs: atMs,
          closedAtMs: null,
          acknowledgedBy: null,
          acknowledgedAtMs: null,
          updatedAtMs: nowMs,
          symptoms: new Map(),
          finding: null,
          manner: "steady",
          expected: [],
          downstream: 0,
        }
      }

      const apply = (found: Group, was: Incident | undefined): IncidentId => {
        const fresh = was ?? make(found.cause, found.alternatives, nowMs)
        const symptoms = new Map(fresh.symptoms)
        const news: AlertNow[] = []
        let moved = false
        for (const [id, role] of found.symptoms) {
          const alert = alerts.get(id)
          if (alert === undefined) continue
          const known = symptoms.get(id)
          if (known !== undefined && known.untilMs === null && known.role === role) continue
          if (known === undefined || known.untilMs !== null) news.push(alert)
          moved = true
          const { kind, deviceId } = alert
          symptoms.set(id, {
            alertId: id,
            kind,
            deviceId,
            role,
            sinceMs: known?.sinceMs ?? alert.state.sinceMs,
            untilMs: null,
          })
        }
        const { cause, symptoms: _, ...finding } = found
        const next = withHistory(
          was,
          withDescription({ ...fresh, symptoms, causes: [cause], finding }),
        )
        if (
          was !== undefined &&
          !moved &&
          isUnchanged(was, next) &&
          was.lastEntry === next.lastEntry
        )
          return was.id
        change(next)
        if (was === undefined) addLine(next, "opened", openedMessage(next))
        for (const message of condense(news.map((alert) => symptomMessage(topology, alert))))
          addLine(next, "symptom", message)
        if (was !== undefined) addLineIfChanged(was, next)
        return next.id
      }
      const withDescription = (incident: Incident): Incident => {
        const recheckList = rechecks.of(incident.symptoms, incident.openedAtMs - HOLD_DOWN_MS)
        return {
          ...incident,
          ...describe(context, incident),
          rechecks: mergeRechecks(incident.rechecks, recheckList),
          updatedAtMs: nowMs,
        }
      }
      /** With what is due in its history. */
      const withHistory = (was: Incident | undefined, next: Incident): Incident => {
        const entry = historyEntryOf(was, next, nowMs)
        if (entry === null) return next
        history.push(entry)
        return { ...next, lastEntry: entry }
      }
      const addLineIfChanged = (was: Incident, next: Incident): void => {
        if (!isOtherCause(was, next)) return
        const { title, because } = next
        const params = { title, before: was.title, because: [...because] }
        addLine(next, "cause-changed", { code: "timeline.cause-changed", params })
      }
      /** What has been seen since may leave less to be claimed, or show that it flaps. */
      const refresh = (was: Incident): void => {
        const next = withHistory(was, withDescription(was))
        if (isUnchanged(was, next) && was.lastEntry === next.lastEntry) return
        change(next)
        addLineIfChanged(was, next)
      }

      /** A symptom of what lies behind something that has just come back is no fault of its own yet. */
      const addToRecovering = ({ incident: { id } }: RecoveringIncident, alert: AlertNow): void => {
        const incident = incidents.get(id)
        if (incident === undefined) return
        const { kind, deviceId } = alert
        const role = recoveringRole(topology, incident, alert)
        const sinceMs = incident.symptoms.get(alert.id)?.sinceMs ?? alert.state.sinceMs
        const symptoms = new Map(incident.symptoms).set(alert.id, {
          alertId: alert.id,
          kind,
          deviceId,
          role,
          sinceMs,
          untilMs: null,
        })
        change({ ...incident, symptoms, updatedAtMs: nowMs })
        addLine(incident, "symptom", symptomMessage(topology, alert))
      }
      for (const alert of active) {
        const into =
          incidentOf(alert.id) === undefined
            ? belongsToRecovering(recoveringBefore, topology, alert)
            : undefined
        if (into !== undefined) addToRecovering(into, alert)
      }
      const recoveringIncidents = recoveringBefore.map((one) => ({
        ...one,
        incident: incidents.get(one.incident.id) ?? one.incident,
      }))
      const isHoldDownOver = (alert: AlertNow): boolean =>
        heldDown.get(alert.id)?.isHoldDownOver === true
      const mayOpen = (alert: AlertNow): boolean =>
        isHoldDownOver(alert) && !isSuppressed(recoveringIncidents, topology, alert)
      const mayCount = (alert: AlertNow): boolean =>
        mayOpen(alert) ||
        (isHoldDownOver(alert) && isObservedSince(recoveringIncidents, topology, alert))
      const openCauses = new Set(
        [...incidents.values()].flatMap(({ causes }) => causes.map(({ id }) => id)),
      )
      const { groups: found, recheck } = active.some(mayOpen)
        ? group({
            diagnose,
            observationCache,
            reachability,
            topology,
            view,
            mayCount,
            mayOpen,
            openCauses,
          })
        : { groups: [], recheck: [] }
      const uncertain = found.filter(({ confidence }) => confidence < RECHECK_BELOW)
      const decisive =
        uncertain.length === 0 ? [] : rechecks.request(topology, view, recheck, uncertain, nowMs)
      const known = match(found, [...incidents.values()])
      // A fault that began while nobody could report it arrives in pieces; what is open already goes on.
      const isHeldDown = view.isCatchingUp?.(nowMs) === true
      const groups = found.filter(
        (one) => known.has(one) || !(isHeldDown || isPremature(topology, one, alerts, nowMs)),
      )
      const matched = match(groups, [...incidents.values()])
      const owners = new Map<AlertId, IncidentId>()
      for (const found of groups) {
        const owner = apply(found, matched.get(found))
        for (const id of found.symptoms.keys()) owners.set(id, owner)
      }
      const applied = new Set(owners.values())
      for (const incident of [...incidents.values()])
        if (!applied.has(incident.id)) refresh(incident)

      for (const agent of alerts.values()) {
        if (
          agent.kind !== "agent-offline" ||
          !agent.state.wasDown ||
          incidentOf(agent.id) !== undefined
        )
          continue
        const name = topology.agents.get(agent.agentId ?? "")?.name ?? "unknown"
        const devices = [...topology.devices.values()].filter(
          (device) => device.agentId === agent.agentId,
        ).length
        const { sinceMs } = agent.state
        const made = make({ kind: "agent", id: agent.agentId ?? agent.id, name }, [], nowMs)
        const one: IncidentSymptom = {
          alertId: agent.id,
          kind: agent.kind,
          deviceId: null,
          role: "cause",
          sinceMs,
          untilMs: null,
        }
        const agentName = named({ id: agent.agentId ?? agent.id, name })
        const because = [agentReason(agentName, nowMs - sinceMs, "present")]
        const evidence = [agentEvidence(agentName, sinceMs, nowMs)]
        const next = withHistory(undefined, {
          ...made,
          title: agentTitle(agentName, devices, "present"),
          because,
          evidence,
          symptoms: new Map([[agent.id, one]]),
        })
        change(next)
        addLine(next, "opened", openedMessage(next))
      }

      // What is over, or has gone to another incident, ends here; an incident without anything left is closed.
      for (const incident of [...incidents.values()]) {
        const symptoms = new Map(incident.symptoms)
        const recovered: AlertNow[] = []
        let into: Incident | undefined
        let ended = false
        for (const one of incident.symptoms.values()) {
          if (one.untilMs !== null) continue
          const alert = alerts.get(one.alertId)
          const owner = owners.get(one.alertId)
          const gone = owner !== undefined && owner !== incident.id
          if (!gone && alert !== undefined && alert.state.wasDown) continue
          if (gone) into = incidents.get(owner)
          else if (alert !== undefined) recovered.push(alert)
          symptoms.set(one.alertId, { ...one, untilMs: nowMs })
          ended = true
        }
        const over = [...symptoms.values()].every((one) => one.untilMs !== null)
        const ownRecovery = recoveringIncidents.find((one) => one.incident.id === incident.id)
        const isClosing = over && (into !== undefined || mayClose(ownRecovery, view, nowMs))
        if (!ended && !isClosing) continue
        for (const message of condense(recovered.map((alert) => recoveredMessage(topology, alert))))
          addLine(incident, "recovered", message)
        const next: Incident = { ...incident, symptoms, updatedAtMs: nowMs }
        if (!isClosing) {
          change(next)
          continue
        }
        const closed = withDescription({ ...next, state: "closed", closedAtMs: nowMs })
        changed.set(closed.id, closed)
        incidents.delete(closed.id)
        addLine(closed, "closed", closedMessage(closed, into, nowMs))
      }
      const requested = recovery.request(recoveringIncidents, topology, view, nowMs)
      const toConfirm = [...new Set([...confirm, ...decisive, ...requested])]
      return { changed: [...changed.values()], lines, history, confirm: toConfirm }
    },
  }
}

const openedMessage = ({ title, because }: Incident): Line["message"] => ({
  code: "timeline.opened",
  params: { title, because: [...because] },
})
const closedMessage = (
  closed: Incident,
  into: Incident | undefined,
  nowMs: number,
): Line["message"] =>
  into === undefined
    ? {
        code: "timeline.closed",
        params: {
          lastedMs: wholeSeconds(nowMs - closed.openedAtMs),
          symptoms: closed.symptoms.size,
        },
      }
    : {
        code: "timeline.merged",
        params: { into: into.id, number: into.number, title: into.title },
      }

const MAX_RECHECKS = 12
/** Rechecks with their results by now, and those from before a restart. */
const mergeRechecks = (was: readonly Recheck[], now: readonly Recheck[]): readonly Recheck[] => {
  if (now.length === 0) return was
  const keyOf = ({ message, requestedAtMs }: Recheck): string =>
    `${requestedAtMs} ${JSON.stringify(message)}`
  const byKey = new Map([...was, ...now].map((recheck) => [keyOf(recheck), recheck]))
  return [...byKey.values()].slice(-MAX_RECHECKS)
}

/** Groups to the incidents they carry on: by most symptoms in common, then by the same cause. */
const match = (groups: readonly Group[], incidents: readonly Incident[]): Map<Group, Incident> => {
  const pairs: { found: Group; incident: Incident; common: number }[] = []
  for (const found of groups) {
    for (const incident of incidents) {
      let common = 0
      for (const id of found.symptoms.keys())
        if (incident.symptoms.get(id)?.untilMs === null) common += 1
      const sameCause = incident.causes.some((cause) => cause.id === found.cause.id)
      if (common > 0 || sameCause)
        pairs.push({ found, incident, common: common + (sameCause ? 0.5 : 0) })
    }
  }
  pairs.sort(
    (one, other) => other.common - one.common || one.incident.number - other.incident.number,
  )
  const matched = new Map<Group, Incident>()
  const taken = new Set<Incident>()
  for (const { found, incident } of pairs) {
    if (matched.has(found) || taken.has(incident)) continue
    matched.set(found, incident)
    taken.add(incident)
  }
  return matched
}
