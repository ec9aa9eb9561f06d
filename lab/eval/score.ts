/** Whether an answer is right, and figures over many answers. */
import type { Answer, Observation } from "@ispvm/rca"
import { percentile } from "../bench/figures.ts"
import { failedBy, isIndistinguishable, unreachableNodes, type World } from "./world.ts"

export type Score = {
  /** Index of the first hypothesis that shows what the truth shows; null if none does. */
  readonly rank: number | null
  readonly f1: number
  /** Of the first hypothesis. */
  readonly probability: number
  readonly suppressed: number
  /** Suppressed although it has failed itself. */
  readonly falselySuppressed: number
  /** Working nodes that the truth makes unreachable, and those of them that are suppressed. */
  readonly unreachable: number
  readonly unreachableSuppressed: number
  /** Observations of nodes that read down, and those that the first hypothesis explains. */
  readonly alarms: number
  readonly correlated: number
  readonly solveMs: number
}

/** Harmonic mean of precision and recall over the ids; two empty sets agree. */
export const f1Of = (named: readonly string[], truth: readonly string[]): number => {
  const both = new Set(named).intersection(new Set(truth)).size
  return named.length + truth.length === 0
    ? 1
    : (2 * both) / (new Set(named).size + new Set(truth).size)
}

export const scoreAnswer = (
  world: World,
  truth: readonly string[],
  observations: readonly Observation[],
  answer: Answer,
  solveMs: number,
): Score => {
  const rank = answer.hypotheses.findIndex(({ components }) =>
    isIndistinguishable(world, components, truth),
  )
  const [first] = answer.hypotheses
  const failed = failedBy(world, truth)
  const suppressed = new Set(answer.suppressed.map(({ entity }) => entity))
  const unreachable = unreachableNodes(world, truth).filter((id) => !failed.has(id))
  const explained = new Set(first?.explained)
  const alarms = observations
    .map((observation, index) => ({ observation, index }))
    .filter(({ observation }) => observation.signal === "reachable" && observation.value === "down")
  return {
    rank: rank === -1 ? null : rank,
    f1: f1Of(first?.components ?? [], truth),
    probability: first?.probability ?? 0,
    suppressed: suppressed.size,
    falselySuppressed: [...suppressed].filter((entity) => failed.has(entity)).length,
    unreachable: unreachable.length,
    unreachableSuppressed: unreachable.filter((id) => suppressed.has(id)).length,
    alarms: alarms.length,
    correlated: alarms.filter(
      ({ observation, index }) => suppressed.has(observation.entity) || explained.has(index),
    ).length,
    solveMs,
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const BINS = 10
type Prediction = { readonly predicted: number; readonly isRight: boolean }
/**
 * For each tenth of the predicted probability: the number of answers, the mean prediction, and the
 * share that is right. Empty tenths are left out.
 */
export const calibrationBins = (predictions: readonly Prediction[]) =>
  [...Map.groupBy(predictions, ({ predicted }) => Math.min(BINS - 1, Math.floor(predicted * BINS)))]
    .sort(([one], [other]) => one - other)
    .map(([bin, inside]) => ({
      from: bin / BINS,
      count: inside.length,
      predicted: mean(inside.map(({ predicted }) => predicted)),
      correct: mean(inside.map(({ isRight }) => Number(isRight))),
    }))
/** Expected calibration error: the mean distance of prediction and truth over the tenths. */
export const calibrationError = (predictions: readonly Prediction[]): number =>
  sum(
    calibrationBins(predictions).map(
      ({ count, predicted, correct }) =>
        (count / predictions.length) * Math.abs(predicted - correct),
    ),
  )

export type Figures = {
  readonly cases: number
  readonly top1: number
  readonly top3: number
  readonly f1: number
  readonly calibrationError: number
  readonly brier: number
  readonly suppressed: number
  readonly falselySuppressed: number
  readonly suppressedRatio: number
  readonly correlatedRatio: number
  readonly p50Ms: number
  readonly p95Ms: number
}
export const figuresOf = (scores: readonly Score[]): Figures => {
  const predictions = scores.map(({ probability, rank }) => ({
    predicted: probability,
    isRight: rank === 0,
  }))
  const times = scores.map(({ solveMs }) => solveMs)
  return {
    cases: scores.length,
    top1: mean(scores.map(({ rank }) => Number(rank === 0))),
    top3: mean(scores.map(({ rank }) => Number(rank !== null && rank < 3))),
    f1: mean(scores.map(({ f1 }) => f1)),
    calibrationError: calibrationError(predictions),
    brier: mean(predictions.map(({ predicted, isRight }) => (predicted - Number(isRight)) ** 2)),
    suppressed: sum(scores.map(({ suppressed }) => suppressed)),
    falselySuppressed: sum(scores.map(({ falselySuppressed }) => falselySuppressed)),
    suppressedRatio:
      sum(scores.map(({ unreachableSuppressed }) => unreachableSuppressed)) /
      sum(scores.map(({ unreachable }) => unreachable)),
    correlatedRatio:
      sum(scores.map(({ correlated }) => correlated)) / sum(scores.map(({ alarms }) => alarms)),
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
  }
}
