/** What an incident says has failed, as its page tells it: one shape for what was weighed and for what nobody weighed. Pure. */
import type { Component, Hypothesis, IncidentDetail, Recheck } from "@ispvm/appliance/api/incidents"

/** A thing that has failed, and what could stand in its place without any difference seen from here. */
export type CauseGroup = {
  readonly component: Component
  readonly equivalents: readonly Component[]
}

export const causeGroupsOf = ({ components, equivalents }: Hypothesis): readonly CauseGroup[] =>
  components.map((component, index) => ({ component, equivalents: equivalents[index] ?? [] }))

/** The first explanation; of an incident nobody weighed, its cause with what could as well be it. */
export const bestHypothesis = (incident: IncidentDetail): Hypothesis =>
  incident.hypotheses[0] ?? {
    components: incident.causes,
    probability: incident.confidence ?? 0,
    equivalents: incident.causes.map((_, index) => (index === 0 ? incident.alternatives : [])),
  }

/** How its things hang together: one alone, one of several that look alike, or several at once. */
export type Cardinality = "nothing" | "one" | "one-of" | "all" | "all-of-each"
export const cardinalityOf = (groups: readonly CauseGroup[]): Cardinality => {
  const hasEquivalents = groups.some((group) => group.equivalents.length > 0)
  if (groups.length === 0) return "nothing"
  if (groups.length === 1) return hasEquivalents ? "one-of" : "one"
  return hasEquivalents ? "all-of-each" : "all"
}

/** What is left for explanations that are not listed; null where it rounds to nothing. */
export const unlistedProbability = (hypotheses: readonly Hypothesis[]): number | null => {
  const unlisted = 1 - hypotheses.reduce((sum, each) => sum + each.probability, 0)
  return hypotheses.length === 0 || unlisted < 0.005 ? null : unlisted
}

/** Looks still awaited, and all that were asked for at the same time as the last of them. */
export const recheckProgress = (
  incident: Pick<IncidentDetail, "rechecks" | "state">,
): { answered: number; requested: number } | null => {
  const { rechecks, state } = incident
  if (state === "closed" || !rechecks.some(isPending)) return null
  return {
    answered: rechecks.filter((each) => !isPending(each)).length,
    requested: rechecks.length,
  }
}

export const isPending = ({ answeredAtMs, result }: Recheck): boolean =>
  answeredAtMs === null && result === null
