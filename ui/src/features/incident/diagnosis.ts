/** The diagnosis of an incident for display: one shape for computed and for plain causes. Pure. */
import type { Component, Hypothesis, IncidentDetail, Recheck } from "@ispvm/appliance/api/incidents"

/** A failed component, and the components indistinguishable from it. */
export type CauseGroup = {
  readonly component: Component
  readonly equivalents: readonly Component[]
}

export const causeGroupsOf = ({ components, equivalents }: Hypothesis): readonly CauseGroup[] =>
  components.map((component, index) => ({ component, equivalents: equivalents[index] ?? [] }))

/** The first hypothesis; without a computed diagnosis, the cause and its alternatives. */
export const bestHypothesis = (incident: IncidentDetail): Hypothesis =>
  incident.hypotheses[0] ?? {
    components: incident.causes,
    probability: incident.confidence ?? 0,
    equivalents: incident.causes.map((_, index) => (index === 0 ? incident.alternatives : [])),
  }

/** How its components relate: one, one of several indistinguishable ones, or several at once. */
export type Cardinality = "nothing" | "one" | "one-of" | "all" | "all-of-each"
export const cardinalityOf = (groups: readonly CauseGroup[]): Cardinality => {
  const hasEquivalents = groups.some((group) => group.equivalents.length > 0)
  if (groups.length === 0) return "nothing"
  if (groups.length === 1) return hasEquivalents ? "one-of" : "one"
  return hasEquivalents ? "all-of-each" : "all"
}

/** The probability of hypotheses that are not listed; null if it rounds to 0. */
export const unlistedProbability = (hypotheses: readonly Hypothesis[]): number | null => {
  const unlisted = 1 - hypotheses.reduce((sum, each) => sum + each.probability, 0)
  return hypotheses.length === 0 || unlisted < 0.005 ? null : unlisted
}

/** Pending re-checks, and all that were requested at the same time as the last of them. */
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
