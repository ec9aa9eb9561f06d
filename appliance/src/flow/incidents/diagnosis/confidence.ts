/**
 * The confidence of an incident. Root-cause analysis rates sets of faults of the whole network, and
 * an incident is about one fault. So each hypothesis either contains this fault, has another one in
 * its place, or has none. Pure.
 */

import type { WorkShare } from "@ispvm/rca"
import type { Component, Hypothesis as Shown } from "../../../api/incidents.ts"
import type { Topology } from "../../alerts/alerts.ts"
import { realComponent } from "../engine/observe.ts"
import { type PlannedCause, shownShares } from "../engine/planned-work.ts"
import type { Cause } from "../solver/model.ts"

/** A fault of a hypothesis: the component and its equivalents, as real ids. */
type Fault = readonly string[]
const faultsOf = (topology: Topology, { components, classes }: Cause): Fault[] =>
  components.map((id, index) => [
    ...new Set([id, ...(classes[index] ?? [])].map((one) => realComponent(topology, one))),
  ])
const isSame = (one: Fault, other: Fault): boolean =>
  other.includes(one[0] ?? "") || one.includes(other[0] ?? "")

export type StatedCause = { readonly cause: Component; readonly alternatives: readonly Component[] }
export type Confidence = {
  readonly confidence: number
  readonly hypotheses: readonly Shown[]
  /** Planned work that may be why the stated cause has failed. */
  readonly planned: readonly PlannedCause[]
}

/**
 * Missing reports are weaker evidence than unanswered probes: a removed script, a revoked key or a
 * blocked path to the appliance look the same. This share is theirs; estimated, not measured.
 */
const ONLY_REPORTS = 0.3

const MAX_HYPOTHESES = 5
const MIN_PROBABILITY = 0.001
const rounded = (probability: number): number =>
  Math.round(Math.min(1, Math.max(0, probability)) * 1_000) / 1_000

const shownPlanned = (planned: readonly PlannedCause[]): Pick<Shown, "planned"> =>
  planned.length === 0 ? {} : { planned: shownShares(planned) }

/** `isPartOf`: whether a fault would account for any symptom of the incident. */
export const confidenceOf = (
  topology: Topology,
  hypotheses: readonly Cause[],
  { cause, alternatives }: StatedCause,
  component: (id: string) => Component | null,
  isPartOf: (fault: string) => boolean,
  plannedOf: (shares: readonly WorkShare[]) => readonly PlannedCause[] = () => [],
  /** The only evidence is missing reports. */
  isByReportsAlone = false,
): Confidence => {
  const share = isByReportsAlone ? 1 - ONLY_REPORTS : 1
  const stated: Fault = [cause, ...alternatives].map((one) => one.id)
  const first = hypotheses[0] === undefined ? [] : faultsOf(topology, hypotheses[0])
  // Unlisted hypotheses mostly add one unmonitored fault to a listed one, so they are left out.
  const whole = hypotheses.reduce((sum, { probability }) => sum + probability, 0) || 1
  let confidence = 0
  let planned: readonly PlannedCause[] | null = null
  const others = new Map<
    string,
    { faults: readonly Fault[]; works: readonly WorkShare[]; probability: number }
  >()
  for (const hypothesis of hypotheses) {
    const faults = faultsOf(topology, hypothesis)
    const at = faults.findIndex((fault) => isSame(fault, stated))
    if (at !== -1) {
      planned ??= plannedOf(hypothesis.works?.[at] ?? [])
      confidence += hypothesis.probability / whole
      continue
    }
    const fresh = faults.filter((fault) => !first.some((one) => isSame(fault, one)))
    const gone = first.filter((fault) => !faults.some((one) => isSame(fault, one)))
    // With several faults replaced, only those count that would explain this incident.
    const instead = gone.length === 1 ? fresh : fresh.filter(([id = ""]) => isPartOf(id))
    const key = instead
      .map(([id = ""]) => id)
      .sort()
      .join(" ")
    const known = others.get(key)
    const works = faults.flatMap((fault, index) =>
      instead.includes(fault) ? (hypothesis.works?.[index] ?? []) : [],
    )
    if (known === undefined)
      others.set(key, { faults: instead, works, probability: hypothesis.probability / whole })
    else known.probability += hypothesis.probability / whole
  }
  const rest = [...others.values()]
    .filter(({ probability }) => probability >= MIN_PROBABILITY)
    .sort((one, other) => other.probability - one.probability)
    .slice(0, MAX_HYPOTHESES - 1)
    .map(({ faults, works, probability }): Shown => {
      const named = faults
        .map((fault) => fault.flatMap((id) => component(id) ?? []))
        .filter(({ length }) => length > 0)
      return {
        components: named.flatMap(([one]) => one ?? []),
        probability: rounded(probability * share),
        equivalents: named.map(([, ...more]) => more),
        ...shownPlanned(plannedOf(works)),
      }
    })
  const mine = {
    components: [cause],
    probability: rounded(confidence * share),
    equivalents: [[...alternatives]],
    ...shownPlanned(planned ?? []),
  }
  return { confidence: mine.probability, hypotheses: [mine, ...rest], planned: planned ?? [] }
}
