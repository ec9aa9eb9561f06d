/** One case of degraded links: observed, answered, re-checked, answered again; and the references. */
import { type DegradationAnswer, type DegradationInput, solveDegradations } from "@ispvm/rca"
import { isDegradedAvoidable } from "./degraded-likelihood.ts"
import { maximumLikelihood, vote } from "./degraded-references.ts"
import {
  type DegradedCase,
  type DegradedObservations,
  degradedWorldOf,
  drawDegraded,
  expectedOf,
  observeDegraded,
  recheckDegraded,
  type Trouble,
  USUAL_DEGRADED_NOISE,
  visibleOf,
} from "./degraded-world.ts"
import { randomStream, type Shape } from "./shape.ts"
import { makePlan, type Variant } from "./variant.ts"

export type DegradedCell = {
  readonly name: string
  readonly trouble: Trouble
  readonly links: number
  readonly variant: Variant
  /** Least class-level top-1 after re-checks. */
  readonly target: number | null
}
const TARGETS = [0.95, 0.88, 0.8]
const bare = (instrumented: number, vantages: 1 | 2 = 1): Variant => ({
  ...{ customers: 0, instrumented, vantages, hasGroups: false },
})
const of = (
  name: string,
  trouble: Trouble,
  variant: Variant,
  counts: readonly number[],
  hasTarget: boolean,
): DegradedCell[] =>
  counts.map((links) => ({
    name: `${name}/${links}`,
    trouble,
    links,
    variant,
    target: hasTarget ? (TARGETS[links - 1] ?? null) : null,
  }))
export const DEGRADED_CELLS: readonly DegradedCell[] = [
  ...of("loss", "loss", bare(1), [0, 1, 2, 3], true),
  ...of("loss-quarter", "loss", bare(0.25), [1, 2, 3], true),
  ...of("loss-ping", "loss", bare(0), [0, 1, 2, 3], true),
  ...of("loss-ping-2v", "loss", bare(0, 2), [1, 2, 3], false),
  ...of("congestion", "congestion", bare(1), [1, 2, 3], true),
  ...of("congestion-quarter", "congestion", bare(0.25), [1, 2, 3], true),
]

type Stage = {
  readonly isRight: boolean
  readonly isKindRight: boolean
  /** Wrong although the observations support the truth; of loss alone. */
  readonly isAvoidable: boolean
  readonly voting: boolean
  readonly flock: boolean
  readonly probability: number
  readonly tookMs: number
}
export type DegradedOutcome = {
  readonly network: string
  readonly truth: readonly string[]
  readonly named: readonly string[]
  readonly first: Stage
  readonly rechecked: Stage
}

export const caseOf = (
  cell: DegradedCell,
  shape: Shape,
  seed: number,
  number: number,
): DegradedCase => {
  const plan = makePlan(shape, cell.variant, randomStream("plan", seed, cell.name, shape.name))
  const random = (part: string) => randomStream(part, seed, cell.name, shape.name, number)
  const world = degradedWorldOf(plan, Math.floor(random("paths")() * 1e9))
  const [silent, limited] = [random("silent"), random("limited")]
  const noise = USUAL_DEGRADED_NOISE
  const silents = plan.links.map(() => silent() < noise.silent)
  const limits = plan.nodes.map(() => limited() < noise.limited)
  return {
    world,
    trouble: cell.trouble,
    noise,
    truth: drawDegraded(world, cell.trouble, cell.links, random("faults")),
    isQuiet: (link) => cell.trouble === "loss" && silents[link] === true,
    isLimited: (node) => limits[node] === true,
  }
}
export const inputOf = (
  { world: { plan } }: DegradedCase,
  { paths, interfaces }: DegradedObservations,
): DegradationInput => ({ ...plan, failed: [], paths, interfaces })

/** Flock is calibrated to the loss of the cell, as its authors calibrate it. */
const BAD: Readonly<Record<Trouble, number>> = { loss: 0.25, congestion: 0.06 }

export const runDegraded = (
  cell: DegradedCell,
  shape: Shape,
  seed: number,
  number: number,
): DegradedOutcome => {
  const one = caseOf(cell, shape, seed, number)
  const { world, truth } = one
  const random = (part: string) => randomStream(part, seed, cell.name, shape.name, number)
  const ids = truth.map(({ link }) => world.plan.links[link]?.id ?? "")
  const [visible, expected] = [visibleOf, expectedOf].map((of) => of(world, ids, one.isQuiet))
  const shows = (named: readonly string[]): boolean =>
    visibleOf(world, named, one.isQuiet) === visible ||
    expectedOf(world, named, one.isQuiet) === expected
  const kind = cell.trouble === "loss" ? "degraded-link" : "congested-link"
  const stage = (observations: DegradedObservations): Stage & { answer: DegradationAnswer } => {
    const beganMs = performance.now()
    const answer = solveDegradations(inputOf(one, observations))
    const tookMs = performance.now() - beganMs
    const [best] = answer.hypotheses
    const faults = best?.faults ?? []
    const named = faults.map(({ id }) => id)
    const isRight = shows(named)
    return {
      answer,
      isRight,
      isAvoidable:
        !isRight && cell.trouble === "loss" && isDegradedAvoidable(one, named, observations),
      isKindRight: isRight && faults.every((fault) => fault.kind === kind),
      voting: shows(vote(world, observations.paths)),
      flock: shows(maximumLikelihood(world, observations.paths, BAD[cell.trouble])),
      probability: best?.probability ?? 0,
      tookMs,
    }
  }
  const observed = observeDegraded(one, random("looks"))
  const first = stage(observed)
  const fresh = recheckDegraded(one, first.answer.recheck, random("again"))
  const rechecked = stage({
    paths: [...observed.paths, ...fresh.paths],
    interfaces: [...observed.interfaces, ...fresh.interfaces],
  })
  const named = rechecked.answer.hypotheses[0]?.faults.map(({ id }) => id) ?? []
  return { network: shape.name, truth: ids, named, first, rechecked }
}
