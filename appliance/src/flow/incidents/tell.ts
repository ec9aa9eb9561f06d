/**
 * What an incident is called and why, from its last explanation and from what has been seen since: a title may claim only what still
 * can be so. Pure.
 */
import type { Component } from "../../api/incidents.ts"
import type { AlertId } from "../../platform/ids.ts"
import type { AlertNow, Phase, Watched } from "../alerts/alerts.ts"
import type { Flap, Flaps } from "./flaps.ts"
import type { Expected, Finding, Held, Incident } from "./incident.ts"
import { type AlertView, portAlert, reachAlert } from "./observe.ts"
import { otherUpstreams } from "./reasons.ts"
import { lostUpstream, title, watchedBy } from "./title.ts"
import { blamed, failsWith, type Ways } from "./ways.ts"
import { agentReason, agentTitle, flapText, flapTitle, list, many, type Tense } from "./wording.ts"

export type Telling = {
  readonly watched: Watched
  readonly view: AlertView
  readonly alerts: ReadonlyMap<AlertId, AlertNow>
  /** Whether an incident holds this alert by now. */
  readonly isHeld: (alert: AlertId) => boolean
  readonly ways: Ways
  readonly flaps: Flaps
  readonly nowMs: number
}

/** Words of one moment reach us a little apart: an answer this soon after a drop may be from before it. */
const APART_MS = 200
/** No router boots in less: one that answers again sooner was cut off and never dead. */
const BOOT_MS = 10_000

const firstDropMs = (incident: Incident): number => Math.min(...[...incident.held.values()].map((held) => held.sinceMs))
const isStanding = (phase: Phase | undefined): boolean => phase === "down" || phase === "unknown"
/** Nothing of the fault itself is seen any more; what was behind it may still be on its way back. */
const isOver = (incident: Incident, { alerts }: Telling): boolean => {
  if (incident.state === "closed") return true
  const held = [...incident.held.values()]
  // A blind agent is known by nothing but what is behind it.
  const own = held.some(({ part }) => part !== "behind") ? held.filter(({ part }) => part !== "behind") : held
  return own.every(({ alertId, untilMs }) => untilMs !== null || !isStanding(alerts.get(alertId)?.state.phase))
}

const answeredSince = (alert: AlertNow | undefined, dropMs: number): boolean =>
  alert !== undefined &&
  alert.state.phase !== "down" &&
  alert.state.phase !== "unknown" &&
  (alert.answeredAtMs ?? 0) > dropMs + APART_MS

type Life = "unseen" | "back" | "never-dead"
/** A router that has answered since is not dead; and if it never was silent, or too shortly to have booted, it never was. */
const lifeOf = (incident: Incident, { watched, view }: Telling, other: Component): Life => {
  const dropMs = firstDropMs(incident)
  const lives = failsWith(watched, other.id).map((id): Life => {
    const known = watched.devices.get(id)?.id
    const device = known === undefined ? undefined : reachAlert(view, known)
    if (device === undefined || !answeredSince(device, dropMs)) return "unseen"
    const wasSilent = incident.held.has(device.id)
    return wasSilent && (device.state.risenAtMs ?? 0) - dropMs >= BOOT_MS ? "back" : "never-dead"
  })
  // The power of a site was there if any of its routers lived on.
  return lives.find((life) => life === "never-dead") ?? lives.find((life) => life === "back") ?? "unseen"
}

type Told = Pick<
  Incident,
  "title" | "alternatives" | "because" | "manner" | "expected" | "behind" | "confidence" | "hypotheses" | "evidence"
>

/** What by the drawing cannot be reached and has not been looked at since; nothing, once any of it has answered. */
const expect = ({ watched, view, ways, isHeld }: Telling, incident: Incident): Expected[] => {
  const [cause] = incident.causes
  if (cause === undefined || cause.kind === "agent") return []
  const dropMs = firstDropMs(incident)
  const dark = [...ways.dark(watched, [cause.id])].flatMap((id) => {
    const device = watched.devices.get(id)
    const alert = device === undefined ? undefined : reachAlert(view, device.id)
    return device === undefined || alert === undefined || alert.state.phase === "unknown" ? [] : [{ id: device.id, alert }]
  })
  if (dark.some(({ alert }) => answeredSince(alert, dropMs))) return []
  const named = blamed(watched, incident.causes, incident.told?.alternatives ?? incident.alternatives)
  return dark
    .filter(({ alert }) => !incident.held.has(alert.id) && !isHeld(alert.id))
    .map(({ id }) => ({ deviceId: id, part: named.has(id) ? "cause" : "behind" }))
}

const behindOf = (incident: Incident, expected: readonly Expected[]): number => {
  const isBehind = ({ part, kind }: Held): boolean => part === "behind" && kind === "device-unreachable"
  const held = [...incident.held.values()].filter(isBehind).flatMap(({ deviceId }) => deviceId ?? [])
  return new Set([...held, ...expected.flatMap(({ deviceId, part }) => (part === "behind" ? deviceId : []))]).size
}

/** The ports of the named link that flap, the busiest first. */
const flapping = ({ watched, view, flaps, nowMs }: Telling, cause: Component): { alert: AlertNow; flap: Flap }[] => {
  const link = watched.links.get(cause.id)
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
const weighed = ({ confidence, hypotheses, evidence }: Finding, left: readonly Component[], tense: Tense) => {
  const [first, ...more] = hypotheses
  const isLess = first?.standIns.flat().length !== left.length
  return {
    confidence,
    evidence: evidence[tense],
    hypotheses: first === undefined || !isLess ? hypotheses : [{ ...first, standIns: [[...left]] }, ...more],
  }
}

/** Devices of a site that are silent; of what is over, those that were. */
const silentAt = ({ watched, alerts }: Telling, incident: Incident, site: string, over: boolean): number => {
  const there = new Set<string>(watched.sites.get(site)?.devices)
  const silent = [...incident.held.values()].filter(({ kind, deviceId, alertId, untilMs }) => {
    if (kind !== "device-unreachable" || !there.has(deviceId ?? "")) return false
    return over || (untilMs === null && isStanding(alerts.get(alertId)?.state.phase))
  })
  return silent.length
}

/** What nobody has weighed keeps its words; an agent that is heard again was silent. */
const unweighed = (telling: Telling, incident: Incident): Told => {
  const [cause] = incident.causes
  const silence = [...incident.held.values()].find(({ kind }) => kind === "agent-silent")
  if (cause === undefined || silence === undefined) return incident
  const tense = isOver(incident, telling) ? "was" : "is"
  const because = [agentReason(cause.name, incident.openedAtMs - silence.sinceMs, tense)]
  return { ...incident, title: agentTitle(cause.name, watchedBy(telling.watched, cause.id), tense), because }
}

/** An agent sends a heartbeat every two seconds. */
const HEARD_WITHIN_MS = 2_500
const isUnheard = ({ view, nowMs }: Telling, cause: Component): boolean => {
  const silence = cause.kind === "agent" ? view.of("agent-silent", cause.id) : undefined
  if (silence === undefined) return false
  return silence.state.wasDown || nowMs - (silence.lookAtMs ?? nowMs) > HEARD_WITHIN_MS
}

/** The incident as it is to be told now. One whose explanation is not known (it is from before a restart) keeps its words. */
export const tell = (telling: Telling, incident: Incident): Told => {
  const { watched, view } = telling
  const { told, causes } = incident
  const [cause] = causes
  if (cause === undefined || told === null) return unweighed(telling, incident)
  const over = isOver(incident, telling)
  const tense = over ? "was" : "is"
  const expected = over ? [] : expect(telling, incident)
  const behind = over ? incident.behind : behindOf(incident, expected)
  const ports = flapping(telling, cause)
  const [most] = ports
  if (most !== undefined) {
    const ends = ports.map(({ alert }) => alert)
    const because = [flapText(watched, ends, most.flap)]
    const far = told.alternatives.filter((other) => lifeOf(incident, telling, other) !== "unseen")
    because.push(...far.map((other) => `${other.name} has answered since: not dead.`))
    const name = flapTitle(cause.name, most.flap, incident.state === "closed")
    return { title: name, alternatives: [], because, manner: "flaps", expected, behind, ...weighed(told, [], tense) }
  }
  const lives = told.alternatives.map((other) => ({ other, life: lifeOf(incident, telling, other) }))
  const alternatives = lives.filter(({ life }) => life !== "never-dead").map(({ other }) => other)
  const back = new Set(lives.filter(({ life }) => over || life === "back").map(({ other }) => other.id))
  // Only what is heard at this moment is said to be heard.
  const said = over || isUnheard(telling, cause) ? "was" : "is"
  const because = [...told.because[said]]
  const alive = lives.filter(({ other, life }) => life === "never-dead" && other.kind === "device").map(({ other }) => other.name)
  if (alive.length > 0) because.push(`${list(alive)} ${alive.length === 1 ? "has" : "have"} answered since: not dead.`)
  else if (told.twins !== null && alternatives.length > 0) because.push(told.twins[tense])
  const unseen = expected.filter(({ part }) => part === "behind").length
  if (unseen > 0) because.push(`No other way leads to ${many(unseen, "more device")} behind it; they are being looked at.`)
  const upstream = lostUpstream(watched, cause, alternatives)
  if (upstream !== undefined && !over) because.push(otherUpstreams(watched, view, upstream))
  const { confidence, hypotheses, switchedOff } = told
  const silent = silentAt(telling, incident, cause.id, over)
  const isSoFar = expected.some(({ part }) => part === "cause")
  const seen = { behind, silent, isSoFar, switchedOff, back, isOver: over }
  const name = title(watched, { cause, alternatives, confidence, hypotheses, ...seen })
  return { title: name, alternatives, because, manner: "stands", expected, behind, ...weighed(told, alternatives, said) }
}
