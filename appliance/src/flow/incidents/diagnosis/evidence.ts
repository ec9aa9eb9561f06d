/** Evidence for and against an incident's cause. Pure. */

import type { Observation } from "@ispvm/rca"
import type { Component, Evidence } from "../../../api/incidents.ts"
import type { EvidenceMessage, Tense } from "../../../api/messages.ts"
import type { AlertNow, MonitoredLink, Topology } from "../../alerts/alerts.ts"
import { type AlertView, alertOf, linkOfPort, remoteEnd } from "../engine/alert-view.ts"
import { failureDomain, type Reachability } from "../engine/reachability.ts"
import {
  deviceNamed,
  devicesNamed,
  named,
  portOf,
  type Tensed,
  tensed,
} from "../messages/params.ts"
import { monitoredAt } from "../messages/title.ts"
import type { Draft } from "../model.ts"
import { isolationOf } from "./reasons.ts"

const MAX_FOR = 6
const MAX_AGAINST = 4

export type EvidenceContext = {
  readonly topology: Topology
  readonly view: AlertView
  readonly reachability: Reachability
  /** What was observed up, by entity. */
  readonly seenUp: ReadonlyMap<string, readonly Observation[]>
  /** The other causes of the same hypothesis. */
  readonly others: readonly string[]
}

const isDeviceAlert = ({ observes }: AlertNow): boolean => observes === "device"
const oldest = (alerts: readonly AlertNow[]): number | null =>
  alerts.length === 0 ? null : Math.round(Math.min(...alerts.map((alert) => alert.state.sinceMs)))
type MessageIn = (tense: Tense) => EvidenceMessage
/** Evidence whose tense is not chosen yet. */
type Point = Omit<Evidence, "message"> & { readonly message: MessageIn }
const newPoint = (
  stance: Evidence["stance"],
  message: MessageIn,
  alerts: readonly AlertNow[],
  linkId: string | null = null,
): Point => ({
  stance,
  message,
  deviceId: alerts.length === 1 ? (alerts[0]?.deviceId ?? null) : null,
  linkId,
  atMs: oldest(alerts),
})

const unreachableEvidence = (
  { topology }: EvidenceContext,
  { cause }: Draft,
  unreachable: readonly AlertNow[],
): Point[] => {
  if (unreachable.length === 0) return []
  const site = topology.sites.get(cause.id)
  const params = {
    devices: devicesNamed(topology, unreachable),
    site:
      site === undefined
        ? null
        : {
            name: site.name,
            unreachable: unreachable.length,
            total: monitoredAt(topology, cause.id).length,
          },
  }
  // Routers without an agent are not probed.
  const code = unreachable.every((alert) => alert.state.reason === "reports-missing")
    ? "evidence.not-reporting"
    : "evidence.not-answering"
  return [newPoint("for", (tense) => ({ code, params: { ...params, tense } }), unreachable)]
}

const portMessage = (
  topology: Topology,
  alert: AlertNow,
  link: MonitoredLink | undefined,
  tense: Tense,
): EvidenceMessage => {
  const port = portOf(topology, alert)
  if (alert.state.reason === "disabled-by-admin")
    return { code: "evidence.port-switched-off", params: { port, tense } }
  const remote =
    link === undefined || alert.deviceId === null ? null : remoteEnd(link, alert.deviceId).deviceId
  const towards = remote === null ? null : deviceNamed(topology, remote)
  return { code: "evidence.port-down", params: { port, towards, tense } }
}
const ports = ({ topology }: EvidenceContext, alerts: readonly AlertNow[]): Point[] =>
  alerts.map((alert) => {
    const link = linkOfPort(topology, alert)
    return newPoint(
      "for",
      (tense) => portMessage(topology, alert, link, tense),
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

/** The routers at both ends answer, so the link itself is down. */
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
  if (ends.length === 0) return []
  const devices = devicesNamed(of.topology, ends)
  const message: MessageIn = (tense) => ({
    code: "evidence.ends-answer",
    params: { devices, tense },
  })
  return [{ ...newPoint("for", message, ends, link.id), atMs: null }]
}

const downstreamEvidence = (
  { topology }: EvidenceContext,
  unreachable: readonly AlertNow[],
): Point[] => {
  if (unreachable.length === 0) return []
  const devices = devicesNamed(topology, unreachable)
  const code = "evidence.downstream-not-answering"
  return [newPoint("for", (tense) => ({ code, params: { devices, tense } }), unreachable)]
}

/** An agent with a heartbeat runs, so what it lost is its path into the network. */
const isolatedEvidence = (
  { topology }: EvidenceContext,
  draft: Draft,
  unreachable: readonly AlertNow[],
): Point[] => {
  const online: MessageIn = (tense) => ({
    code: "evidence.agent-online",
    params: { agent: named(draft.cause), tense },
  })
  const isolated: MessageIn = (tense) => ({
    code: "evidence.agent-isolated",
    params: isolationOf(topology, draft, unreachable, tense),
  })
  return [newPoint("for", online, []), newPoint("for", isolated, unreachable)]
}

/** Observed up, although with this cause it could not be. */
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
const againstMessage = (
  { topology }: EvidenceContext,
  cause: Component,
  { entity }: Observation,
  alert: AlertNow,
): MessageIn => {
  const link = topology.links.get(entity)
  if (link !== undefined) {
    const params = {
      port: portOf(topology, alert),
      link: link.id === cause.id ? null : named(link),
    }
    return (tense) => ({ code: "evidence.port-up", params: { ...params, tense } })
  }
  const device = deviceNamed(topology, alert.deviceId)
  const isOwn = failureDomain(topology, cause.id).some((id) => id === entity)
  const code = isOwn ? "evidence.answers" : "evidence.answers-without-path"
  return (tense) => ({ code, params: { device, tense } })
}
const against = (
  of: EvidenceContext,
  cause: Component,
  observation: Observation,
  alert: AlertNow,
): Point => {
  const linkId = of.topology.links.get(observation.entity)?.id ?? null
  const message = againstMessage(of, cause, observation, alert)
  return { ...newPoint("against", message, [alert], linkId), atMs: observedAt(alert) }
}
const observedAt = ({ answeredAtMs, observedAtMs }: AlertNow): number | null => {
  const atMs = answeredAtMs ?? observedAtMs
  return atMs === null ? null : Math.round(atMs)
}

/** Evidence for the cause first, then against it; each with the strongest first. */
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
  // A port's report is stronger than an answer, which may have taken another path.
  const con = contrary
    .toSorted((one, other) => Number(isDeviceAlert(one.alert)) - Number(isDeviceAlert(other.alert)))
    .map(({ observation, alert }) => against(of, draft.cause, observation, alert))
  const points = [...pro.slice(0, MAX_FOR), ...con.slice(0, MAX_AGAINST)]
  return tensed((tense) => points.map((point) => ({ ...point, message: point.message(tense) })))
}
