/**
 * The open incidents of one organisation, in memory. `review` reads all alerts and returns what
 * changed. It uses no database, clock or socket, so tests play whole histories through it.
 *
 * One fault is one incident, identified by its symptoms: when another cause explains them better,
 * the incident that holds most of them changes its cause. An incident that loses all of its
 * symptoms to another one is merged into it.
 */
import type { Actor } from "../../../platform/http/http.ts"
import type { AlertId, DeviceId, IncidentId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import { createDiagnoser } from "../diagnosis/diagnosis.ts"
import { symptomMessage } from "../messages/symptom-messages.ts"
import type { Change, Incident, Line } from "../model.ts"
import type { OwnSolvers } from "../solver/model.ts"
import { type AlertView, isFault } from "./alert-view.ts"
import { type CheckOutcome, type IncidentOfCheck, reviewChecks } from "./check-incidents.ts"
import { endAndClose } from "./closing.ts"
import { createDegradations } from "./degradations.ts"
import { type Expired, expire } from "./expiry.ts"
import { explain } from "./explain.ts"
import { createExplained } from "./explained.ts"
import { createFlaps } from "./flaps.ts"
import { createHeldDown } from "./held-down.ts"
import { IncidentMap } from "./incident-map.ts"
import { createLastingLoss } from "./lasting-loss.ts"
import type { Regrouped } from "./merge-split.ts"
import { createObservationCache } from "./observe.ts"
import { openForOfflineAgents } from "./offline-agents.ts"
import { createPlannedWorks, type PlannedWorks } from "./planned-work.ts"
import { createReachability } from "./reachability.ts"
import { createRechecks } from "./rechecks.ts"
import { markRecovered } from "./recovered.ts"
import {
  affectedByRecovery,
  belongsToRecovering,
  createRecovery,
  type RecoveringIncident,
  recoveringRole,
} from "./recovery.ts"
import { mergeInto, splitOff } from "./regroup.ts"
import { activeSymptom, addLine, change, type EngineState, type Review } from "./review.ts"
import { isOfRules } from "./rule-description.ts"
import { reviewRules } from "./rule-incidents.ts"
import { NO_SERVICE_FAULTS } from "./service-faults.ts"

export type Outcome = {
  /** Incidents that have changed, as they are now. */
  readonly changed: readonly Incident[]
  readonly lines: readonly Line[]
  /** New entries of diagnosis histories. */
  readonly history: readonly Change[]
  /** Devices to probe at once. */
  readonly confirm: readonly DeviceId[]
}
export type IncidentEngine = {
  /** `closed`: those that may still explain alerts of rules. */
  readonly restore: (
    incidents: readonly Incident[],
    nextNumber: number,
    closed?: readonly Incident[],
  ) => void
  readonly review: (topology: Topology, view: AlertView, nowMs: number) => Outcome
  /** Opens and closes incidents of the appliance itself. */
  readonly reviewChecks: (checks: readonly IncidentOfCheck[], nowMs: number) => CheckOutcome
  readonly get: (id: string) => Incident | undefined
  /** Takes how often a component was the cause of an incident, by people. */
  readonly setConfirmed: (confirmed: ReadonlyMap<string, number>) => void
  /** Maintenance windows: planned work is a candidate cause. */
  readonly setWindows: PlannedWorks["setWindows"]
  /** Ends acknowledgements and snoozes whose time is over. */
  readonly expire: (nowMs: number) => Expired
  /** `from` ends in `into`. */
  readonly merge: (
    topology: Topology,
    view: AlertView,
    work: {
      readonly by: Pick<Actor, "name">
      readonly from: Incident
      readonly into: Incident
    },
    nowMs: number,
  ) => Regrouped
  /** The active symptoms that leave an open incident become one of their own. */
  readonly split: (
    topology: Topology,
    view: AlertView,
    work: { readonly by: Pick<Actor, "name">; readonly from: Incident },
    alerts: ReadonlySet<AlertId>,
    nowMs: number,
  ) => Regrouped
  /** Of the network alone. */
  readonly open: () => Iterable<Incident>
  /** Of the network and of alert rules. */
  readonly openOfComponents: () => readonly Incident[]
  /** The open incident that holds this alert. */
  readonly incidentOf: (alert: AlertId) => Incident | undefined
  /** The incident because of which a raised alert of a rule opens none. */
  readonly suppressedBy: (alert: AlertId) => Pick<Incident, "id" | "number"> | undefined
  /** Takes an incident that a person changed. */
  readonly put: (incident: Incident) => void
  readonly isBusy: () => boolean
}

const createState = (newId: () => IncidentId, solvers: OwnSolvers | null): EngineState => {
  const incidents = new IncidentMap()
  const reachability = createReachability()
  const rechecks = createRechecks()
  return {
    newId,
    incidents,
    nextNumber: 1,
    confirmed: new Map(),
    diagnose: createDiagnoser(solvers),
    works: createPlannedWorks(),
    observationCache: createObservationCache(),
    rechecks,
    reachability,
    recovery: createRecovery(reachability),
    flaps: createFlaps(),
    explained: createExplained(),
    degradations: createDegradations(solvers),
    lastingLoss: createLastingLoss(),
    services: NO_SERVICE_FAULTS,
    ofRules: new IncidentMap(),
    heldRules: new Map(),
    suppressed: new Map(),
    unexplained: new Map(),
    heldDown: createHeldDown(
      reachability,
      rechecks,
      (alert) => incidents.holding(alert) !== undefined,
    ),
  }
}

const beginReview = (
  state: EngineState,
  topology: Topology,
  view: AlertView,
  nowMs: number,
): Review => {
  const alerts = new Map([...view.all()].map((alert) => [alert.id, alert]))
  for (const alert of alerts.values()) state.flaps.observe(alert)
  return {
    state,
    topology,
    view,
    nowMs,
    alerts,
    active: [...alerts.values()].filter((alert) => isFault(alert) && alert.state.phase === "down"),
    incidentOf: (alert) => state.incidents.holding(alert),
    changed: new Map(),
    lines: [],
    history: [],
  }
}

/** A symptom downstream of something that has just recovered is not a fault of its own yet. */
const addToRecovering = (
  review: Review,
  { incident: { id } }: RecoveringIncident,
  alert: AlertNow,
) => {
  const { state, topology, nowMs } = review
  const incident = state.incidents.get(id)
  if (incident === undefined) return
  const role = recoveringRole(topology, incident, alert)
  const symptoms = new Map(incident.symptoms)
  symptoms.set(alert.id, activeSymptom(incident, alert, role))
  change(review, { ...incident, symptoms, updatedAtMs: nowMs })
  addLine(review, incident, "symptom", symptomMessage(review, alert))
}

const reviewAll = (review: Review): Outcome => {
  const { state, topology, view, nowMs, alerts, active } = review
  const { incidents, recovery, heldDown, rechecks } = state
  rechecks.update(topology, view, nowMs)
  const before = recovery.find(topology, [...incidents.values()], alerts)
  const affected = affectedByRecovery(before, topology)
  const confirm = heldDown.update(topology, view, active, affected, nowMs)
  for (const alert of active) {
    if (review.incidentOf(alert.id) !== undefined) continue
    const into = belongsToRecovering(before, topology, alert)
    if (into !== undefined) addToRecovering(review, into, alert)
  }
  const recovering = before.map((one) => ({
    ...one,
    incident: incidents.get(one.incident.id) ?? one.incident,
  }))
  const { owners, decisive } = explain(review, recovering)
  openForOfflineAgents(review)
  endAndClose(review, owners, recovering)
  reviewRules(review, state.ofRules)
  const decisivePaths = state.degradations.request(topology, nowMs)
  const requested = recovery.request(recovering, topology, view, nowMs)
  const unsure = state.lastingLoss.request(review, recovering)
  state.lastingLoss.forget(incidents)
  markRecovered(review)
  return {
    changed: [...review.changed.values()],
    lines: review.lines,
    history: review.history,
    confirm: [...new Set([...confirm, ...decisive, ...decisivePaths, ...requested, ...unsure])],
  }
}

export const createIncidentEngine = (
  newId: () => IncidentId,
  solvers: OwnSolvers | null = null,
): IncidentEngine => {
  const state = createState(newId, solvers)
  const { incidents, ofRules, heldDown } = state
  /** Of the appliance itself: no review of the network touches them. */
  const ofChecks = new Map<IncidentId, Incident>()
  const put = (incident: Incident): void => {
    const own = incident.check !== null ? ofChecks : isOfRules(incident) ? ofRules : incidents
    // A merge or a split may have made one of rules of one of the network, or the other way round.
    for (const other of [ofChecks, ofRules, incidents]) if (other !== own) other.delete(incident.id)
    if (incident.state === "closed") {
      own.delete(incident.id)
      if (own === incidents) state.explained.closed(incident)
    } else own.set(incident.id, incident)
  }
  return {
    restore: (rows, next, closed = []) => {
      for (const row of rows) put(row)
      state.lastingLoss.restore(rows)
      state.explained.restore(closed)
      state.nextNumber = next
    },
    reviewChecks: (checks, nowMs) => {
      const next = () => {
        const number = state.nextNumber
        state.nextNumber += 1
        return { id: newId(), number }
      }
      const outcome = reviewChecks(ofChecks.values(), checks, next, nowMs)
      for (const incident of outcome.changed) put(incident)
      return outcome
    },
    setConfirmed: (confirmed) => {
      state.confirmed = confirmed
    },
    setWindows: state.works.setWindows,
    expire: (nowMs) => {
      const outcome = expire(
        [...incidents.values(), ...ofRules.values(), ...ofChecks.values()],
        nowMs,
      )
      for (const incident of outcome.changed) put(incident)
      return outcome
    },
    merge: (topology, view, { by, from, into }, nowMs) =>
      mergeInto(beginReview(state, topology, view, nowMs), by, from, into),
    split: (topology, view, { by, from }, ids, nowMs) =>
      splitOff(beginReview(state, topology, view, nowMs), by, from, ids),
    get: (id) =>
      [...incidents.values(), ...ofChecks.values(), ...ofRules.values()].find(
        (incident) => incident.id === id,
      ),
    open: () => incidents.values(),
    openOfComponents: () => [...incidents.values(), ...ofRules.values()],
    incidentOf: (alert) => incidents.holding(alert) ?? ofRules.holding(alert),
    suppressedBy: (alert) => {
      const holding = incidents.holding(alert)
      const isOfRule = holding?.symptoms.get(alert)?.observes === null
      return isOfRule ? holding : state.suppressed.get(alert)
    },
    put,
    isBusy: () =>
      incidents.size + ofRules.size + state.heldRules.size + state.suppressed.size > 0 ||
      !heldDown.isEmpty(),
    review: (topology, view, nowMs) => reviewAll(beginReview(state, topology, view, nowMs)),
  }
}
