/**
 * One case: faults are drawn, the first answer is scored, its re-checks are made, and the second
 * answer is scored. The references get the same documents.
 */
import { type Answer, type Network, solve } from "@ispvm/rca"
import type { Cell } from "./cells.ts"
import { drawFaults } from "./faults.ts"
import { isAvoidable } from "./likelihood.ts"
import { observeWithNoise, recheckWithNoise } from "./observations.ts"
import { isTractable, optimalAnswer } from "./optimal.ts"
import { type CachedWorld, cacheWorld, REFERENCES, readingOf } from "./references.ts"
import { type Score, scoreAnswer } from "./score.ts"
import { randomStream, type Shape } from "./shape.ts"
import { makePlan } from "./variant.ts"
import { drawWork, isWorkNamed, type PlannedWork } from "./work.ts"
import { DOWN, isIndistinguishable, makeWorld, visibilityOf } from "./world.ts"

export type Scored = {
  readonly score: Score
  /** Wrong although the observations support the truth. */
  readonly isAvoidable: boolean
}
/** One answer with its document. */
export type ScoredAnswer = Scored & { readonly document: Network; readonly answer: Answer }
type Case<T> = {
  readonly network: string
  readonly truth: readonly string[]
  /** Nothing of the truth is visible: an answer that shows nothing is right. */
  readonly isInvisible: boolean
  /** Whether the re-checked answer names the planned work as a cause. */
  readonly isWorkNamed: boolean
  readonly first: T
  readonly rechecked: T
  /** Whether the optimal answer is right, first and after re-checks; null if not computed. */
  readonly optimal: { readonly first: boolean; readonly rechecked: boolean } | null
  /** Whether each reference is right, first and after our re-checks. */
  readonly references: Readonly<
    Record<string, { readonly first: boolean; readonly rechecked: boolean }>
  >
}
export type Trial = Case<ScoredAnswer>
/** A trial without documents: thousands of these would fill memory. */
export type Outcome = Case<Scored>
const toScored = ({ score, isAvoidable }: ScoredAnswer): Scored => ({ score, isAvoidable })
export const outcomeOf = (trial: Trial): Outcome => ({
  ...trial,
  first: toScored(trial.first),
  rechecked: toScored(trial.rechecked),
})

const MAX_RECHECKS = 8

export const cachedWorldOf = (cell: Cell, shape: Shape, seed: number): CachedWorld =>
  cacheWorld(
    makeWorld(
      makePlan(shape, cell.variant, randomStream("plan", seed, cell.name, shape.name)),
      cell.isolatedReading,
    ),
  )

export const runTrial = (
  cell: Cell,
  network: string,
  cached: CachedWorld,
  {
    seed,
    repeats,
    isOptimalRequested,
    mayBeUnrouted,
    work,
  }: {
    readonly seed: number
    readonly repeats: number
    readonly isOptimalRequested: boolean
    /** As in the product; no fault of a cell is one that routing has not noticed. */
    readonly mayBeUnrouted: boolean
    readonly work: PlannedWork
  },
  number: number,
): Trial => {
  const { world } = cached
  const random = (part: string) => randomStream(part, seed, cell.name, network, number)
  const truth = drawFaults(world, cell.draw, random("faults"))
  const visibility = visibilityOf(world, truth)
  const works = drawWork(world.plan, work, truth, random("work"))
  const solveAndScore = (observations: Network["observations"]): ScoredAnswer => {
    const document = { ...world.plan, mayBeUnrouted, works, observations }
    const beganMs = performance.now()
    const answer = solve(document)
    const solveMs = performance.now() - beganMs
    const score = scoreAnswer(world, truth, observations, answer, solveMs)
    const named = answer.hypotheses[0]?.components ?? []
    return {
      document,
      answer,
      score,
      isAvoidable: score.rank !== 0 && isAvoidable(world, cell, truth, named, observations),
    }
  }
  const first = solveAndScore(
    observeWithNoise(world, visibility, cell.noise, random("looks"), cell.signals),
  )
  const requested = first.answer.recheck.slice(0, MAX_RECHECKS)
  const fresh = recheckWithNoise(world, visibility, requested, repeats, cell.noise, random("again"))
  const rechecked = solveAndScore([...first.document.observations, ...fresh])
  const readings = [first, rechecked].map(({ document }) => readingOf(world, document.observations))
  const references = Object.entries(REFERENCES).map(([name, reference]) => {
    const isRight = readings.map((read) =>
      reference(cached, read).some((named) => isIndistinguishable(world, named, truth)),
    )
    return [name, { first: isRight[0] ?? false, rechecked: isRight[1] ?? false }] as const
  })
  const isOptimalRight = ({ document }: ScoredAnswer): boolean =>
    isIndistinguishable(world, optimalAnswer(world, cell, document.observations), truth)
  return {
    network,
    truth,
    isInvisible: !visibility.includes(DOWN),
    isWorkNamed: isWorkNamed(rechecked.answer),
    first,
    rechecked,
    optimal:
      isOptimalRequested && isTractable(cell)
        ? { first: isOptimalRight(first), rechecked: isOptimalRight(rechecked) }
        : null,
    references: Object.fromEntries(references),
  }
}
