/**
 * From a request (these hours, this many points) to the tables that answer it, and from rows to
 * columns on an even grid. Pure.
 */
import type { RollupWidth } from "@ispvm/wire/families"

export type SourceTable = "raw" | "5m" | "1h"
/** `gridFromMs` is the first bucket's start: what lies before `fromMs` in that bucket belongs to it. */
export type Window = {
  readonly gridFromMs: number
  readonly toMs: number
  readonly bucketMs: number
}
export type Choice = {
  readonly source: SourceTable
  readonly bucketMs: number
  readonly gridFromMs: number
}

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000
/** Where date_bin counts from in every query: 2000-01-03 00:00 UTC, a Monday. */
const ORIGIN_MS = 946_857_600_000

const STEPS = [
  ...[1, 2, 5, 10, 15, 20, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 4, 6, 12].map((n) => n * HOUR),
]
const roundUp = (ms: number): number =>
  STEPS.find((step) => step >= ms) ?? Math.ceil(ms / DAY) * DAY

/**
 * Up to a day is read raw while raw values are kept; two weeks by five minutes, of a family that has
 * them; all else by the hour.
 */
export const chooseSource = (
  rollups: readonly RollupWidth[],
  range: { readonly fromMs: number; readonly toMs: number },
  nowMs: number,
  keepRawMs: number,
): SourceTable => {
  const spanMs = range.toMs - range.fromMs
  if (spanMs <= DAY && range.fromMs >= nowMs - keepRawMs) return "raw"
  return rollups.includes("5m") && spanMs <= 14 * DAY ? "5m" : "1h"
}

/** Width of one stored row, where that is fixed. */
export const widthOf = (source: Exclude<SourceTable, "raw">): number =>
  source === "5m" ? 5 * MINUTE : HOUR

/**
 * Buckets no more than `points`, round in clock time, and never narrower than values come: else each second bucket of a healthy
 * series would be a gap.
 */
export const chooseBucket = (
  range: { readonly fromMs: number; readonly toMs: number },
  points: number,
  spacingMs: number,
): { readonly bucketMs: number; readonly gridFromMs: number } => {
  const bucketMs = roundUp(Math.max((range.toMs - range.fromMs) / points, spacingMs, SECOND))
  return {
    bucketMs,
    gridFromMs: Math.floor((range.fromMs - ORIGIN_MS) / bucketMs) * bucketMs + ORIGIN_MS,
  }
}

/** How far apart values come, by their latest times (newest first): nine of ten steps are shorter, and a tenth more for jitter. */
export const spacing = (times: readonly number[]): number => {
  const steps: number[] = []
  for (const [index, atMs] of times.entries()) {
    const newer = times[index - 1]
    if (newer !== undefined && newer > atMs) steps.push(newer - atMs)
  }
  steps.sort((a, b) => a - b)
  return 1.1 * (steps[Math.floor(0.9 * (steps.length - 1))] ?? 0)
}

export type Row<C extends string> = { readonly atMs: number } & { readonly [K in C]: number | null }
export type Columns = {
  readonly atMs: number[]
  readonly columns: Record<string, (number | null)[]>
}

/** Every bucket of the range, in order; one without a row is null in every column. */
export const spread = <C extends string>(
  names: readonly C[],
  rows: readonly Row<C>[],
  { bucketMs, gridFromMs }: { readonly bucketMs: number; readonly gridFromMs: number },
  toMs: number,
): Columns => {
  const byTime = new Map(rows.map((row) => [row.atMs, row]))
  const atMs: number[] = []
  for (let at = gridFromMs; at < toMs; at += bucketMs) atMs.push(at)
  const columns = Object.fromEntries(
    names.map((name) => [name, atMs.map((at) => byTime.get(at)?.[name] ?? null)]),
  )
  return { atMs, columns }
}
