/**
 * How sure an incident may be. Root cause weighs sets of faults of the whole network; an incident is about one of them. So each
 * hypothesis is asked what it says of this fault: the same, something else in its place, or nothing. Pure.
 */

import type { Hypothesis } from "@ispvm/rca"
import type { Component, Hypothesis as Shown } from "../../../api/incidents.ts"
import type { Topology } from "../../alerts/alerts.ts"
import { realComponent } from "../engine/observe.ts"

/** What one hypothesis says has failed: real ids; the first of each could be any other of it. */
type Fault = readonly string[]
const faultsOf = (topology: Topology, { components, classes }: Hypothesis): Fault[] =>
  components.map((id, index) => [
    ...new Set([id, ...(classes[index] ?? [])].map((one) => realComponent(topology, one))),
  ])
const isSame = (one: Fault, other: Fault): boolean =>
  other.includes(one[0] ?? "") || one.includes(other[0] ?? "")

export type StatedCause = { readonly cause: Component; readonly alternatives: readonly Component[] }
export type Confidence = { readonly confidence: number; readonly hypotheses: readonly Shown[] }

/**
 * That a router's reports stay away says less than silence under the eyes of an agent: a script taken out, a key revoked, a way to us that
 * is closed look the same, and none of them is a fault of the network. So much of the whole is theirs; judged, not measured.
 */
const ONLY_REPORTS = 0.3

const MAX_HYPOTHESES = 5
const MIN_PROBABILITY = 0.001
const rounded = (probability: number): number =>
  Math.round(Math.min(1, Math.max(0, probability)) * 1_000) / 1_000

/** `isPartOf`: whether a fault would account for any symptom of the incident. */
export const confidenceOf = (
  topology: Topology,
  hypotheses: readonly Hypothesis[],
  { cause, alternatives }: StatedCause,
  component: (id: string) => Component | null,
  isPartOf: (fault: string) => boolean,
  /** Nothing but missing reports speaks for it. */
  isByReportsAlone = false,
): Confidence => {
  const share = isByReportsAlone ? 1 - ONLY_REPORTS : 1
  const stated: Fault = [cause, ...alternatives].map((one) => one.id)
  const first = hypotheses[0] === undefined ? [] : faultsOf(topology, hypotheses[0])
  // What is not listed is mostly the same with one thing more in it that nobody looks at: the list stands for the whole.
  const whole = hypotheses.reduce((sum, { probability }) => sum + probability, 0) || 1
  let confidence = 0
  const others = new Map<string, { faults: readonly Fault[]; probability: number }>()
  for (const hypothesis of hypotheses) {
    const faults = faultsOf(topology, hypothesis)
    if (faults.some((fault) => isSame(fault, stated))) {
      confidence += hypothesis.probability / whole
      continue
    }
    const fresh = faults.filter((fault) => !first.some((one) => isSame(fault, one)))
    const gone = first.filter((fault) => !faults.some((one) => isSame(fault, one)))
    // With several of the first gone it has to be asked which of the new ones stand in the place of this one.
    const instead = gone.length === 1 ? fresh : fresh.filter(([id = ""]) => isPartOf(id))
    const key = instead
      .map(([id = ""]) => id)
      .sort()
      .join(" ")
    const known = others.get(key)
    if (known === undefined)
      others.set(key, { faults: instead, probability: hypothesis.probability / whole })
    else known.probability += hypothesis.probability / whole
  }
  const rest = [...others.values()]
    .filter(({ probability }) => probability >= MIN_PROBABILITY)
    .sort((one, other) => other.probability - one.probability)
    .slice(0, MAX_HYPOTHESES - 1)
    .map(({ faults, probability }): Shown => {
      const named = faults
        .map((fault) => fault.flatMap((id) => component(id) ?? []))
        .filter(({ length }) => length > 0)
      return {
        components: named.flatMap(([one]) => one ?? []),
        probability: rounded(probability * share),
        equivalents: named.map(([, ...more]) => more),
      }
    })
  const mine = {
    components: [cause],
    probability: rounded(confidence * share),
    equivalents: [[...alternatives]],
  }
  return { confidence: mine.probability, hypotheses: [mine, ...rest] }
}
