/** One case from the draw to the verdicts: first sight, our re-checks, second answer, and the references on the same documents. */
import { type Answer, type Network, solve } from "@ispvm/appliance/cause"
import type { Cell } from "./cells.ts"
import { drawFaults } from "./faults.ts"
import { judge, type Verdict } from "./judge.ts"
import { lookAgain, lookAt } from "./looks.ts"
import { canTell, oracle } from "./oracle.ts"
import { isMissed } from "./referee.ts"
import { type Bench, makeBench, REFERENCES, readingOf } from "./references.ts"
import { type Shape, stream } from "./shape.ts"
import { makePlan } from "./variant.ts"
import { DOWN, makeWorld, showSame, sightOf } from "./world.ts"

export type Judged = {
  readonly verdict: Verdict
  /** Wrong, though the looks speak for the truth. */
  readonly isMissed: boolean
}
/** One answer and what it was given. */
export type Stage = Judged & { readonly document: Network; readonly answer: Answer }
type Case<T> = {
  readonly network: string
  readonly truth: readonly string[]
  /** Nothing of the truth can be seen: right is what shows nothing either. */
  readonly isSilent: boolean
  readonly first: T
  readonly rechecked: T
  /** Whether the oracle was right at first sight and after our re-checks; null where it was not asked. */
  readonly oracle: { readonly first: boolean; readonly rechecked: boolean } | null
  /** Whether each reference was right at first sight, and after our re-checks. */
  readonly references: Readonly<Record<string, { readonly first: boolean; readonly rechecked: boolean }>>
}
export type Trial = Case<Stage>
/** What is kept of a trial: thousands of documents would fill the memory. */
export type Outcome = Case<Judged>
const judged = ({ verdict, isMissed }: Stage): Judged => ({ verdict, isMissed })
export const outcomeOf = (trial: Trial): Outcome => ({
  ...trial,
  first: judged(trial.first),
  rechecked: judged(trial.rechecked),
})

const MOST_RECHECKS = 8

export const benchOf = (cell: Cell, shape: Shape, seed: number): Bench =>
  makeBench(makeWorld(makePlan(shape, cell.variant, stream("plan", seed, cell.name, shape.name)), cell.blind))

export const runTrial = (
  cell: Cell,
  network: string,
  bench: Bench,
  { seed, looks, isOracleAsked }: { readonly seed: number; readonly looks: number; readonly isOracleAsked: boolean },
  number: number,
): Trial => {
  const { world } = bench
  const random = (part: string) => stream(part, seed, cell.name, network, number)
  const truth = drawFaults(world, cell.draw, random("faults"))
  const sight = sightOf(world, truth)
  const solved = (observations: Network["observations"]): Stage => {
    const document = { ...world.plan, observations }
    const beganMs = performance.now()
    const answer = solve(document)
    const solveMs = performance.now() - beganMs
    const verdict = judge(world, truth, observations, answer, solveMs)
    const told = answer.hypotheses[0]?.components ?? []
    return { document, answer, verdict, isMissed: verdict.rank !== 0 && isMissed(world, cell, truth, told, observations) }
  }
  const first = solved(lookAt(world, sight, cell.noise, random("looks"), cell.signals))
  const asked = first.answer.recheck.slice(0, MOST_RECHECKS)
  const fresh = lookAgain(world, sight, asked, looks, cell.noise, random("again"))
  const rechecked = solved([...first.document.observations, ...fresh])
  const readings = [first, rechecked].map(({ document }) => readingOf(world, document.observations))
  const references = Object.entries(REFERENCES).map(([name, reference]) => {
    const isRight = readings.map((read) => reference(bench, read).some((told) => showSame(world, told, truth)))
    return [name, { first: isRight[0] ?? false, rechecked: isRight[1] ?? false }] as const
  })
  const isTold = ({ document }: Stage): boolean => showSame(world, oracle(world, cell, document.observations), truth)
  return {
    network,
    truth,
    isSilent: !sight.includes(DOWN),
    first,
    rechecked,
    oracle: isOracleAsked && canTell(cell) ? { first: isTold(first), rechecked: isTold(rechecked) } : null,
    references: Object.fromEntries(references),
  }
}
