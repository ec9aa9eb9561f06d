/** What speaks for an incident's cause and what against it, as sentences people would say. Pure. */

import type { Observation } from "@ispvm/rca"
import type { Component, Evidence } from "../../../api/incidents.ts"
import type { AlertNow, MonitoredLink, Topology } from "../../alerts/alerts.ts"
import type { Draft } from "../engine/groups.ts"
import { type AlertView, alertOf, linkOfPort, remoteEnd } from "../engine/observe.ts"
import { failureDomain, type Reachability } from "../engine/reachability.ts"
import { monitoredAt } from "../text/title.ts"
import { deviceName, list, many, type Tense, type Tensed, tensed, verb } from "../text/wording.ts"
import { isolationText } from "./reasons.ts"

const MAX_FOR = 6
const MAX_AGAINST = 4

export type EvidenceContext = {
  readonly topology: Topology
  readonly view: AlertView
  readonly reachability: Reachability
  /** What was seen well, by thing. */
  readonly seenUp: ReadonlyMap<string, readonly Observation[]>
  /** What else is taken to have failed at the same time. */
  readonly others: readonly string[]
}

const isDeviceAlert = ({ kind }: AlertNow): boolean => kind === "device-unreachable"
const oldest = (alerts: readonly AlertNow[]): number | null =>
  alerts.length === 0 ? null : Math.round(Math.min(...alerts.map((alert) => alert.state.sinceMs)))
type Text = (tense: Tense) => string
/** As it is said while it stands, and once it is over. */
type Point = Omit<Evidence, "text"> & { readonly text: Text }
const newPoint = (
  stance: Evidence["stance"],
  text: Text,
  alerts: readonly AlertNow[],
  linkId: string | null = null,
): Point => ({
  stance,
  text,
  deviceId: alerts.length === 1 ? (alerts[0]?.deviceId ?? null) : null,
  linkId,
  atMs: oldest(alerts),
})

const unreachableEvidence = (
  { topology }: EvidenceContext,
  { cause }: Draft,
  unreachable: readonly AlertNow[],
): Point[] => {
  const [first] = unreachable
  if (first === undefined) return []
  const site = topology.sites.get(cause.id)
  const names = list(unreachable.map((alert) => deviceName(topology, alert.deviceId)))
  const all = monitoredAt(topology, cause.id).length
  const share = unreachable.length === all ? `All ${all}` : `${unreachable.length} of ${all}`
  const who = site === undefined ? names : `${share} devices at ${site.name} (${names})`
  const isOne = unreachable.length === 1 && site === undefined
  // Nobody could have asked a router that only reports itself.
  if (unreachable.every((alert) => alert.state.reason === "reports-missing"))
    return [
      newPoint(
        "for",
        (tense) => `${who} ${verb(tense, isOne ? "has" : "have", "had")} stopped reporting`,
        unreachable,
      ),
    ]
  return [
    newPoint(
      "for",
      (tense) =>
        `${who} ${verb(tense, isOne ? "answers" : "answer", "answered")} neither ping nor TCP`,
      unreachable,
    ),
  ]
}

const portText = (
  topology: Topology,
  alert: AlertNow,
  link: MonitoredLink | undefined,
  tense: Tense,
): string => {
  const local = `${deviceName(topology, alert.deviceId)} ${verb(tense, "tells", "told")} that its port ${alert.interface}`
  if (alert.state.reason === "disabled-by-admin")
    return `${local} ${tense} switched off by an administrator`
  const remote =
    link === undefined || alert.deviceId === null ? null : remoteEnd(link, alert.deviceId).deviceId
  const towards = remote === null ? "" : ` towards ${deviceName(topology, remote)}`
  return `${local}${towards} ${verb(tense, "has", "had")} no link`
}
const ports = ({ topology }: EvidenceContext, alerts: readonly AlertNow[]): Point[] =>
  alerts.map((alert) => {
    const link = linkOfPort(topology, alert)
    return newPoint(
      "for",
      (tense) => portText(topology, alert, link, tense),
      [alert],
      link?.id ?? null,
    )
  })

const observedUp = (
  { topology, view, seenUp }: EvidenceContext,
  things: Iterable<string>,
): { observation: Observation; alert: AlertNow }[] =>
  [...new Set(things)].flatMap((id) =>
    (seenUp.get(id) ?? []).flatMap((observation) => {
      const alert = alertOf(topology, view, observation)
      return alert === undefined ? [] : [{ observation, alert }]
    }),
  )

/** The routers at a dark line answer, so it is the line. */
const answeringEnds = (
  of: EvidenceContext,
  { cause }: Draft,
  contrary: readonly { readonly observation: Observation }[],
): Point[] => {
  const link = of.topology.links.get(cause.id)
  if (link === undefined) return []
  const ends = observedUp(of, [link.a.deviceId, link.b.deviceId])
    .filter(({ observation }) => !contrary.some((one) => one.observation === observation))
    .map(({ alert }) => alert)
  const names = list(ends.map((alert) => deviceName(of.topology, alert.deviceId)))
  if (ends.length === 0) return []
  const text: Text = (tense) =>
    ends.length === 1
      ? `${names} at its end ${verb(tense, "answers", "answered")}`
      : `${names} at its two ends both ${verb(tense, "answer", "answered")}, so neither ${tense} dead`
  return [{ ...newPoint("for", text, ends, link.id), atMs: null }]
}

const downstreamEvidence = (
  { topology }: EvidenceContext,
  unreachable: readonly AlertNow[],
): Point[] => {
  if (unreachable.length === 0) return []
  const names = list(unreachable.map((alert) => deviceName(topology, alert.deviceId)))
  const not = (tense: Tense): string =>
    `${verb(tense, unreachable.length === 1 ? "does" : "do", "did")} not answer`
  return [
    newPoint(
      "for",
      (tense) => `${many(unreachable.length, "device")} behind it ${not(tense)}: ${names}`,
      unreachable,
    ),
  ]
}

/** An agent that tells of it runs; what it has lost is its way. */
const isolatedEvidence = (
  { topology }: EvidenceContext,
  draft: Draft,
  unreachable: readonly AlertNow[],
): Point[] => {
  const online: Text = (tense) =>
    `Agent ${draft.cause.name} itself ${tense} heard, so it ${verb(tense, "runs", "ran")}`
  return [
    newPoint("for", online, []),
    newPoint("for", (tense) => isolationText(topology, draft, unreachable, tense), unreachable),
  ]
}

/** Seen well although with this cause it could not be. */
const contradictions = (
  of: EvidenceContext,
  cause: Component,
): { observation: Observation; alert: AlertNow }[] => {
  const { topology, reachability, others } = of
  const failed = new Set(failureDomain(topology, cause.id))
  const unreachableAnyway = reachability.unreachable(topology, others)
  const unreachable = [...reachability.unreachable(topology, [...others, cause.id])].filter(
    (id) => !unreachableAnyway.has(id),
  )
  const lines = [...failed].flatMap((id) => (topology.linksAt.get(id) ?? []).map((link) => link.id))
  const unreachableIds = new Set([...failed, ...unreachable])
  return observedUp(of, [...failed, ...unreachable, ...lines]).filter(
    ({ observation: { entity, signal, end } }) => {
      if (signal === "reachable") return unreachableIds.has(entity)
      const link = topology.links.get(entity)
      if (link === undefined || end === undefined) return false
      return failed.has(link.id) || failed.has(remoteEnd(link, end).deviceId)
    },
  )
}
const against = (
  of: EvidenceContext,
  cause: Component,
  observation: Observation,
  alert: AlertNow,
): Point => {
  const { topology } = of
  const name = deviceName(topology, alert.deviceId)
  const link = topology.links.get(observation.entity)
  if (link !== undefined) {
    const which = link.id === cause.id ? "its end of the link" : `its end of link ${link.name}`
    const text: Text = (tense) =>
      `${name} ${verb(tense, "says", "said")} ${which} ${tense} up (port ${alert.interface})`
    return { ...newPoint("against", text, [alert], link.id), atMs: observedAt(alert) }
  }
  const isOwn = failureDomain(topology, cause.id).some((id) => id === observation.entity)
  const why = (tense: Tense): string =>
    isOwn ? "" : `, though no way to it should ${verb(tense, "be", "have been")} left`
  return {
    ...newPoint(
      "against",
      (tense) => `${name} ${verb(tense, "answers", "answered")}${why(tense)}`,
      [alert],
    ),
    atMs: observedAt(alert),
  }
}
const observedAt = ({ answeredAtMs, observedAtMs }: AlertNow): number | null => {
  const atMs = answeredAtMs ?? observedAtMs
  return atMs === null ? null : Math.round(atMs)
}

/** What speaks for it first, then what against it; each the heaviest first. */
export const evidenceOf = (of: EvidenceContext, draft: Draft): Tensed<readonly Evidence[]> => {
  const mine = (role: string): AlertNow[] =>
    draft.alerts.filter((alert) => draft.symptoms.get(alert.id) === role)
  const own = mine("cause")
  const reported = mine("evidence")
  const isPort = (alert: AlertNow): boolean => !isDeviceAlert(alert)
  const contrary = contradictions(of, draft.cause)
  const unreachablePoints =
    draft.cause.kind === "agent"
      ? isolatedEvidence(of, draft, draft.alerts.filter(isDeviceAlert))
      : unreachableEvidence(of, draft, own.filter(isDeviceAlert))
  const pro = [
    ...unreachablePoints,
    ...ports(of, own.filter(isPort)),
    ...answeringEnds(of, draft, contrary),
    ...(draft.cause.kind === "agent"
      ? []
      : downstreamEvidence(of, mine("downstream").filter(isDeviceAlert))),
    ...ports(of, reported.filter(isPort)),
  ]
  // A port's own word weighs more than an answer that may have taken another way.
  const con = contrary
    .toSorted((one, other) => Number(isDeviceAlert(one.alert)) - Number(isDeviceAlert(other.alert)))
    .map(({ observation, alert }) => against(of, draft.cause, observation, alert))
  const points = [...pro.slice(0, MAX_FOR), ...con.slice(0, MAX_AGAINST)]
  return tensed((tense) => points.map((point) => ({ ...point, text: point.text(tense) })))
}
