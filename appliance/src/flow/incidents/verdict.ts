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

const keyOf = ({ entity, signal, value, from, end }: Observation): string =>
  `${entity} ${signal} ${value} ${from ?? ""} ${end ?? ""}`

const isSame = (one: readonly Observation[], other: readonly Observation[]): boolean =>
  one.length === other.length &&
  one.every(({ entity, value, end, from }, index) => {
    const their = other[index]
    return entity === their?.entity && value === their.value && end === their.end && from === their.from
  })

const counted = (looks: readonly Observation[]): Map<string, { readonly look: Observation; times: number }> => {
  const counts = new Map<string, { readonly look: Observation; times: number }>()
  for (const look of looks) {
    const key = keyOf(look)
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { look, times: 1 })
    else known.times += 1
  }
  return counts
}

/** Tells the solver what is new and what no longer counts; false: nothing. */
const update = (solver: Solver, was: ReturnType<typeof counted>, now: ReturnType<typeof counted>): boolean => {
  let isOther = false
  const tell = (look: Observation, more: number): void => {
    for (let time = 0; time < Math.abs(more); time += 1) (more > 0 ? solver.observe : solver.forget)(look)
    if (more !== 0) isOther = true
  }
  for (const [key, { look, times }] of was) if (!now.has(key)) tell(look, -times)
  for (const [key, { look, times }] of now) tell(look, times - (was.get(key)?.times ?? 0))
  return isOther
}

/** How many of its components say what is said already. */
const keeps = (watched: Watched, { components, classes }: Hypothesis, said: ReadonlySet<string>): number =>
  components.filter((id, index) => [id, ...(classes[index] ?? [])].some((one) => said.has(realComponent(watched, one)))).length

/** The best first; or, where it is as good as that, the one that keeps most of what was said. */
const inOrder = (watched: Watched, hypotheses: readonly Hypothesis[], said: ReadonlySet<string>): readonly Hypothesis[] => {
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
    counts: ReturnType<typeof counted>
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
