/** What an incident says has failed, as its page tells it: one shape for what was weighed and for what nobody weighed. Pure. */
import type { Component, Hypothesis, IncidentDetail, Recheck } from "@ispvm/appliance/api/incidents"

/** A thing that has failed, and what could stand in its place without any difference seen from here. */
export type Claim = { readonly component: Component; readonly standIns: readonly Component[] }

export const claimsOf = ({ components, standIns }: Hypothesis): readonly Claim[] =>
  components.map((component, index) => ({ component, standIns: standIns[index] ?? [] }))

/** The first explanation; of an incident nobody weighed, its cause with what could as well be it. */
export const firstOf = (incident: IncidentDetail): Hypothesis =>
  incident.hypotheses[0] ?? {
    components: incident.causes,
    probability: incident.confidence ?? 0,
    standIns: incident.causes.map((_, index) => (index === 0 ? incident.alternatives : [])),
  }

/** How its things hang together: one alone, one of several that look alike, or several at once. */
export type Manner = "nothing" | "one" | "one-of" | "all" | "all-of-each"
export const mannerOf = (claims: readonly Claim[]): Manner => {
  const alike = claims.some((claim) => claim.standIns.length > 0)
  if (claims.length === 0) return "nothing"
  if (claims.length === 1) return alike ? "one-of" : "one"
  return alike ? "all-of-each" : "all"
}

/** What is left for explanations that are not listed; null where it rounds to nothing. */
export const restOf = (hypotheses: readonly Hypothesis[]): number | null => {
  const rest = 1 - hypotheses.reduce((sum, each) => sum + each.probability, 0)
  return hypotheses.length === 0 || rest < 0.005 ? null : rest
}

/** Looks still awaited, and all that were asked for at the same time as the last of them. */
export const lookingOf = (incident: Pick<IncidentDetail, "rechecks" | "state">): { answered: number; asked: number } | null => {
  const { rechecks, state } = incident
  if (state === "closed" || !rechecks.some(isAwaited)) return null
  return { answered: rechecks.filter((each) => !isAwaited(each)).length, asked: rechecks.length }
}

export const isAwaited = ({ answeredAtMs, result }: Recheck): boolean => answeredAtMs === null && result === null
