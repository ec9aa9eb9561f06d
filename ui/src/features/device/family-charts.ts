/** Charts of a metric family, as its row describes them (`GET /metric-families`). Pure. */
import type { MetricFamily, SeriesAnswer } from "@ispvm/appliance/api/series"
import type { ChartData, ChartSeries } from "../../components/chart-model.ts"
import { metricFormat } from "../../i18n/format/metrics.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { TimeColumns } from "./time-columns.ts"

const COLOURS = ["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"] as const

type Item = Pick<SeriesAnswer["items"][number], "name" | "unit"> & {
  readonly columns: TimeColumns["columns"]
}
export type FamilyValues = Pick<TimeColumns, "atMs"> & { readonly items: readonly Item[] }
type Chart = MetricFamily["charts"][number]
type Metric = MetricFamily["metrics"][number]
export type FamilyChart = {
  readonly title: string
  readonly data: ChartData
  readonly minRange: number
  readonly format: (value: number | null) => string
}

const label = ({ metric, label: own }: Metric): string => t.metrics.labels[metric] ?? own

const lineLabel = (
  { family }: MetricFamily,
  item: Item,
  metric: Metric,
  isOnly: boolean,
): string => {
  if (item.name === null) return label(metric)
  const name = family === "device-counts" ? (t.metrics.counts[item.name] ?? item.name) : item.name
  return isOnly ? name : `${name}: ${label(metric)}`
}

const lineOf = (
  { style, isFault }: Chart,
  item: Item,
  { metric }: Metric,
  index: number,
): Omit<ChartSeries, "label"> => {
  const low = item.columns[`${metric}.min`]
  const high = item.columns[`${metric}.max`]
  const isBand = style === "band" && low !== undefined && high !== undefined
  return {
    colour:
      isFault && index === 0 ? "status-degraded" : (COLOURS[index % COLOURS.length] ?? "chart-1"),
    values: item.columns[metric] ?? [],
    ...(isBand ? { low, high } : {}),
    ...(style === "area" && index === 0 ? { filled: true } : {}),
  }
}

const titleOf = ({ title }: Chart, unit: string | null): string => {
  const text = t.metrics.charts[title] ?? title
  return unit === null ? text : t.metrics.inUnit(text, unit)
}

/** One chart, or one for each unit if its things have units of their own. */
const chartsOf = (
  family: MetricFamily,
  chart: Chart,
  { atMs, items }: FamilyValues,
): FamilyChart[] => {
  const metrics = chart.metrics.flatMap(
    (name) => family.metrics.find(({ metric }) => metric === name) ?? [],
  )
  const [first] = metrics
  if (first === undefined) return []
  const byUnit = Map.groupBy(items.slice(0, chart.top ?? items.length), ({ unit }) => unit)
  return [...byUnit].map(([unit, own]) => ({
    title: titleOf(chart, unit),
    data: {
      atMs,
      series: own
        .flatMap((item) => metrics.map((metric) => ({ item, metric })))
        .map(({ item, metric }, index) => ({
          label: lineLabel(family, item, metric, metrics.length === 1),
          ...lineOf(chart, item, metric, index),
        })),
    },
    minRange: chart.minRange,
    format: metricFormat(unit ?? first.unit, first.states),
  }))
}

/** In the order of the row. */
export const familyCharts = (family: MetricFamily, values: FamilyValues): readonly FamilyChart[] =>
  family.charts.flatMap((chart) => chartsOf(family, chart, values))
