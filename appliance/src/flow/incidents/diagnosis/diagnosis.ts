/**
 * Root-cause analysis of all observations, updated one by one. Nothing is computed while nothing
 * changes, since an incident may be open for hours with observations every second. A stated cause
 * is kept until another one is clearly better.
 */

import {
  createSolver,
  type Hypothesis,
  type Observation,
  type Recheck,
  type Solver,
} from "@ispvm/rca"
import type { Topology } from "../../alerts/alerts.ts"
import { buildNetwork, realComponent } from "../engine/observe.ts"

export type Diagnosis = {
  /** The first is the stated one; the others are the next best. */
  readonly hypotheses: readonly Hypothesis[]
  readonly recheck: readonly Recheck[]
}
/** `openCauses`: causes of open incidents. */
export type Diagnose = (
  topology: Topology,
  observations: readonly Observation[],
  openCauses: ReadonlySet<string>,
) => Diagnosis

/** Another hypothesis has to be better by this much to replace the stated one. */
const MIN_ADVANTAGE = 0.1

const isSame = (one: readonly Observation[], other: readonly Observation[]): boolean =>
  one.length === other.length && one.every((observation, index) => observation === other[index])

/** How often each observation was made; equal observations are the same object. */
type Counts = ReadonlyMap<Observation, number>
const counted = (observations: readonly Observation[]): Counts => {
  const counts = new Map<Observation, number>()
  for (const observation of observations)
    counts.set(observation, (counts.get(observation) ?? 0) + 1)
  return counts
}

/** Gives the solver new observations and removes old ones; false: nothing changed. */
const update = (solver: Solver, was: Counts, now: Counts): boolean => {
  let isChanged = false
  const apply = (observation: Observation, more: number): void => {
    for (let time = 0; time < Math.abs(more); time += 1)
      (more > 0 ? solver.observe : solver.forget)(observation)
    if (more !== 0) isChanged = true
  }
  for (const [observation, times] of was) if (!now.has(observation)) apply(observation, -times)
  for (const [observation, times] of now) apply(observation, times - (was.get(observation) ?? 0))
  return isChanged
}

/** How many of its components are stated causes. */
const overlapOf = (
  topology: Topology,
  { components, classes }: Hypothesis,
  openCauses: ReadonlySet<string>,
): number =>
  components.filter((id, index) =>
    [id, ...(classes[index] ?? [])].some((one) => openCauses.has(realComponent(topology, one))),
  ).length

/** The best first; among nearly equal ones, the one that keeps most stated causes. */
export const inOrder = (
  topology: Topology,
  hypotheses: readonly Hypothesis[],
  openCauses: ReadonlySet<string>,
): readonly Hypothesis[] => {
  const [best] = hypotheses
  if (best === undefined || openCauses.size === 0) return hypotheses
  const close = hypotheses.filter((one) => best.probability - one.probability < MIN_ADVANTAGE)
  const [first] = close.toSorted(
    (one, other) => overlapOf(topology, other, openCauses) - overlapOf(topology, one, openCauses),
  )
  return first === undefined ? hypotheses : [first, ...hypotheses.filter((one) => one !== first)]
}

export const createDiagnoser = (): Diagnose => {
  let current: {
    readonly topology: Topology
    readonly solver: Solver
    observations: readonly Observation[]
    counts: Counts
  } | null = null
  let answer: Diagnosis = { hypotheses: [], recheck: [] }
  let last: { readonly causesKey: string; readonly diagnosis: Diagnosis } | null = null
  return (topology, observations, openCauses) => {
    if (current?.topology !== topology) {
      current = {
        topology,
        solver: createSolver(buildNetwork(topology)),
        observations: [],
        counts: new Map(),
      }
      last = null
    }
    let isChanged = false
    if (!isSame(current.observations, observations)) {
      const counts = counted(observations)
      isChanged = update(current.solver, current.counts, counts)
      current.observations = observations
      current.counts = counts
    }
    if (isChanged || last === null) {
      const { hypotheses, recheck } = current.solver.answer()
      answer = { hypotheses, recheck }
      last = null
    }
    const key = [...openCauses].sort().join(" ")
    if (last?.causesKey !== key)
      last = {
        causesKey: key,
        diagnosis: { ...answer, hypotheses: inOrder(topology, answer.hypotheses, openCauses) },
      }
    return last.diagnosis
  }
}
