/** Alerts of rules that one degraded link or device explains, as one incident. Pure. */
import type { Severity } from "../../../api/incidents.ts"
import type { Reason } from "../../../api/messages.ts"
import type { AlertId, IncidentId } from "../../../platform/ids.ts"
import type { AlertNow, Topology } from "../../alerts/alerts.ts"
import { deviceNamed, listOf, named, thingOf } from "../messages/params.ts"
import { condense, ruleFinding, symptomMessage } from "../messages/symptom-messages.ts"
import type { Incident } from "../model.ts"
import { moreSevere } from "../severity.ts"
import { linkOfPort } from "./alert-view.ts"
import { placeGroups } from "./degradation-pins.ts"
import type { DegradationGroup } from "./degradations.ts"
import { asOfRules, eased, heldFor, leaveNetwork } from "./going-on.ts"
import { activeSymptoms } from "./merge-split.ts"
import { pinsOf } from "./pins.ts"
import { plannedReasons } from "./planned-reasons.ts"
import {
  activeSymptom,
  addLine,
  causeChangedLine,
  change,
  makeIncident,
  openedLine,
  type Review,
  withHistory,
  withoutSymptoms,
} from "./review.ts"
import { componentsOf } from "./rule-components.ts"

/** What it needs of the incidents of rules. */
export type RuleIncidents = {
  readonly open: ReadonlyMap<IncidentId, Incident>
  readonly store: (incident: Incident) => void
  readonly mergeInto: (incident: Incident, into: Incident) => void
  /** Whether the alert may open an incident by itself. */
  readonly mayOpen: (alert: AlertNow) => boolean
}

const STATED = 0.9
const PROBABLE = 0.6
/** A smaller change of the confidence alone is not stated. */
const MIN_CHANGE = 0.1
const MAX_FINDINGS = 3
/** Nobody reads more, and an incident is stored as a whole. */
const MAX_PATHS = 30

export const isDegradation = ({ title }: Pick<Incident, "title">): boolean =>
  title.code === "title.degradation"

const titleOf = (topology: Topology, group: DegradationGroup): Incident["title"] => {
  const { cause, alternatives, fault, confidence, affected } = group
  const params = {
    kind: fault.kind,
    likelihood: confidence >= STATED ? "stated" : confidence >= PROBABLE ? "probable" : "possible",
    thing: thingOf(topology, cause),
    alternatives: listOf(alternatives.map((one) => thingOf(topology, one))),
    lossRatio: fault.lossRatio,
    delayMs: fault.delayMs,
    devices: affected.length,
    tense: "present",
  } as const
  return { code: "title.degradation", params }
}

/** What the link can still carry, by an alert about its load. */
const capacityReason = (
  topology: Topology,
  { cause }: DegradationGroup,
  alerts: readonly AlertNow[],
): Reason[] => {
  const ofBps = topology.links.get(cause.id)?.capacityBps ?? null
  const loads = alerts.flatMap(({ rule }) => (rule?.symptom === "load" ? (rule.value ?? []) : []))
  if (ofBps === null || loads.length === 0) return []
  const leftBps = Math.max(0, ofBps * (1 - Math.max(...loads) / 100))
  return [{ code: "reason.capacity-left", params: { link: named(cause), leftBps, ofBps } }]
}

const becauseOf = (
  review: Review,
  group: DegradationGroup,
  alerts: readonly AlertNow[],
): Reason[] => {
  const { topology } = review
  const { cause, affected, unaffected } = group
  const thing = thingOf(topology, cause)
  const devices = listOf(affected.map(({ deviceId }) => deviceNamed(topology, deviceId)))
  const ofLink = alerts.filter((alert) => linkOfPort(topology, alert) !== undefined)
  return [
    ...(affected.length > 0
      ? [{ code: "reason.paths-affected", params: { devices, thing } } as const]
      : []),
    ...(affected.length > 0 && unaffected > 0
      ? [{ code: "reason.paths-unaffected", params: { devices: unaffected, thing } } as const]
      : []),
    ...[...ofLink, ...alerts.filter((alert) => !ofLink.includes(alert))]
      .slice(0, MAX_FINDINGS)
      .flatMap((alert): Reason[] => {
        const params = ruleFinding(review, alert)
        return params === null ? [] : [{ code: "reason.rule", params }]
      }),
    ...capacityReason(topology, group, alerts),
    ...plannedReasons(
      review,
      [cause, ...group.alternatives].map(({ id }) => id),
      alerts,
    ),
  ]
}

const worst = (affected: DegradationGroup["affected"]): DegradationGroup["affected"] =>
  affected.length <= MAX_PATHS
    ? affected
    : affected
        .toSorted((one, other) => other.lost / other.sent - one.lost / one.sent)
        .slice(0, MAX_PATHS)

const evidenceOf = (topology: Topology, { affected }: DegradationGroup, nowMs: number) =>
  worst(affected).map(({ deviceId, sent, lost, delayMs }) => ({
    stance: "for" as const,
    atMs: Math.round(nowMs),
    deviceId,
    linkId: null,
    message: {
      code: "evidence.path" as const,
      params: {
        device: deviceNamed(topology, deviceId),
        lossRatio: Math.round((100 * lost) / sent) / 100,
        delayMs: Math.max(0, Math.round(delayMs ?? 0)),
      },
    },
  }))

/**
 * The figures of the moment alone are no change. What it was at its worst stays stated: while it
 * ends, less and less of it is to be seen.
 */
const isUnchanged = (was: Incident, next: Incident): boolean =>
  was.title.code === "title.degradation" &&
  next.title.code === "title.degradation" &&
  was.causes.map(({ id }) => id).join() === next.causes.map(({ id }) => id).join() &&
  was.title.params.kind === next.title.params.kind &&
  was.severity === next.severity &&
  next.title.params.lossRatio < was.title.params.lossRatio + MIN_CHANGE &&
  (next.confidence ?? 0) < (was.confidence ?? 0) + MIN_CHANGE

/**
 * Some of its alerts are over and wait for their hold. Loss is counted over a while, and seems to
 * end on one path after the other: what is left of it is often explained by less, which is not what
 * it was.
 */
const isEnding = ({ alerts }: Review, was: Incident): boolean =>
  was.title.code === "title.degradation" &&
  [...was.symptoms].some(
    ([id, { untilMs }]) => untilMs === null && alerts.get(id)?.state.phase === "recovering",
  )
const staysStated = (review: Review, was: Incident | undefined, next: Incident): boolean =>
  was !== undefined && (isUnchanged(was, next) || isEnding(review, was))

const described = (
  review: Review,
  incident: Incident,
  group: DegradationGroup,
  alerts: readonly AlertNow[],
): Incident => {
  const { topology, nowMs } = review
  const severity = alerts.reduce<Severity>(
    (worst, { rule }) => moreSevere(worst, rule?.severity ?? "warning"),
    incident.severity,
  )
  const others = activeSymptoms(incident).flatMap(({ alertId, pin }) => {
    const alert = review.alerts.get(alertId)
    const isOther = pin === "merged" && alert !== undefined && !group.alerts.includes(alertId)
    return isOther ? [alert] : []
  })
  const more = componentsOf(review, others).filter(({ id }) => id !== group.cause.id)
  return {
    ...incident,
    title: titleOf(topology, group),
    causes: [group.cause, ...more],
    alternatives: group.alternatives,
    because: becauseOf(review, group, alerts),
    confidence: group.confidence,
    hypotheses: group.hypotheses,
    evidence: evidenceOf(topology, group, nowMs),
    severity: incident.severitySetBy === null ? severity : incident.severity,
    updatedAtMs: nowMs,
  }
}

const holds = (incident: Incident, alerts: readonly AlertId[]): boolean =>
  alerts.some((id) => incident.symptoms.get(id)?.untilMs === null)

/**
 * The open incident that goes on as each group's, and each at most once: that of the same cause, or
 * else the one that holds its alerts. Two groups never take turns with one incident.
 */
const ownersOf = (
  { open }: RuleIncidents,
  groups: readonly DegradationGroup[],
): ReadonlyMap<DegradationGroup, Incident> => {
  const owners = new Map<DegradationGroup, Incident>()
  const taken = new Set<IncidentId>()
  const inOrder = [...open.values()].toSorted((one, other) => one.number - other.number)
  const take = (fits: (incident: Incident, group: DegradationGroup) => boolean): void => {
    // The group with more alerts says more of what the incident was about.
    for (const group of groups.toSorted((a, b) => b.alerts.length - a.alerts.length)) {
      if (owners.has(group)) continue
      const owner = inOrder.find((one) => !taken.has(one.id) && fits(one, group))
      if (owner === undefined) continue
      owners.set(group, owner)
      taken.add(owner.id)
    }
  }
  take((one, { cause }) => isDegradation(one) && one.causes[0]?.id === cause.id)
  take((one, { alerts }) => holds(one, alerts) && (isDegradation(one) || isAllOf(one, alerts)))
  return owners
}

/** Nothing else is going on in the incident. */
const isAllOf = ({ symptoms }: Incident, alerts: readonly AlertId[]): boolean =>
  [...symptoms.values()].every(
    ({ alertId, untilMs }) => untilMs !== null || alerts.includes(alertId),
  )

/** The group's alerts leave other incidents; what is left there goes on, or nothing is. */
const takeOver = (
  { nowMs }: Review,
  rules: RuleIncidents,
  into: Incident,
  alerts: readonly AlertId[],
): void => {
  for (const other of [...rules.open.values()]) {
    if (other.id === into.id || !holds(other, alerts)) continue
    if (isAllOf(other, alerts)) {
      rules.mergeInto(other, into)
      continue
    }
    const left = withoutSymptoms(other, alerts, nowMs)
    if (left !== null) rules.store(left)
  }
}

/** False: its alerts are in no incident because of it. */
const apply = (
  review: Review,
  rules: RuleIncidents,
  group: DegradationGroup,
  ofGroup: Incident | undefined,
): boolean => {
  const alerts = group.alerts.flatMap((id) => review.alerts.get(id) ?? [])
  if (ofGroup === undefined && !alerts.some(rules.mayOpen)) return true
  const components = [group.cause, ...group.alternatives]
  const held = ofGroup === undefined ? heldFor(review, { components, alerts }) : undefined
  const owner = ofGroup ?? (held && asOfRules(held))
  // What an open incident already names is a second fault only if that is probable.
  const isNamed = [...rules.open.values()].some(
    (one) => isDegradation(one) && holds(one, group.alerts),
  )
  if (owner === undefined && isNamed && group.confidence < PROBABLE) return false
  const was = owner ?? makeIncident(review, group.cause, group.alternatives)
  const symptoms = new Map(was.symptoms)
  const joined = alerts.filter(({ id }) => symptoms.get(id)?.untilMs !== null)
  for (const alert of joined)
    symptoms.set(
      alert.id,
      activeSymptom(was, alert, alert.interface === null ? "evidence" : "cause"),
    )
  const next = described(review, { ...was, symptoms }, group, alerts)
  if (!staysStated(review, owner, next) || joined.length > 0) {
    const stored = withHistory(review, owner, next)
    rules.store(stored)
    if (owner === undefined) openedLine(review, stored)
    else {
      for (const message of condense(joined.map((alert) => symptomMessage(review, alert))))
        addLine(review, stored, "symptom", message)
      if (held === undefined) causeChangedLine(review, owner, stored)
      else eased(review, held, stored)
    }
  }
  const into = rules.open.get(was.id)
  if (into === undefined) return true
  takeOver(review, rules, into, group.alerts)
  leaveNetwork(review, group.alerts)
  return true
}

/** A person has merged its alerts into an incident of the network: what is new joins it. */
const joinNetwork = (review: Review, into: Incident, { alerts: ids }: DegradationGroup): void => {
  const { nowMs } = review
  const symptoms = new Map(into.symptoms)
  const joined = ids.flatMap((id) =>
    symptoms.get(id)?.untilMs === null ? [] : (review.alerts.get(id) ?? []),
  )
  if (joined.length === 0) return
  for (const alert of joined)
    symptoms.set(alert.id, { ...activeSymptom(into, alert, "evidence"), pin: "merged" })
  const next = { ...into, symptoms, updatedAtMs: nowMs }
  change(review, next)
  for (const message of condense(joined.map((alert) => symptomMessage(review, alert))))
    addLine(review, next, "symptom", message)
}

/** Opens and continues an incident for each group; returns the alerts that are in one. */
export const applyDegradations = (
  review: Review,
  rules: RuleIncidents,
  groups: readonly DegradationGroup[],
): ReadonlySet<AlertId> => {
  const { incidents, ofRules } = review.state
  const placed = placeGroups(groups, pinsOf([...incidents.values(), ...ofRules.values()]))
  const free = placed.flatMap(({ group, into }) => (into === null ? [group] : []))
  const owners = ownersOf(rules, free)
  const taken = placed.flatMap(({ group, into }): DegradationGroup[] => {
    const ofNetwork = into === null ? undefined : incidents.get(into.id)
    if (ofNetwork !== undefined) {
      joinNetwork(review, ofNetwork, group)
      return [group]
    }
    // Another group may have ended it.
    const owner = rules.open.get(into?.id ?? owners.get(group)?.id ?? ("" as IncidentId))
    return apply(review, rules, group, owner) ? [group] : []
  })
  return new Set(taken.flatMap(({ alerts }) => alerts))
}
