/** An incident's title: it states no more than the confidence allows and than was observed. Pure. */
import type { Component, Hypothesis } from "../../../api/incidents.ts"
import type { Claim, Fault, Likelihood, Named, Tense, Title } from "../../../api/messages.ts"
import type { Topology } from "../../alerts/alerts.ts"
import { deviceNamed, listOf, thingOf } from "./params.ts"

/** From this confidence on the cause is stated; the UI calls it likely from here on. */
const STATED = 0.6
const EVEN = 0.5
/** A rival hypothesis at least this probable is named beside a cause that is not stated. */
const RIVAL = 0.2

export type TitleFacts = {
  readonly cause: Component
  readonly alternatives: readonly Component[]
  readonly confidence: number
  /** The first is the stated one. */
  readonly hypotheses: readonly Hypothesis[]
  readonly downstream: number
  /** Devices of the lost site that do not answer, and whether others are still to be probed. */
  readonly unreachable: number
  readonly isSoFar: boolean
  /** Devices at which an administrator disabled the cut link's port. */
  readonly switchedOff: readonly Named[]
  /** Alternatives that have recovered, so that they can only have failed in the past. */
  readonly back: ReadonlySet<string>
  readonly isOver: boolean
}

const likelihoodOf = (confidence: number): Likelihood =>
  confidence >= STATED ? "stated" : confidence >= EVEN ? "probable" : "possible"

const isUpstream = (topology: Topology, id: string): boolean =>
  topology.devices.get(id)?.roles.includes("upstream") === true
const endsOf = (topology: Topology, id: string): readonly string[] => {
  const link = topology.links.get(id)
  return link === undefined ? [] : [link.a.deviceId, link.b.deviceId]
}

/** The upstream that is lost: the cause, or the end of the cut link if it has no other link. */
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

const claim = (
  topology: Topology,
  component: Component,
  tense: Tense,
  details: { readonly switchedOff?: readonly Named[]; readonly towards?: Named } = {},
): Claim => ({
  thing: thingOf(topology, component),
  tense,
  switchedOffAt: listOf(details.switchedOff ?? []),
  towards: details.towards ?? null,
})

const upstreamFault = (
  topology: Topology,
  facts: TitleFacts,
  upstream: string,
  tense: Tense,
): Fault => {
  const { cause, alternatives, switchedOff, back } = facts
  const isCause = cause.id === upstream
  const link = isCause
    ? alternatives.find(({ id }) => endsOf(topology, id).includes(upstream))
    : undefined
  const self = alternatives.find(({ id }) => id === upstream)
  const left = alternatives.filter((other) => other !== link && other !== self)
  const selfTense = self !== undefined && back.has(self.id) ? "past" : tense
  const claims = isCause
    ? [
        claim(topology, cause, selfTense),
        ...(link === undefined ? [] : [claim(topology, link, tense)]),
      ]
    : [
        claim(topology, cause, tense, { switchedOff }),
        ...(self === undefined ? [] : [claim(topology, self, selfTense)]),
      ]
  return {
    kind: "upstream-lost",
    upstream: deviceNamed(topology, upstream),
    tense,
    likelihood: likelihoodOf(facts.confidence),
    claims,
    more: left.length,
  }
}

/** The only component of the next best hypothesis, where it is probable enough to be named. */
const rivalOf = ({ hypotheses, confidence }: TitleFacts): Component | undefined => {
  const second = hypotheses[1]
  const [one, ...rest] = second?.components ?? []
  const isRival =
    likelihoodOf(confidence) !== "stated" &&
    rest.length === 0 &&
    (second?.probability ?? 0) >= RIVAL
  return isRival ? one : undefined
}

const faultOf = (topology: Topology, facts: TitleFacts, tense: Tense): Fault => {
  const { cause, alternatives, confidence, switchedOff, back } = facts
  const likelihood = likelihoodOf(confidence)
  const upstream = lostUpstream(topology, cause, alternatives)
  if (upstream !== undefined) return upstreamFault(topology, facts, upstream, tense)
  const [first, ...others] = alternatives
  const more = others.length
  const rival = rivalOf(facts)
  const claims = [claim(topology, cause, tense, { switchedOff })]
  if (first !== undefined) claims.push(claim(topology, first, back.has(first.id) ? "past" : tense))
  if (rival !== undefined)
    return { kind: "either", claims: [...claims, claim(topology, rival, tense)], more }
  if (first !== undefined) return { kind: "any-of", likelihood, claims, more }
  // Silence was observed whatever its reason; a router without an agent is only known not to report.
  const isProbed = !topology.selfReporting.has(cause.id)
  if (cause.kind === "device" && (likelihood === "stated" || !isProbed)) {
    const device = thingOf(topology, cause)
    return { kind: isProbed ? "not-answering" : "not-reporting", device, tense }
  }
  const end = endsOf(topology, cause.id).find((id) => isUpstream(topology, id))
  const towards = end === undefined ? {} : { towards: deviceNamed(topology, end) }
  return {
    kind: "single",
    likelihood,
    claim: claim(topology, cause, tense, { switchedOff, ...towards }),
  }
}

export const monitoredAt = (topology: Topology, site: string): readonly string[] =>
  (topology.sites.get(site)?.devices ?? []).filter((id) => topology.monitored.has(id))

export const monitoredBy = (topology: Topology, agent: string): number =>
  [...topology.devices.values()].filter((device) => device.agentId === agent).length

export const titleOf = (topology: Topology, facts: TitleFacts): Title => {
  const { cause, downstream, unreachable, isSoFar, isOver } = facts
  const tense = isOver ? "past" : "present"
  return {
    code: "title.fault",
    params: {
      fault: faultOf(topology, facts, tense),
      tense,
      // None of an agent's devices is known to be unreachable.
      downstream: cause.kind === "agent" ? 0 : downstream,
      site:
        cause.kind === "site"
          ? { devices: monitoredAt(topology, cause.id).length, unreachable, isSoFar }
          : null,
      agentDevices: cause.kind === "agent" ? monitoredBy(topology, cause.id) : null,
    },
  }
}
