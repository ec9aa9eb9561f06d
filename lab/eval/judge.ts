/** Whether an answer is right, and how right many of them are. */
import type { Answer, Observation } from "@ispvm/appliance/cause"
import { percentile } from "../bench/figures.ts"
import { darkOf, failedBy, showSame, type World } from "./world.ts"

export type Verdict = {
  /** Place of the first hypothesis that shows what the truth shows; null if none does. */
  readonly rank: number | null
  readonly f1: number
  /** What the first hypothesis says of itself. */
  readonly probability: number
  readonly suppressed: number
  /** Suppressed, though failed itself. */
  readonly wronglySuppressed: number
  /** Nodes that work and are dark only for what stands behind the truth; and those of them that are suppressed. */
  readonly behind: number
  readonly spared: number
  /** Observations of a node that read down, and those of them that are folded into the first hypothesis. */
  readonly alarms: number
  readonly folded: number
  readonly solveMs: number
}

/** Harmonic mean of precision and recall over the ids; two empty sets agree. */
export const f1Of = (told: readonly string[], truth: readonly string[]): number => {
  const both = new Set(told).intersection(new Set(truth)).size
  return told.length + truth.length === 0 ? 1 : (2 * both) / (new Set(told).size + new Set(truth).size)
}

export const judge = (
  world: World,
  truth: readonly string[],
  observations: readonly Observation[],
  answer: Answer,
  solveMs: number,
): Verdict => {
  const rank = answer.hypotheses.findIndex(({ components }) => showSame(world, components, truth))
  const [first] = answer.hypotheses
  const failed = failedBy(world, truth)
  const suppressed = new Set(answer.suppressed.map(({ entity }) => entity))
  const behind = darkOf(world, truth).filter((id) => !failed.has(id))
  const explained = new Set(first?.explained)
  const alarms = observations
    .map((look, index) => ({ look, index }))
    .filter(({ look }) => look.signal === "reachable" && look.value === "down")
  return {
    rank: rank === -1 ? null : rank,
    f1: f1Of(first?.components ?? [], truth),
    probability: first?.probability ?? 0,
    suppressed: suppressed.size,
    wronglySuppressed: [...suppressed].filter((entity) => failed.has(entity)).length,
    behind: behind.length,
    spared: behind.filter((id) => suppressed.has(id)).length,
    alarms: alarms.length,
    folded: alarms.filter(({ look, index }) => suppressed.has(look.entity) || explained.has(index)).length,
    solveMs,
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const BINS = 10
type Claim = { readonly claimed: number; readonly isRight: boolean }
/** Of each tenth of what was claimed: how many answers, their mean claim, and the share that was right. Empty tenths are left out. */
export const calibrationBins = (claims: readonly Claim[]) =>
  [...Map.groupBy(claims, ({ claimed }) => Math.min(BINS - 1, Math.floor(claimed * BINS)))]
    .sort(([one], [other]) => one - other)
    .map(([bin, inside]) => ({
      from: bin / BINS,
      count: inside.length,
      claimed: mean(inside.map(({ claimed }) => claimed)),
      right: mean(inside.map(({ isRight }) => Number(isRight))),
    }))
/** Expected calibration error: over the tenths, how far claim and truth lie apart on average. */
export const calibrationError = (claims: readonly Claim[]): number =>
  sum(calibrationBins(claims).map(({ count, claimed, right }) => (count / claims.length) * Math.abs(claimed - right)))

export type Figures = {
  readonly cases: number
  readonly top1: number
  readonly top3: number
  readonly f1: number
  readonly calibrationError: number
  readonly brier: number
  readonly suppressed: number
  readonly wronglySuppressed: number
  readonly sparedRatio: number
  readonly foldedRatio: number
  readonly p50Ms: number
  readonly p95Ms: number
}
export const figuresOf = (verdicts: readonly Verdict[]): Figures => {
  const claims = verdicts.map(({ probability, rank }) => ({ claimed: probability, isRight: rank === 0 }))
  const times = verdicts.map(({ solveMs }) => solveMs)
  return {
    cases: verdicts.length,
    top1: mean(verdicts.map(({ rank }) => Number(rank === 0))),
    top3: mean(verdicts.map(({ rank }) => Number(rank !== null && rank < 3))),
    f1: mean(verdicts.map(({ f1 }) => f1)),
    calibrationError: calibrationError(claims),
    brier: mean(claims.map(({ claimed, isRight }) => (claimed - Number(isRight)) ** 2)),
    suppressed: sum(verdicts.map(({ suppressed }) => suppressed)),
    wronglySuppressed: sum(verdicts.map(({ wronglySuppressed }) => wronglySuppressed)),
    sparedRatio: sum(verdicts.map(({ spared }) => spared)) / sum(verdicts.map(({ behind }) => behind)),
    foldedRatio: sum(verdicts.map(({ folded }) => folded)) / sum(verdicts.map(({ alarms }) => alarms)),
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
  }
}
