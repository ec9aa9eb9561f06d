/** What speaks for an incident's cause and what against it, as sentences people would say. Pure. */
import type { Component, Evidence } from "../../api/incidents.ts"
import type { AlertNow, Watched, WatchedLink } from "../alerts/alerts.ts"
import type { Observation } from "./cause/cause.ts"
import type { Draft } from "./groups.ts"
import { type AlertView, alertOf, linkOfPort, otherEnd } from "./observe.ts"
import { blindness } from "./reasons.ts"
import { watchedAt } from "./title.ts"
import { failsWith, type Ways } from "./ways.ts"
import { deviceName, list, many, type Tense, type Tensed, tensed, verb } from "./wording.ts"

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
type Text = (tense: Tense) => string
/** As it is said while it stands, and once it is over. */
type Point = Omit<Evidence, "text"> & { readonly text: Text }
const say = (stance: Evidence["stance"], text: Text, alerts: readonly AlertNow[], linkId: string | null = null): Point => ({
  stance,
  text,
  deviceId: alerts.length === 1 ? (alerts[0]?.deviceId ?? null) : null,
  linkId,
  atMs: oldest(alerts),
})

const silence = ({ watched }: Case, { cause }: Draft, silent: readonly AlertNow[]): Point[] => {
  const [first] = silent
  if (first === undefined) return []
  const site = watched.sites.get(cause.id)
  const names = list(silent.map((alert) => deviceName(watched, alert.deviceId)))
  const all = watchedAt(watched, cause.id).length
  const share = silent.length === all ? `All ${all}` : `${silent.length} of ${all}`
  const who = site === undefined ? names : `${share} devices at ${site.name} (${names})`
  const isOne = silent.length === 1 && site === undefined
  // Nobody could have asked a router that only reports itself.
  if (silent.every((alert) => alert.state.reason === "reports-missing"))
    return [say("for", (tense) => `${who} ${verb(tense, isOne ? "has" : "have", "had")} stopped reporting`, silent)]
  return [say("for", (tense) => `${who} ${verb(tense, isOne ? "answers" : "answer", "answered")} neither ping nor TCP`, silent)]
}

const portText = (watched: Watched, alert: AlertNow, link: WatchedLink | undefined, tense: Tense): string => {
  const near = `${deviceName(watched, alert.deviceId)} ${verb(tense, "tells", "told")} that its port ${alert.interface}`
  if (alert.state.reason === "disabled-by-admin") return `${near} ${tense} switched off by an administrator`
  const far = link === undefined || alert.deviceId === null ? null : otherEnd(link, alert.deviceId).deviceId
  const towards = far === null ? "" : ` towards ${deviceName(watched, far)}`
  return `${near}${towards} ${verb(tense, "has", "had")} no link`
}
const ports = ({ watched }: Case, alerts: readonly AlertNow[]): Point[] =>
  alerts.map((alert) => {
    const link = linkOfPort(watched, alert)
    return say("for", (tense) => portText(watched, alert, link, tense), [alert], link?.id ?? null)
  })

const aliveOf = ({ watched, view, seenUp }: Case, things: Iterable<string>): { look: Observation; alert: AlertNow }[] =>
  [...new Set(things)].flatMap((id) =>
    (seenUp.get(id) ?? []).flatMap((look) => {
      const alert = alertOf(watched, view, look)
      return alert === undefined ? [] : [{ look, alert }]
    }),
  )

/** The routers at a dark line answer, so it is the line. */
const liveEnds = (of: Case, { cause }: Draft, contrary: readonly { readonly look: Observation }[]): Point[] => {
  const link = of.watched.links.get(cause.id)
  if (link === undefined) return []
  const ends = aliveOf(of, [link.a.deviceId, link.b.deviceId])
    .filter(({ look }) => !contrary.some((one) => one.look === look))
    .map(({ alert }) => alert)
  const names = list(ends.map((alert) => deviceName(of.watched, alert.deviceId)))
  if (ends.length === 0) return []
  const text: Text = (tense) =>
    ends.length === 1
      ? `${names} at its end ${verb(tense, "answers", "answered")}`
      : `${names} at its two ends both ${verb(tense, "answer", "answered")}, so neither ${tense} dead`
  return [{ ...say("for", text, ends, link.id), atMs: null }]
}

const behind = ({ watched }: Case, dark: readonly AlertNow[]): Point[] => {
  if (dark.length === 0) return []
  const names = list(dark.map((alert) => deviceName(watched, alert.deviceId)))
  const not = (tense: Tense): string => `${verb(tense, dark.length === 1 ? "does" : "do", "did")} not answer`
  return [say("for", (tense) => `${many(dark.length, "device")} behind it ${not(tense)}: ${names}`, dark)]
}

/** An agent that tells of it runs; what it has lost is its way. */
const blind = ({ watched }: Case, draft: Draft, silent: readonly AlertNow[]): Point[] => {
  const heard: Text = (tense) => `Agent ${draft.cause.name} itself ${tense} heard, so it ${verb(tense, "runs", "ran")}`
  return [say("for", heard, []), say("for", (tense) => blindness(watched, draft, silent, tense), silent)]
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
const against = (of: Case, cause: Component, look: Observation, alert: AlertNow): Point => {
  const { watched } = of
  const name = deviceName(watched, alert.deviceId)
  const link = watched.links.get(look.entity)
  if (link !== undefined) {
    const which = link.id === cause.id ? "its end of the link" : `its end of link ${link.name}`
    const text: Text = (tense) => `${name} ${verb(tense, "says", "said")} ${which} ${tense} up (port ${alert.interface})`
    return { ...say("against", text, [alert], link.id), atMs: seenAt(alert) }
  }
  const isOwn = failsWith(watched, cause.id).some((id) => id === look.entity)
  const why = (tense: Tense): string => (isOwn ? "" : `, though no way to it should ${verb(tense, "be", "have been")} left`)
  return {
    ...say("against", (tense) => `${name} ${verb(tense, "answers", "answered")}${why(tense)}`, [alert]),
    atMs: seenAt(alert),
  }
}
const seenAt = ({ answeredAtMs, lookAtMs }: AlertNow): number | null => {
  const atMs = answeredAtMs ?? lookAtMs
  return atMs === null ? null : Math.round(atMs)
}

/** What speaks for it first, then what against it; each the heaviest first. */
export const evidenceOf = (of: Case, draft: Draft): Tensed<readonly Evidence[]> => {
  const mine = (part: string): AlertNow[] => draft.alerts.filter((alert) => draft.symptoms.get(alert.id) === part)
  const own = mine("cause")
  const told = mine("evidence")
  const isPort = (alert: AlertNow): boolean => !isSilent(alert)
  const contrary = contradictions(of, draft.cause)
  const silent =
    draft.cause.kind === "agent" ? blind(of, draft, draft.alerts.filter(isSilent)) : silence(of, draft, own.filter(isSilent))
  const pro = [
    ...silent,
    ...ports(of, own.filter(isPort)),
    ...liveEnds(of, draft, contrary),
    ...(draft.cause.kind === "agent" ? [] : behind(of, mine("behind").filter(isSilent))),
    ...ports(of, told.filter(isPort)),
  ]
  // A port's own word weighs more than an answer that may have taken another way.
  const con = contrary
    .toSorted((one, other) => Number(isSilent(one.alert)) - Number(isSilent(other.alert)))
    .map(({ look, alert }) => against(of, draft.cause, look, alert))
  const points = [...pro.slice(0, FOR_MOST), ...con.slice(0, AGAINST_MOST)]
  return tensed((tense) => points.map((point) => ({ ...point, text: point.text(tense) })))
}
