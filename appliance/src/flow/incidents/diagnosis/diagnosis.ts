/**
 * Root-cause analysis of all observations, updated one by one. Nothing is computed while nothing
 * changes, since an incident may be open for hours with observations every second. A stated cause
 * is kept until another one is clearly better.
 */

import { createSolver, type Observation, type Recheck, type Solver } from "@ispvm/rca"
import type { Topology } from "../../alerts/alerts.ts"
import { buildNetwork, realComponent } from "../engine/observe.ts"
import { NO_WORKS, type PlannedWork, solverWorks } from "../engine/planned-work.ts"
import type { Cause, OwnSolvers } from "../solver/model.ts"
import { type Counts, changesBetween, counted, createOutageRequests } from "../solver/requests.ts"

export type Diagnosis = {
  /** The first is the stated one; the others are the next best. */
  readonly hypotheses: readonly Cause[]
  readonly recheck: readonly Recheck[]
  /** Whether it takes this observation into account: a large network is solved while others come. */
  readonly includes: (observation: Observation) => boolean
}
/** `openCauses`: causes of open incidents; `works`: planned work that may be a cause. */
export type Diagnose = (
  topology: Topology,
  observations: readonly Observation[],
  openCauses: ReadonlySet<string>,
  works?: readonly PlannedWork[],
) => Diagnosis

/** Another hypothesis has to be better by this much to replace the stated one. */
const MIN_ADVANTAGE = 0.1

const isSame = (one: readonly Observation[], other: readonly Observation[]): boolean =>
  one.length === other.length && one.every((observation, index) => observation === other[index])

/** Gives the solver new observations and removes old ones; false: nothing changed. */
const update = (solver: Solver, was: Counts, now: Counts): boolean => {
  const changes = changesBetween(was, now)
  for (const [observation, more] of changes)
    for (let time = 0; time < Math.abs(more); time += 1)
      (more > 0 ? solver.observe : solver.forget)(observation)
  return changes.length > 0
}

/** How many of its components are stated causes. */
const overlapOf = (
  topology: Topology,
  { components, classes }: Cause,
  openCauses: ReadonlySet<string>,
): number =>
  components.filter((id, index) =>
    [id, ...(classes[index] ?? [])].some((one) => openCauses.has(realComponent(topology, one))),
  ).length

/** The best first; among nearly equal ones, the one that keeps most stated causes. */
export const inOrder = (
  topology: Topology,
  hypotheses: readonly Cause[],
  openCauses: ReadonlySet<string>,
): readonly Cause[] => {
  const [best] = hypotheses
  if (best === undefined || openCauses.size === 0) return hypotheses
  const close = hypotheses.filter((one) => best.probability - one.probability < MIN_ADVANTAGE)
  const [first] = close.toSorted(
    (one, other) => overlapOf(topology, other, openCauses) - overlapOf(topology, one, openCauses),
  )
  return first === undefined ? hypotheses : [first, ...hypotheses.filter((one) => one !== first)]
}

const networkOf = (topology: Topology, works: readonly PlannedWork[]) =>
  buildNetwork(topology, solverWorks(topology, works))

const isAlways = (): boolean => true
const NOTHING: Diagnosis = { hypotheses: [], recheck: [], includes: isAlways }

/** Solves in the review itself. */
const createSyncDiagnoser = (): Diagnose => {
  let current: {
    readonly topology: Topology
    readonly works: readonly PlannedWork[]
    readonly solver: Solver
    observations: readonly Observation[]
    counts: Counts
  } | null = null
  let answer = NOTHING
  let last: { readonly causesKey: string; readonly diagnosis: Diagnosis } | null = null
  return (topology, observations, openCauses, works = NO_WORKS) => {
    if (current?.topology !== topology || current.works !== works) {
      current = {
        topology,
        works,
        solver: createSolver(networkOf(topology, works)),
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
      answer = { hypotheses, recheck, includes: isAlways }
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

/** Equal for equal observations, also of another topology. */
const keyOf = ({ entity, signal, from, end, value }: Observation): string =>
  `${signal} ${value} ${entity} ${from ?? end}`

/**
 * Solves on a thread: until an answer has come, the one before it holds, and symptoms that are not
 * in it yet wait. `failed`: the next answer is found without the thread.
 */
const createThreadedDiagnoser = (
  { owner, outages, onError }: OwnSolvers,
  failed: () => void,
): Diagnose => {
  let network: { readonly topology: Topology; readonly works: readonly PlannedWork[] } | null = null
  let wanted: {
    readonly of: object
    readonly observations: readonly Observation[]
  } | null = null
  const requests = createOutageRequests(owner)
  let answer: Diagnosis = { ...NOTHING, includes: () => false }
  const request = (of: NonNullable<typeof network>, observations: readonly Observation[]): void => {
    const asked = { of, observations }
    wanted = asked
    // Those of the same topology are the same objects, so few keys are ever needed.
    let counts: Counts | null = null
    let keys: ReadonlySet<string> | null = null
    const includes = (observation: Observation): boolean => {
      if (counts?.has(observation) === true) return true
      keys ??= new Set(observations.map(keyOf))
      return keys.has(keyOf(observation))
    }
    const solved = outages(owner, (generation) => {
      counts = counted(observations)
      return requests.build(of, generation, () => networkOf(of.topology, of.works), counts)
    })
    void solved.then(
      (found) => {
        if (found !== null) answer = { ...found, includes }
      },
      (error: unknown) => {
        requests.reset()
        if (wanted === asked) wanted = null
        failed()
        onError(error)
      },
    )
  }
  return (topology, observations, openCauses, works = NO_WORKS) => {
    if (network?.topology !== topology || network.works !== works) network = { topology, works }
    if (wanted?.of !== network || !isSame(wanted.observations, observations))
      request(network, observations)
    return { ...answer, hypotheses: inOrder(topology, answer.hypotheses, openCauses) }
  }
}

/** With fewer nodes and links than this, a thread takes longer than the answer. */
const MIN_THREADED = 1_500

/** `solvers` null: everything is solved in the review itself. */
export const createDiagnoser = (
  solvers: OwnSolvers | null = null,
  minThreaded = MIN_THREADED,
): Diagnose => {
  const sync = createSyncDiagnoser()
  if (solvers === null) return sync
  // After a failure the event loop waits for one answer: better late than none.
  let isFailed = false
  const threaded = createThreadedDiagnoser(solvers, () => {
    isFailed = true
  })
  return (topology, observations, openCauses, works = NO_WORKS) => {
    const isSmall = topology.devices.size + topology.links.size < minThreaded
    if (isSmall || isFailed) {
      isFailed = false
      return sync(topology, observations, openCauses, works)
    }
    return threaded(topology, observations, openCauses, works)
  }
}
