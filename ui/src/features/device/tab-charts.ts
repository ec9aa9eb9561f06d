/** Charts of a tab: its families over time, and a chart for each optical module with its own limits. */
import type { Interface } from "@ispvm/appliance/api/inventory"
import type { DeviceMetricFamily, LatestValues, SeriesAnswer } from "@ispvm/appliance/api/series"
import { html, nothing, type TemplateResult } from "lit"
import type { Api } from "../../api/client.ts"
import type { ChartLimit, ChartRange } from "../../components/chart-model.ts"
import { count } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { DataTab } from "./device-tabs.ts"
import { type FamilyChart, familyCharts } from "./family-charts.ts"
import { columnsOf } from "./time-columns.ts"
import "../../components/ispvm-chart.ts"

type DrawnChart = FamilyChart & { readonly limits: readonly ChartLimit[]; readonly note: string }
export type TabCharts = readonly DrawnChart[]

const POINTS = 300
/** Of a family by interface, so many are drawn: those with values, in the order of the interfaces. */
const MAX_PORTS = 6

type Span = { readonly fromMs: number; readonly toMs: number }
const queryOf = (family: DeviceMetricFamily, span: Span) => ({
  family: family.family,
  metrics: family.charts.flatMap(({ metrics }) => metrics).join(","),
  points: POINTS,
  from: Math.round(span.fromMs),
  to: Math.round(span.toMs),
})

const noteOf = ({ items, total }: SeriesAnswer): string =>
  items.length < total ? t.pages.device.sensors.partOf(count(items.length), count(total)) : ""

const ofNames = async (
  api: Api,
  device: string,
  family: DeviceMetricFamily,
  span: Span,
): Promise<TabCharts> => {
  const top = Math.max(8, ...family.charts.map((chart) => chart.top ?? 0))
  const answer = await api.series(device, { ...queryOf(family, span), top })
  return familyCharts(family, answer).map((chart, index) => ({
    ...chart,
    limits: [],
    note: index === 0 ? noteOf(answer) : "",
  }))
}

/** Limits of the module itself, as it last reported them. */
const opticLimits = (latest: LatestValues | undefined, way: "rx" | "tx"): readonly ChartLimit[] =>
  (["low", "high"] as const).flatMap((end) => {
    const value = latest?.values[`optics.${way}_${end}_dbm`]
    return typeof value === "number" ? [{ value, label: t.tables.limits[end] }] : []
  })

const ofPort = async (
  api: Api,
  device: string,
  family: DeviceMetricFamily,
  { port, latest, span }: { port: Interface; latest: LatestValues; span: Span },
): Promise<TabCharts> => {
  const answer = await api.series(device, { ...queryOf(family, span), interface: port.id })
  const named = {
    atMs: answer.atMs,
    items: answer.items.slice(0, 1).map((item) => ({
      ...item,
      name: port.name,
      columns: columnsOf(answer).columns,
    })),
  }
  const isOptics = family.family === "optics"
  const charts = isOptics ? family.charts.slice(0, 2) : family.charts
  return familyCharts({ ...family, charts }, named)
    .filter(({ data }) => data.series.some(({ values }) => values.some((value) => value != null)))
    .map((chart, index) => ({
      ...chart,
      title: `${port.name}: ${chart.title}`,
      limits: isOptics ? opticLimits(latest, index === 0 ? "rx" : "tx") : [],
      note: "",
    }))
}

const ofPorts = async (
  api: Api,
  device: string,
  family: DeviceMetricFamily,
  ports: readonly Interface[],
  span: Span,
): Promise<TabCharts> => {
  const { items } = await api.deviceMetrics(device, family.family)
  const drawn = items
    .filter(({ values }) =>
      family.charts.some(({ metrics }) => metrics.some((metric) => values[metric] != null)),
    )
    .flatMap((latest) => {
      const port = ports.find(({ name }) => name === latest.name)
      return port === undefined ? [] : [{ port, latest, span }]
    })
    .slice(0, MAX_PORTS)
  return (await Promise.all(drawn.map((each) => ofPort(api, device, family, each)))).flat()
}

/** A family that fails leaves out only itself. */
export const loadTabCharts = async (
  api: Api,
  device: string,
  tab: DataTab,
  {
    families,
    ports,
    span,
  }: {
    readonly families: readonly DeviceMetricFamily[]
    readonly ports: readonly Interface[]
    readonly span: Span
  },
): Promise<TabCharts> => {
  const wanted = tab.charts.flatMap(
    (name) =>
      families.find(
        ({ family, hasValues, charts }) => family === name && hasValues && charts.length > 0,
      ) ?? [],
  )
  const answers = await Promise.allSettled(
    wanted.map((family) =>
      family.entity === "interface"
        ? ofPorts(api, device, family, ports, span)
        : ofNames(api, device, family, span),
    ),
  )
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))
}

export const drawTabCharts = (charts: TabCharts, span: ChartRange): TemplateResult =>
  html`<div class="charts">
    ${charts.map(
      ({ title, data, minRange, format, limits, note }) =>
        html`<div class="chart">
          <ispvm-chart heading=${title} height="130" min-range=${minRange} .data=${data} .range=${span} .limits=${limits} .format=${format}></ispvm-chart>
          ${note === "" ? nothing : html`<p class="pad-row caption">${note}</p>`}
        </div>`,
    )}
  </div>`
