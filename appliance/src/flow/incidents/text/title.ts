/** What an incident is called: it claims no more than its confidence allows and than has been seen; of what is over it speaks in the past. Pure. */
import type { Component, Hypothesis } from "../../../api/incidents.ts"
import type { Topology } from "../../alerts/alerts.ts"
import { deviceName, list, many, nounOf, type Tense, upper, verb } from "./wording.ts"

/** Surer than this it is claimed; the screens call it likely from here on. */
const CLAIMED = 0.6
const EVEN = 0.5
/** What else is at least this probable is named beside what is not claimed. */
const RIVAL = 0.2

export type TitleFacts = {
  readonly cause: Component
  readonly alternatives: readonly Component[]
  readonly confidence: number
  /** The first is what is said. */
  readonly hypotheses: readonly Hypothesis[]
  readonly downstream: number
  /** Devices of the lost site that have been seen to be silent, and whether others are still to be looked at. */
  readonly unreachable: number
  readonly isSoFar: boolean
  /** Devices at which an end of the cut link is switched off by hand. */
  readonly switchedOff: readonly string[]
  /** Alternatives that are well by now, so that they can only have been it. */
  readonly back: ReadonlySet<string>
  readonly isOver: boolean
}

const hedgeOf = (confidence: number): string =>
  confidence >= CLAIMED ? "" : confidence >= EVEN ? "probably " : "perhaps "

const isUpstream = (topology: Topology, id: string): boolean =>
  topology.devices.get(id)?.roles.includes("upstream") === true
const endsOf = (topology: Topology, id: string): readonly string[] => {
  const link = topology.links.get(id)
  return link === undefined ? [] : [link.a.deviceId, link.b.deviceId]
}

/** The upstream that is lost with this: the cause itself, or at the end of the cut line, if it could as well be it or has no other line. */
export const lostUpstream = (
  topology: Topology,
  cause: Component,
  alternatives: readonly Component[],
): string | undefined =>
  [cause.id, ...endsOf(topology, cause.id)].find((id) => {
    if (!isUpstream(topology, id)) return false
    return (
      id === cause.id ||
      alternatives.some((other) => other.id === id) ||
      topology.linksAt.get(id)?.length === 1
    )
  })

/** "link A–B is cut", of one thing. */
const claim = (
  topology: Topology,
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
      return `${nounOf(topology, id)} ${name} ${tense} ${hedge}dead`
  }
}

/** "upstream T is lost: link A–T is cut, or it is dead". */
const upstreamClaim = (
  topology: Topology,
  facts: TitleFacts,
  upstream: string,
  tense: Tense,
  hedge: string,
): string => {
  const { cause, alternatives, switchedOff, back } = facts
  const line =
    cause.id === upstream
      ? alternatives.find(({ id }) => endsOf(topology, id).includes(upstream))
      : undefined
  const self = alternatives.find(({ id }) => id === upstream)
  const left = alternatives.filter((other) => other !== line && other !== self)
  const dead = `it ${self !== undefined && back.has(self.id) ? "was" : tense} dead`
  const how =
    cause.id !== upstream
      ? `${claim(topology, cause, tense, "", switchedOff)}${self === undefined ? "" : `, or ${dead}`}`
      : line === undefined
        ? `it ${verb(tense, "does", "did")} not answer`
        : `${dead}, or ${claim(topology, line, tense)}`
  return `upstream ${deviceName(topology, upstream)} ${tense} ${hedge}lost: ${how}${orOneOf(left.length)}`
}
const orOneOf = (count: number): string => (count === 0 ? "" : ` (or one of ${count} more)`)

/** What has failed, as far as it may be claimed: "either link A–B is cut or router C is dead". */
const faultClaim = (topology: Topology, facts: TitleFacts, tense: Tense): string => {
  const { cause, alternatives, confidence, hypotheses, switchedOff, back } = facts
  const hedge = hedgeOf(confidence)
  const upstream = lostUpstream(topology, cause, alternatives)
  if (upstream !== undefined) return upstreamClaim(topology, facts, upstream, tense, hedge)
  const [first, ...more] = alternatives
  const [one, ...rest] = hypotheses[1]?.components ?? []
  const rival =
    hedge !== "" && rest.length === 0 && (hypotheses[1]?.probability ?? 0) >= RIVAL
      ? one
      : undefined
  const plain = claim(topology, cause, tense, "", switchedOff)
  const or = first === undefined ? [] : [claim(topology, first, back.has(first.id) ? "was" : tense)]
  if (rival !== undefined) {
    const all = [plain, ...or]
    return `either ${all.join(", ")} or ${claim(topology, rival, tense)}${orOneOf(more.length)}`
  }
  if (first !== undefined) return `${hedge}${[plain, ...or].join(", or ")}${orOneOf(more.length)}`
  // That it does not answer has been seen, whatever the reason; one that no agent asks has said nothing more.
  const isProbed = !topology.selfReporting.has(cause.id)
  if (cause.kind === "device" && (hedge === "" || !isProbed)) {
    return `${nounOf(topology, cause.id)} ${cause.name} ${isProbed ? `${tense} not answering` : `${verb(tense, "has", "had")} stopped reporting`}`
  }
  const towards = endsOf(topology, cause.id).find((id) => isUpstream(topology, id))
  const link =
    towards === undefined
      ? cause
      : { ...cause, name: `${cause.name} to upstream ${deviceName(topology, towards)}` }
  return claim(topology, link, tense, hedge, switchedOff)
}

/** ": 2 of 7 devices there silent so far". */
const siteDetail = (
  topology: Topology,
  { cause, unreachable, isSoFar }: TitleFacts,
  tense: Tense,
): string => {
  const all = monitoredAt(topology, cause.id).length
  if (unreachable >= all)
    return `: all ${many(all, "device")} there ${verb(tense, "are", "were")} silent`
  return `: ${unreachable} of ${many(all, "device")} there silent${isSoFar ? " so far" : ""}`
}
export const monitoredAt = (topology: Topology, site: string): readonly string[] =>
  (topology.sites.get(site)?.devices ?? []).filter((id) => topology.monitored.has(id))

export const monitoredBy = (topology: Topology, agent: string): number =>
  [...topology.devices.values()].filter((device) => device.agentId === agent).length

/** "Link Ankara–Izmir is cut, or router Izmir is dead; 3 devices behind it". */
export const title = (topology: Topology, facts: TitleFacts): string => {
  const { cause, downstream, isOver } = facts
  const tense = isOver ? "was" : "is"
  const fault = upper(faultClaim(topology, facts, tense))
  if (cause.kind === "agent")
    return `${fault}: nothing ${tense} known of its ${many(monitoredBy(topology, cause.id), "device")}`
  const detail = cause.kind === "site" ? siteDetail(topology, facts, tense) : ""
  const were = isOver ? `${downstream === 1 ? "was" : "were"} ` : ""
  return `${fault}${detail}${downstream === 0 ? "" : `; ${many(downstream, "device")} ${were}behind it`}`
}
