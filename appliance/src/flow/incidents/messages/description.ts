/**
 * Title, reasons and evidence of an incident, from its last finding and from what was observed
 * since: it states only what can still be true. Pure.
 */
import type { Component, Hypothesis } from "../../../api/incidents.ts"
import type { Reason, Tense } from "../../../api/messages.ts"
import type { AlertId } from "../../../platform/ids.ts"
import type { AlertNow, Phase, Topology } from "../../alerts/alerts.ts"
import { otherUpstreams } from "../diagnosis/reasons.ts"
import { type AlertView, portAlert, reachAlert } from "../engine/alert-view.ts"
import type { Flap, Flaps } from "../engine/flaps.ts"
import { mayHaveCaused, plannedParams } from "../engine/planned-work.ts"
import { failedComponents, failureDomain, type Reachability } from "../engine/reachability.ts"
import type { Expected, Finding, Incident, IncidentSymptom } from "../model.ts"
import { agentReason, agentTitle } from "./agent-offline.ts"
import { listOf, named, portsOf } from "./params.ts"
import { lostUpstream, monitoredBy, type TitleFacts, titleOf } from "./title.ts"

export type DescriptionContext = {
  readonly topology: Topology
  readonly view: AlertView
  readonly alerts: ReadonlyMap<AlertId, AlertNow>
  /** Whether an open incident holds this alert. */
  readonly isInIncident: (alert: AlertId) => boolean
  readonly reachability: Reachability
  readonly flaps: Flaps
  readonly nowMs: number
}

/** Reports of one moment arrive a little apart: an answer this soon after a drop may precede it. */
const REPORT_SPREAD_MS = 200
/** No router boots faster: one that answers again sooner was cut off and did not restart. */
const BOOT_MS = 10_000

/** What the fault explains; alerts of rules that have joined it say nothing about it. */
const ofFault = ({ symptoms }: Incident): readonly IncidentSymptom[] =>
  [...symptoms.values()].filter(({ observes }) => observes !== null)
const firstDropMs = (incident: Incident): number =>
  Math.min(...ofFault(incident).map((symptom) => symptom.sinceMs))
const isDownOrUnknown = (phase: Phase | undefined): boolean =>
  phase === "down" || phase === "unknown"
/** The fault itself is no longer observed; devices downstream may still be recovering. */
const isOver = (incident: Incident, { alerts }: DescriptionContext): boolean => {
  if (incident.state === "closed") return true
  const symptoms = ofFault(incident)
  // Of an isolated agent there are no symptoms but those downstream.
  const own = symptoms.some(({ role }) => role !== "downstream")
    ? symptoms.filter(({ role }) => role !== "downstream")
    : symptoms
  return own.every(
    ({ alertId, untilMs }) =>
      untilMs !== null || !isDownOrUnknown(alerts.get(alertId)?.state.phase),
  )
}

const answeredSince = (alert: AlertNow | undefined, dropMs: number): boolean =>
  alert !== undefined &&
  alert.state.phase !== "down" &&
  alert.state.phase !== "unknown" &&
  (alert.answeredAtMs ?? 0) > dropMs + REPORT_SPREAD_MS

type Life = "unseen" | "back" | "never-down"
/**
 * Whether a router answered since the incident began. One that was never silent, or too briefly to
 * have booted, was never down.
 */
const lifeOf = (
  incident: Incident,
  { topology, view }: DescriptionContext,
  other: Component,
): Life => {
  const dropMs = firstDropMs(incident)
  const lives = failureDomain(topology, other.id).map((id): Life => {
    const known = topology.devices.get(id)?.id
    const device = known === undefined ? undefined : reachAlert(view, known)
    if (device === undefined || !answeredSince(device, dropMs)) return "unseen"
    const wasUnreachable = incident.symptoms.has(device.id)
    return wasUnreachable && (device.state.upAgainAtMs ?? 0) - dropMs >= BOOT_MS
      ? "back"
      : "never-down"
  })
  // A site has power if any of its routers stayed up.
  return (
    lives.find((life) => life === "never-down") ?? lives.find((life) => life === "back") ?? "unseen"
  )
}

type Description = Pick<
  Incident,
  | "title"
  | "alternatives"
  | "because"
  | "manner"
  | "expected"
  | "downstream"
  | "confidence"
  | "hypotheses"
  | "evidence"
>

/**
 * Devices that the topology says are unreachable and that were not probed since. None, once any of
 * them has answered.
 */
const expectedDevices = (
  { topology, view, reachability, isInIncident }: DescriptionContext,
  incident: Incident,
): Expected[] => {
  const [cause] = incident.causes
  if (cause === undefined || cause.kind === "agent") return []
  const dropMs = firstDropMs(incident)
  const unreachable = [...reachability.unreachable(topology, [cause.id])].flatMap((id) => {
    const device = topology.devices.get(id)
    const alert = device === undefined ? undefined : reachAlert(view, device.id)
    return device === undefined || alert === undefined || alert.state.phase === "unknown"
      ? []
      : [{ id: device.id, alert }]
  })
  if (unreachable.some(({ alert }) => answeredSince(alert, dropMs))) return []
  const named = failedComponents(
    topology,
    incident.causes,
    incident.finding?.alternatives ?? incident.alternatives,
  )
  return unreachable
    .filter(({ alert }) => !incident.symptoms.has(alert.id) && !isInIncident(alert.id))
    .map(({ id }) => ({ deviceId: id, role: named.has(id) ? "cause" : "downstream" }))
}

const downstreamCount = (incident: Incident, expected: readonly Expected[]): number => {
  const isDownstream = ({ role, observes }: IncidentSymptom): boolean =>
    role === "downstream" && observes === "device"
  const symptomDevices = [...incident.symptoms.values()]
    .filter(isDownstream)
    .flatMap(({ deviceId }) => deviceId ?? [])
  return new Set([
    ...symptomDevices,
    ...expected.flatMap(({ deviceId, role }) => (role === "downstream" ? deviceId : [])),
  ]).size
}

/** The flapping ports of the link that is the cause, the one with most flaps first. */
const flapping = (
  { topology, view, flaps, nowMs }: DescriptionContext,
  cause: Component,
): { alert: AlertNow; flap: Flap }[] => {
  const link = topology.links.get(cause.id)
  if (link === undefined) return []
  return [link.a, link.b]
    .flatMap((end) => {
      const alert = portAlert(view, end)
      const flap = alert === undefined ? null : flaps.of(alert, nowMs)
      return alert === undefined || flap === null ? [] : [{ alert, flap }]
    })
    .sort((one, other) => other.flap.times - one.flap.times)
}

/** The finding, with only those alternatives in the first hypothesis that are still possible. */
const assessed = (
  { confidence, hypotheses, evidence }: Finding,
  left: readonly Component[],
  tense: Tense,
) => {
  const [first, ...more] = hypotheses
  const isLess = first?.equivalents.flat().length !== left.length
  return {
    confidence,
    evidence: evidence[tense],
    hypotheses:
      first === undefined || !isLess
        ? hypotheses
        : [{ ...first, equivalents: [[...left]] }, ...more],
  }
}

/** How many devices of a site do not answer; once the fault is over, how many did not. */
const unreachableAt = (
  { topology, alerts }: DescriptionContext,
  incident: Incident,
  site: string,
  over: boolean,
): number => {
  const there = new Set<string>(topology.sites.get(site)?.devices)
  const found = [...incident.symptoms.values()].filter(
    ({ observes, deviceId, alertId, untilMs }) => {
      if (observes !== "device" || !there.has(deviceId ?? "")) return false
      return over || (untilMs === null && isDownOrUnknown(alerts.get(alertId)?.state.phase))
    },
  )
  return found.length
}

/**
 * An incident without a finding keeps its messages: it is from before a restart. One about an
 * offline agent needs no finding.
 */
const describeWithoutFinding = (context: DescriptionContext, incident: Incident): Description => {
  const [cause] = incident.causes
  const offlineSymptom = [...incident.symptoms.values()].find(
    ({ observes }) => observes === "agent",
  )
  if (cause === undefined || offlineSymptom === undefined) return incident
  const tense = isOver(incident, context) ? "past" : "present"
  const agent = named(cause)
  return {
    ...incident,
    title: agentTitle(agent, monitoredBy(context.topology, cause.id), tense),
    because: [agentReason(agent, incident.openedAtMs - offlineSymptom.sinceMs, tense)],
  }
}

/** An agent sends a heartbeat every two seconds. */
const SEEN_WITHIN_MS = 2_500
const isOverdue = ({ view, nowMs }: DescriptionContext, cause: Component): boolean => {
  const offlineAlert = cause.kind === "agent" ? view.observing("agent", cause.id) : undefined
  if (offlineAlert === undefined) return false
  return offlineAlert.state.wasDown || nowMs - (offlineAlert.observedAtMs ?? nowMs) > SEEN_WITHIN_MS
}

/** What all descriptions of one incident are made from. */
type Described = {
  readonly incident: Incident
  readonly finding: Finding
  readonly cause: Component
  readonly isOver: boolean
  readonly expected: readonly Expected[]
  readonly downstream: number
}

const answeredSinceReason = (components: readonly Component[]): Reason => ({
  code: "reason.answered-since",
  params: { devices: listOf(components.map(named)) },
})

/** Also an incident that has gone on for longer: what began before the work is not because of it. */
const plannedOf = (
  { topology }: DescriptionContext,
  incident: Incident,
  { planned, alternatives }: Finding,
  cause: Component,
) => {
  const sinceMs = firstDropMs(incident)
  const ids = [cause, ...alternatives].map(({ id }) => id)
  return planned
    .filter(({ work }) => mayHaveCaused(work, sinceMs))
    .map((one) => plannedParams(topology, one, ids, sinceMs))
}
const plannedReasons = (planned: ReturnType<typeof plannedOf>): Reason[] =>
  planned.map((params) => ({ code: "reason.planned-work", params }))
const withPlanned = <T extends Pick<Description, "evidence" | "hypotheses">>(
  found: T,
  planned: ReturnType<typeof plannedOf>,
): T => {
  const evidence = planned.map((params): Description["evidence"][number] => ({
    stance: "for",
    message: { code: "evidence.planned-work", params },
    deviceId: null,
    linkId: null,
    atMs: null,
  }))
  const [first, ...others] = found.hypotheses
  return first?.planned === undefined || planned.length > 0
    ? { ...found, evidence: [...evidence, ...found.evidence] }
    : { ...found, hypotheses: [withoutPlanned(first), ...others] }
}
const withoutPlanned = ({ planned: _, ...hypothesis }: Hypothesis): Hypothesis => hypothesis

const describeFlapping = (
  context: DescriptionContext,
  { incident, finding, cause, isOver: over, expected, downstream }: Described,
  ports: readonly AlertNow[],
  { times, overMs }: Flap,
): Description => {
  const answered = finding.alternatives.filter(
    (other) => lifeOf(incident, context, other) !== "unseen",
  )
  const flaps: Reason = {
    code: "reason.ports-flap",
    params: { ports: portsOf(context.topology, ports), times, overMs },
  }
  const tense = incident.state === "closed" ? "past" : "present"
  const planned = plannedOf(context, incident, finding, cause)
  return {
    title: { code: "title.link-flapping", params: { link: named(cause), times, overMs, tense } },
    alternatives: [],
    because: [
      flaps,
      ...answered.map((other) => answeredSinceReason([other])),
      ...plannedReasons(planned),
    ],
    manner: "flapping",
    expected,
    downstream,
    ...withPlanned(assessed(finding, [], over ? "past" : "present"), planned),
  }
}

/** The finding's reasons, then what was observed since. */
const reasonsOf = (
  { topology, view }: DescriptionContext,
  { finding, cause, isOver: over, expected }: Described,
  alternatives: readonly Component[],
  neverDown: readonly Component[],
  currentTense: Tense,
): Reason[] => {
  const because = [...finding.because[currentTense]]
  if (neverDown.length > 0) because.push(answeredSinceReason(neverDown))
  else if (finding.indistinguishable !== null && alternatives.length > 0)
    because.push(finding.indistinguishable[over ? "past" : "present"])
  const unprobed = expected.filter(({ role }) => role === "downstream").length
  if (unprobed > 0) because.push({ code: "reason.no-other-path", params: { devices: unprobed } })
  const upstream = lostUpstream(topology, cause, alternatives)
  if (upstream !== undefined && !over) because.push(otherUpstreams(topology, view, upstream))
  return because
}

const describeSteady = (context: DescriptionContext, described: Described): Description => {
  const { incident, finding, cause, isOver: over, expected, downstream } = described
  const lives = finding.alternatives.map((other) => ({
    other,
    life: lifeOf(incident, context, other),
  }))
  const alternatives = lives.filter(({ life }) => life !== "never-down").map(({ other }) => other)
  const neverDown = lives
    .filter(({ life, other }) => life === "never-down" && other.kind === "device")
    .map(({ other }) => other)
  const back = lives.filter(({ life }) => over || life === "back").map(({ other }) => other.id)
  // The present tense states that the agent is online, so its heartbeat has to be recent.
  const currentTense = over || isOverdue(context, cause) ? "past" : "present"
  const planned = plannedOf(context, incident, finding, cause)
  const { confidence, hypotheses, switchedOff } = finding
  const facts: TitleFacts = {
    cause,
    alternatives,
    confidence: confidence ?? 1,
    hypotheses,
    downstream,
    unreachable: unreachableAt(context, incident, cause.id, over),
    isSoFar: expected.some(({ role }) => role === "cause"),
    switchedOff,
    back: new Set(back),
    isOver: over,
  }
  return {
    title: titleOf(context.topology, facts),
    alternatives,
    because: [
      ...reasonsOf(context, described, alternatives, neverDown, currentTense),
      ...plannedReasons(planned),
    ],
    manner: "steady",
    expected,
    downstream,
    ...withPlanned(assessed(finding, alternatives, currentTense), planned),
  }
}

/** Everything about an incident that follows from its finding and from the alerts of now. */
export const describe = (context: DescriptionContext, incident: Incident): Description => {
  const { finding, causes } = incident
  const [cause] = causes
  if (cause === undefined || finding === null) return describeWithoutFinding(context, incident)
  const over = isOver(incident, context)
  const expected = over ? [] : expectedDevices(context, incident)
  const downstream = over ? incident.downstream : downstreamCount(incident, expected)
  const described = { incident, finding, cause, isOver: over, expected, downstream }
  const ports = flapping(context, cause)
  const [busiest] = ports
  return busiest === undefined
    ? describeSteady(context, described)
    : describeFlapping(
        context,
        described,
        ports.map(({ alert }) => alert),
        busiest.flap,
      )
}
