/** Input of a chart, and its conversion to uPlot columns. */

/**
 * `colour` is a semantic token without dashes: `chart-1`. With `low` and `high`, a min–max band is
 * drawn behind the line.
 */
export type ChartValues = readonly (number | null | undefined)[]
export type ChartSeries = {
  readonly label: string
  readonly colour: string
  /** Null is a gap; undefined means measured at other instants, so the line continues. */
  readonly values: ChartValues
  readonly low?: ChartValues
  readonly high?: ChartValues
  readonly filled?: boolean
}
export type ChartData = {
  readonly atMs: readonly number[]
  readonly series: readonly ChartSeries[]
}
/** With `untilMs` the span is shaded; null means that it continues. */
export type ChartMark = {
  readonly atMs: number
  readonly untilMs?: number | null
  readonly label: string
  readonly tone: "down" | "recovering" | "note"
}
/** A horizontal line that belongs to the picture: the axis reaches to it. */
export type ChartLimit = { readonly value: number; readonly label: string }
export type ChartRange = { readonly fromMs: number; readonly toMs: number }

export type Column = { readonly seriesIndex: number; readonly kind: "line" | "low" | "high" }

/** uPlot columns after x: the line of each series, followed by its band if it has one. */
export const columnsOf = (series: readonly ChartSeries[]): readonly Column[] =>
  series.flatMap((each, seriesIndex): Column[] =>
    each.low === undefined || each.high === undefined
      ? [{ seriesIndex, kind: "line" }]
      : [
          { seriesIndex, kind: "line" },
          { seriesIndex, kind: "high" },
          { seriesIndex, kind: "low" },
        ],
  )

export const columnValues = (
  series: readonly ChartSeries[],
  column: Column,
): (number | null | undefined)[] => {
  const source = series[column.seriesIndex]
  const values =
    column.kind === "line" ? source?.values : column.kind === "low" ? source?.low : source?.high
  return [...(values ?? [])]
}

/** Charts of the same shape can exchange data; any other change needs a new chart. */
export const shapeOf = (data: ChartData): string =>
  data.series
    .map((each) => `${each.label}|${each.colour}|${each.low !== undefined}|${each.filled === true}`)
    .join("\n")

/** The legend value: at the cursor, else the last known one. */
export const valueAt = (values: ChartValues, index: number | null): number | null => {
  if (index === null) return values.findLast((value) => value != null) ?? null
  return values.slice(0, index + 1).findLast((value) => value !== undefined) ?? null
}

/** Space above the highest value, and a minimum range, so that noise does not look like a jump. */
export const valueRange = (
  low: number | null,
  high: number | null,
  minRange: number,
  limits: readonly ChartLimit[] = [],
): [number, number] => {
  const ends = limits.map(({ value }) => value)
  const top = Math.max(high ?? 0, minRange, ...ends)
  const bottom = Math.min(0, low ?? 0, ...ends)
  // Below zero as well, so that a limit is not the edge of the picture.
  return [bottom * 1.08, top * 1.08]
}

export type ChartSpan = {
  readonly atMs: number
  readonly untilMs: number | null
  readonly tone: ChartMark["tone"]
}
/** Overlapping spans are merged, so that the shade has one intensity. */
export const spansOf = (marks: readonly ChartMark[]): readonly ChartSpan[] => {
  const spans: ChartSpan[] = []
  const sorted = marks.flatMap(({ atMs, untilMs, tone }) =>
    untilMs === undefined ? [] : [{ atMs, untilMs, tone }],
  )
  for (const span of sorted.sort((a, b) => a.atMs - b.atMs)) {
    const last = spans.at(-1)
    if (last === undefined || (last.untilMs !== null && span.atMs > last.untilMs)) spans.push(span)
    else if (last.untilMs !== null && (span.untilMs === null || span.untilMs > last.untilMs))
      spans[spans.length - 1] = { ...last, untilMs: span.untilMs }
  }
  return spans
}
