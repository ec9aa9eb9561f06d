/**
 * What an incident is called and why, from its last explanation and from what has been seen since: a title may claim only what still
 * can be so. Pure.
 */
import type { Component } from "../../../api/incidents.ts"
import type { AlertId } from "../../../platform/ids.ts"
import type { AlertNow, Phase, Topology } from "../../alerts/alerts.ts"
import { otherUpstreams } from "../diagnosis/reasons.ts"
import type { Flap, Flaps } from "../engine/flaps.ts"
import { type AlertView, portAlert, reachAlert } from "../engine/observe.ts"
import { failedComponents, failureDomain, type Reachability } from "../engine/reachability.ts"
import type { Expected, Finding, Incident, IncidentSymptom } from "../model.ts"
import { lostUpstream, monitoredBy, title } from "./title.ts"
import { agentReason, agentTitle, flapText, flapTitle, list, many, type Tense } from "./wording.ts"

export type DescriptionContext = {
  readonly topology: Topology
  readonly view: AlertView
  readonly alerts: ReadonlyMap<AlertId, AlertNow>
  /** Whether an incident holds this alert by now. */
  readonly isInIncident: (alert: AlertId) => boolean
  readonly reachability: Reachability
  readonly flaps: Flaps
  readonly nowMs: number
}

/** Words of one moment reach us a little apart: an answer this soon after a drop may be from before it. */
const REPORT_SPREAD_MS = 200
/** No router boots in less: one that answers again sooner was cut off and never dead. */
const BOOT_MS = 10_000

const firstDropMs = (incident: Incident): number =>
  Math.min(...[...incident.symptoms.values()].map((symptom) => symptom.sinceMs))
const isDownOrUnknown = (phase: Phase | undefined): boolean =>
  phase === "down" || phase === "unknown"
/** Nothing of the fault itself is seen any more; what was behind it may still be on its way back. */
const isOver = (incident: Incident, { alerts }: DescriptionContext): boolean => {
  if (incident.state === "closed") return true
  const symptoms = [...incident.symptoms.values()]
  // A blind agent is known by nothing but what is behind it.
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

type Life = "unseen" | "back" | "never-dead"
/** A router that has answered since is not dead; and if it never was silent, or too shortly to have booted, it never was. */
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
      : "never-dead"
  })
  // The power of a site was there if any of its routers lived on.
  return (
    lives.find((life) => life === "never-dead") ?? lives.find((life) => life === "back") ?? "unseen"
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

/** What by the drawing cannot be reached and has not been looked at since; nothing, once any of it has answered. */
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
  const isDownstream = ({ role, kind }: IncidentSymptom): boolean =>
    role === "downstream" && kind === "device-unreachable"
  const symptomDevices = [...incident.symptoms.values()]
    .filter(isDownstream)
    .flatMap(({ deviceId }) => deviceId ?? [])
  return new Set([
    ...symptomDevices,
    ...expected.flatMap(({ deviceId, role }) => (role === "downstream" ? deviceId : [])),
  ]).size
}

/** The ports of the named link that flap, the busiest first. */
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

/** What was weighed, with only those stand-ins in the first hypothesis that still can be it. */
const weighed = (
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

/** Devices of a site that are silent; of what is over, those that were. */
const unreachableAt = (
  { topology, alerts }: DescriptionContext,
  incident: Incident,
  site: string,
  over: boolean,
): number => {
  const there = new Set<string>(topology.sites.get(site)?.devices)
  const found = [...incident.symptoms.values()].filter(({ kind, deviceId, alertId, untilMs }) => {
    if (kind !== "device-unreachable" || !there.has(deviceId ?? "")) return false
    return over || (untilMs === null && isDownOrUnknown(alerts.get(alertId)?.state.phase))
  })
  return found.length
}

/** What nobody has weighed keeps its words; an agent that is heard again was silent. */
const describeUnweighed = (context: DescriptionContext, incident: Incident): Description => {
  const [cause] = incident.causes
  const offlineSymptom = [...incident.symptoms.values()].find(
    ({ kind }) => kind === "agent-offline",
  )
  if (cause === undefined || offlineSymptom === undefined) return incident
  const tense = isOver(incident, context) ? "was" : "is"
  const because = [agentReason(cause.name, incident.openedAtMs - offlineSymptom.sinceMs, tense)]
  return {
    ...incident,
    title: agentTitle(cause.name, monitoredBy(context.topology, cause.id), tense),
    because,
  }
}

/** An agent sends a heartbeat every two seconds. */
const SEEN_WITHIN_MS = 2_500
const isOverdue = ({ view, nowMs }: DescriptionContext, cause: Component): boolean => {
  const offlineAlert = cause.kind === "agent" ? view.of("agent-offline", cause.id) : undefined
  if (offlineAlert === undefined) return false
  return offlineAlert.state.wasDown || nowMs - (offlineAlert.observedAtMs ?? nowMs) > SEEN_WITHIN_MS
}

/** The incident as it is to be told now. One whose explanation is not known (it is from before a restart) keeps its words. */
export const describe = (context: DescriptionContext, incident: Incident): Description => {
  const { topology, view } = context
  const { finding, causes } = incident
  const [cause] = causes
  if (cause === undefined || finding === null) return describeUnweighed(context, incident)
  const over = isOver(incident, context)
  const tense = over ? "was" : "is"
  const expected = over ? [] : expectedDevices(context, incident)
  const downstream = over ? incident.downstream : downstreamCount(incident, expected)
  const ports = flapping(context, cause)
  const [busiest] = ports
  if (busiest !== undefined) {
    const ends = ports.map(({ alert }) => alert)
    const because = [flapText(topology, ends, busiest.flap)]
    const answered = finding.alternatives.filter(
      (other) => lifeOf(incident, context, other) !== "unseen",
    )
    because.push(...answered.map((other) => `${other.name} has answered since: not dead.`))
    const name = flapTitle(cause.name, busiest.flap, incident.state === "closed")
    return {
      title: name,
      alternatives: [],
      because,
      manner: "flapping",
      expected,
      downstream,
      ...weighed(finding, [], tense),
    }
  }
  const lives = finding.alternatives.map((other) => ({
    other,
    life: lifeOf(incident, context, other),
  }))
  const alternatives = lives.filter(({ life }) => life !== "never-dead").map(({ other }) => other)
  const back = new Set(
    lives.filter(({ life }) => over || life === "back").map(({ other }) => other.id),
  )
  // Only what is heard at this moment is said to be heard.
  const currentTense = over || isOverdue(context, cause) ? "was" : "is"
  const because = [...finding.because[currentTense]]
  const alive = lives
    .filter(({ other, life }) => life === "never-dead" && other.kind === "device")
    .map(({ other }) => other.name)
  if (alive.length > 0)
    because.push(`${list(alive)} ${alive.length === 1 ? "has" : "have"} answered since: not dead.`)
  else if (finding.indistinguishable !== null && alternatives.length > 0)
    because.push(finding.indistinguishable[tense])
  const unprobed = expected.filter(({ role }) => role === "downstream").length
  if (unprobed > 0)
    because.push(
      `No other way leads to ${many(unprobed, "more device")} behind it; they are being looked at.`,
    )
  const upstream = lostUpstream(topology, cause, alternatives)
  if (upstream !== undefined && !over) because.push(otherUpstreams(topology, view, upstream))
  const { confidence, hypotheses, switchedOff } = finding
  const unreachable = unreachableAt(context, incident, cause.id, over)
  const isSoFar = expected.some(({ role }) => role === "cause")
  const facts = { downstream, unreachable, isSoFar, switchedOff, back, isOver: over }
  const name = title(topology, { cause, alternatives, confidence, hypotheses, ...facts })
  return {
    title: name,
    alternatives,
    because,
    manner: "steady",
    expected,
    downstream,
    ...weighed(finding, alternatives, currentTense),
  }
}
