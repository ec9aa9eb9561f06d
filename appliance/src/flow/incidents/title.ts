/** What an incident is called: it claims no more than its confidence allows and than has been seen; of what is over it speaks in the past. Pure. */
import type { Component, Hypothesis } from "../../api/incidents.ts"
import type { Watched } from "../alerts/alerts.ts"
import { deviceName, list, many, nounOf, type Tense, upper, verb } from "./wording.ts"

/** Surer than this it is claimed; the screens call it likely from here on. */
const CLAIMED = 0.6
const EVEN = 0.5
/** What else is at least this probable is named beside what is not claimed. */
const RIVAL = 0.2

export type Told = {
  readonly cause: Component
  readonly alternatives: readonly Component[]
  readonly confidence: number
  /** The first is what is said. */
  readonly hypotheses: readonly Hypothesis[]
  readonly behind: number
  /** Devices of the lost site that have been seen to be silent, and whether others are still to be looked at. */
  readonly silent: number
  readonly isSoFar: boolean
  /** Devices at which an end of the cut link is switched off by hand. */
  readonly switchedOff: readonly string[]
  /** Alternatives that are well by now, so that they can only have been it. */
  readonly back: ReadonlySet<string>
  readonly isOver: boolean
}

const hedgeOf = (confidence: number): string => (confidence >= CLAIMED ? "" : confidence >= EVEN ? "probably " : "perhaps ")

const isUpstream = (watched: Watched, id: string): boolean => watched.devices.get(id)?.roles.includes("upstream") === true
const endsOf = (watched: Watched, id: string): readonly string[] => {
  const link = watched.links.get(id)
  return link === undefined ? [] : [link.a.deviceId, link.b.deviceId]
}

/** The upstream that is lost with this: the cause itself, or at the end of the cut line, if it could as well be it or has no other line. */
export const lostUpstream = (watched: Watched, cause: Component, alternatives: readonly Component[]): string | undefined =>
  [cause.id, ...endsOf(watched, cause.id)].find((id) => {
    if (!isUpstream(watched, id)) return false
    return id === cause.id || alternatives.some((other) => other.id === id) || watched.linksAt.get(id)?.length === 1
  })

/** "link A–B is cut", of one thing. */
const claim = (
  watched: Watched,
  { kind, id, name }: Component,
  tense: Tense,
  hedge = "",
  off: readonly string[] = [],
): string => {
  switch (kind) {
    case "agent":
      return `agent ${name} ${verb(tense, "has", "had")} ${hedge}lost its way out`
    case "site":
      return `power at ${name} ${tense} ${hedge}lost`
    case "link":
      return `link ${name} ${tense} ${off.length > 0 ? `switched off at ${list(off)}` : `${hedge}cut`}`
    case "device":
      return `${nounOf(watched, id)} ${name} ${tense} ${hedge}dead`
  }
}

/** "upstream T is lost: link A–T is cut, or it is dead". */
const upstreamClaim = (watched: Watched, told: Told, upstream: string, tense: Tense, hedge: string): string => {
  const { cause, alternatives, switchedOff, back } = told
  const line = cause.id === upstream ? alternatives.find(({ id }) => endsOf(watched, id).includes(upstream)) : undefined
  const self = alternatives.find(({ id }) => id === upstream)
  const left = alternatives.filter((other) => other !== line && other !== self)
  const dead = `it ${self !== undefined && back.has(self.id) ? "was" : tense} dead`
  const how =
    cause.id !== upstream
      ? `${claim(watched, cause, tense, "", switchedOff)}${self === undefined ? "" : `, or ${dead}`}`
      : line === undefined
        ? `it ${verb(tense, "does", "did")} not answer`
        : `${dead}, or ${claim(watched, line, tense)}`
  return `upstream ${deviceName(watched, upstream)} ${tense} ${hedge}lost: ${how}${orOneOf(left.length)}`
}
const orOneOf = (count: number): string => (count === 0 ? "" : ` (or one of ${count} more)`)

/** What has failed, as far as it may be claimed: "either link A–B is cut or router C is dead". */
const faultClaim = (watched: Watched, told: Told, tense: Tense): string => {
  const { cause, alternatives, confidence, hypotheses, switchedOff, back } = told
  const hedge = hedgeOf(confidence)
  const upstream = lostUpstream(watched, cause, alternatives)
  if (upstream !== undefined) return upstreamClaim(watched, told, upstream, tense, hedge)
  const [first, ...more] = alternatives
  const [one, ...rest] = hypotheses[1]?.components ?? []
  const rival = hedge !== "" && rest.length === 0 && (hypotheses[1]?.probability ?? 0) >= RIVAL ? one : undefined
  const plain = claim(watched, cause, tense, "", switchedOff)
  const or = first === undefined ? [] : [claim(watched, first, back.has(first.id) ? "was" : tense)]
  if (rival !== undefined) {
    const all = [plain, ...or]
    return `either ${all.join(", ")} or ${claim(watched, rival, tense)}${orOneOf(more.length)}`
  }
  if (first !== undefined) return `${hedge}${[plain, ...or].join(", or ")}${orOneOf(more.length)}`
  // That it does not answer has been seen, whatever the reason; one that no agent asks has said nothing more.
  const isAsked = !watched.alone.has(cause.id)
  if (cause.kind === "device" && (hedge === "" || !isAsked)) {
    return `${nounOf(watched, cause.id)} ${cause.name} ${isAsked ? `${tense} not answering` : `${verb(tense, "has", "had")} stopped reporting`}`
  }
  const towards = endsOf(watched, cause.id).find((id) => isUpstream(watched, id))
  const link = towards === undefined ? cause : { ...cause, name: `${cause.name} to upstream ${deviceName(watched, towards)}` }
  return claim(watched, link, tense, hedge, switchedOff)
}

/** ": 2 of 7 devices there silent so far". */
const siteDetail = (watched: Watched, { cause, silent, isSoFar }: Told, tense: Tense): string => {
  const all = watchedAt(watched, cause.id).length
  if (silent >= all) return `: all ${many(all, "device")} there ${verb(tense, "are", "were")} silent`
  return `: ${silent} of ${many(all, "device")} there silent${isSoFar ? " so far" : ""}`
}
export const watchedAt = (watched: Watched, site: string): readonly string[] =>
  (watched.sites.get(site)?.devices ?? []).filter((id) => watched.told.has(id))

export const watchedBy = (watched: Watched, agent: string): number =>
  [...watched.devices.values()].filter((device) => device.agentId === agent).length

/** "Link Ankara–Izmir is cut, or router Izmir is dead; 3 devices behind it". */
export const title = (watched: Watched, told: Told): string => {
  const { cause, behind, isOver } = told
  const tense = isOver ? "was" : "is"
  const fault = upper(faultClaim(watched, told, tense))
  if (cause.kind === "agent") return `${fault}: nothing ${tense} known of its ${many(watchedBy(watched, cause.id), "device")}`
  const detail = cause.kind === "site" ? siteDetail(watched, told, tense) : ""
  const were = isOver ? `${behind === 1 ? "was" : "were"} ` : ""
  return `${fault}${detail}${behind === 0 ? "" : `; ${many(behind, "device")} ${were}behind it`}`
}
