/**
 * What the steps of the alert engine share: the alerts, the inventory, and how one alert changes.
 * An alert that is down may hide others (an offline agent hides its devices): they are unknown.
 */
import type { AgentId, DeviceId, OrgId } from "../../platform/ids.ts"
import type { AlertTable } from "./alert-table.ts"
import type { CatchUp, ExpectedAgent } from "./catch-up.ts"
import type { AlertKind, CurrentState, Hidden, KindAlert, KindContext } from "./kinds/kind.ts"
import type { Topology, Transition } from "./model.ts"
import type { RuleRunner } from "./rules/runner.ts"
import { markUnknown, type Reason } from "./state-machine.ts"

export type Evaluation = {
  readonly org: OrgId
  /** In the order of evaluation. */
  readonly kinds: readonly AlertKind[]
  readonly table: AlertTable
  /** Evaluates the rules; null: there are none. */
  rules: RuleRunner | null
  readonly catchUp: CatchUp
  topology: Topology
  /** Last run of the timers. */
  evaluatedAtMs: number | null
  /** Nothing was observed between the stop before it and this time; null: there was no restart. */
  restoredAtMs: number | null
  /** Readings that came too late to say something about now. */
  staleReadings: number
}

/** One evaluation: at which time, and the transitions it has led to so far. */
export type Run = {
  readonly evaluation: Evaluation
  readonly nowMs: number
  readonly out: Transition[]
}

export const contextOf = ({ evaluation, nowMs }: Run, isLate = false): KindContext => ({
  topology: evaluation.topology,
  nowMs,
  isLate,
})

/** Stores an alert's new standing; a changed phase or reason is a transition. */
export const update = (
  { evaluation, nowMs, out }: Run,
  was: KindAlert,
  next: CurrentState,
  atMs = nowMs,
): KindAlert => {
  if (next === was) return was
  const alert: KindAlert = { ...was, ...next }
  evaluation.table.put(alert)
  const { phase, reason } = alert.state
  if (was.state.phase !== phase || was.state.reason !== reason)
    out.push({ org: evaluation.org, alert, was: was.state.phase, now: phase, reason, atMs })
  return alert
}

export const setUnknown = (
  run: Run,
  was: KindAlert,
  { sinceMs, reason }: { readonly sinceMs: number; readonly reason: Reason },
): void => {
  const state = markUnknown(was.state, sinceMs, reason)
  if (state !== was.state) update(run, was, { ...was, state })
}

/** Alerts of other kinds on these devices. */
function* othersAt(
  { evaluation: { kinds, table } }: Run,
  kind: AlertKind,
  devices: Iterable<DeviceId>,
): Generator<KindAlert> {
  for (const device of devices)
    for (const other of kinds) if (other !== kind) yield* table.atDevice(other.id, device)
}

export const hideOthers = (run: Run, kind: AlertKind, hidden: Hidden): void => {
  for (const other of othersAt(run, kind, hidden.devices)) setUnknown(run, other, hidden)
  run.evaluation.rules?.hide(run, hidden.devices, hidden.reason)
}

/** Hidden alerts keep their time; only the reason changes, because nothing hides them any more. */
const uncover = (run: Run, kind: AlertKind, { devices, reason, reasonAfter }: Hidden): void => {
  if (reasonAfter === null) return
  for (const other of othersAt(run, kind, devices)) {
    const { state } = other
    if (state.reason === reason)
      setUnknown(run, other, { sinceMs: state.sinceMs, reason: reasonAfter })
  }
}

/** Of a device that does not answer nothing else is observed. */
export const hideRules = (run: Run, since: number): void => {
  const { rules } = run.evaluation
  if (rules === null) return
  for (const { alert, now } of run.out.slice(since))
    if (alert.observes === "device" && now === "down" && alert.deviceId !== null)
      rules.hide(run, [alert.deviceId], "device-not-answering")
}

/** `update` for an observation: if the alert is no longer down, it hides nothing. */
export const applyObservation = (
  run: Run,
  kind: AlertKind,
  was: KindAlert,
  next: CurrentState,
  atMs = run.nowMs,
): void => {
  update(run, was, next, atMs)
  if (was.state.phase !== "down" || next.state.phase === "down") return
  const hidden = kind.hides?.(was, contextOf(run)) ?? null
  if (hidden !== null) uncover(run, kind, hidden)
}

/** The alerts whose subject is this agent. */
const agentAlerts = ({ kinds, table }: Evaluation, agent: AgentId): readonly KindAlert[] =>
  kinds.flatMap(({ observes, id }) => (observes === "agent" ? (table.get(id, agent) ?? []) : []))

/** When the agent was last no longer offline; null: never. */
export const agentBackAtMs = (evaluation: Evaluation, agent: AgentId): number | null => {
  const times = agentAlerts(evaluation, agent).flatMap(({ state }) => state.upAgainAtMs ?? [])
  return times.length === 0 ? null : Math.max(...times)
}

/** Online agents that have devices: catching up waits for their backlog. */
const expectedAgents = (evaluation: Evaluation): readonly ExpectedAgent[] => {
  const { kinds, table, topology } = evaluation
  const delaying = kinds.filter((kind) => kind.delaysIncidentsAfterRestart === true)
  const agents = new Map<AgentId, number | null>()
  for (const { id, agentId } of topology.devices.values()) {
    if (agentId === null) continue
    let oldestAtMs = agents.get(agentId) ?? null
    for (const kind of delaying) {
      for (const { state, observedAtMs } of table.atDevice(kind.id, id)) {
        // An unknown device may be one that is never probed: waiting for it would not end.
        if (state.phase === "unknown" || observedAtMs === null) continue
        if (oldestAtMs === null || observedAtMs < oldestAtMs) oldestAtMs = observedAtMs
      }
    }
    agents.set(agentId, oldestAtMs)
  }
  return [...agents].flatMap(([agent, observedAtMs]) =>
    agentAlerts(evaluation, agent).some(({ state }) => state.phase === "down")
      ? []
      : [{ agent, observedAtMs }],
  )
}
export const isCatchingUp = (evaluation: Evaluation, nowMs: number): boolean =>
  evaluation.catchUp.isCatchingUp(nowMs, () => expectedAgents(evaluation))
