/** What speaks for an incident's cause and what against it, as sentences people would say. Pure. */
import type { Component, Evidence } from "../../api/incidents.ts"
import type { AlertNow, Watched, WatchedLink } from "../alerts/alerts.ts"
import type { Observation } from "./cause/cause.ts"
import type { Draft } from "./groups.ts"
import { type AlertView, alertOf, linkOfPort, otherEnd } from "./observe.ts"
import { failsWith, type Ways } from "./ways.ts"
import { deviceName, list, many } from "./wording.ts"

const FOR_MOST = 6
const AGAINST_MOST = 4

export type Case = {
  readonly watched: Watched
  readonly view: AlertView
  readonly ways: Ways
  /** What was seen well, by thing. */
  readonly seenUp: ReadonlyMap<string, readonly Observation[]>
  /** What else is taken to have failed at the same time. */
  readonly others: readonly string[]
}

const isSilent = ({ kind }: AlertNow): boolean => kind === "device-unreachable"
const oldest = (alerts: readonly AlertNow[]): number | null =>
  alerts.length === 0 ? null : Math.round(Math.min(...alerts.map((alert) => alert.state.sinceMs)))
const say = (stance: Evidence["stance"], text: string, alerts: readonly AlertNow[], linkId: string | null = null): Evidence => ({
  stance,
  text,
  deviceId: alerts.length === 1 ? (alerts[0]?.deviceId ?? null) : null,
  linkId,
  atMs: oldest(alerts),
})

const silence = ({ watched }: Case, { cause }: Draft, silent: readonly AlertNow[]): Evidence[] => {
  const [first] = silent
  if (first === undefined) return []
  const site = watched.sites.get(cause.id)
  const names = list(silent.map((alert) => deviceName(watched, alert.deviceId)))
  if (silent.length === 1 && site === undefined) return [say("for", `${names} answers neither ping nor TCP`, silent)]
  const share =
    silent.length === site?.devices.length ? `All ${silent.length}` : `${silent.length} of ${site?.devices.length ?? 0}`
  const where = site === undefined ? `${names} answer` : `${share} devices at ${site.name} (${names}) answer`
  return [say("for", `${where} neither ping nor TCP`, silent)]
}

const portText = (watched: Watched, alert: AlertNow, link: WatchedLink | undefined): string => {
  const near = deviceName(watched, alert.deviceId)
  if (alert.state.reason === "disabled-by-admin")
    return `${near} tells that its port ${alert.interface} is switched off by an administrator`
  const far = link === undefined || alert.deviceId === null ? null : otherEnd(link, alert.deviceId).deviceId
  const towards = far === null ? "" : ` towards ${deviceName(watched, far)}`
  return `${near} tells that its port ${alert.interface}${towards} has no link`
}
const ports = ({ watched }: Case, alerts: readonly AlertNow[]): Evidence[] =>
  alerts.map((alert) => {
    const link = linkOfPort(watched, alert)
    return say("for", portText(watched, alert, link), [alert], link?.id ?? null)
  })

const aliveOf = ({ watched, view, seenUp }: Case, things: Iterable<string>): { look: Observation; alert: AlertNow }[] =>
  [...new Set(things)].flatMap((id) =>
    (seenUp.get(id) ?? []).flatMap((look) => {
      const alert = alertOf(watched, view, look)
      return alert === undefined ? [] : [{ look, alert }]
    }),
  )

/** The routers at a dark line answer, so it is the line. */
const liveEnds = (of: Case, { cause }: Draft, contrary: readonly { readonly look: Observation }[]): Evidence[] => {
  const link = of.watched.links.get(cause.id)
  if (link === undefined) return []
  const ends = aliveOf(of, [link.a.deviceId, link.b.deviceId])
    .filter(({ look }) => !contrary.some((one) => one.look === look))
    .map(({ alert }) => alert)
  const names = list(ends.map((alert) => deviceName(of.watched, alert.deviceId)))
  if (ends.length === 0) return []
  const text = ends.length === 1 ? `${names} at its end answers` : `${names} at its two ends both answer, so neither is dead`
  return [{ ...say("for", text, ends, link.id), atMs: null }]
}

const behind = ({ watched }: Case, { cause }: Draft, dark: readonly AlertNow[]): Evidence[] => {
  if (dark.length === 0) return []
  const names = list(dark.map((alert) => deviceName(watched, alert.deviceId)))
  const where = cause.kind === "agent" ? `that agent ${cause.name} watches` : "behind it"
  return [say("for", `${many(dark.length, "device")} ${where} ${dark.length === 1 ? "does" : "do"} not answer: ${names}`, dark)]
}

/** Seen well although with this cause it could not be. */
const contradictions = (of: Case, cause: Component): { look: Observation; alert: AlertNow }[] => {
  const { watched, ways, others } = of
  const failed = new Set(failsWith(watched, cause.id))
  const darkAnyway = ways.dark(watched, others)
  const dark = [...ways.dark(watched, [...others, cause.id])].filter((id) => !darkAnyway.has(id))
  const lines = [...failed].flatMap((id) => (watched.linksAt.get(id) ?? []).map((link) => link.id))
  const isDark = new Set([...failed, ...dark])
  return aliveOf(of, [...failed, ...dark, ...lines]).filter(({ look: { entity, signal, end } }) => {
    if (signal === "reachable") return isDark.has(entity)
    const link = watched.links.get(entity)
    if (link === undefined || end === undefined) return false
    return failed.has(link.id) || failed.has(otherEnd(link, end).deviceId)
  })
}
const against = (of: Case, cause: Component, look: Observation, alert: AlertNow): Evidence => {
  const { watched } = of
  const name = deviceName(watched, alert.deviceId)
  const link = watched.links.get(look.entity)
  if (link !== undefined) {
    const which = link.id === cause.id ? "its end of the link" : `its end of link ${link.name}`
    return { ...say("against", `${name} says ${which} is up (port ${alert.interface})`, [alert], link.id), atMs: seenAt(alert) }
  }
  const why = failsWith(watched, cause.id).some((id) => id === look.entity) ? "" : ", though no way to it should be left"
  return { ...say("against", `${name} answers${why}`, [alert]), atMs: seenAt(alert) }
}
const seenAt = ({ answeredAtMs, lookAtMs }: AlertNow): number | null => {
  const atMs = answeredAtMs ?? lookAtMs
  return atMs === null ? null : Math.round(atMs)
}

/** What speaks for it first, then what against it; each the heaviest first. */
export const evidenceOf = (of: Case, draft: Draft): Evidence[] => {
  const mine = (part: string): AlertNow[] => draft.alerts.filter((alert) => draft.symptoms.get(alert.id) === part)
  const own = mine("cause")
  const told = mine("evidence")
  const contrary = contradictions(of, draft.cause)
  const pro = [
    ...silence(of, draft, own.filter(isSilent)),
    ...ports(
      of,
      own.filter((alert) => !isSilent(alert)),
    ),
    ...liveEnds(of, draft, contrary),
    ...behind(of, draft, mine("behind").filter(isSilent)),
    ...ports(
      of,
      told.filter((alert) => !isSilent(alert)),
    ),
  ]
  // A port's own word weighs more than an answer that may have taken another way.
  const con = contrary
    .toSorted((one, other) => Number(isSilent(one.alert)) - Number(isSilent(other.alert)))
    .map(({ look, alert }) => against(of, draft.cause, look, alert))
  return [...pro.slice(0, FOR_MOST), ...con.slice(0, AGAINST_MOST)]
}
