/** Symptoms grouped by the fault that explains them. Pure. */

import type { Recheck, WorkShare } from "@ispvm/rca"
import type { Component } from "../../../api/incidents.ts"
import type { AlertId } from "../../../platform/ids.ts"
import type { AlertNow, MonitoredAgent, Topology } from "../../alerts/alerts.ts"
import { confidenceOf } from "../diagnosis/confidence.ts"
import type { Diagnose } from "../diagnosis/diagnosis.ts"
import { evidenceOf } from "../diagnosis/evidence.ts"
import { indistinguishableReason, reasons, switchedOff } from "../diagnosis/reasons.ts"
import type { Draft, Group, SymptomRole } from "../model.ts"
import type { Cause } from "../solver/model.ts"
import { type AlertView, alertOf, linkOfPort, remoteEnd } from "./alert-view.ts"
import { component } from "./component.ts"
import { type AlertPredicate, type ObservationCache, observe, realComponent } from "./observe.ts"
import { applyPins, type Pins } from "./pins.ts"
import { type PlannedCause, type PlannedWork, plannedCauses } from "./planned-work.ts"
import { failedComponents, failureDomain, type Reachability } from "./reachability.ts"

/** `recheck`: observations that would best decide between the hypotheses. */
export type Grouped = { readonly groups: readonly Group[]; readonly recheck: readonly Recheck[] }

/** The role of a symptom in the fault that explains it. */
const roleOf = (topology: Topology, draft: Draft, alert: AlertNow): SymptomRole => {
  const { cause } = draft
  if (alert.observes === "device") {
    return failedComponents(topology, [cause], draft.alternatives).has(alert.deviceId ?? "")
      ? "cause"
      : "downstream"
  }
  const link = topology.links.get(cause.id)
  const isEnd = [link?.a, link?.b].some(
    (end) => end?.deviceId === alert.deviceId && end?.interface === alert.interface,
  )
  return isEnd ? "cause" : "evidence"
}

/** People have to agree twice before it counts. */
const MIN_CONFIRMED = 2
/**
 * Of indistinguishable components, the one that most often was the cause before. Only the order of
 * an equivalence class depends on people, never what is in it or how probable it is.
 */
const mostConfirmed = (
  named: readonly string[],
  confirmed: ReadonlyMap<string, number>,
): string | undefined => {
  const times = (id: string): number => confirmed.get(id) ?? 0
  const [best, ...others] = named.toSorted((one, other) => times(other) - times(one))
  const isClear = best !== undefined && times(best) > Math.max(0, ...others.map(times))
  return isClear && times(best) >= MIN_CONFIRMED ? best : undefined
}

/** The component to name for an equivalence class, then its other members. */
const namedComponents = (
  topology: Topology,
  ids: readonly [string, ...string[]],
  openCauses: ReadonlySet<string>,
  confirmed: ReadonlyMap<string, number>,
): [string, ...string[]] => {
  const [one, ...more] = ids.map((id) => realComponent(topology, id))
  const named = [...new Set([one, ...more])].filter((id) => id !== undefined)
  // An agent that observes nothing more likely lost its own path than its whole site.
  const agent = named
    .map((id) => topology.agents.get(id))
    .find((found) => found !== undefined && isIsolated(found, named))
  if (agent !== undefined) {
    const places = new Set<string>(
      agent.entryPoints.filter(({ isAssumed }) => isAssumed).map(({ deviceId }) => deviceId),
    )
    return [
      agent.id,
      ...named.filter((id) => id !== agent.id && !places.has(id) && !topology.sites.has(id)),
    ]
  }
  const first =
    named.find((id) => openCauses.has(id)) ?? mostConfirmed(named, confirmed) ?? named[0] ?? ids[0]
  return [first, ...named.filter((id) => id !== first)]
}
const isIsolated = (agent: MonitoredAgent, named: readonly string[]): boolean =>
  agent.entryPoints.some(
    ({ deviceId, isAssumed }) =>
      (isAssumed || deviceId === agent.deviceId) && named.includes(deviceId),
  )

/** The component of a symptom that nothing else explains. */
export const ownComponent = (topology: Topology, alert: AlertNow): Component | null => {
  const device = alert.deviceId === null ? null : component(topology, alert.deviceId)
  if (alert.observes !== "link" || alert.deviceId === null) return device
  const link = linkOfPort(topology, alert)
  return link === undefined ? device : component(topology, link.id)
}

/** Whether a symptom is of the fault itself, or is unreachable only because of it. */
const accountsFor = (
  topology: Topology,
  reachability: Reachability,
  fault: string,
  others: readonly string[],
  alert: AlertNow,
): boolean => {
  const failed = new Set(failureDomain(topology, fault))
  if (alert.deviceId === null) return false
  if (alert.observes === "link") {
    const link = linkOfPort(topology, alert)
    return (
      link !== undefined &&
      (failed.has(link.id) || failed.has(remoteEnd(link, alert.deviceId).deviceId))
    )
  }
  if (failed.has(alert.deviceId)) return true
  return (
    reachability.unreachable(topology, [...others, fault]).has(alert.deviceId) &&
    !reachability.unreachable(topology, others).has(alert.deviceId)
  )
}

const isUnrouted = ({ unrouted }: Draft, { observes, deviceId }: AlertNow): boolean =>
  observes === "device" && unrouted.has(deviceId ?? "")

const newest = (draft: Draft): number =>
  Math.max(0, ...draft.alerts.map((alert) => alert.state.sinceMs))

/** When the fault began: its own symptoms count, if any has been observed. */
const beginningOf = ({ alerts, symptoms }: Draft): number => {
  const own = alerts.filter(({ id }) => symptoms.get(id) !== "downstream")
  return Math.min(...(own.length === 0 ? alerts : own).map(({ state }) => state.sinceMs))
}

const isByReportsAlone = (alerts: readonly AlertNow[]): boolean =>
  alerts.length > 0 && alerts.every((alert) => alert.state.reason === "reports-missing")

export type Grouping = {
  readonly topology: Topology
  readonly view: AlertView
  readonly reachability: Reachability
  readonly diagnose: Diagnose
  readonly observationCache: ObservationCache
  readonly mayCount: AlertPredicate
  /** Whether a symptom may open an incident; others may still count. */
  readonly mayOpen: AlertPredicate
  /** Causes of open incidents: they are kept unless another hypothesis is clearly better. */
  readonly openCauses: ReadonlySet<string>
  /** How often a component was the cause of an incident, by people. */
  readonly confirmed: ReadonlyMap<string, number>
  /** Symptoms that people have put into an incident. */
  readonly pins: Pins
  /** Planned work that may be the cause. */
  readonly works: readonly PlannedWork[]
}

type Stated = Pick<Draft, "cause" | "unrouted"> & { readonly others: readonly string[] }
const statedFaults = (
  { topology, openCauses, confirmed }: Grouping,
  first: Cause | undefined,
): readonly Stated[] =>
  (first?.components ?? []).flatMap((id, index) => {
    const [named, ...others] = namedComponents(
      topology,
      [id, ...(first?.classes[index] ?? [])],
      openCauses,
      confirmed,
    )
    const cause = component(topology, named)
    // Only a hypothesis of one fault has any: what packets do not reach because they still take it.
    const unrouted = new Set(index === 0 ? first?.unrouted : [])
    return cause === null ? [] : [{ cause, others, unrouted }]
  })

/** Each symptom under the fault that explains it, or else under its own component. */
const buildDrafts = (
  grouping: Grouping,
  first: Cause | undefined,
  symptoms: readonly AlertNow[],
): Draft[] => {
  const { topology, reachability } = grouping
  const drafts = new Map<string, Draft>()
  const draftOf = (
    cause: Component,
    others: readonly string[],
    unrouted: ReadonlySet<string> = new Set(),
  ): Draft => {
    const alternatives = others.flatMap((id) => component(topology, id) ?? [])
    const made: Draft = drafts.get(cause.id) ?? {
      cause,
      alternatives,
      symptoms: new Map(),
      alerts: [],
      incident: null,
      isSplitOff: false,
      unrouted,
    }
    drafts.set(cause.id, made)
    return made
  }
  const placed = new Set<AlertId>()
  const place = (draft: Draft, alert: AlertNow): void => {
    if (placed.has(alert.id)) return
    placed.add(alert.id)
    draft.alerts.push(alert)
    draft.symptoms.set(alert.id, roleOf(topology, draft, alert))
  }
  const faults = statedFaults(grouping, first).map(({ cause, others, unrouted }) => ({
    id: cause.id,
    draft: draftOf(cause, others, unrouted),
  }))
  const ids = [...new Set(faults.map(({ id }) => id))]
  const explained = faults.map(({ id, draft }) => {
    const others = ids.filter((other) => other !== id)
    return {
      id,
      draft,
      because: symptoms.filter(
        (alert) =>
          accountsFor(topology, reachability, id, others, alert) || isUnrouted(draft, alert),
      ),
    }
  })
  // A fault's own symptoms first; what several faults make unreachable goes to the latest.
  for (const { draft, because } of explained) {
    for (const alert of because)
      if (roleOf(topology, draft, alert) !== "downstream") place(draft, alert)
  }
  const isUnreachableWith = (
    failed: readonly string[],
    { observes, deviceId }: AlertNow,
  ): boolean =>
    observes === "device" && reachability.unreachable(topology, failed).has(deviceId ?? "")
  explained.sort((one, other) => newest(other.draft) - newest(one.draft))
  for (const { draft, because } of explained) for (const alert of because) place(draft, alert)
  // What any of several faults alone makes unreachable goes to the first of them.
  for (const alert of symptoms) {
    const enough =
      explained.findLast(({ id }) => accountsFor(topology, reachability, id, [], alert)) ??
      (isUnreachableWith(ids, alert) ? explained[0] : undefined)
    if (enough !== undefined) place(enough.draft, alert)
  }
  for (const alert of symptoms) {
    if (placed.has(alert.id)) continue
    const sameDevice = [...drafts.values()].find((draft) =>
      draft.alerts.some((other) => other.deviceId === alert.deviceId),
    )
    const own = ownComponent(topology, alert)
    if (sameDevice !== undefined && alert.observes === "link") place(sameDevice, alert)
    else if (own !== null) place(draftOf(own, []), alert)
  }
  return [...drafts.values()].filter((draft) => draft.symptoms.size > 0)
}

/** Explains all symptoms that may count at once; each is in exactly one group. */
export const group = (grouping: Grouping): Grouped => {
  const {
    topology,
    view,
    reachability,
    diagnose,
    observationCache,
    mayCount,
    mayOpen,
    openCauses,
    pins,
    works,
  } = grouping
  const observations = observe(topology, view, mayCount, reachability, observationCache)
  const { hypotheses, recheck, includes } = diagnose(topology, observations, openCauses, works)
  const downs = observations.flatMap((observation) =>
    observation.value === "down" && includes(observation)
      ? (alertOf(topology, view, observation) ?? [])
      : [],
  )
  const drafts = applyPins(
    buildDrafts(grouping, hypotheses[0], [...new Set(downs)].filter(mayOpen)),
    pins,
    (alert) => ownComponent(topology, alert),
    (draft, alert) => roleOf(topology, draft, alert),
  )
  const seenUp = Map.groupBy(
    new Set(observations.filter(({ value }) => value === "up")),
    ({ entity }) => entity,
  )
  const groups = drafts.map((draft): Group => {
    const { cause, alternatives, symptoms, alerts, incident } = draft
    const off = switchedOff(topology, view, cause)
    const others = drafts.flatMap((other) => (other === draft ? [] : [other.cause.id]))
    const isPartOf = (fault: string): boolean =>
      alerts.some((alert) => accountsFor(topology, reachability, fault, [], alert))
    const sinceMs = beginningOf(draft)
    const plannedOf = (shares: readonly WorkShare[]): readonly PlannedCause[] =>
      plannedCauses(works, shares, sinceMs)
    return {
      cause,
      alternatives,
      symptoms,
      incident,
      because: reasons(topology, reachability, draft, off),
      indistinguishable: indistinguishableReason(topology, draft),
      switchedOff: off,
      evidence: evidenceOf({ topology, view, reachability, seenUp, others }, draft),
      ...(draft.isSplitOff
        ? { confidence: null, hypotheses: [], planned: [] }
        : confidenceOf(
            topology,
            hypotheses,
            draft,
            (id) => component(topology, id),
            isPartOf,
            plannedOf,
            isByReportsAlone(alerts),
          )),
    }
  })
  return { groups, recheck }
}
