/** The degraded cells of `bench -- rca`: run, and as a table beside 007 and Flock. */

import { type DegradedCell, type DegradedOutcome, runDegraded } from "../eval/degraded-trial.ts"
import { calibrationError } from "../eval/score.ts"
import type { Shape } from "../eval/shape.ts"
import { percentile, table } from "./figures.ts"

export type DegradedRow = {
  readonly cell: DegradedCell
  readonly outcomes: readonly DegradedOutcome[]
}

export const runDegradedCell = (
  cell: DegradedCell,
  shapes: readonly Shape[],
  seed: number,
  cases: number,
): DegradedRow => ({
  cell,
  outcomes: shapes.flatMap((shape) =>
    Array.from({ length: cases }, (_, number) => runDegraded(cell, shape, seed, number)),
  ),
})

const share = ({ outcomes }: DegradedRow, isRight: (outcome: DegradedOutcome) => boolean): number =>
  outcomes.filter(isRight).length / outcomes.length
const digits = (value: number): string => value.toFixed(3).replace(/^0\./, ".")

export const rechecked = (row: DegradedRow): number => share(row, (one) => one.rechecked.isRight)
const isCellMet = (row: DegradedRow): boolean => rechecked(row) >= (row.cell.target ?? 0)
export const areDegradedMet = (rows: readonly DegradedRow[]): boolean => rows.every(isCellMet)

export const presentDegraded = (rows: readonly DegradedRow[]): string => {
  const all = rows.flatMap(({ outcomes }) => outcomes)
  const predictions = all.map((one) => ({
    predicted: one.rechecked.probability,
    isRight: one.rechecked.isRight,
  }))
  const lines = rows.map((row) => {
    const { cell, outcomes } = row
    const times = outcomes.flatMap(({ first, rechecked: second }) => [first.tookMs, second.tookMs])
    const value = digits(rechecked(row))
    const target =
      cell.target === null ? "" : ` ${isCellMet(row) ? "≥" : "<"} ${digits(cell.target)}`
    return [
      cell.name,
      `${outcomes.length}`,
      digits(share(row, (one) => one.first.isRight)),
      digits(share(row, (one) => one.first.voting)),
      digits(share(row, (one) => one.first.flock)),
      `${value}${target}`,
      cell.trouble === "loss"
        ? digits(share(row, (one) => one.rechecked.isRight || one.rechecked.isAvoidable))
        : "–",
      digits(share(row, (one) => one.rechecked.isKindRight)),
      digits(share(row, (one) => one.rechecked.voting)),
      digits(share(row, (one) => one.rechecked.flock)),
      percentile(times, 50).toFixed(1),
      percentile(times, 95).toFixed(1),
    ]
  })
  const head = ["degraded links", "n", "initial", "007", "Flock", "re-checked", "ceiling"]
  return [
    table([[...head, "and kind", "007", "Flock", "p50 ms", "p95 ms"], ...lines]),
    `calibration error after re-checks: ${digits(calibrationError(predictions))}`,
  ].join("\n")
}
