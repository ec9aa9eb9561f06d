/** What the bench of root cause prints: two tables, and a summary of all cases that figures are wanted for. */
import type { Cell } from "../eval/cells.ts"
import { calibrationBins, type Figures, figuresOf, type Verdict } from "../eval/judge.ts"
import { REFERENCES } from "../eval/references.ts"
import type { Outcome } from "../eval/trial.ts"
import { percentile, table } from "./figures.ts"

export type Row = {
  readonly cell: Cell
  /** Share of the truths that show nothing at all. */
  readonly silent: number
  readonly first: Figures
  readonly rechecked: Figures
  /** Top-1 as it could have been, had every answer been right that the looks speak for. */
  readonly ceiling: { readonly first: number; readonly rechecked: number }
  /** Top-1 of one who knows the noise, the draw and the number of faults; NaN where not asked. */
  readonly oracle: { readonly first: number; readonly rechecked: number }
  readonly references: Readonly<Record<string, { readonly first: number; readonly rechecked: number }>>
  readonly p50Ms: number
  readonly p95Ms: number
}
export const WANTED_CALIBRATION_ERROR = 0.03
export const WANTED_WRONGLY_SUPPRESSED = 1 / 10_000

export const rowOf = (cell: Cell, trials: readonly Outcome[]): Row => {
  const share = (isRight: (trial: Outcome) => boolean | undefined): number => trials.filter(isRight).length / trials.length
  const times = trials.flatMap(({ first, rechecked }) => [first.verdict.solveMs, rechecked.verdict.solveMs])
  return {
    cell,
    silent: share(({ isSilent }) => isSilent),
    first: figuresOf(trials.map(({ first }) => first.verdict)),
    rechecked: figuresOf(trials.map(({ rechecked }) => rechecked.verdict)),
    ceiling: {
      first: share(({ first }) => first.verdict.rank === 0 || first.isMissed),
      rechecked: share(({ rechecked }) => rechecked.verdict.rank === 0 || rechecked.isMissed),
    },
    oracle: trials.some(({ oracle }) => oracle === null)
      ? { first: Number.NaN, rechecked: Number.NaN }
      : { first: share(({ oracle }) => oracle?.first), rechecked: share(({ oracle }) => oracle?.rechecked) },
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

const three = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? "–" : value.toFixed(3).replace(/^0\./, ".")
const held = (value: number, wanted: number | undefined): string =>
  wanted === undefined ? three(value) : `${three(value)} ${value >= wanted ? "≥" : "<"} ${wanted.toFixed(2).slice(1)}`

/** Wanted figures stand behind ours, with ≥ where they are met. */
const accuracy = (rows: readonly Row[]): string => {
  const names = Object.keys(REFERENCES)
  const head = ["class-level top-1", "n", "silent", "first sight", "top-3", "ceiling", "oracle", ...names]
  const again = ["re-checked", "top-3", "ceiling", "oracle", ...names]
  return table([
    [...head, ...again],
    ...rows.map(({ cell, silent, first, rechecked, ceiling, oracle, references }) => [
      cell.name,
      `${first.cases}`,
      three(silent),
      held(first.top1, cell.wanted?.first),
      three(first.top3),
      three(ceiling.first),
      three(oracle.first),
      ...names.map((name) => three(references[name]?.first)),
      held(rechecked.top1, cell.wanted?.rechecked),
      three(rechecked.top3),
      three(ceiling.rechecked),
      three(oracle.rechecked),
      ...names.map((name) => three(references[name]?.rechecked)),
    ]),
  ])
}
const quality = (rows: readonly Row[]): string =>
  table([
    [
      "first sight, re-checked",
      "F1",
      "",
      "ECE",
      "",
      "Brier",
      "",
      "wrongly suppressed",
      "",
      "of those behind",
      "",
      "folded",
      "",
      "p50 ms",
      "p95 ms",
    ],
    ...rows.map(({ cell, first, rechecked, p50Ms, p95Ms }) => [
      cell.name,
      ...(["f1", "calibrationError", "brier"] as const).flatMap((key) => [three(first[key]), three(rechecked[key])]),
      ...[first, rechecked].map((stage) => `${stage.wronglySuppressed}/${stage.suppressed}`),
      ...(["sparedRatio", "foldedRatio"] as const).flatMap((key) => [three(first[key]), three(rechecked[key])]),
      p50Ms.toFixed(1),
      p95Ms.toFixed(1),
    ]),
  ])

const bins = (verdicts: readonly Verdict[]): string =>
  table([
    ["claimed", "answers", "mean claim", "came true"],
    ...calibrationBins(verdicts.map(({ probability, rank }) => ({ claimed: probability, isRight: rank === 0 }))).map(
      ({ from, count, claimed, right }) => [`${three(from)}–${three(from + 0.1)}`, `${count}`, three(claimed), three(right)],
    ),
  ])

export const present = (rows: readonly Row[]): string => `${accuracy(rows)}\n\n${quality(rows)}`

/** Calibration and suppression over all cases together: a cell alone is too small to tell a thousandth. */
export const summary = (trials: readonly Outcome[]): string => {
  const stages = [trials.map(({ first }) => first.verdict), trials.map(({ rechecked }) => rechecked.verdict)]
  return ["first sight", "re-checked"]
    .flatMap((name, i) => {
      const figures = figuresOf(stages[i] ?? [])
      return [
        `${name}, all ${trials.length} cases without the extra cells: top-1 ${three(figures.top1)}, ` +
          `calibration error ${three(figures.calibrationError)} (wanted ≤ ${three(WANTED_CALIBRATION_ERROR)}), ` +
          `wrongly suppressed ${figures.wronglySuppressed} of ${figures.suppressed} (wanted ≤ 1 in ${1 / WANTED_WRONGLY_SUPPRESSED})`,
        bins(stages[i] ?? []),
      ]
    })
    .join("\n")
}

/** Whether all that is wanted is met. */
export const isMet = (rows: readonly Row[], trials: readonly Outcome[]): boolean => {
  const isAccurate = rows.every(
    ({ cell, first, rechecked }) =>
      cell.wanted === null || (first.top1 >= cell.wanted.first && rechecked.top1 >= cell.wanted.rechecked),
  )
  const stages = [
    figuresOf(trials.map(({ first }) => first.verdict)),
    figuresOf(trials.map(({ rechecked }) => rechecked.verdict)),
  ]
  const isHonest = stages.every(
    (stage) =>
      stage.cases === 0 ||
      (stage.calibrationError <= WANTED_CALIBRATION_ERROR &&
        stage.wronglySuppressed <= stage.suppressed * WANTED_WRONGLY_SUPPRESSED),
  )
  return isAccurate && isHonest
}
