/**
 * What root cause makes of all looks, kept up to date look by look. Nothing is thought again while nothing has changed: an incident may
 * stand for hours, with looks every second. What was said stays said as long as nothing is clearly better.
 */
import type { Watched } from "../alerts/alerts.ts"
import { createSolver, type Hypothesis, type Observation, type Recheck, type Solver } from "./cause/cause.ts"
import { draw, realComponent } from "./observe.ts"

export type Verdict = {
  /** The first is what is said; the others are the best besides it. */
  readonly hypotheses: readonly Hypothesis[]
  readonly recheck: readonly Recheck[]
}
/** `said`: causes of open incidents. */
export type Judge = (watched: Watched, looks: readonly Observation[], said: ReadonlySet<string>) => Verdict

/** Another explanation has to be better by this much before the one that was said is given up. */
const CLEARLY = 0.1

const isSame = (one: readonly Observation[], other: readonly Observation[]): boolean =>
  one.length === other.length && one.every((look, index) => look === other[index])

/** How often each look was made; the same look is the same object. */
type Counts = ReadonlyMap<Observation, number>
const counted = (looks: readonly Observation[]): Counts => {
  const counts = new Map<Observation, number>()
  for (const look of looks) counts.set(look, (counts.get(look) ?? 0) + 1)
  return counts
}

/** Tells the solver what is new and what no longer counts; false: nothing. */
const update = (solver: Solver, was: Counts, now: Counts): boolean => {
  let isOther = false
  const tell = (look: Observation, more: number): void => {
    for (let time = 0; time < Math.abs(more); time += 1) (more > 0 ? solver.observe : solver.forget)(look)
    if (more !== 0) isOther = true
  }
  for (const [look, times] of was) if (!now.has(look)) tell(look, -times)
  for (const [look, times] of now) tell(look, times - (was.get(look) ?? 0))
  return isOther
}

/** How many of its components say what is said already. */
const keeps = (watched: Watched, { components, classes }: Hypothesis, said: ReadonlySet<string>): number =>
  components.filter((id, index) => [id, ...(classes[index] ?? [])].some((one) => said.has(realComponent(watched, one)))).length

/** The best first; or, where it is as good as that, the one that keeps most of what was said. */
export const inOrder = (
  watched: Watched,
  hypotheses: readonly Hypothesis[],
  said: ReadonlySet<string>,
): readonly Hypothesis[] => {
  const [best] = hypotheses
  if (best === undefined || said.size === 0) return hypotheses
  const close = hypotheses.filter((one) => best.probability - one.probability < CLEARLY)
  const [first] = close.toSorted((one, other) => keeps(watched, other, said) - keeps(watched, one, said))
  return first === undefined ? hypotheses : [first, ...hypotheses.filter((one) => one !== first)]
}

export const createJudge = (): Judge => {
  let known: {
    readonly watched: Watched
    readonly solver: Solver
    looks: readonly Observation[]
    counts: Counts
  } | null = null
  let answer: Verdict = { hypotheses: [], recheck: [] }
  let last: { readonly said: string; readonly verdict: Verdict } | null = null
  return (watched, looks, said) => {
    if (known?.watched !== watched) {
      known = { watched, solver: createSolver(draw(watched)), looks: [], counts: new Map() }
      last = null
    }
    let isOther = false
    if (!isSame(known.looks, looks)) {
      const counts = counted(looks)
      isOther = update(known.solver, known.counts, counts)
      known.looks = looks
      known.counts = counts
    }
    if (isOther || last === null) {
      const { hypotheses, recheck } = known.solver.answer()
      answer = { hypotheses, recheck }
      last = null
    }
    const key = [...said].sort().join(" ")
    if (last?.said !== key) last = { said: key, verdict: { ...answer, hypotheses: inOrder(watched, answer.hypotheses, said) } }
    return last.verdict
  }
}
