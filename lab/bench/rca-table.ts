/** What `bench -- rca` prints: two tables, and a summary of all cells with targets. */
import type { Cell } from "../eval/cells.ts"
import { REFERENCES } from "../eval/references.ts"
import { calibrationBins, type Figures, figuresOf, type Score } from "../eval/score.ts"
import type { Outcome } from "../eval/trial.ts"
import { percentile, table } from "./figures.ts"

export type Row = {
  readonly cell: Cell
  /** Share of the truths with no visible effect. */
  readonly invisible: number
  readonly first: Figures
  readonly rechecked: Figures
  /** Top-1 if every answer were right for which the observations support the truth. */
  readonly ceiling: { readonly first: number; readonly rechecked: number }
  /** Top-1 of the best possible answer; NaN where not computed. */
  readonly optimal: { readonly first: number; readonly rechecked: number }
  readonly references: Readonly<
    Record<string, { readonly first: number; readonly rechecked: number }>
  >
  readonly p50Ms: number
  readonly p95Ms: number
}
export const MAX_CALIBRATION_ERROR = 0.03
export const MAX_FALSELY_SUPPRESSED = 1 / 10_000

export const rowOf = (cell: Cell, trials: readonly Outcome[]): Row => {
  const share = (isRight: (trial: Outcome) => boolean | undefined): number =>
    trials.filter(isRight).length / trials.length
  const times = trials.flatMap(({ first, rechecked }) => [
    first.score.solveMs,
    rechecked.score.solveMs,
  ])
  return {
    cell,
    invisible: share(({ isInvisible }) => isInvisible),
    first: figuresOf(trials.map(({ first }) => first.score)),
    rechecked: figuresOf(trials.map(({ rechecked }) => rechecked.score)),
    ceiling: {
      first: share(({ first }) => first.score.rank === 0 || first.isAvoidable),
      rechecked: share(({ rechecked }) => rechecked.score.rank === 0 || rechecked.isAvoidable),
    },
    optimal: trials.some(({ optimal }) => optimal === null)
      ? { first: Number.NaN, rechecked: Number.NaN }
      : {
          first: share(({ optimal }) => optimal?.first),
          rechecked: share(({ optimal }) => optimal?.rechecked),
        },
    references: Object.fromEntries(
      Object.keys(REFERENCES).map((name) => [
        name,
        {
          first: share(({ references }) => references[name]?.first),
          rechecked: share(({ references }) => references[name]?.rechecked),
        },
      ]),
    ),
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
  }
}

const threeDigits = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? "–" : value.toFixed(3).replace(/^0\./, ".")
const withTarget = (value: number, target: number | undefined): string =>
  target === undefined
    ? threeDigits(value)
    : `${threeDigits(value)} ${value >= target ? "≥" : "<"} ${target.toFixed(2).slice(1)}`

/** Targets follow our figures, with ≥ where they are met. */
const accuracy = (rows: readonly Row[]): string => {
  const names = Object.keys(REFERENCES)
  const head = [
    "class-level top-1",
    "n",
    "invisible",
    "initial",
    "top-3",
    "ceiling",
    "optimal",
    ...names,
  ]
  const again = ["re-checked", "top-3", "ceiling", "optimal", ...names]
  return table([
    [...head, ...again],
    ...rows.map(({ cell, invisible, first, rechecked, ceiling, optimal, references }) => [
      cell.name,
      `${first.cases}`,
      threeDigits(invisible),
      withTarget(first.top1, cell.target?.first),
      threeDigits(first.top3),
      threeDigits(ceiling.first),
      threeDigits(optimal.first),
      ...names.map((name) => threeDigits(references[name]?.first)),
      withTarget(rechecked.top1, cell.target?.rechecked),
      threeDigits(rechecked.top3),
      threeDigits(ceiling.rechecked),
      threeDigits(optimal.rechecked),
      ...names.map((name) => threeDigits(references[name]?.rechecked)),
    ]),
  ])
}
const quality = (rows: readonly Row[]): string =>
  table([
    [
      "initial, re-checked",
      "F1",
      "",
      "ECE",
      "",
      "Brier",
      "",
      "wrongly suppressed",
      "",
      "of the unreachable",
      "",
      "correlated",
      "",
      "p50 ms",
      "p95 ms",
    ],
    ...rows.map(({ cell, first, rechecked, p50Ms, p95Ms }) => [
      cell.name,
      ...(["f1", "calibrationError", "brier"] as const).flatMap((key) => [
        threeDigits(first[key]),
        threeDigits(rechecked[key]),
      ]),
      ...[first, rechecked].map((stage) => `${stage.falselySuppressed}/${stage.suppressed}`),
      ...(["suppressedRatio", "correlatedRatio"] as const).flatMap((key) => [
        threeDigits(first[key]),
        threeDigits(rechecked[key]),
      ]),
      p50Ms.toFixed(1),
      p95Ms.toFixed(1),
    ]),
  ])

const bins = (scores: readonly Score[]): string =>
  table([
    ["predicted", "answers", "mean", "right"],
    ...calibrationBins(
      scores.map(({ probability, rank }) => ({ predicted: probability, isRight: rank === 0 })),
    ).map(({ from, count, predicted, correct }) => [
      `${threeDigits(from)}–${threeDigits(from + 0.1)}`,
      `${count}`,
      threeDigits(predicted),
      threeDigits(correct),
    ]),
  ])

export const present = (rows: readonly Row[]): string => `${accuracy(rows)}\n\n${quality(rows)}`

/** Calibration and suppression over all cells: one cell has too few cases for small ratios. */
export const summary = (trials: readonly Outcome[]): string => {
  const stages = [
    trials.map(({ first }) => first.score),
    trials.map(({ rechecked }) => rechecked.score),
  ]
  return ["initial", "re-checked"]
    .flatMap((name, i) => {
      const figures = figuresOf(stages[i] ?? [])
      return [
        `${name}, all ${trials.length} cases without the extra cells: ` +
          `top-1 ${threeDigits(figures.top1)}, ` +
          `calibration error ${threeDigits(figures.calibrationError)} ` +
          `(target ≤ ${threeDigits(MAX_CALIBRATION_ERROR)}), ` +
          `wrongly suppressed ${figures.falselySuppressed} of ${figures.suppressed} ` +
          `(target ≤ 1 in ${1 / MAX_FALSELY_SUPPRESSED})`,
        bins(stages[i] ?? []),
      ]
    })
    .join("\n")
}

/** Whether all targets are met. */
export const isMet = (rows: readonly Row[], trials: readonly Outcome[]): boolean => {
  const isAccurate = rows.every(
    ({ cell, first, rechecked }) =>
      cell.target === null ||
      (first.top1 >= cell.target.first && rechecked.top1 >= cell.target.rechecked),
  )
  const stages = [
    figuresOf(trials.map(({ first }) => first.score)),
    figuresOf(trials.map(({ rechecked }) => rechecked.score)),
  ]
  const isCalibrated = stages.every(
    (stage) =>
      stage.cases === 0 ||
      (stage.calibrationError <= MAX_CALIBRATION_ERROR &&
        stage.falselySuppressed <= stage.suppressed * MAX_FALSELY_SUPPRESSED),
  )
  return isAccurate && isCalibrated
}
